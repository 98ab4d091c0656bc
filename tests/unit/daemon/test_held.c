// SPDX-License-Identifier: GPL-2.0-only
/* The end of a pause or a limit is in the audit, after that of its decision. */
#include "tests/unit/enforce_world.h"

#define RULES "[policy]\ndry_run = no\nwarn = 0\nmin_age = 0\n"		\
	"cool_down = 1h\n[rule hog]\nselect = name *\n"			\
	"all = cpu_percent > 20\naction = limit\nlimit_cpu_cores = 1\n"	\
	"hold = 10m\n"

static void begin_limited(void)
{
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.has_stopped_it = false;
	police.holds = true;
	pass_seconds(3);
	must_be("planned acted verified ");
	assert_false(enforce_is_idle(police.enforce));
}

static void say_undone(enum act_result result, const char *why)
{
	struct act_answer answer = ACT_ANSWER_UNKNOWN;

	answer.kind = ACT_UNDONE;
	answer.decision = police.rows[0].decision;
	answer.step = ACT_LIMIT;
	answer.result = result;
	answer.held = result == ACT_FAILED;
	answer.why = why;
	enforce_answer(police.enforce, &answer);
}

static void say_late(enum act_kind kind, enum act_result result,
		     bool is_held)
{
	struct act_answer answer = ACT_ANSWER_UNKNOWN;

	answer.kind = kind;
	answer.decision = police.rows[0].decision;
	answer.result = result;
	answer.held = is_held;
	enforce_answer(police.enforce, &answer);
}

static void test_a_limit_that_ends(void **state)
{
	(void)state;
	begin_limited();
	pass_seconds(600);
	must_be("planned acted verified ");
	say_undone(ACT_DONE, NULL);
	must_be("planned acted verified restored ");
	assert_string_equal(last_row()->reason, "its limit has ended");
	assert_string_equal(last_row()->decision, police.rows[0].decision);
	assert_string_equal(last_row()->rule, "hog");
	assert_string_equal(last_row()->title, "web");
	assert_true(enforce_is_idle(police.enforce));
	say_undone(ACT_DONE, NULL);
	pass_seconds(5);
	must_be("planned acted verified restored ");
	end_police();
}

static void test_one_that_does_not(void **state)
{
	(void)state;
	begin_limited();
	say_undone(ACT_FAILED, "Read-only file system");
	must_be("planned acted verified held ");
	assert_string_equal(last_row()->reason, "its limit could not be ended: "
			    "Read-only file system; contmon-engine tries "
			    "again");
	say_undone(ACT_DONE, "its cgroup is gone");
	must_be("planned acted verified held restored ");
	assert_string_equal(last_row()->reason,
			    "its limit has ended: its cgroup is gone");
	end_police();
}

