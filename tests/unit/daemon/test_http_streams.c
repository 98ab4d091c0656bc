// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/events/stream: events as they happen, to many clients */
#include "tests/unit/server.h"

#include "contmond/serve/http_streams.h"

#define STREAM "/api/v1/events/stream"
#define NR_MANY 3000
#define EVENTS_MS 1700000000000

static bool is_drained;

static void wake(void *userdata)
{
	http_wake(userdata);
}

static int setup_streams(void **state)
{
	setup(state);
	store_watch_events(world.store, wake, http);
	return 0;
}

static int teardown_streams(void **state)
{
	store_watch_events(world.store, NULL, NULL);
	return teardown(state);
}

static void happen(const char *kind, double pid)
{
	const struct store_event one = {
		.t_ms = EVENTS_MS,
		.kind = kind,
		.cgroup_id = world.web->cgroup_id,
		.container = "web",
		.pid = pid,
		.detail = "{\"a\":\"b\"}",
	};

	assert_int_equal(store_event(world.store, &one), 0);
}

static void happen_at(double t_ms)
{
	const struct store_event one = { .t_ms = t_ms, .kind = "oom_killed" };

	assert_int_equal(store_event(world.store, &one), 0);
}

static int ask(const char *query, const char *headers)
{
	char request[512];
	int fd = open_client();

	snprintf(request, sizeof(request), "GET " STREAM "%s HTTP/1.1\r\n"
		 HOST "%s\r\n", query, headers);
	client_send(fd, request, strlen(request));
	got = (struct answer){ 0 };
	return fd;
}

/* Adds what comes to @got; false at the end of the connection. */
static bool read_some(int fd)
{
	ssize_t r;

	if (got.length > sizeof(got.bytes) / 2) {
		memmove(got.bytes, got.bytes + sizeof(got.bytes) / 4,
			got.length - sizeof(got.bytes) / 4 + 1);
		got.length -= sizeof(got.bytes) / 4;
	}
	client_wait(fd, POLLIN);
	r = recv(fd, got.bytes + got.length,
		 sizeof(got.bytes) - 1 - got.length, 0);
	if (r > 0)
		got.length += (size_t)r;
	got.bytes[got.length] = '\0';
	return r > 0 || (r < 0 && errno == EAGAIN);
}

static void read_until(int fd, const char *text)
{
	while (!strstr(got.bytes, text))
		assert_true(read_some(fd));
}

static void read_end(int fd)
{
	while (read_some(fd))
		;
}

static void test_events_as_they_happen(void **state)
{
	int fd;

	(void)state;
	happen("container_started", 0);
	store_sync(world.store);
	fd = ask("", "Accept-Encoding: gzip\r\n");
	read_until(fd, "retry: 3000\nid: 1\n\n");
	assert_int_equal(status(), 200);
	assert_int_equal(world.traffic.streams, 1);
	assert_int_equal(world.traffic.sent_bytes,
			 strlen("retry: 3000\nid: 1\n\n"));
	assert_true(has_header("Content-Type: text/event-stream"));
	assert_true(has_header("Cache-Control: no-store"));
	assert_true(has_header("X-Accel-Buffering: no"));
	assert_true(has_header("Transfer-Encoding: chunked"));
	assert_null(strstr(got.bytes, "data:"));
	happen("oom_killed", 42);
	read_until(fd, "id: 2\ndata: {\"host\":\"machine\",\"seq\":2,"
		   "\"t\":1700000000000,"
		   "\"kind\":\"oom_killed\",\"container\":\"web\",");
	read_until(fd, "}\n\n");
	happen("container_ended", 0);
	read_until(fd, "id: 3\ndata: ");
	close(fd);
}

