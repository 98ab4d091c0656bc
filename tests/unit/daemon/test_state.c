// SPDX-License-Identifier: GPL-2.0-only
/* What is told about actions, other rules in the middle, and the re-check. */
#include "tests/unit/policy_world.h"

#define HOG(more) "[rule hog]\nselect = name *\nall = cpu_percent > 20\n" \
	"action = stop\n" more

static void begin_with_hogs(const char *text, size_t n)
{
	size_t i;

	begin_world(text);
	for (i = 0; i < n; i++) {
		char name[] = { (char)('a' + i), '\0' };

		add_container(name)->cpu_percent = 90 - (double)i;
	}
}

static void tell(const char *id, int64_t boot_ms)
{
	const struct policy_action action = {
		.rule = "hog",
		.id = id,
		.name = id,
		.boot_ms = boot_ms,
		.cool_down_ms = 300000,
		.steps = POLICY_STOP,
	};

	assert_int_equal(policy_state_acted(world.state, &action), 0);
}

static void test_an_action_counts_from_when_it_was_done(void **state)
{
	(void)state;
	begin_with_hogs(HOG(""), 2);
	assert_int_equal(tick_after(1000), 1);
	assert_int_equal(tick_after(40000), 0);
	tell("a", world.now_ms);
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	assert_int_equal(tick_after(59999), 0);
	assert_string_equal(finding(0, 1), "budget");
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "b");
	assert_int_equal(tick_after(239999), 0);
	assert_string_equal(finding(0, 0), "cooling");
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "a");
	end_world();
}

/* After a start, what was done before is told. */
static void test_earlier_actions(void **state)
{
	(void)state;
	begin_with_hogs(HOG(""), 3);
	world.now_ms = 100000;
	tell("a", 50000);
	tell("gone", -100000);
	tell("older", -3400000);
	tell("too old", -3500001);
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "cooling");
	assert_string_equal(finding(0, 1), "budget");
	assert_false(world.result.profiles[0].is_alive);
	assert_true(world.result.profiles[1].is_alive);
	assert_int_equal(policy_state_used(world.state, 3600000), 3);
	assert_int_equal(tick_after(9000), 1);
	assert_string_equal(chosen(0), "b");
	end_world();
}

/* One that is missing for a tick has not come back to life. */
static void test_what_was_missing_for_a_tick(void **state)
{
	(void)state;
	begin_with_hogs("[policy]\nbudget_per_minute = 5\n"
			"[class c]\nmatch = name *\nminimum = 1\n" HOG(""), 2);
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "a");
	world.nr = 0;
	tick_after(1000);
	world.nr = 2;
	assert_int_equal(tick_after(1000), 0);
	assert_false(world.result.profiles[0].is_alive);
	assert_string_equal(finding(0, 1), "minimum");
	/* A later run of it is alive, but still cools down. */
	world.containers[0].row.started_ms += 1;
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "b");
	assert_true(world.result.profiles[0].is_alive);
	assert_string_equal(finding(0, 0), "cooling");
	end_world();
}

static void test_a_veto_gives_the_budget_back(void **state)
{
	(void)state;
	begin_with_hogs("[class c]\nmatch = name *\nminimum = 1\n" HOG(""), 2);
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "a");
	policy_state_undone(world.state, "other", "a", 0, false);
	policy_state_undone(world.state, "hog", "b", 0, false);
	policy_state_undone(world.state, "hog", "a", 1000, false);
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	policy_state_undone(world.state, "hog", "a", 0, false);
	assert_int_equal(policy_state_used(world.state, 60000), 0);
	/* It is alive again, so the other one can go; it still cools down. */
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "b");
	assert_string_equal(finding(0, 0), "cooling");
	/* What was not done was not done before. */
	tick_after(300000);
	assert_string_equal(chosen(0), "a");
	assert_false(world.result.decisions[0].is_again);
	tick_after(60000);
	assert_string_equal(finding(0, 1), "minimum");
	tick_after(240000);
	assert_string_equal(chosen(0), "a");
	assert_true(world.result.decisions[0].is_again);
	end_world();
}

/* What was asked for counts, but its container is not gone. */
static void test_one_that_was_asked_for_in_vain(void **state)
{
	(void)state;
	begin_with_hogs("[class c]\nmatch = name *\nminimum = 1\n" HOG(""), 2);
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "a");
	policy_state_undone(world.state, "hog", "a", 0, true);
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 1), "budget");
	assert_int_equal(tick_after(59000), 1);
	assert_string_equal(chosen(0), "b");
	end_world();
}

