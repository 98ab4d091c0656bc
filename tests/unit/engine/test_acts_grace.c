// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time that a container has to end, which nothing shortens: neither who
 * asks, nor the engine, nor the end of contmon-engine
 *
 * wrap: sd_event_source_set_time_relative clock_monotonic_ns
 */
#include "tests/unit/acting.h"

#define HALF_NS (1800 * NS_PER_SECOND)
#define GRACE ",\"grace_ms\":3600000"
#define GRACEFULLY(id) ON(id, STOP "," KILL, GRACE)

uint64_t __real_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void);

static uint64_t passed_ns;

uint64_t __wrap_clock_monotonic_ns(void)
{
	return __real_clock_monotonic_ns() + passed_ns;
}

static int kill_only(const char *method, const char *path)
{
	return strstr(path, "/stop?") ? 500 : obey(method, path);
}

static int hang_up(const char *method, const char *path)
{
	return strstr(path, "/stop?") ? -1 : obey(method, path);
}

static bool stop_has_failed(void)
{
	return strstr(text_of(&said), "\"step\":\"stop\","
		      "\"result\":\"failed\"");
}

static bool is_looked_at(void)
{
	return is_finished() || nr_of(fake.requests, ID "/json") > 3;
}

static void must_wait(void)
{
	fake.requests[0] = '\0';
	run_until(event, is_looked_at);
	must_do_nothing(&fake);
	assert_false(is_finished());
}

static void must_kill(void)
{
	run_until(event, is_finished);
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	assert_contains(fake.requests, "/kill\n");
	assert_contains(said.text, "\"step\":\"kill\",\"result\":\"done\"");
}

static void begin_stop(int (*act)(const char *method, const char *path))
{
	fake.act = act;
	say(GRACEFULLY("d"));
	run_until(event, stop_has_failed);
}

static void test_an_engine_that_refuses(void **state)
{
	(void)state;
	begin_stop(kill_only);
	must_wait();
	passed_ns += HALF_NS;
	must_wait();
	passed_ns += HALF_NS;
	must_kill();
}

static void test_an_answer_that_is_lost(void **state)
{
	(void)state;
	begin_stop(hang_up);
	must_wait();
	passed_ns += 2 * HALF_NS;
	must_kill();
}

/* The patience with an engine that is away is not that with the container. */
static void test_an_engine_that_comes_back(void **state)
{
	int i;

	(void)state;
	begin_stop(kill_only);
	for (i = 0; i < 2; i++) {
		must_wait();
		fake_engine_stop(&fake);
		run_until(event, is_lost);
		start();
		run_until(event, is_connected);
	}
	must_wait();
	passed_ns += 2 * HALF_NS;
	must_kill();
}

static void test_one_that_ends_in_time(void **state)
{
	(void)state;
	begin_stop(kill_only);
	must_wait();
	become("exited");
	run_until(event, is_finished);
	must_do_nothing(&fake);
	assert_contains(said.text, "\"step\":\"kill\",\"result\":\"skipped\"");
}

static void test_one_that_is_started_again(void **state)
{
	(void)state;
	begin_stop(kill_only);
	must_wait();
	box.started = LATER;
	show();
	run_until(event, is_finished);
	must_do_nothing(&fake);
	assert_contains(said.text, "\"result\":\"replaced\"");
}

static void test_only_kill(void **state)
{
	(void)state;
	must_finish(ON("d", KILL, GRACE), "done", NULL);
}

static void test_no_grace(void **state)
{
	static const char *const graces[] = { "0", "1", "999", "3600001" };
	char line[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(graces); i++) {
		snprintf(line, sizeof(line), ON("d", "%s", ",\"grace_ms\":%s"),
			 i % 2 ? STOP "," KILL : "\"restart\"", graces[i]);
		must_finish(line, "refused", "invalid");
	}
	must_do_nothing(&fake);
}

/* contmon-engine is started again */

static void begin_again(void)
{
	begin_acts_again();
	say(GRACEFULLY("d"));
}

static void test_a_restart_in_the_grace(void **state)
{
	(void)state;
	begin_stop(kill_only);
	passed_ns += HALF_NS;
	begin_again();
	must_wait();
	passed_ns += HALF_NS;
	must_kill();
}

static void test_a_restart_after_the_grace(void **state)
{
	(void)state;
	begin_stop(kill_only);
	fake.requests[0] = '\0';
	passed_ns += 2 * HALF_NS;
	begin_again();
	must_kill();
}

/* From an older version, or damaged: it is not known, so it begins anew. */
static void test_a_file_that_does_not_tell(void **state)
{
	static const char *const texts[] = {
		"null", "0", "-1", "true", "9223372036854775807",
	};
	json_auto_t *file = NULL;
	json_t *operation;
	size_t i;

	(void)state;
	begin_stop(kill_only);
	file = json_load_file(config.file, 0, NULL);
	operation = json_array_get(json_object_get(file, "deeds"), 0);
	assert_true(json_integer_value(json_object_get(
		operation, "kill_from_ms")) > 0);
	passed_ns += 2 * HALF_NS;
	for (i = 0; i < COUNT(texts); i++) {
		json_object_set_new(operation, "kill_from_ms", json_loads(
			texts[i], JSON_DECODE_ANY, NULL));
		acts_free(acts);
		assert_int_equal(json_dump_file(file, config.file, 0), 0);
		begin_acts();
		must_wait();
	}
	passed_ns += 2 * HALF_NS;
	say(GRACEFULLY("d"));
	must_kill();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_acts, \
						   teardown_acts)
		TEST(test_an_engine_that_refuses),
		TEST(test_an_answer_that_is_lost),
		TEST(test_an_engine_that_comes_back),
		TEST(test_one_that_ends_in_time),
		TEST(test_one_that_is_started_again),
		TEST(test_only_kill),
		TEST(test_no_grace),
		TEST(test_a_restart_in_the_grace),
		TEST(test_a_restart_after_the_grace),
		TEST(test_a_file_that_does_not_tell),
	};

	return cmocka_run_group_tests_name("acts_grace", tests, NULL, NULL);
}
