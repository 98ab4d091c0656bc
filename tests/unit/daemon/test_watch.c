// SPDX-License-Identifier: GPL-2.0-only
/* Conditions over time. */
#include "tests/unit/policy_world.h"

#define U ((double)NAN)

/* A case has up to so many ticks, a second apart. */
#define TICKS 8

static const struct {
	const char *conditions;
	double values[TICKS];		/* of cpu_percent, ... */
	double totals[TICKS];		/* ... and of oom_kills_total */
	const char *findings;		/* a letter for each tick, see below */
} cases[] = {
	/* n: not over, u: unknown, b: too brief, C: chosen */
	{ "all = cpu_percent > 20", { 20, 21, U, 19 }, { 0 }, "nCun" },
	{ "all = cpu_percent >= 20", { 20, 19 }, { 0 }, "Cn" },
	{ "all = cpu_percent < 20", { 20, 19, 0 }, { 0 }, "nCC" },
	{ "all = cpu_percent <= 20", { 20, 21 }, { 0 }, "Cn" },
	{ "all = cpu_percent > 20\nfor = 2s", { 21, 22, 23, 9, 21, 21, 21 },
	  { 0 }, "bbCnbbC" },
	{ "all = cpu_percent > 20\nfor = 2s", { 21, 21, U, 21, 21, 21 },
	  { 0 }, "bbubbC" },
	{ "all = cpu_percent > 20 until 10", { 15, 21, 15, 11, 10, 15 },
	  { 0 }, "nCCCnn" },
	{ "all = cpu_percent > 20 until 10\nfor = 2s", { 21, 11, 11, 10 },
	  { 0 }, "bbCn" },
	{ "all = cpu_percent < 20 until 30", { 25, 19, 29, 30, 29 },
	  { 0 }, "nCCnn" },
	{ "all = cpu_percent > 20 until 10", { 21, U, 15, 21 },
	  { 0 }, "CunC" },
	/* A total: what it gains in a second, and in the time of `for` */
	{ "all = rate(oom_kills_total) > 1", { 0 }, { 5, 6, 8, 3, 9, U, 9 },
	  "unCuCuu" },
	{ "all = gain(oom_kills_total) >= 2\nfor = 3s", { 0 },
	  { 5, 6, 7, 7, 7, 7 }, "nnCCnn" },
	{ "all = gain(oom_kills_total) < 2\nfor = 3s", { 0 },
	  { 5, 5, 5, 5, 7 }, "uuuCn" },
	{ "all = gain(oom_kills_total) >= 2\nfor = 3s", { 0 },
	  { 5, 7, 1, 2, 3 }, "nCnnC" },
	{ "all = gain(oom_kills_total) >= 2\nfor = 3s", { 0 },
	  { 5, U, 8, 9, 10 }, "nunnC" },
	/* Per minute: 60 times what it is per second */
	{ "all = growth(cpu_percent) > 60\nfor = 2s", { 1, 2, 3, 5, 7, 1 },
	  { 0 }, "uunCCn" },
	{ "all = growth(cpu_percent) < -60\nfor = 2s", { 9, 8, 7, 5 },
	  { 0 }, "uunC" },
	/* Together */
	{ "all = cpu_percent > 20, oom_kills_total > 0", { 21, 21, 9, U },
	  { 0, 1, 1, 1 }, "nCnu" },
	{ "all = cpu_percent > 20, oom_kills_total > 0", { U, U, U },
	  { 0, 1, U }, "nuu" },
	{ "any = cpu_percent > 20, oom_kills_total > 0", { 21, 9, 9, U, U },
	  { 0, 1, 0, 0, 1 }, "CCnuC" },
	{ "all = cpu_percent > 10\nany = cpu_percent > 20, oom_kills_total "
	  "> 0", { 15, 15, 21, 5 }, { 0, 1, 0, 1 }, "nCCn" },
	{ "all = cpu_percent > 20, gain(oom_kills_total) >= 1\nfor = 2s",
	  { 21, 21, 21, 21 }, { 1, 1, 2, 2 }, "nnCC" },
	/* Each has to be true for the whole time. */
	{ "any = cpu_percent > 20, oom_kills_total > 0\nfor = 2s",
	  { 21, 9, 21, 21, 21 }, { 0, 1, 0, 1, 1 }, "bbbbC" },
};

