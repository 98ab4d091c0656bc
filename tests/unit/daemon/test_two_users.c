// SPDX-License-Identifier: GPL-2.0-only
/* What a user does to their containers changes nothing for those of others. */
#include "tests/unit/enforce_web.h"

#define RULES "[policy]\nbudget_per_minute = 60\nbudget_per_hour = 1000\n" \
	"[class c]\nmatch = name ?\nminimum = 2\n"			\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"action = stop\n"

/* The later ones use less. */
static void add_of(int64_t user_id, const char *name)
{
	add_container(name)->cpu_percent = 90 - (double)world.nr;
	world.candidates[world.nr - 1].user_id = user_id;
}

static void must_find(const char *const *findings)
{
	size_t i;

	tick_after(1000);
	for (i = 0; i < world.nr; i++)
		assert_string_equal(finding(0, i), findings[i]);
	end_world();
}

/* They make root's containers no less needed. */
static void test_the_minimum_of_root(void **state)
{
	static const char *const findings[] = {
		"minimum", "minimum", "chosen", "chosen", "chosen",
	};

	(void)state;
	begin_world(RULES);
	add_of(0, "a");
	add_of(0, "b");
	add_of(1000, "c");
	add_of(1000, "d");
	add_of(1001, "e");
	must_find(findings);
}

/* One of root's and one of the same user's are left; nobody else's count. */
static void test_the_minimum_of_a_user(void **state)
{
	static const char *const findings[] = {
		"minimum", "chosen", "minimum", "minimum",
	};

	(void)state;
	begin_world(RULES);
	add_of(1001, "a");
	add_of(1000, "b");
	add_of(1000, "c");
	add_of(0, "d");
	must_find(findings);
}

static void begin_namesakes(int64_t user_id, int64_t other_id)
{
	begin_world(RULES);
	add_of(user_id, "one");
	add_of(other_id, "other");
	world.candidates[0].name = world.candidates[1].name = "web";
	world.containers[1].row.cpu_percent = 1;
	assert_int_equal(tick_after(1000), 1);
	world.containers[1].row.cpu_percent = 90;
	tick_after(1000);
}

/* Who has a container of the same name is not who replaces it. */
static void test_a_name_of_two(void **state)
{
	(void)state;
	begin_namesakes(1000, 0);
	assert_string_equal(finding(0, 1), "chosen");
	assert_false(world.result.decisions[0].is_again);
	end_world();
	begin_namesakes(1000, 1000);
	assert_string_equal(finding(0, 1), "cooling");
	end_world();
}

/* Ids of LXC are names, and any cgroup can be called like a container's. */
static void test_an_id_of_two(void **state)
{
	(void)state;
	begin_world(RULES);
	add_of(1000, "web");
	add_of(0, "web");
	world.containers[1].row.cpu_percent = 1;
	assert_int_equal(tick_after(1000), 1);
	world.containers[1].row.cpu_percent = 90;
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(finding(0, 1), "chosen");
	assert_false(world.result.decisions[0].is_again);
	/* It is root's that was not acted on. */
	policy_state_undone(world.state, "hog", "web", 0, false);
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	tick_after(1000);
	assert_false(world.result.profiles[0].is_alive);
	assert_true(world.result.profiles[1].is_alive);
	end_world();
}

/* The engine of a user has said the same of it before root's has. */
static void test_one_that_is_roots_after_all(void **state)
{
	struct policy_action action = { .rule = "hog", .id = "a", .name = "a",
					.cool_down_ms = 1000,
					.steps = POLICY_STOP };

	(void)state;
	begin_world(RULES);
	add_of(1000, "a");
	add_of(0, "b");
	add_of(0, "c");
	world.containers[0].row.cpu_percent = 1;
	world.containers[1].row.cpu_percent = 1;
	world.containers[2].row.cpu_percent = 1;
	assert_int_equal(tick_after(1000), 0);
	world.candidates[0].user_id = 0;
	world.containers[0].row.cpu_percent = 90;
	assert_int_equal(tick_after(1000), 1);
	action.boot_ms = world.now_ms;
	assert_int_equal(policy_state_acted(world.state, &action), 0);
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	policy_state_undone(world.state, "hog", "a", 0, false);
	assert_int_equal(policy_state_used(world.state, 60000), 0);
	end_world();
}

static void tick_with(const struct policy_hold *hold)
{
	const struct policy_tick tick = {
		.t_ms = WORLD_MS + world.now_ms,
		.boot_ms = world.now_ms,
		.candidates = world.candidates,
		.nr_candidates = world.nr,
		.holds = hold,
		.nr_holds = 1,
	};

	world.containers[0].row.uptime_seconds = 3600;
	world.containers[1].row.uptime_seconds = 3600;
	assert_int_equal(policy_decide(world.state, &tick, &world.result), 0);
}

static void test_an_id_that_is_held(void **state)
{
	struct policy_hold hold = { "same", "other", 1000 };

	(void)state;
	begin_world(RULES);
	add_of(1000, "same");
	add_of(0, "same");
	tick_with(&hold);
	assert_string_equal(finding(0, 0), "taken");
	assert_string_equal(finding(0, 1), "chosen");
	end_world();
	/* Of a decision before a start it may not be known whose it was. */
	begin_world(RULES);
	add_of(1000, "same");
	add_of(0, "same");
	hold.user_id = POLICY_NO_USER;
	tick_with(&hold);
	assert_string_equal(finding(0, 0), "taken");
	assert_string_equal(finding(0, 1), "taken");
	end_world();
}

