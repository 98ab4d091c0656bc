// SPDX-License-Identifier: GPL-2.0-only
/* Which containers a rule acts on, in which order, and why it spares others. */
#include "tests/unit/policy_world.h"

#define FREELY "[policy]\nbudget_per_minute = 60\nbudget_per_hour = 1000\n"
#define RULE(name, more) "[rule " name "]\nselect = name *\n" more "\n"
#define HOG(more) RULE("hog", "all = cpu_percent > 20\n" more)
#define STOP HOG("action = stop")

/* @n containers "a", "b", ..., whose CPU is 30, 31, ... */
static void add_hogs(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char name[] = { (char)('a' + i), '\0' };

		add_container(name)->cpu_percent = 30 + (double)i;
	}
}

/* The containers of the decisions, one letter for each */
static const char *all_chosen(void)
{
	static char letters[64];
	size_t i;

	for (i = 0; i < world.result.nr_decisions; i++)
		letters[i] = chosen(i)[0];
	letters[i] = '\0';
	return letters;
}

static void test_a_spike_harms_nobody(void **state)
{
	struct container_row *row;

	(void)state;
	begin_world("[rule hog]\nall = cpu_percent > 20\nfor = 10s\n"
		    "action = stop\n");
	row = add_container("a");
	row->cpu_percent = 1;
	tick_after(1000);
	row->cpu_percent = 90;
	assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(1000), 0);
	row->cpu_percent = 20;
	assert_int_equal(tick_after(1000), 0);
	row->cpu_percent = 21;
	assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(9999), 0);
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "a");
	end_world();
}

static void test_the_worst_comes_first(void **state)
{
	(void)state;
	begin_world(FREELY STOP);
	add_hogs(4);
	world.containers[1].row.cpu_percent = 99;
	/* The same value: the oldest, then by id */
	world.containers[3].row.cpu_percent = 32;
	world.containers[3].row.started_ms = WORLD_MS - 1;
	world.containers[0].row.cpu_percent = 32;
	world.containers[0].row.started_ms = WORLD_MS;
	world.containers[2].row.started_ms = WORLD_MS;
	strcpy(world.containers[0].id, "x");
	tick_after(1000);
	assert_string_equal(all_chosen(), "bdcx");
	end_world();
	begin_world(FREELY RULE("low", "all = cpu_percent < 99\n"
				"action = stop"));
	add_hogs(3);
	tick_after(1000);
	assert_string_equal(all_chosen(), "abc");
	end_world();
}

static void test_the_budget(void **state)
{
	size_t i, nr = 0;

	(void)state;
	begin_world("[policy]\nbudget_per_minute = 2\nbudget_per_hour = 3\n"
		    STOP);
	add_hogs(9);
	assert_int_equal(tick_after(1000), 2);
	assert_string_equal(all_chosen(), "ih");
	assert_string_equal(finding(0, 0), "budget");
	assert_int_equal(policy_state_used(world.state, 60000), 2);
	for (i = 0; i < 59; i++)
		assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(1000), 1);
	/* Three in this hour */
	for (i = 0; i < 3539; i++)
		nr += tick_after(1000);
	assert_int_equal(nr, 0);
	assert_int_equal(tick_after(1000), 2);
	end_world();
}

static void test_cool_down_by_id_and_name(void **state)
{
	(void)state;
	begin_world(FREELY STOP);
	add_hogs(2);
	world.candidates[0].name = "web";
	assert_int_equal(tick_after(1000), 2);
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "cooling");
	/* Another container of the same name, and the same one restarted */
	strcpy(world.containers[0].id, "z");
	world.containers[1].row.started_ms += 5000;
	assert_int_equal(tick_after(298999), 0);
	assert_string_equal(finding(0, 0), "cooling");
	assert_string_equal(finding(0, 1), "cooling");
	assert_int_equal(tick_after(1), 2);
	assert_true(world.result.decisions[0].is_again);
	assert_true(world.result.decisions[1].is_again);
	end_world();
}

