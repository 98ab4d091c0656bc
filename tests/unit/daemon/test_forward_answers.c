// SPDX-License-Identifier: GPL-2.0-only
/* What a target gets when its answers are late: nothing twice that it has. */
#include "tests/unit/store.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "contmond/forward/forward.h"
#include "contmond/forward/protocol.h"
#include "contmond/store/internal.h"

#define WAIT_MS 60000

static struct targets status = { .lock = PTHREAD_MUTEX_INITIALIZER };
static struct forward *forward;
static int server = -1;
static char url[64];

static int begin(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);

	(void)state;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(server, (struct sockaddr *)&address, length) < 0 ||
	    listen(server, 8) < 0 ||
	    getsockname(server, (struct sockaddr *)&address, &length) < 0)
		return -1;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/",
		 ntohs(address.sin_port));
	open_store(NULL, 0);
	forward = forward_new(store, "host", &status);
	return forward ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	forward_free(forward);
	close(server);
	close_store();
	return 0;
}

static void use(uint64_t timeout_ms)
{
	const struct target_options options = {
		.name = (char *)"t",
		.protocol = &json_protocol,
		.url = url,
		.interval_ms = 100,
		.timeout_ms = timeout_ms,
		.batch_max_bytes = 1 << 20,
		.compress = COMPRESS_NONE,
	};
	struct forward_plan *plan;

	assert_int_equal(forward_plan(forward, &options, 1, &plan), 0);
	forward_use(forward, plan);
}

/* Two ticks for a target that is there already: it begins with the next. */
static void begin_target(uint64_t timeout_ms)
{
	int64_t seq;

	use(timeout_ms);
	while (store_cursor(store, "t", &seq) < 0)
		usleep(1000);
	tick_one(0, "web", 0);
	tick_one(1, "web", 1);
	store_sync(store);
}

static bool has_request(int wait_ms)
{
	struct pollfd next = { .fd = server, .events = POLLIN };

	return poll(&next, 1, wait_ms) == 1;
}

/* Returns its connection. */
static int take_request(int64_t seq)
{
	char text[65536], want[40];
	const char *body;
	size_t length = 0;
	ssize_t n;
	int fd;

	assert_true(has_request(WAIT_MS));
	fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	do {	/* the body ends with the rows */
		n = read(fd, text + length, sizeof(text) - 1 - length);
		assert_true(n > 0);
		length += (size_t)n;
		text[length] = '\0';
		body = strstr(text, "\r\n\r\n{");
	} while (!body || !strstr(body, "]}"));
	snprintf(want, sizeof(want), "\"seq\":%lld,", (long long)seq);
	assert_contains(body, want);
	return fd;
}

static void answer(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void must_have_failed(uint64_t nr)
{
	struct target_status all[TARGETS_MAX];

	assert_int_equal(targets_copy(&status, all), 1);
	assert_int_equal(all[0].failed_requests, nr);
}

#define OK "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

/* Whoever answered before has the tick, whatever the settings are now. */
static void test_other_settings_during_a_request(void **state)
{
	int fd;

	(void)state;
	begin_target(WAIT_MS);
	fd = take_request(1);
	use(WAIT_MS - 1);
	assert_false(has_request(500));
	answer(fd, OK);
	answer(take_request(2), OK);
}

/* But not for ever */
static void test_other_settings_without_an_answer(void **state)
{
	int fd, again;

	(void)state;
	begin_target(WAIT_MS);
	fd = take_request(1);
	use(WAIT_MS - 1);
	again = take_request(1);
	close(fd);
	answer(again, OK);
	answer(take_request(2), OK);
}

/* The rest of an answer is of no use. */
static void test_an_answer_that_is_cut(void **state)
{
	(void)state;
	begin_target(WAIT_MS);
	answer(take_request(1), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
	answer(take_request(2), OK);
}

/* The thread of the targets waits for the store while the answer comes. */
static void test_an_answer_that_is_read_late(void **state)
{
	struct view view;
	int fd;

	(void)state;
	begin_target(2500);
	fd = take_request(1);
	assert_int_equal(view_begin(store, &view), 0);
	usleep(1500000);
	answer(fd, OK);
	usleep(1500000);
	view_end(&view, 0);
	answer(take_request(2), OK);
	must_have_failed(0);
}

static void test_no_answer(void **state)
{
	uint64_t begin_ns;
	int fd, again;

	(void)state;
	begin_target(2500);
	fd = take_request(1);
	begin_ns = clock_monotonic_ns();
	again = take_request(1);
	assert_true(clock_monotonic_ns() - begin_ns > 1500 * NS_PER_MS);
	close(fd);
	answer(again, OK);
	answer(take_request(2), OK);
	must_have_failed(1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_other_settings_during_a_request),
		TEST(test_other_settings_without_an_answer),
		TEST(test_an_answer_that_is_cut),
		TEST(test_an_answer_that_is_read_late),
		TEST(test_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
