// SPDX-License-Identifier: GPL-2.0-only
/* Clients cannot stop the server: below, at and above each of its limits. */
#include "tests/unit/server.h"

#include "contmond/serve/http_clients.h"

#define HALF_A_REQUEST "GET /api/v1/health HTTP/1.1\r\nHost: 127"
#define HEALTH_REQUEST "GET /api/v1/health HTTP/1.1\r\n" HOST "\r\n"
#define BIG_REQUEST "GET /big HTTP/1.1\r\n" HOST "\r\n"
#define SLOW_REQUEST "GET /slow HTTP/1.1\r\n" HOST "\r\n"

/* So many are to be served at once. */
#define WANTED_CLIENTS 200

static int held[3 * HTTP_MAX_CLIENTS];
static bool is_drained;

/* Opens connections that send @text and nothing more. */
static void hold(size_t nr, const char *text)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		held[i] = open_client();
		client_send(held[i], text, strlen(text));
	}
}

static void let_go(size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		close(held[i]);
}

static void must_answer(void)
{
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
}

/* Reads all bytes of an answer that come; the client was slow. */
static size_t read_all(int fd)
{
	static char bytes[256 * 1024];
	size_t total = 0;

	while (total <= BIG_BYTES) {
		ssize_t r;

		client_wait(fd, POLLIN);
		r = recv(fd, bytes, sizeof(bytes), 0);
		if (r == 0 || (r < 0 && errno != EAGAIN))
			break;
		total += r > 0 ? (size_t)r : 0;
	}
	return total;
}

static void test_held_connections(void **state)
{
	static const size_t nrs[] = {
		1, HTTP_MAX_CLIENTS - 1, HTTP_MAX_CLIENTS,
		HTTP_MAX_CLIENTS + 1, COUNT(held),
	};
	static const char *const texts[] = { HALF_A_REQUEST, "", "G" };
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(nrs); i++) {
		for (j = 0; j < COUNT(texts); j++) {
			hold(nrs[i], texts[j]);
			must_answer();
			let_go(nrs[i]);
			must_answer();
			must_answer();
		}
	}
}

/* Connections that stay after their answer make room for new ones. */
static void test_idle_connections(void **state)
{
	(void)state;
	hold(COUNT(held), HEALTH_REQUEST);
	must_answer();
	let_go(COUNT(held));
	must_answer();
}

/* How many clients that have asked before get another answer */
static size_t ask_again(size_t nr)
{
	size_t i, nr_answers = 0;

	for (i = 0; i < nr; i++) {
		client_send(held[i], HEALTH_REQUEST,
			    sizeof(HEALTH_REQUEST) - 1);
		receive(held[i]);
		nr_answers += status() == 200;
	}
	return nr_answers;
}

/* Up to the limit all clients stay; above it the idlest ones have to go. */
static void test_clients_that_stay(void **state)
{
	static const struct {
		size_t nr, nr_stay;
	} cases[] = {
		{ WANTED_CLIENTS, WANTED_CLIENTS },
		{ HTTP_MAX_CLIENTS - 1, HTTP_MAX_CLIENTS - 1 },
		{ HTTP_MAX_CLIENTS, HTTP_MAX_CLIENTS },
		{ HTTP_MAX_CLIENTS + 1, HTTP_MAX_CLIENTS },
	};
	size_t i, j;

	for (i = 0; i < COUNT(cases); i++) {
		for (j = 0; j < cases[i].nr; j++) {
			held[j] = open_client();
			client_send(held[j], HEALTH_REQUEST,
				    sizeof(HEALTH_REQUEST) - 1);
			receive(held[j]);
			assert_int_equal(status(), 200);
		}
		assert_int_equal(ask_again(cases[i].nr), cases[i].nr_stay);
		let_go(cases[i].nr);
		teardown(state);
		setup(state);
	}
}

/* All of them ask while the server does something else. */
static void ask_at_once(size_t nr)
{
	int slow = open_client();
	size_t i;

	client_send(slow, SLOW_REQUEST, sizeof(SLOW_REQUEST) - 1);
	sem_wait(&has_come);
	for (i = 0; i < nr; i++)
		client_send(held[i], HEALTH_REQUEST,
			    sizeof(HEALTH_REQUEST) - 1);
	sem_post(&may_go);
	receive(slow);
	for (i = 0; i < nr; i++) {
		receive(held[i]);
		assert_int_equal(status(), 200);
	}
	close(slow);
}

/* However many, none waits for the next one, or for the server's time-out. */
static void test_clients_that_ask_at_once(void **state)
{
	size_t nr;

	teardown(state);
	setup_with(3600);
	for (nr = 126; nr <= 130; nr++) {
		hold(nr, "");
		assert_int_equal(ask_again(nr), nr);
		ask_at_once(nr);
		let_go(nr);
	}
}

static void test_an_answer_under_way_is_not_cut(void **state)
{
	int slow = open_client();

	(void)state;
	client_send(slow, BIG_REQUEST, sizeof(BIG_REQUEST) - 1);
	client_wait(slow, POLLIN);
	hold(COUNT(held), HALF_A_REQUEST);
	must_answer();
	assert_true(read_all(slow) > BIG_BYTES);
	let_go(COUNT(held));
	close(slow);
	must_answer();
}

static void wait_for_no_clients(void)
{
	time_t end = time(NULL) + PATIENCE_MS / 1000;

	while (world.traffic.clients > 0) {
		assert_true(time(NULL) < end);
		poll(NULL, 0, 10);
	}
}