/* It ends before the tick that looks at the answer. */
static void test_a_short_one(void **state)
{
	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.has_stopped_it = false;
	police.holds = true;
	pass_seconds(2);
	must_be("planned acted ");
	say_undone(ACT_DONE, "its cgroup is gone");
	pass_seconds(1);
	must_be("planned acted verified restored ");
	assert_string_equal(last_row()->reason,
			    "its limit has ended: its cgroup is gone");
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

/* It cannot be ended before that tick: contmon-engine says so only once. */
static void test_a_short_one_that_does_not(void **state)
{
	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.has_stopped_it = false;
	police.holds = true;
	pass_seconds(2);
	say_undone(ACT_FAILED, "no");
	pass_seconds(1);
	must_be("planned acted verified held ");
	say_undone(ACT_DONE, NULL);
	must_be("planned acted verified held restored ");
	assert_string_equal(last_row()->reason, "its limit has ended");
	end_police();
}

/* A decision that failed may hold its container, too. */
static void test_one_that_failed(void **state)
{
	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.result = ACT_FAILED;
	police.code = ACT_ERROR;
	police.holds = true;
	pass_seconds(3);
	must_be("planned acted failed ");
	say_undone(ACT_DONE, NULL);
	must_be("planned acted failed restored ");
	end_police();
}

/* Its end is not known when it has failed: it may hold, and end later. */
static void begin_without_an_answer(void)
{
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.is_mute = true;
	pass_seconds(200);
	must_be("planned acted failed ");
	assert_false(enforce_is_idle(police.enforce));
}

static void test_one_without_an_answer(void **state)
{
	(void)state;
	begin_without_an_answer();
	say_late(ACT_FINISHED, ACT_DONE, true);
	assert_false(enforce_is_idle(police.enforce));
	say_undone(ACT_DONE, NULL);
	must_be("planned acted failed restored ");
	assert_true(enforce_is_idle(police.enforce));
	end_police();
	begin_without_an_answer();
	say_late(ACT_FINISHED, ACT_FAILED, false);
	assert_true(enforce_is_idle(police.enforce));
	must_be("planned acted failed ");
	end_police();
}

/* It came while contmond was not connected. */
static void test_an_end_that_was_not_heard(void **state)
{
	(void)state;
	begin_limited();
	world.containers[0].row.cpu_percent = 0;
	police.is_mute = true;
	police.is_ready = false;
	pass(600000 + ENFORCE_PATIENCE_MS + 5000);
	assert_int_equal(police.nr_asked, 1);
	police.is_ready = true;
	pass_seconds(1);
	assert_int_equal(police.nr_asked, 2);
	enforce_disconnected(police.enforce);
	pass_seconds(2);
	assert_int_equal(police.nr_asked, 3);
	assert_string_equal(police.asked[2], police.asked[0]);
	say_late(ACT_FINISHED, ACT_DONE, false);
	must_be("planned acted verified restored ");
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

/* A user's engine does not let it end. */
static void test_one_that_is_given_up(void **state)
{
	(void)state;
	begin_limited();
	say_undone(ACT_FAILED, "no");
	must_be("planned acted verified held ");
	assert_false(enforce_is_idle(police.enforce));
	say_late(ACT_UNDONE, ACT_FAILED, false);
	must_be("planned acted verified held held ");
	assert_string_equal(last_row()->reason, "its limit could not be ended"
			    "; contmon-engine has given up");
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

/* What held nothing has no other end. */
static void test_one_that_holds_nothing(void **state)
{
	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.has_stopped_it = false;
	pass_seconds(3);
	must_be("planned acted verified ");
	assert_true(enforce_is_idle(police.enforce));
	say_undone(ACT_DONE, NULL);
	must_be("planned acted verified ");
	end_police();
}

static void test_after_a_restart(void **state)
{
	(void)state;
	begin_limited();
	start_again(police.nr_rows);
	pass_seconds(5);
	say_undone(ACT_FAILED, "no");
	must_be("planned acted verified held ");
	world.now_ms += 3600000;
	start_again(police.nr_rows);
	say_undone(ACT_DONE, NULL);
	must_be("planned acted verified held restored ");
	start_again(police.nr_rows);
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

static void test_one_that_failed_before_a_restart(void **state)
{
	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	police.result = ACT_FAILED;
	police.code = ACT_ERROR;
	police.holds = true;
	pass_seconds(3);
	must_be("planned acted failed ");
	start_again(police.nr_rows);
	say_undone(ACT_DONE, NULL);
	must_be("planned acted failed restored ");
	end_police();
}

/* Its action was too long ago to be read: it does not count as a new one. */
static void test_an_end_alone(void **state)
{
	struct store_decision end = {
		.decision = "old-1", .state = "restored", .action = "limit",
		.container = "web", .rule = "hog", .reason = "its limit has "
		"ended",
	};

	(void)state;
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
	end.container_id = world.candidates[0].id;
	end.rule_hash = world.policy->rules[0].hash;
	end.t_ms = WORLD_MS + (double)world.now_ms;
	assert_int_equal(enforce_resume(police.enforce, &end), 0);
	assert_int_equal(enforce_resumed(police.enforce,
					 WORLD_MS + world.now_ms,
					 world.now_ms, true), 0);
	pass_seconds(1);
	must_be("planned acted ");
	end_police();
}

/* Nothing is heard of it for a day. */
static void test_one_that_is_forgotten(void **state)
{
	(void)state;
	begin_limited();
	world.containers[0].row.cpu_percent = 0;
	pass(600000 + ENFORCE_MEMORY_MS - 5000);
	assert_false(enforce_is_idle(police.enforce));
	pass(10000);
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_a_limit_that_ends),
		TEST(test_one_that_does_not),
		TEST(test_a_short_one),
		TEST(test_a_short_one_that_does_not),
		TEST(test_one_that_failed),
		TEST(test_one_without_an_answer),
		TEST(test_an_end_that_was_not_heard),
		TEST(test_one_that_is_given_up),
		TEST(test_one_that_holds_nothing),
		TEST(test_after_a_restart),
		TEST(test_one_that_failed_before_a_restart),
		TEST(test_an_end_alone),
		TEST(test_one_that_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