/* Both of the header and the parameter; the header is newer. */
static void test_continuing(void **state)
{
	int fd;

	(void)state;
	happen("container_started", 0);
	happen("oom_killed", 42);
	happen("container_ended", 0);
	store_sync(world.store);
	fd = ask("?after=1", "");
	read_until(fd, "id: 1\n\n");
	read_until(fd, "id: 2\ndata: ");
	read_until(fd, "id: 3\ndata: ");
	close(fd);
	fd = ask("?after=0", "Last-Event-ID: 2\r\n");
	read_until(fd, "id: 2\n\n");
	read_until(fd, "id: 3\ndata: ");
	assert_null(strstr(got.bytes, "\"seq\":2"));
	close(fd);
	/* From a database that is no more */
	fd = ask("?after=4000", "");
	read_until(fd, "id: 0\n\n");
	read_until(fd, "id: 1\ndata: ");
	close(fd);
}

static void test_which_events(void **state)
{
	int fd = ask("?kind=oom_killed,container_ended&container=web&after=0",
		     "");

	(void)state;
	happen("container_started", 0);
	happen("oom_killed", 1);
	read_until(fd, "id: 0\n\n");
	read_until(fd, "id: 2\ndata: ");
	close(fd);
	fd = ask("?container=db&after=0", "");
	read_until(fd, "id: 0\n\n");
	happen("oom_killed", 1);
	store_sync(world.store);
	http_beat(http);
	read_until(fd, "\n:\n\n");
	assert_null(strstr(got.bytes, "data:"));
	close(fd);
}

/* Where it continues, the time stays the same. */
static void test_from_a_time(void **state)
{
	int fd;

	(void)state;
	happen_at(EVENTS_MS - 1);
	happen_at(EVENTS_MS);
	happen_at(EVENTS_MS - 1);
	happen_at(EVENTS_MS + 1);
	store_sync(world.store);
	fd = ask("?from=1700000000000", "");
	read_until(fd, "id: 0\n\n");
	read_until(fd, "id: 4\ndata: ");
	assert_contains(got.bytes, "\nid: 2\ndata: ");
	assert_null(strstr(got.bytes, "\nid: 1\n"));
	assert_null(strstr(got.bytes, "\nid: 3\n"));
	close(fd);
	fd = ask("?from=1700000000000", "Last-Event-ID: 2\r\n");
	read_until(fd, "id: 2\n\n");
	read_until(fd, "id: 4\ndata: ");
	assert_null(strstr(got.bytes, "\nid: 3\n"));
	close(fd);
}

static void test_wrong_requests(void **state)
{
	static const char *const wrong[] = {
		"?kind=oom", "?after=x", "?limit=5", "?from=x",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wrong); i++) {
		char path[64];

		snprintf(path, sizeof(path), STREAM "%s", wrong[i]);
		get(path, "");
		assert_int_equal(status(), 400);
		assert_true(has_header("Content-Type: application/json"));
	}
	get(STREAM, "Last-Event-ID: x\r\n");
	assert_int_equal(status(), 400);
	assert_contains(body(), "Last-Event-ID: not a seq: x");
	talk("HEAD " STREAM " HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(status(), 200);
	assert_true(has_header("Content-Type: text/event-stream"));
}

/* One that reads nothing misses nothing, and holds up nobody. */
static void test_a_slow_reader(void **state)
{
	int slow = ask("?after=0", ""), fast, i;
	char last[32];

	(void)state;
	read_until(slow, "id: 0\n\n");
	for (i = 0; i < NR_MANY; i++) {
		happen("oom_killed", i + 1);
		if (i % 256 == 0)
			store_sync(world.store);
	}
	snprintf(last, sizeof(last), "id: %d\n", NR_MANY);
	fast = ask("?after=0", "");
	read_until(fast, last);
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
	got = (struct answer){ 0 };
	for (i = 1; i <= NR_MANY; i++) {
		snprintf(last, sizeof(last), "id: %d\n", i);
		read_until(slow, last);
	}
	close(slow);
	close(fast);
}

static void test_as_many_as_allowed(void **state)
{
	int fds[HTTP_MAX_STREAMS], i;

	(void)state;
	for (i = 0; i < HTTP_MAX_STREAMS; i++) {
		fds[i] = ask("", "");
		read_until(fds[i], "retry: ");
	}
	get(STREAM, "");
	assert_int_equal(status(), 503);
	assert_contains(body(), "too many streams");
	/* Others are answered, and those who hang up make room. */
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
	for (i = 0; i < HTTP_MAX_STREAMS; i++)
		close(fds[i]);
	do {
		fds[0] = ask("", "");
		while (!strstr(got.bytes, "\r\n\r\n"))
			assert_true(read_some(fds[0]));
		close(fds[0]);
	} while (status() == 503);
	assert_int_equal(status(), 200);
}

