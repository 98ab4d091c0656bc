// SPDX-License-Identifier: GPL-2.0-only
/* What the API shows of policies */
#include "tests/unit/enforce_web.h"

static void test_rules_and_decisions(void **state)
{
	struct policing shown;

	(void)state;
	begin_with(REAL HOG);
	add_container("db")->cpu_percent = 1;
	pass_seconds(4);
	assert_int_equal(enforce_show(police.enforce, &shown), 0);
	assert_string_equal(shown.mode, "active");
	assert_int_equal(shown.nr_rules, 1);
	assert_string_equal(shown.rules[0].rule, "hog");
	assert_string_equal(shown.rules[0].action, "stop kill");
	assert_int_equal(shown.rules[0].line, 7);
	assert_int_equal(shown.rules[0].selected, 2);
	assert_int_equal(shown.rules[0].over, 1);
	assert_int_equal(shown.nr_pending, 1);
	assert_string_equal(shown.pending[0].state, "warned");
	assert_int_equal(shown.pending[0].acts_ms - shown.pending[0].t, 5000);
	policing_done(&shown);
	end_police();
}

static void must_count(double running, double counted)
{
	struct policing shown;

	assert_int_equal(enforce_show(police.enforce, &shown), 0);
	assert_int_equal(shown.nr_classes, 2);
	assert_string_equal(shown.classes[0].class, "many");
	assert_non_null(strstr(shown.classes[0].file, "a.conf"));
	assert_int_equal(shown.classes[0].line, shown.classes[1].line - 3);
	assert_int_equal(shown.classes[0].minimum, 1);
	assert_int_equal(shown.classes[0].running, running);
	assert_int_equal(shown.classes[0].counted, counted);
	assert_int_equal(shown.classes[0].above_minimum, counted - 1);
	assert_string_equal(shown.classes[1].class, "none");
	assert_int_equal(shown.classes[1].minimum, 0);
	assert_int_equal(shown.classes[1].running, 0);
	assert_int_equal(shown.classes[1].above_minimum, 0);
	policing_done(&shown);
}

/* After other rules nothing is known of their classes before a tick. */
static void reload_classes(void)
{
	struct policy *other = load_policy("[class few]\nmatch = name web\n");
	struct policing shown;

	assert_int_equal(enforce_reload(police.enforce, other), 0);
	policy_free(world.policy);
	world.policy = other;
	assert_int_equal(enforce_show(police.enforce, &shown), 0);
	assert_int_equal(shown.nr_classes, 1);
	assert_true(isnan(shown.classes[0].running));
	assert_true(isnan(shown.classes[0].above_minimum));
	policing_done(&shown);
}

/* What was decided counts as gone, and still runs in a dry run. */
static void test_classes(void **state)
{
	static const char *const modes[] = {
		REAL, "[policy]\nwarn = 5s\ncool_down = 60s\n",
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(modes); i++) {
		snprintf(text, sizeof(text), "%s[class many]\nmatch = name *\n"
			 "minimum = 1\n[class none]\nmatch = name x\n" HOG,
			 modes[i]);
		begin_with(text);
		add_container("db")->cpu_percent = 1;
		add_container("idle")->state = "paused";
		pass_seconds(3);
		must_count(2, 2);
		pass_seconds(1);
		must_count(2, 1);
		pass_seconds(8);
		must_count(i ? 2 : 1, 1);
		web->cpu_percent = 1;
		pass_seconds(60);
		must_count(i ? 2 : 1, i ? 2 : 1);
		reload_classes();
		end_police();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_rules_and_decisions),
		TEST(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
