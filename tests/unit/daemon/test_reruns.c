// SPDX-License-Identifier: GPL-2.0-only
/* A container that is started again and again, with the same id */
#include "tests/unit/policy_world.h"

#define RULES "[policy]\nmin_age = 0s\n"				\
	"[rule loop]\nselect = name *\nall = gain(restarts_total) >= 3\n" \
	"for = 5m\naction = notify\ncool_down = 1h\n"			\
	"[rule oom]\nselect = name *\nall = gain(oom_kills_total) >= 2\n" \
	"for = 5m\naction = notify\ncool_down = 1h\n"			\
	"[rule cpu]\nselect = name *\nall = gain(cpu_seconds_total) >= 3s\n" \
	"for = 5m\naction = notify\ncool_down = 1h\n"

static struct container_row *row;

static void begin_loop(void)
{
	begin_world(RULES);
	row = add_container("a");
	row->restarts_total = 7;
	row->oom_kills_total = 0;
	row->created_ms = WORLD_MS - 5;
	row->cpu_seconds_total = 1;
	tick_after(1000);
}

/* It is not there for a while, then another run of it. */
static void start_again(int64_t away_ms)
{
	world.nr = 0;
	tick_after(1000);
	world.nr = 1;
	row->started_ms = WORLD_MS + (double)world.now_ms;
	row->restarts_total++;
	row->oom_kills_total += 0.5;
	row->cpu_seconds_total++;
	tick_after(away_ms);
}

static void test_totals_that_go_on(void **state)
{
	(void)state;
	begin_loop();
	start_again(9000);
	start_again(9000);
	assert_string_equal(finding(0, 0), "not_over");
	start_again(9000);
	assert_string_equal(finding(0, 0), "chosen");
	assert_string_equal(finding(1, 0), "not_over");
	start_again(9000);
	/* It was told of; the next run does not change that. */
	assert_string_equal(finding(0, 0), "cooling");
	assert_string_equal(finding(1, 0), "chosen");
	/* Its CPU time began anew. */
	assert_string_equal(finding(2, 0), "not_over");
	end_world();
}

static void test_another_container(void **state)
{
	(void)state;
	begin_loop();
	start_again(1000);
	start_again(1000);
	world.candidates[0].id = "b";
	start_again(1000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/* A user has one with this id. */
static void test_the_container_of_somebody_else(void **state)
{
	(void)state;
	begin_loop();
	start_again(1000);
	start_again(1000);
	world.candidates[0].user_id = 1000;
	start_again(1000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/* Restarts that are too far apart, and what is too long ago */
static void test_the_time_between(void **state)
{
	(void)state;
	begin_loop();
	start_again(1000);
	start_again(1000);
	start_again(300000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/* One that has ended is not its next run. */
static void test_one_that_has_ended(void **state)
{
	(void)state;
	begin_loop();
	world.candidates[0].ended_ms = WORLD_MS + 1;
	row->started_ms = (double)NAN;
	row->restarts_total += 3;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/* More than are remembered: the oldest are forgotten. */
static void test_many(void **state)
{
	size_t i;

	(void)state;
	begin_world(RULES);
	row = add_container("a");
	row->restarts_total = 7;
	for (i = 0; i < 3000; i++) {
		snprintf(world.containers[0].id,
			 sizeof(world.containers[0].id), "c%zu", i);
		tick_after(1);
	}
	row->restarts_total = 10;
	row->started_ms++;
	tick_after(1);
	assert_string_equal(finding(0, 0), "chosen");
	snprintf(world.containers[0].id, sizeof(world.containers[0].id), "c0");
	tick_after(1);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/* However many a user starts, root's is remembered. */
static void test_many_of_a_user(void **state)
{
	size_t i;

	(void)state;
	begin_world(RULES);
	row = add_container("a");
	row->restarts_total = 7;
	tick_after(1);
	for (i = 0; i < 3000; i++) {
		snprintf(world.containers[0].id,
			 sizeof(world.containers[0].id), "c%zu", i);
		world.candidates[0].user_id = 1000;
		tick_after(1);
	}
	snprintf(world.containers[0].id, sizeof(world.containers[0].id), "a");
	world.candidates[0].user_id = 0;
	row->restarts_total = 10;
	tick_after(1);
	assert_string_equal(finding(0, 0), "chosen");
	end_world();
}

static void test_a_gap(void **state)
{
	struct policy_tick tick = { .longest_gap_ms = 10000 };

	(void)state;
	begin_loop();
	world.nr = 0;
	tick_after(1000);
	world.now_ms += 60000;
	tick.boot_ms = world.now_ms;
	tick.t_ms = WORLD_MS + world.now_ms;
	assert_int_equal(policy_decide(world.state, &tick, &world.result), 0);
	world.nr = 1;
	row->started_ms++;
	row->restarts_total += 3;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

static void test_other_rules(void **state)
{
	struct policy *policy;

	(void)state;
	begin_loop();
	world.nr = 0;
	tick_after(1000);
	policy = load_policy("[rule x]\nselect = name *\n"
			     "all = cpu_percent > 1\naction = notify\n");
	assert_int_equal(policy_state_reload(world.state, policy), 0);
	policy_free(world.policy);
	world.policy = policy;
	world.nr = 1;
	row->started_ms++;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "unknown");
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_totals_that_go_on),
		TEST(test_another_container),
		TEST(test_the_container_of_somebody_else),
		TEST(test_the_time_between),
		TEST(test_one_that_has_ended),
		TEST(test_many),
		TEST(test_many_of_a_user),
		TEST(test_a_gap),
		TEST(test_other_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