static void on_drained(void *userdata)
{
	(void)userdata;
	is_drained = true;
}

static bool has_drained(void)
{
	return is_drained;
}

/* Waiting, and in the middle of what it gets */
static void test_draining_ends_them(void **state)
{
	int waiting = ask("", ""), busy;

	(void)state;
	is_drained = false;
	read_until(waiting, "retry: ");
	happen("oom_killed", 1);
	store_sync(world.store);
	busy = ask("?after=0", "");
	assert_int_equal(http_drain(http, 300000000, on_drained, NULL), 0);
	got = (struct answer){ 0 };
	read_end(waiting);
	assert_true(got.length >= 5);
	assert_string_equal(got.bytes + got.length - 5, "0\r\n\r\n");
	got = (struct answer){ 0 };
	read_end(busy);
	assert_contains(got.bytes, "retry: 3000\nid: 0\n");
	run_until(event, has_drained);
	close(waiting);
	close(busy);
}

/* As when contmond moves to another address */
static void test_the_server_is_freed(void **state)
{
	int fd = ask("", "");

	(void)state;
	read_until(fd, "retry: ");
	store_watch_events(world.store, NULL, NULL);
	http_free(http);
	http = NULL;
	read_end(fd);
	close(fd);
}

static void must_end(const struct http_options *options)
{
	int fd = ask("", "");

	read_until(fd, "retry: ");
	assert_int_equal(status(), 200);
	assert_int_equal(http_set_options(http, options), 0);
	got = (struct answer){ 0 };
	read_until(fd, "0\r\n\r\n");
	assert_string_equal(got.bytes, "0\r\n\r\n");
	close(fd);
}

/* What it was allowed to see is not what it would be allowed to see now. */
static void test_other_options_end_them(void **state)
{
	struct http_options options = { .host = "127.0.0.1" };

	(void)state;
	options.hides_processes = true;
	must_end(&options);
	options.hides_processes = false;
	must_end(&options);
	options.host = NULL;
	must_end(&options);
	options.token = "secret";
	must_end(&options);
}

static void test_the_same_options_end_none(void **state)
{
	const struct http_options options = { .host = "127.0.0.1" };
	int fd = ask("", "");

	(void)state;
	read_until(fd, "retry: ");
	assert_int_equal(http_set_options(http, &options), 0);
	happen("oom_killed", 42);
	read_until(fd, "id: 1\ndata: ");
	close(fd);
}

static void test_whom_it_was_is_hidden(void **state)
{
	const struct http_options options = { .host = "127.0.0.1",
					      .hides_processes = true };
	const struct store_event kill = {
		.t_ms = 1, .kind = "oom_killed", .pid = 42, .comm = "java",
		.detail = "{\"victim_rss_bytes\":7}",
	};
	int fd;

	(void)state;
	assert_int_equal(http_set_options(http, &options), 0);
	fd = ask("", "");
	read_until(fd, "retry: ");
	assert_int_equal(store_event(world.store, &kill), 0);
	read_until(fd, "\"pid\":null,\"comm\":null,\"detail\":null}");
	close(fd);
}

#define STREAM_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup_streams, teardown_streams)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STREAM_TEST(test_events_as_they_happen),
		STREAM_TEST(test_continuing),
		STREAM_TEST(test_which_events),
		STREAM_TEST(test_from_a_time),
		STREAM_TEST(test_wrong_requests),
		STREAM_TEST(test_a_slow_reader),
		STREAM_TEST(test_as_many_as_allowed),
		STREAM_TEST(test_draining_ends_them),
		STREAM_TEST(test_the_server_is_freed),
		STREAM_TEST(test_other_options_end_them),
		STREAM_TEST(test_the_same_options_end_none),
		STREAM_TEST(test_whom_it_was_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
