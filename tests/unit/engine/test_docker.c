// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions with an engine that starts, ends, stops, is slow and makes mistakes.
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/session.h"

#include "contmon-engine/pulse.h"

static void test_session(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	assert_int_equal(engine_table_nr(table), 2);
	must_be(A, "name", "web");
	must_be(A, "image", "img:1");
	must_be(A, "command", "/bin/run -x y");
	must_be(A, "state", "running");
	must_be(A, "runtime", "docker");
	must_be_number(A, "created_ms", 1700000000123);
	must_be_number(A, "started_ms", 1700000001000);
	must_be(B, "name", "db");
	must_be(B, "command", "postgres");
	must_be_number(B, "created_ms", 1700000001000);
	must_be_unknown(B, "started_ms");
	assert_int_equal(fake.nr_inspections, 1);	/* B is not alive */
	assert_contains(fake.requests, "/version\n/v1.50/events?since=");
	assert_contains(fake.requests,
			"&filters=%7B%22type%22%3A%5B%22container%22%5D%7D\n"
			"/v1.50/containers/json?all=1\n");
	assert_null(strstr(fake.requests, "stats"));
}

static void test_everything_in_single_bytes(void **state)
{
	(void)state;
	fake.piece = 1;
	start();
	run_until(event, is_inspected);
	must_be(A, "image", "img:1");
}

static void test_events(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	fake.inspect[1].id = B;
	fake.inspect[1].body = inspect(B, "db", "running");
	nr_changes = 0;
	send_text(EVENT("start", B));
	run_until(event, is_inspected);
	must_be(B, "state", "running");
	must_be_number(B, "started_ms", 1700000001000);
	fake.inspect[1].body = inspect(B, "database", "running");
	nr_changes = 0;
	send_text(EVENT("rename", B));
	run_until(event, is_inspected);
	must_be(B, "name", "database");
	fake.inspect[1].id = NULL;
	send_text(EVENT("destroy", B));
	run_until(event, is_removed);
	assert_null(record(B));
	assert_int_equal(engine_table_nr(table), 1);
	assert_int_equal(nr_lists, 1);
}

static bool list_is_asked(void)
{
	return strstr(fake.requests, "/containers/json") && fake.events >= 0;
}

static bool second_is_inspected(void)
{
	return strstr(fake.requests, B "/json");
}

static bool only_the_first_is_left(void)
{
	json_auto_t *first = record(A), *other = record(B);

	return connected && first && !other;
}

/* The engine made the list before, and sends it afterwards. */
static void test_one_that_is_removed_during_the_list(void **state)
{
	(void)state;
	fake.mute = "/containers/json";
	start();
	run_until(event, list_is_asked);
	send_text(EVENT("destroy", B));
	run_until(event, second_is_inspected);
	run_some(event);
	fake_answer(&fake, fake.muted, 200, LIST);
	run_until(event, only_the_first_is_left);
	must_be(A, "name", "web");
}

static void test_the_engine_comes_later_and_goes(void **state)
{
	(void)state;
	run_some(event);
	assert_false(connected);
	start();
	run_until(event, is_inspected);
	fake_close(&fake, fake.events);
	run_until(event, is_lost);
	/* Known names are kept. */
	must_be(A, "name", "web");
	fake.list = "[{\"Id\":\"" B "\",\"Names\":[\"/db\"],"
		    "\"State\":\"exited\",\"Created\":5}]";
	run_until(event, is_connected);
	assert_null(record(A));
	must_be(B, "name", "db");
	assert_int_equal(nr_removals, 1);
	assert_int_equal(nr_lists, 1);
}

static void test_truncated_answers(void **state)
{
	(void)state;
	fake.cut = 20;
	start();
	run_some(event);
	assert_false(connected);
	assert_int_equal(engine_table_nr(table), 0);
	fake.cut = 0;
	run_until(event, is_inspected);
	must_be(A, "name", "web");
}

static void test_a_list_that_is_invalid(void **state)
{
	(void)state;
	fake.list = "{\"message\":\"x\"}";
	start();
	run_some(event);
	assert_false(connected);
	fake.list = LIST;
	run_until(event, is_inspected);
}

static void test_errors_of_the_engine(void **state)
{
	(void)state;
	fake.status = 500;
	start();
	run_some(event);
	assert_false(connected);
	fake.status = 0;
	fake.inspect[0].body = "{\"nonsense\":";
	run_until(event, is_connected);
	run_some(event);
	/* Facts from the list are kept. */
	must_be(A, "image", "nginx");
	assert_true(is_connected());
}

/* A stopped engine accepts connections but sends nothing. */
static void test_an_engine_that_stops(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	fake.mute = "/";
	run_until(event, is_lost);
	/* It is noticed within 10 s. */
	assert_in_range(PULSE_INTERVAL_MS + PULSE_TIMEOUT_MS, 1, 9000);
	fake.mute = NULL;
	run_until(event, is_connected);
	assert_int_equal(nr_lists, 1);
}

/*
 * Its list takes longer than the limit for silence, but is requested only once.
 */
static void test_an_engine_that_sends_slowly(void **state)
{
	const char *first;

	(void)state;
	fake.piece = 40;
	fake.pause_usec = 10000000 / FASTER / 5;
	start();
	run_until(event, is_inspected);
	must_be(A, "image", "img:1");
	must_be(B, "name", "db");
	first = strstr(fake.requests, "/containers/json");
	assert_non_null(first);
	assert_null(strstr(first + 1, "/containers/json"));
}

/* At first it is silent for longer than allowed. */
static void test_an_engine_that_is_slow_to_begin(void **state)
{
	uint64_t begin_ns;

	(void)state;
	fake.mute = "/containers/json";
	start();
	while (!strstr(fake.requests, "/containers/json"))
		assert_true(sd_event_run(event, 10000) >= 0);
	begin_ns = clock_monotonic_ns();
	fake.requests[0] = '\0';
	while (!strstr(fake.requests, "/containers/json"))
		assert_true(sd_event_run(event, 10000) >= 0);
	fake.requests[0] = '\0';
	while (!strstr(fake.requests, "/containers/json"))
		assert_true(sd_event_run(event, 10000) >= 0);
	/* 10 and 20 s */
	assert_true((clock_monotonic_ns() - begin_ns) / NS_PER_MS >=
		    30000 / FASTER);
}

/* More is known about a container than the list has. */
static void test_a_second_session_loses_nothing(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	fake.mute = A;
	fake_close(&fake, fake.events);
	run_until(event, is_lost);
	run_until(event, is_connected);
	assert_int_equal(nr_lists, 1);
	must_be(A, "image", "img:1");
	must_be_number(A, "started_ms", 1700000001000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_session),
		TEST(test_everything_in_single_bytes),
		TEST(test_events),
		TEST(test_one_that_is_removed_during_the_list),
		TEST(test_the_engine_comes_later_and_goes),
		TEST(test_truncated_answers),
		TEST(test_a_list_that_is_invalid),
		TEST(test_errors_of_the_engine),
		TEST(test_an_engine_that_stops),
		TEST(test_an_engine_that_sends_slowly),
		TEST(test_an_engine_that_is_slow_to_begin),
		TEST(test_a_second_session_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