static void test_a_replaced_container_begins_anew(void **state)
{
	(void)state;
	begin_world(FREELY HOG("for = 10s\naction = stop"));
	add_hogs(1);
	tick_after(1000);
	tick_after(9000);
	world.containers[0].row.started_ms += 1;
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "too_brief");
	assert_int_equal(tick_after(9999), 0);
	assert_int_equal(tick_after(1), 1);
	end_world();
}

static void test_two_rules_for_one(void **state)
{
	(void)state;
	begin_world(FREELY STOP RULE("second", "all = cpu_percent > 20\n"
				     "action = kill"));
	add_hogs(1);
	assert_int_equal(tick_after(1000), 1);
	assert_int_equal(world.result.decisions[0].rule, 0);
	assert_string_equal(finding(1, 0), "taken");
	assert_string_equal(policy_verdict(&world.result, 1, 0)->why, "hog");
	end_world();
}

static void test_the_minimum_of_a_class(void **state)
{
	(void)state;
	begin_world(FREELY "[class c]\nmatch = name ?\nminimum = 2\n" STOP);
	add_hogs(5);
	world.containers[4].row.state = "paused";
	add_container("other")->cpu_percent = 25;
	/* a to d run: two of them can go, and the paused one. */
	tick_after(1000);
	assert_string_equal(all_chosen(), "edco");
	assert_string_equal(finding(0, 0), "minimum");
	assert_string_equal(policy_verdict(&world.result, 0, 0)->why, "c");
	/* They still run, but do not count until they have cooled down. */
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 1), "minimum");
	tick_after(299000);
	assert_string_equal(all_chosen(), "edco");
	end_world();
}

static void test_only_what_harms_needs_the_minimum(void **state)
{
	static const struct {
		const char *action;
		size_t nr;
	} cases[] = {
		{ "action = stop", 0 }, { "action = kill", 0 },
		{ "action = restart", 0 }, { "action = pause", 0 },
		{ "action = limit\nlimit_cpu_cores = 1", 2 },
		{ "action = notify", 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char text[512];

		snprintf(text, sizeof(text), FREELY "[class c]\nmatch = name *"
			 "\nminimum = 2\n" HOG("%s"), cases[i].action);
		begin_world(text);
		add_hogs(2);
		assert_int_equal(tick_after(1000), cases[i].nr);
		end_world();
	}
}

static void must_be_spared(size_t i, const char *name, const char *why)
{
	const struct policy_verdict *verdict =
		policy_verdict(&world.result, 0, i);

	assert_string_equal(policy_finding_name(verdict->finding), name);
	assert_string_equal(verdict->why ?: "", why);
	assert_int_equal(policy_recheck(world.state, 0, i), verdict->finding);
}

static void test_what_is_protected(void **state)
{
	(void)state;
	begin_world(FREELY "[protect]\nmatch = name db-*, image safe\n"
		    HOG("action = stop remove"));
	add_hogs(8);
	world.candidates[0].name = "my-grafana-1";
	add_label(1, "contmon.protect", "yes");
	add_label(2, "contmon.policy", "off");
	world.candidates[3].is_own = true;
	world.candidates[4].is_described = false;
	world.containers[5].row.image = "safe";
	world.candidates[6].anonymous_volumes = POLICY_YES;
	assert_int_equal(tick_after(1000), 1);
	assert_string_equal(all_chosen(), "h");
	must_be_spared(0, "protected", "the word grafana in its name");
	must_be_spared(1, "protected", "label contmon.protect");
	must_be_spared(2, "protected", "label contmon.policy=off");
	must_be_spared(3, "protected", "this program runs in it");
	must_be_spared(4, "protected", "its engine has not described it yet");
	must_be_spared(5, "protected", "image safe");
	must_be_spared(6, "protected",
		       "it has anonymous volumes, and would be removed");
	end_world();
}

static void test_young_ones_are_protected(void **state)
{
	(void)state;
	begin_world(FREELY STOP);
	add_hogs(2);
	world.containers[0].row.started_ms = WORLD_MS + 3600000;
	world.containers[1].row.started_ms = (double)NAN;
	world.containers[1].row.created_ms = (double)NAN;
	assert_int_equal(tick_after(59999), 0);
	must_be_spared(0, "young", "");
	must_be_spared(1, "young", "");
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "a");
	end_world();
}

