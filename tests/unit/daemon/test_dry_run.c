// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a dry run gives up: what goes on because nothing was done does not count
 * as an action that did not help, but what was begun anew does.
 */
#include "tests/unit/enforce_world.h"

#define RULES "warn = 0s\ncool_down = 60s\nmin_age = 10s\n"		\
	"budget_per_minute = 10\nbudget_per_hour = 100\n"		\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"for = 3s\naction = stop kill\n"

static struct container_row *web;

static void begin_with(const char *text)
{
	begin_police(text);
	web = add_named("web");
	web->cpu_percent = 90;
}

/* It was ended, or ended by itself, and begins anew, as the same or another */
static void begin_anew(bool is_another)
{
	web->started_ms = WORLD_MS + (double)world.now_ms;
	world.candidates[0].ended_ms = (double)NAN;
	if (is_another)
		world.containers[0].id[0]++;
}

static bool has_given_up(void)
{
	return strstr(police.events, "policy_gave_up ");
}

static void test_the_same_run(void **state)
{
	size_t i;

	(void)state;
	begin_with("[policy]\n" RULES);
	for (i = 0; i < 9; i++) {
		pass_seconds(100);
		/* The driver was gone for a moment. */
		web->started_ms += 3;
	}
	assert_true(police.nr_rows > 20);
	assert_false(has_given_up());
	end_police();
}

/* As a rule does that is none: the first action may have helped. */
static void test_other_runs(void **state)
{
	static const char *const texts[] = {
		"[policy]\n" RULES, "[policy]\ndry_run = no\n" RULES,
	};
	size_t i, j, run;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		for (j = 0; j < 2; j++) {
			begin_with(texts[i]);
			for (run = 0; run < 4; run++) {
				assert_false(has_given_up());
				pass_seconds(100);
				begin_anew(j);
			}
			assert_true(has_given_up());
			end_police();
		}
	}
}

/* Between two that are another's */
static void test_one_that_helped(void **state)
{
	size_t run;

	(void)state;
	begin_with("[policy]\n" RULES);
	for (run = 0; run < 3; run++) {
		pass_seconds(100);
		begin_anew(true);
	}
	web->cpu_percent = 0;
	add_named("other")->cpu_percent = 90;
	pass_seconds(100);
	world.containers[1].row.cpu_percent = 0;
	web->cpu_percent = 90;
	begin_anew(true);
	pass_seconds(100);
	assert_false(has_given_up());
	end_police();
}

/* Its engine says when it began, which is not when its first process did. */
static void end_all(void)
{
	size_t i;

	for (i = 0; i < world.nr; i++) {
		world.containers[i].row.state = "exited";
		world.containers[i].row.started_ms += 7;
		world.candidates[i].ended_ms = WORLD_MS + (double)world.now_ms;
	}
}

/* The real one would have removed them while they ran. */
static void test_those_that_end_by_themselves(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "newest" };
	size_t i;

	(void)state;
	begin_police("[policy]\nwarn = 0s\ncool_down = 60s\nmin_age = 10s\n"
		     "budget_per_minute = 10\nbudget_per_hour = 100\n"
		     "[rule old]\nselect = name *\nkeep_newest = 1\n"
		     "action = stop kill remove\n");
	police.shows_ended = true;
	for (i = 0; i < COUNT(names); i++)
		add_named(names[i]);
	pass_seconds(10);
	assert_int_equal(police.nr_rows, 2 * 4);
	end_all();
	pass_seconds(100);
	assert_true(police.nr_rows >= 2 * 2 * 4);
	assert_false(has_given_up());
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_the_same_run),
		TEST(test_other_runs),
		TEST(test_one_that_helped),
		TEST(test_those_that_end_by_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