#define SCARCE "[policy]\nbudget_per_minute = 5\nbudget_per_hour = 5\n" \
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"action = stop\n"

/* However many containers users have, some of the budget is left for root's. */
static void test_the_budget(void **state)
{
	struct buffer text = { 0 };
	size_t i;

	(void)state;
	begin_world(SCARCE);
	for (i = 0; i < 9; i++) {
		char name[] = { (char)('a' + i), '\0' };

		add_of(1000 + (int64_t)i % 3, name);
	}
	add_of(0, "root");
	world.containers[9].row.cpu_percent = 1;
	assert_int_equal(tick_after(1000), 3);
	assert_string_equal(finding(0, 3), "budget");
	policy_write_reason(&text, world.policy, &world.policy->rules[0],
			    policy_verdict(&world.result, 0, 3),
			    world.now_ms);
	assert_contains(text.text, "the budget of 5 a minute and 5 an hour is "
			"used up by containers of users, which have at most "
			"half of it");
	buffer_done(&text);
	world.containers[9].row.cpu_percent = 90;
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(chosen(0), "root");
	/* Where root has none, nothing is kept for them. */
	world.nr = 9;
	assert_int_equal(tick_after(1000), 1);
	end_world();
}

/* An hour has no more than its minutes: half of them are left for root's. */
static void test_the_budget_of_minutes(void **state)
{
	char name[4];
	int i;

	(void)state;
	begin_world("[policy]\ncool_down = 1d\nbudget_per_minute = 1\n"
		    "budget_per_hour = 1000\n[rule hog]\nselect = name *\n"
		    "all = cpu_percent > 20\naction = stop\n");
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "u%02d", i);
		add_of(1000 + i, name);
	}
	add_of(0, "root");
	world.containers[40].row.cpu_percent = 21;
	for (i = 0; i < 30; i++) {
		assert_int_equal(tick_after(60000), 1);
		snprintf(name, sizeof(name), "u%02d", i);
		assert_string_equal(chosen(0), name);
	}
	assert_int_equal(tick_after(60000), 1);
	assert_string_equal(chosen(0), "root");
	assert_string_equal(finding(0, 39), "budget");
	end_world();
}

/* What does not help with a user's containers may help with root's. */
static void test_giving_up(void **state)
{
	size_t i;

	(void)state;
	begin_world("[policy]\nbudget_per_minute = 60\n"
		    "budget_per_hour = 1000\n[rule hog]\nselect = name *\n"
		    "all = cpu_percent > 20\naction = stop\n");
	add_of(1000, "a");
	add_of(0, "b");
	for (i = 0; i < 3; i++)
		policy_state_helped(world.state, "hog", 1000, false);
	policy_state_helped(world.state, "hog", 0, true);
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(finding(0, 0), "gave_up");
	assert_string_equal(finding(0, 1), "chosen");
	assert_true(policy_state_gave_up(world.state, 0, 1001));
	assert_false(policy_state_gave_up(world.state, 0, POLICY_NO_USER));
	end_world();
}

/* Of an action before a start it may not be known whose container it was. */
static void test_a_name_of_nobody(void **state)
{
	const struct policy_action action = {
		.rule = "hog", .id = "gone", .name = "web",
		.user_id = POLICY_NO_USER, .boot_ms = 3600000,
		.cool_down_ms = 300000, .steps = POLICY_STOP,
	};

	(void)state;
	begin_world(RULES);
	assert_int_equal(policy_state_acted(world.state, &action), 0);
	add_of(1000, "web");
	tick_after(1000);
	assert_string_equal(finding(0, 0), "cooling");
	end_world();
}

static void must_be_of(const char *users)
{
	char text[256] = "";
	size_t i;

	for (i = 0; i < police.nr_rows; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%lld ", (long long)police.rows[i].user);
	assert_string_equal(text, users);
}

/* What the budget does not limit is of the container's user. */
static void test_whose_rows_are(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	world.candidates[0].user_id = 1000;
	pass_seconds(4);
	must_be("planned warned ");
	assert_int_equal(police.user, 1000);
	pass_seconds(7);
	must_be("planned warned acted verified ");
	must_be_of("1000 1000 0 0 ");
	assert_int_equal(police.user, 0);
	end_police();
	begin_with(REAL HOG "warn = 0\n");
	world.candidates[0].user_id = 1000;
	police.result = ACT_GONE;
	pass_seconds(6);
	must_be("planned acted gone ");
	must_be_of("1000 0 0 ");
	end_police();
	begin_with("[policy]\ndry_run = no\n[rule n]\nselect = name web\n"
		   "all = cpu_percent > 20\nfor = 3s\naction = notify\n");
	world.candidates[0].user_id = 1000;
	pass_seconds(4);
	must_be("planned acted verified ");
	must_be_of("1000 1000 1000 ");
	assert_int_equal(police.user, 1000);
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_the_minimum_of_root),
		TEST(test_the_minimum_of_a_user),
		TEST(test_a_name_of_two),
		TEST(test_a_name_of_nobody),
		TEST(test_an_id_of_two),
		TEST(test_an_id_that_is_held),
		TEST(test_one_that_is_roots_after_all),
		TEST(test_the_budget),
		TEST(test_the_budget_of_minutes),
		TEST(test_giving_up),
		TEST(test_whose_rows_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
