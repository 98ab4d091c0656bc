// SPDX-License-Identifier: GPL-2.0-only
/* What contmon-engine is asked for */
#include "tests/unit/enforce_world.h"

#define REAL "[policy]\ndry_run = no\nwarn = 5s\ncool_down = 60s\n"	\
	"budget_per_minute = 10\nbudget_per_hour = 100\n"

static void begin_with(const char *rest)
{
	char text[512];

	snprintf(text, sizeof(text), REAL "[rule hog]\nselect = name *\n%s",
		 rest);
	begin_police(text);
	add_named("web")->cpu_percent = 90;
}

static void accepts(const char *action)
{
	char text[256];

	snprintf(text, sizeof(text), "all = cpu_percent > 20\n%s", action);
	begin_with(text);
	pass_seconds(8);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(police.refusal, "");
	end_police();
}

/* Whatever a rule can ask for, contmon-engine accepts. */
static void test_extreme_requests(void **state)
{
	(void)state;
	accepts("action = stop kill\ngrace = 1s\n");
	accepts("action = stop kill remove\ngrace = 1h\n");
	accepts("action = pause\nhold = 1s\n");
	accepts("action = pause\nhold = 1d\n");
	accepts("action = limit\nlimit_cpu_cores = 0.01\n"
		"limit_memory_bytes = 6M\n");
	accepts("action = limit\nlimit_cpu_cores = 8192\n"
		"limit_memory_bytes = 1024T\n");
}

/* contmon-engine would say that it has ended already, and do nothing. */
static void test_steps_for_what_has_ended(void **state)
{
	(void)state;
	begin_with("keep_newest = 1\naction = stop kill remove\n");
	add_named("newer")->started_ms += 1000;
	police.shows_ended = true;
	world.candidates[0].ended_ms = 1;
	pass_seconds(8);
	must_be("planned warned acted ");
	assert_string_equal(police.steps, "remove ");
	assert_string_equal(last_row()->action, "remove");
	police.shows_ended = false;
	pass_seconds(1);
	must_be("planned warned acted verified ");
	assert_string_equal(last_row()->reason, "it is not there any more");
	end_police();
}

/* What another contmond or another clock says of a start differs a little. */
static void test_a_start_that_drifts(void **state)
{
	(void)state;
	begin_with("all = cpu_percent > 20\naction = stop kill\n");
	pass_seconds(3);
	must_be("planned warned ");
	police.drift_ms = 2;
	world.containers[0].row.started_ms += 2;
	pass_seconds(1);
	must_be("planned warned ");
	end_police();
}

/* contmon-engine is started again while a container has a long time to end. */
static void test_a_connection_lost_late(void **state)
{
	(void)state;
	begin_with("all = cpu_percent > 20\naction = stop kill\n"
		   "cool_down = 2h\ngrace = 1h\n");
	police.is_mute = true;
	pass_seconds(8 + ENFORCE_PATIENCE_MS / 1000);
	police.is_ready = false;
	enforce_disconnected(police.enforce);
	pass_seconds(10);
	must_be("planned warned acted ");
	police.is_ready = true;
	police.is_mute = false;
	pass_seconds(3);
	must_be("planned warned acted verified ");
	assert_int_equal(police.nr_asked, 2);
	end_police();
}

/* The same would be refused for ever. */
static void gives_up_after(enum act_code code)
{
	begin_with("all = cpu_percent > 20\naction = stop kill\n");
	police.result = ACT_REFUSED;
	police.code = code;
	pass_seconds(900);
	assert_int_equal(police.nr_asked, 3);
	assert_string_equal(last_row()->reason,
			    "contmon-engine refused: it says no");
	assert_non_null(strstr(police.events, "policy_gave_up"));
	end_police();
}

static void test_requests_that_are_refused(void **state)
{
	(void)state;
	gives_up_after(ACT_INVALID);
	gives_up_after(ACT_USER);
	gives_up_after(ACT_UNSUPPORTED);
	gives_up_after(ACT_ERROR);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_extreme_requests),
		TEST(test_requests_that_are_refused),
		TEST(test_steps_for_what_has_ended),
		TEST(test_a_start_that_drifts),
		TEST(test_a_connection_lost_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