/* What they have not read is not kept for ever. */
static void test_clients_that_read_nothing(void **state)
{
	size_t i, nr = 3;

	(void)state;
	hold(nr, BIG_REQUEST);
	for (i = 0; i < nr; i++)
		client_wait(held[i], POLLIN);
	wait_for_no_clients();
	must_answer();
	for (i = 0; i < nr; i++)
		assert_true(read_all(held[i]) < BIG_BYTES);
	let_go(nr);
}

static void test_requests_that_do_not_go_on(void **state)
{
	static const char *const texts[] = {
		"", "G", HALF_A_REQUEST, "GET / HTTP/1.1\r\n" HOST,
		"GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		held[i] = open_client();
		client_send(held[i], texts[i], strlen(texts[i]));
	}
	for (i = 0; i < COUNT(texts); i++) {
		receive(held[i]);
		assert_true(got.closed);
		assert_int_equal(got.length, 0);
	}
	let_go(COUNT(texts));
}

static void ask_with_parameters(size_t nr)
{
	static char request[64 * 1024];
	char *end = stpcpy(request, "GET /api/v1/health?");
	size_t i;

	for (i = 0; i < nr; i++)
		end += sprintf(end, "k%zu=1%s", i, i + 1 < nr ? "&" : "");
	strcpy(end, " HTTP/1.1\r\n" HOST "\r\n");
	talk(request);
}

static void test_many_parameters(void **state)
{
	static const struct {
		size_t nr;
		int status;
		bool closed;
	} cases[] = {
		{ 1, 400, false }, { REQUEST_MAX_PARAMETERS, 400, false },
		{ REQUEST_MAX_PARAMETERS + 1, 400, false },
		{ 128, 400, false }, { 129, 400, true }, { 400, 400, true },
		{ 800, 400, true }, { 2000, 400, true }, { 5000, 414, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		ask_with_parameters(cases[i].nr);
		assert_int_equal(status(), cases[i].status);
		assert_int_equal(got.closed, cases[i].closed);
		assert_contains(body(), "{\"error\":\"");
	}
	ask_with_parameters(REQUEST_MAX_PARAMETERS);
	assert_contains(body(), "unknown parameter: k0");
	ask_with_parameters(REQUEST_MAX_PARAMETERS + 1);
	assert_contains(body(), "more than 32 keys");
	must_answer();
}

/*
 * The longest and most numerous parameters allowed fit into the memory, with
 * what a browser may add.
 */
static void test_long_request_lines(void **state)
{
	static char request[64 * 1024], cookie[4 * 1024 + 1];
	size_t lengths[] = { 1000, 8000, 16384, 16385, 30000, 40000 };
	size_t i, head = sizeof("GET ") - 1;

	(void)state;
	memset(cookie, 'c', sizeof(cookie) - 1);
	for (i = 0; i < COUNT(lengths); i++) {
		char *end = stpcpy(request, "GET /nope?");

		while (end < request + head + 480)
			end = stpcpy(end, "k=1&");
		memset(end, 'v', lengths[i]);
		sprintf(request + head + lengths[i],
			" HTTP/1.1\r\n" HOST "Cookie: %s\r\n\r\n", cookie);
		talk(request);
		assert_int_equal(status(), lengths[i] <= 16384 ? 404 : 414);
	}
	must_answer();
}

static void on_drained(void *userdata)
{
	assert_ptr_equal(userdata, &is_drained);
	is_drained = true;
}

static bool has_drained(void)
{
	return is_drained;
}

static void test_draining_finishes_answers(void **state)
{
	int slow = open_client(), idle = open_client();
	char byte;

	(void)state;
	is_drained = false;
	client_send(slow, BIG_REQUEST, sizeof(BIG_REQUEST) - 1);
	assert_int_equal(http_drain(http, 60000000, on_drained, &is_drained),
			 0);
	run_some(event);
	assert_false(is_drained);
	client_wait(idle, POLLIN);
	assert_int_equal(recv(idle, &byte, 1, 0), 0);
	assert_true(read_all(slow) > BIG_BYTES);
	run_until(event, has_drained);
	close(slow);
	close(idle);
}

static void test_draining_is_bounded(void **state)
{
	int slow = open_client();

	(void)state;
	is_drained = false;
	client_send(slow, BIG_REQUEST, sizeof(BIG_REQUEST) - 1);
	assert_int_equal(http_drain(http, 50000, on_drained, &is_drained), 0);
	run_until(event, has_drained);
	close(slow);
}

static void test_draining_nothing(void **state)
{
	(void)state;
	is_drained = false;
	assert_int_equal(http_drain(http, 60000000, on_drained, &is_drained),
			 0);
	run_until(event, has_drained);
}

/* Whether the server has read it, or accepted the connection, or neither */
static void test_draining_answers_what_has_arrived(void **state)
{
	int i;

	for (i = 0; i < 20; i++) {
		int fd = open_client();

		is_drained = false;
		client_send(fd, HEALTH_REQUEST, sizeof(HEALTH_REQUEST) - 1);
		assert_int_equal(http_drain(http, 60000000, on_drained,
					    &is_drained), 0);
		receive(fd);
		assert_int_equal(status(), 200);
		run_until(event, has_drained);
		close(fd);
		teardown(state);
		setup(state);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_held_connections),
		TEST(test_idle_connections),
		TEST(test_clients_that_stay),
		TEST(test_clients_that_ask_at_once),
		TEST(test_an_answer_under_way_is_not_cut),
		TEST_IMPATIENT(test_clients_that_read_nothing),
		TEST_IMPATIENT(test_requests_that_do_not_go_on),
		TEST(test_many_parameters),
		TEST(test_long_request_lines),
		TEST(test_draining_finishes_answers),
		TEST(test_draining_is_bounded),
		TEST(test_draining_nothing),
		TEST(test_draining_answers_what_has_arrived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
