// SPDX-License-Identifier: GPL-2.0-only
/*
 * An act whose engine, or contmon-engine itself, ends in the middle
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/acting.h"

static int hang_up(const char *method, const char *path)
{
	obey(method, path);
	return -1;
}

static void test_an_answer_that_is_lost(void **state)
{
	(void)state;
	fake.act = hang_up;
	must_finish(ON("d", STOP "," KILL, ""), "done", NULL);
	assert_contains(said.text, "did not answer, but it is so");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

static int only_hang_up(const char *method, const char *path)
{
	(void)method;
	(void)path;
	return -1;
}

static void test_an_act_that_is_lost(void **state)
{
	(void)state;
	fake.act = only_hang_up;
	must_finish(ON("d", KILL, ""), "failed", "error");
	assert_contains(said.text, "the container is running");
}

static void test_no_engine(void **state)
{
	(void)state;
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	must_finish(ON("d", KILL, ""), "refused", "no_engine");
	/* Nothing was done, so it may be asked again. */
	start();
	run_until(event, is_connected);
	must_finish(ON("d", KILL, ""), "done", NULL);
	assert_null(strstr(said.text, "\"repeated\":true"));
}

static bool stops;

static int end_itself(const char *method, const char *path)
{
	stops = true;
	return hang_up(method, path);
}

static bool has_ended(void)
{
	return stops;
}

static void test_an_engine_that_ends_in_the_middle(void **state)
{
	(void)state;
	stops = false;
	fake.act = end_itself;
	say(ON("d", STOP "," KILL, ""));
	run_until(event, has_ended);
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	assert_false(is_finished());
	start();
	run_until(event, is_finished);
	assert_contains(said.text, "\"op\":\"finished\",\"decision\":\"d\","
			"\"result\":\"done\"");
}

static void test_an_engine_that_does_not_come_back(void **state)
{
	(void)state;
	stops = false;
	fake.act = end_itself;
	say(ON("d", KILL, ""));
	run_until(event, has_ended);
	fake_engine_stop(&fake);
	run_until(event, is_finished);
	assert_contains(said.text, "\"code\":\"unknown_outcome\"");
}

/* contmon-engine ends in the middle: it finishes what it began. */
static void test_a_restart_in_the_middle(void **state)
{
	(void)state;
	fake.act = stay_silent;
	say(ON("d", KILL, ""));
	run_until(event, is_asked);
	fake.act = obey;
	begin_acts_again();
	must_finish(ON("d", KILL, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 2);
	/* And what has had its effect meanwhile is not done again. */
	become("running");
	fake.act = stay_silent;
	fake.requests[0] = '\0';
	say(ON("e", KILL, ""));
	run_until(event, is_asked);
	become("exited");
	begin_acts_again();
	must_finish(ON("e", KILL, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_acts, \
						   teardown_acts)
		TEST(test_an_answer_that_is_lost),
		TEST(test_an_act_that_is_lost),
		TEST(test_no_engine),
		TEST(test_an_engine_that_ends_in_the_middle),
		TEST(test_an_engine_that_does_not_come_back),
		TEST(test_a_restart_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