/* A user may keep the age of a container unknown. It is at least this old. */
static void test_an_unknown_age_counts_from_the_first_tick(void **state)
{
	(void)state;
	begin_world(FREELY STOP);
	add_hogs(1);
	world.containers[0].row.started_ms = (double)NAN;
	world.containers[0].row.created_ms = (double)NAN;
	assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(59999), 0);
	must_be_spared(0, "young", "");
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "a");
	end_world();
}

/* A notification harms nobody, and keeps no other rule from acting. */
static void test_notifications(void **state)
{
	(void)state;
	begin_world("[rule say]\nselect = name *\nall = cpu_percent > 20\n"
		    "action = notify\ncool_down = 2m\n"
		    "[class c]\nmatch = name a\nminimum = 1\n" STOP);
	add_hogs(4);
	add_label(1, "contmon.protect", "yes");
	add_label(2, "contmon.policy", "off");
	tick_after(1000);
	assert_string_equal(all_chosen(), "dbad");
	assert_string_equal(finding(0, 2), "protected");
	assert_int_equal(policy_state_used(world.state, 60000), 1);
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "cooling");
	assert_int_equal(tick_after(118999), 0);
	tick_after(1);
	assert_string_equal(all_chosen(), "dba");
	end_world();
}

static void test_those_that_have_ended(void **state)
{
	static const struct {
		const char *action, *running, *ended;
	} cases[] = {
		{ "stop kill remove", "chosen", "chosen" },
		{ "stop kill", "chosen", "wrong_state" },
		{ "remove", "wrong_state", "chosen" },
		{ "notify", "chosen", "chosen" },
		{ "pause", "chosen", "wrong_state" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char text[512];

		snprintf(text, sizeof(text), FREELY HOG("action = %s"),
			 cases[i].action);
		begin_world(text);
		add_hogs(2);
		world.candidates[1].ended_ms = WORLD_MS + 1000;
		world.containers[1].row.state = "exited";
		tick_after(1000);
		assert_string_equal(finding(0, 0), cases[i].running);
		assert_string_equal(finding(0, 1), cases[i].ended);
		end_world();
	}
}

static void test_the_newest_of_each_type(void **state)
{
	size_t i;

	(void)state;
	begin_world(FREELY "[type x]\nmatch = name a b c d\n"
		    "[type y]\nmatch = name e f\n"
		    RULE("newest", "keep_newest = 1\nper = type\n"
			 "action = stop kill remove"));
	add_hogs(7);
	for (i = 0; i < world.nr; i++)
		world.containers[i].row.created_ms = WORLD_MS - (double)i;
	/* A restart makes none newer; those that ended are counted, too. */
	world.containers[3].row.started_ms = WORLD_MS + 9;
	world.candidates[4].ended_ms = WORLD_MS + 1;
	world.containers[4].row.state = "exited";
	tick_after(1000);
	assert_string_equal(finding(0, 0), "newest");
	assert_string_equal(finding(0, 4), "newest");
	assert_string_equal(finding(0, 6), "unknown");
	assert_string_equal(all_chosen(), "bcfd");
	end_world();
}

/* Any user can make up newer ones, also of an image of root's. */
static void test_the_newest_of_each_user(void **state)
{
	(void)state;
	begin_world(FREELY RULE("newest", "keep_newest = 1\nper = image\n"
				"action = stop kill remove"));
	add_hogs(4);
	world.candidates[2].user_id = world.candidates[3].user_id = 1000;
	world.containers[3].row.created_ms = WORLD_MS + 1e12;
	tick_after(1000);
	assert_string_equal(finding(0, 1), "newest");
	assert_string_equal(finding(0, 3), "newest");
	assert_string_equal(all_chosen(), "ac");
	end_world();
}

/* Where ended ones are missing, those that seem to be the newest may not be. */
static void test_the_newest_without_the_ended(void **state)
{
	(void)state;
	begin_world(FREELY RULE("newest", "keep_newest = 2\n"
				"action = stop kill remove")
		    "[rule run]\nselect = state running\nkeep_newest = 1\n"
		    "action = notify\n");
	world.lacks_ended = true;
	add_hogs(4);
	tick_after(1000);
	assert_string_equal(finding(0, 2), "unknown");
	assert_string_equal(finding(0, 3), "unknown");
	assert_string_equal(finding(0, 1), "chosen");
	assert_string_equal(finding(1, 3), "newest");
	end_world();
}

static void test_the_newest_with_a_condition(void **state)
{
	(void)state;
	begin_world(FREELY RULE("newest", "keep_newest = 2\n"
				"all = cpu_percent > 30\naction = stop"));
	add_hogs(4);
	tick_after(1000);
	/* c and d are the newest; a is not over. */
	assert_string_equal(all_chosen(), "b");
	assert_string_equal(finding(0, 3), "newest");
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

static void test_a_gap(void **state)
{
	struct policy_tick tick;

	(void)state;
	begin_world(FREELY HOG("for = 10s\naction = stop"));
	add_hogs(1);
	tick_after(1000);
	tick = (struct policy_tick){
		.t_ms = WORLD_MS + world.now_ms + 10000,
		.boot_ms = world.now_ms + 10000,
		.longest_gap_ms = 9999,
		.candidates = world.candidates,
		.nr_candidates = world.nr,
	};
	assert_int_equal(policy_decide(world.state, &tick, &world.result), 0);
	assert_string_equal(finding(0, 0), "too_brief");
	world.now_ms += 10000;
	assert_int_equal(tick_after(10000), 1);
	end_world();
}

static void test_dry_runs(void **state)
{
	(void)state;
	begin_world("[policy]\ndry_run = no\nbudget_per_minute = 2\n"
		    HOG("action = stop\ndry_run = yes")
		    RULE("real", "all = cpu_percent > 20\naction = stop"));
	add_hogs(2);
	world.candidates[1].name = "b";
	assert_int_equal(tick_after(1000), 2);
	assert_true(world.result.decisions[0].dry_run);
	assert_string_equal(finding(1, 0), "taken");
	end_world();
	begin_world("[policy]\ndry_run = no\n" STOP);
	add_hogs(1);
	assert_int_equal(tick_after(1000), 1);
	assert_false(world.result.decisions[0].dry_run);
	end_world();
	begin_world(STOP);
	add_hogs(1);
	assert_int_equal(tick_after(1000), 1);
	assert_true(world.result.decisions[0].dry_run);
	end_world();
}

static void test_nothing_to_decide(void **state)
{
	(void)state;
	begin_world("");
	assert_int_equal(tick_after(1000), 0);
	add_hogs(2);
	assert_int_equal(tick_after(1000), 0);
	end_world();
	begin_world(STOP);
	assert_int_equal(tick_after(1000), 0);
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_a_spike_harms_nobody),
		TEST(test_the_worst_comes_first),
		TEST(test_the_budget),
		TEST(test_cool_down_by_id_and_name),
		TEST(test_a_replaced_container_begins_anew),
		TEST(test_two_rules_for_one),
		TEST(test_the_minimum_of_a_class),
		TEST(test_only_what_harms_needs_the_minimum),
		TEST(test_what_is_protected),
		TEST(test_young_ones_are_protected),
		TEST(test_an_unknown_age_counts_from_the_first_tick),
		TEST(test_notifications),
		TEST(test_those_that_have_ended),
		TEST(test_the_newest_of_each_type),
		TEST(test_the_newest_of_each_user),
		TEST(test_the_newest_without_the_ended),
		TEST(test_the_newest_with_a_condition),
		TEST(test_a_gap),
		TEST(test_dry_runs),
		TEST(test_nothing_to_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