static char letter_of(const char *name)
{
	if (strcmp(name, "chosen") == 0 || strcmp(name, "cooling") == 0)
		return 'C';
	if (strcmp(name, "too_brief") == 0)
		return 'b';
	return name[0];
}

static void test_conditions(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct container_row *row;
		char text[256], seen[TICKS + 1] = "";

		snprintf(text, sizeof(text), "[rule r]\nselect = name *\n"
			 "action = stop\n%s\n", cases[i].conditions);
		begin_world(text);
		row = add_container("a");
		for (j = 0; j < strlen(cases[i].findings); j++) {
			row->cpu_percent = cases[i].values[j];
			row->oom_kills_total = cases[i].totals[j];
			tick_after(1000);
			seen[j] = letter_of(finding(0, 0));
		}
		if (strcmp(seen, cases[i].findings) != 0)
			fail_msg("%s: %s, not %s", cases[i].conditions, seen,
				 cases[i].findings);
		end_world();
	}
}

/* Of what the host has; unknown where it has none, or that is not known. */
static void test_shares(void **state)
{
	struct container_row *row;

	(void)state;
	begin_world("[rule ram]\nselect = name *\naction = notify\n"
		    "cool_down = 1h\n"
		    "all = share(memory_working_set_bytes) > 20% until 10%\n"
		    "[rule swap]\nselect = name *\naction = notify\n"
		    "all = share(swap_current_bytes) >= 50\n");
	row = add_container("a");
	row->memory_working_set_bytes = 201;
	row->swap_current_bytes = 50;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "unknown");
	assert_string_equal(finding(1, 0), "unknown");
	world.ram_bytes = 1000;
	world.swap_bytes = 100;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "chosen");
	assert_string_equal(finding(1, 0), "chosen");
	row->memory_working_set_bytes = 150;
	row->swap_current_bytes = 49;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "cooling");
	assert_string_equal(finding(1, 0), "not_over");
	row->memory_working_set_bytes = 100;
	tick_after(1000);
	assert_string_equal(finding(0, 0), "not_over");
	end_world();
}

/*
 * The same, but time went by before the first tick, of which nothing is known:
 * what "until" may have kept true since then is unknown.
 */
static const struct {
	const char *conditions;
	double values[TICKS];
	const char *findings;
} late[] = {
	{ "all = cpu_percent > 20 until 10", { 15, 15, 21, 15, 10, 15 },
	  "uuCCnn" },
	{ "all = cpu_percent > 20 until 10", { 15, U, 15, 15 }, "uunn" },
	{ "all = cpu_percent > 20 until 10", { 5, 15, 21 }, "nnC" },
	{ "all = cpu_percent > 20 until 10", { 21, 15, 5, 15 }, "CCnn" },
	{ "all = cpu_percent < 20 until 30", { 25, 19, 31, 25 }, "uCnn" },
	{ "all = cpu_percent > 20 until 10\nfor = 2s", { 15, 21, 15, 15, 9,
	  15, 21 }, "uuuCnnb" },
	{ "all = cpu_percent > 20", { 15, 21 }, "nC" },
	{ "all = growth(cpu_percent) > 60 until 30\nfor = 2s",
	  { 1, 1.7, 2.5, 3.3, 3.4, 4.2 }, "uuuunn" },
	{ "all = growth(cpu_percent) > 60 until 30\nfor = 2s",
	  { 1, 2, 4, 5, 5.5, 5.6 }, "uuCCCn" },
};

