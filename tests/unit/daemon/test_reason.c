// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts in words. */
#include "tests/unit/policy_world.h"

#define RULES \
	"[class c]\nmatch = name m\nminimum = 1\n" \
	"[rule hog]\nselect = not name x\n" \
	"all = cpu_percent > 20, threads >= 2\nfor = 3s\naction = stop\n" \
	"[rule second]\nselect = name a\nall = cpu_percent > 20\n" \
	"for = 3s\naction = stop\n" \
	"[rule newest]\nselect = name x\nkeep_newest = 2\nper = image\n" \
	"action = stop\n" \
	"[rule old]\nselect = name a\nall = ended_seconds > 1h\n" \
	"action = remove\n"

static void must_say(size_t rule, size_t candidate, const char *expected)
{
	struct buffer text = { 0 };

	policy_write_reason(&text, world.policy, &world.policy->rules[rule],
			    policy_verdict(&world.result, rule, candidate),
			    world.now_ms);
	assert_string_equal(text.text, expected);
	buffer_done(&text);
}

static void set(size_t i, double cpu_percent, double threads)
{
	world.containers[i].row.cpu_percent = cpu_percent;
	world.containers[i].row.threads = threads;
}

static void test_sentences(void **state)
{
	(void)state;
	begin_world(RULES);
	add_container("a");
	add_container("m");
	add_container("x");
	add_container("b");
	add_container("p");
	add_label(4, "contmon.protect", "yes");
	tick_after(1000);
	must_say(0, 0, "unknown; cpu_percent > 20: now unknown; "
		 "threads >= 2: now unknown");
	must_say(0, 2, "not selected");
	must_say(2, 2, "among the newest 2 of its image");
	must_say(3, 0, "has not ended; ended_seconds > 1h: now unknown");
	set(0, 90.129, 2);
	set(1, 30, 2);
	set(3, 5, 2);
	set(4, 20.5, 2);
	tick_after(1000);
	must_say(0, 0, "over for less than 3s; cpu_percent > 20 for 0s: now "
		 "90.13; threads >= 2 for 0s: now 2");
	must_say(0, 3, "not over; cpu_percent > 20: now 5; threads >= 2 for "
		 "0s: now 2");
	set(0, 80, 2);
	set(3, 21, 2);
	tick_after(3000);
	must_say(0, 0, "cpu_percent > 20 for 3s: now 80, from 80 to 90.13; "
		 "threads >= 2 for 3s: now 2");
	must_say(1, 0, "spared: rule hog has it; cpu_percent > 20 for 3s: now "
		 "80, from 80 to 90.13");
	must_say(0, 1, "spared: class c has a minimum of 1; cpu_percent > 20 "
		 "for 3s: now 30; threads >= 2 for 3s: now 2");
	must_say(0, 4, "spared: protected: label contmon.protect; cpu_percent "
		 "> 20 for 3s: now 20.5; threads >= 2 for 3s: now 2");
	tick_after(1000);
	must_say(1, 0, "spared: it cools down after an action; cpu_percent > "
		 "20 for 4s: now 80, from 80 to 90.13");
	tick_after(2000);
	must_say(0, 3, "spared: the budget of 1 a minute and 5 an hour is "
		 "used up; cpu_percent > 20 for 3s: now 21; threads >= 2 for "
		 "6s: now 2");
	end_world();
}

static void test_more_sentences(void **state)
{
	size_t i;

	(void)state;
	begin_world("[policy]\nmin_age = 2h\n[rule r]\nselect = name *\n"
		    "keep_newest = 1\naction = stop\n");
	add_container("a");
	add_container("b");
	tick_after(1000);
	must_say(0, 0, "spared: younger than 2h");
	tick_after(3600000);
	must_say(0, 0, "not among the newest 1");
	for (i = 0; i < 3; i++)
		policy_state_helped(world.state, "r", 0, false);
	world.candidates[0].ended_ms = WORLD_MS;
	tick_after(1000);
	must_say(0, 0, "has ended");
	world.candidates[0].ended_ms = (double)NAN;
	tick_after(1000);
	must_say(0, 0, "spared: the rule gave up after 3 actions that did not "
		 "help");
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_sentences),
		TEST(test_more_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