/* For an hour, whatever it was */
static void test_actions_that_are_not_known(void **state)
{
	(void)state;
	begin_with_hogs(HOG(""), 1);
	policy_state_forget(world.state, world.now_ms);
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "budget");
	assert_int_equal(tick_after(3598000), 0);
	assert_int_equal(tick_after(1000), 1);
	end_world();
}

static void test_a_rule_gives_up(void **state)
{
	(void)state;
	begin_with_hogs("[policy]\nbudget_per_minute = 5\n" HOG(""), 1);
	policy_state_helped(world.state, "hog", 0, false);
	policy_state_helped(world.state, "hog", 0, false);
	policy_state_helped(world.state, "hog", 0, true);
	policy_state_helped(world.state, "hog", 0, false);
	policy_state_helped(world.state, "hog", 0, false);
	policy_state_helped(world.state, "unknown", 0, false);
	assert_false(policy_state_gave_up(world.state, 0, 0));
	policy_state_helped(world.state, "hog", 0, false);
	assert_true(policy_state_gave_up(world.state, 0, 0));
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "gave_up");
	end_world();
}

static void reload(const char *text)
{
	struct policy *policy = load_policy(text);

	assert_int_equal(policy_state_reload(world.state, policy), 0);
	policy_free(world.policy);
	world.policy = policy;
}

static void test_other_rules(void **state)
{
	(void)state;
	begin_with_hogs(HOG("for = 10s\n"), 1);
	tick_after(1000);
	tick_after(5000);
	reload("[rule first]\nselect = name x\nall = cpu_percent > 1\n"
	       "action = stop\n" HOG("for = 10s\n"));
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_UNKNOWN);
	assert_int_equal(tick_after(4999), 0);
	assert_int_equal(tick_after(1), 1);
	assert_int_equal(world.result.decisions[0].rule, 1);
	/* What changed begins anew; what was done is remembered. */
	reload(HOG("for = 11s\n"));
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "too_brief");
	assert_int_equal(tick_after(11000), 0);
	assert_string_equal(finding(0, 0), "cooling");
	reload("");
	assert_int_equal(tick_after(1000), 0);
	end_world();
}

static void test_other_classes(void **state)
{
	(void)state;
	begin_with_hogs("[class c]\nmatch = name a\n" HOG(""), 1);
	add_label(0, "contmon.class", "mine");
	tick_after(1000);
	assert_string_equal(world.result.profiles[0].class, "mine");
	reload("[class d]\nmatch = name b\n[class mine]\nminimum = 1\n"
	       "match = name x\n" HOG("all = cpu_percent > 21\n"));
	tick_after(1000000);
	assert_string_equal(world.result.profiles[0].class, "mine");
	assert_string_equal(finding(0, 0), "minimum");
	end_world();
}

static void test_a_rule_that_gave_up_begins_again(void **state)
{
	size_t i;

	(void)state;
	begin_with_hogs(HOG(""), 1);
	for (i = 0; i < 3; i++)
		policy_state_helped(world.state, "hog", 0, false);
	assert_true(policy_state_gave_up(world.state, 0, 0));
	reload(HOG(""));
	assert_false(policy_state_gave_up(world.state, 0, 0));
	end_world();
}

static void test_the_recheck(void **state)
{
	struct container_row *a;

	(void)state;
	begin_with_hogs("[class c]\nmatch = name *\nminimum = 1\n" HOG(""), 2);
	a = &world.containers[0].row;
	assert_int_equal(tick_after(1000), 1);
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_CHOSEN);
	/* Neither its cool-down nor the budget speaks against it. */
	tick_after(1000);
	assert_string_equal(finding(0, 0), "cooling");
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_CHOSEN);
	/* The other one has ended meanwhile: it is needed. */
	world.nr = 1;
	tick_after(1000);
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_MINIMUM);
	world.nr = 2;
	tick_after(1000);
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_CHOSEN);
	a->cpu_percent = 1;
	tick_after(1000);
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_NOT_OVER);
	a->cpu_percent = 90;
	add_label(0, "contmon.protect", "");
	tick_after(1000);
	assert_int_equal(policy_recheck(world.state, 0, 0), POLICY_PROTECTED);
	assert_int_equal(policy_recheck(world.state, 0, 2), POLICY_UNKNOWN);
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_an_action_counts_from_when_it_was_done),
		TEST(test_earlier_actions),
		TEST(test_what_was_missing_for_a_tick),
		TEST(test_a_veto_gives_the_budget_back),
		TEST(test_one_that_was_asked_for_in_vain),
		TEST(test_actions_that_are_not_known),
		TEST(test_a_rule_gives_up),
		TEST(test_other_rules),
		TEST(test_other_classes),
		TEST(test_a_rule_that_gave_up_begins_again),
		TEST(test_the_recheck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