static void test_conditions_that_begin_late(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(late); i++) {
		struct container_row *row;
		char text[256], seen[TICKS + 1] = "";

		snprintf(text, sizeof(text), "[rule r]\nselect = name *\n"
			 "action = stop\n%s\n", late[i].conditions);
		begin_world(text);
		world.begins_late = true;
		row = add_container("a");
		for (j = 0; j < strlen(late[i].findings); j++) {
			row->cpu_percent = late[i].values[j];
			tick_after(1000);
			seen[j] = letter_of(finding(0, 0));
		}
		if (strcmp(seen, late[i].findings) != 0)
			fail_msg("%s: %s, not %s", late[i].conditions, seen,
				 late[i].findings);
		end_world();
	}
}

/* A window of any length takes bounded memory and is not cut short. */
static void test_a_long_window(void **state)
{
	struct container_row *row;
	size_t i;

	(void)state;
	begin_world("[rule r]\nselect = name *\naction = stop\nfor = 1h\n"
		    "all = growth(memory_anon_bytes) > 6.1M\n");
	row = add_container("a");
	for (i = 0; i < 5000; i++) {
		/* 0.1 MiB a second, from the 4000th on twice as much */
		row->memory_anon_bytes = 0x1p20 * 0.1 *
			((double)i + (i > 4000 ? (double)(i - 4000) : 0));
		tick_after(1000);
		if (i < 3600)
			assert_string_equal(finding(0, 0), "unknown");
		else if (i <= 4000)
			assert_string_equal(finding(0, 0), "not_over");
		else if (i == 4100)
			assert_string_not_equal(finding(0, 0), "not_over");
	}
	end_world();
}

static void test_measures(void **state)
{
	const struct policy_measure *measure;
	static const double values[] = { 50, 30, 21, 40 };
	struct container_row *row;
	size_t i;

	(void)state;
	begin_world("[rule r]\nselect = name *\naction = stop\n"
		    "all = cpu_percent > 20\n");
	row = add_container("a");
	for (i = 0; i < COUNT(values); i++) {
		row->cpu_percent = values[i];
		tick_after(1000);
	}
	measure = policy_verdict(&world.result, 0, 0)->measures;
	assert_near(measure->value, 40, 0);
	assert_near(measure->lowest, 21, 0);
	assert_near(measure->highest, 50, 0);
	assert_near(measure->mean, 35.25, 1e-9);
	assert_int_equal(measure->since_ms, world.now_ms - 3000);
	row->cpu_percent = 1;
	tick_after(1000);
	measure = policy_verdict(&world.result, 0, 0)->measures;
	assert_near(measure->value, 1, 0);
	assert_int_equal(measure->since_ms, POLICY_NO_TIME);
	assert_true(isnan(measure->mean));
	end_world();
}

static void test_the_time_since_an_end(void **state)
{
	struct container_row *row;

	(void)state;
	begin_world("[rule r]\nselect = name *\naction = remove\n"
		    "all = ended_seconds >= 1h\n");
	row = add_container("a");
	tick_after(1000);
	assert_string_equal(finding(0, 0), "wrong_state");
	row->state = "exited";
	world.candidates[0].ended_ms = WORLD_MS + (double)world.now_ms;
	assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(3598999), 0);
	assert_string_equal(finding(0, 0), "not_over");
	assert_int_equal(tick_after(1), 1);
	end_world();
}

/* A clock that is set makes no end older or younger that was seen before. */
static void test_an_end_and_a_clock_that_is_set(void **state)
{
	static const int64_t steps[] = { 86400000, -3000000 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(steps); i++) {
		begin_world("[rule r]\nselect = name a\naction = remove\n"
			    "all = ended_seconds > 1h\n");
		add_container("a");
		tick_after(1000);
		world.candidates[0].ended_ms =
			WORLD_MS + (double)world.now_ms - 1000;
		tick_after(1000);
		assert_string_equal(finding(0, 0), "not_over");
		world.step_ms = steps[i];
		tick_after(3597000);
		assert_string_equal(finding(0, 0), "not_over");
		tick_after(2000);
		assert_string_equal(finding(0, 0), "chosen");
		end_world();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_conditions),
		TEST(test_shares),
		TEST(test_conditions_that_begin_late),
		TEST(test_a_long_window),
		TEST(test_measures),
		TEST(test_the_time_since_an_end),
		TEST(test_an_end_and_a_clock_that_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
