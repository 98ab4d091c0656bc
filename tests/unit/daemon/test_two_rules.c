// SPDX-License-Identifier: GPL-2.0-only
/* Two rules want the same container. */
#include "tests/unit/enforce_web.h"

#define FAST "[policy]\ndry_run = no\nwarn = 0\ncool_down = 60s\n"	\
	"budget_per_minute = 10\nbudget_per_hour = 100\n"
#define RULE(name, above, action) "[rule " name "]\nselect = name *\n"	\
	"all = cpu_percent > " above "\naction = " action "\n"

/* The states of the decisions of one rule, each followed by a blank */
static const char *states_of(const char *rule)
{
	static char text[512];
	size_t i, length = 0;

	text[0] = '\0';
	for (i = 0; i < police.nr_rows; i++) {
		if (strcmp(police.rows[i].rule, rule) != 0)
			continue;
		length += (size_t)snprintf(text + length,
					   sizeof(text) - length, "%s ",
					   police.rows[i].state);
	}
	return text;
}

static json_t *planned_detail(const char *rule)
{
	size_t i;

	for (i = 0; i < police.nr_rows; i++) {
		if (strcmp(police.rows[i].rule, rule) == 0 &&
		    strcmp(police.rows[i].state, "planned") == 0)
			return json_loads(police.rows[i].detail, 0, NULL);
	}
	fail_msg("rule %s has planned nothing", rule);
	return NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* In either order, and in a dry run */
static void must_both_say_and_stop(const char *text)
{
	begin_with(text);
	pass_seconds(3);
	assert_string_equal(states_of("say"), "planned acted verified ");
	assert_string_equal(states_of("hog"), "planned acted verified ");
	end_police();
}

static void test_a_notice_and_an_action(void **state)
{
	(void)state;
	must_both_say_and_stop(FAST RULE("say", "20", "notify")
			       RULE("hog", "20", "stop"));
	must_both_say_and_stop(FAST RULE("hog", "20", "stop")
			       RULE("say", "20", "notify"));
}

/* The notice comes while the action has only been announced. */
static void test_a_notice_during_an_action(void **state)
{
	(void)state;
	begin_with(FAST RULE("hog", "20", "stop\nwarn = 20s")
		   RULE("say", "95", "notify"));
	pass_seconds(2);
	web->cpu_percent = 99;
	pass_seconds(1);
	assert_string_equal(states_of("hog"), "planned warned ");
	assert_string_equal(states_of("say"), "planned acted verified ");
	end_police();
}

/* The first one in the files has it, and the audit tells of the other. */
static void test_two_actions_in_one_tick(void **state)
{
	json_t *detail, *others;

	(void)state;
	begin_with(FAST RULE("first", "20", "pause") RULE("low", "95", "stop")
		   RULE("second", "50", "stop kill"));
	pass_seconds(1);
	assert_string_equal(states_of("first"), "planned acted ");
	assert_string_equal(states_of("second"), "");
	detail = planned_detail("first");
	others = json_object_get(detail, "other_rules");
	assert_int_equal(json_array_size(others), 1);
	others = json_array_get(others, 0);
	assert_string_equal(text_of(others, "rule"), "second");
	assert_string_equal(text_of(others, "action"), "stop kill");
	assert_string_equal(text_of(others, "finding"), "taken");
	assert_string_equal(text_of(others, "why"), "first");
	json_decref(detail);
	end_police();
}

/* Whoever has it keeps it to the end, also after its cool-down. */
static void test_a_decision_under_way(void **state)
{
	const struct policy_verdict *verdict;

	(void)state;
	begin_with(FAST RULE("second", "95", "kill")
		   RULE("first", "20", "stop\ncool_down = 2s"));
	police.is_mute = true;
	pass_seconds(3);
	assert_string_equal(states_of("first"), "planned acted ");
	web->cpu_percent = 99;
	pass_seconds(30);
	assert_string_equal(states_of("second"), "");
	verdict = policy_verdict(enforce_result(police.enforce), 0, 0);
	assert_string_equal(policy_finding_name(verdict->finding), "taken");
	assert_string_equal(verdict->why, "first");
	/* When it has ended, the other one may. */
	police.result = ACT_FAILED;
	police.code = ACT_ERROR;
	police.is_mute = false;
	police.is_ready = false;
	enforce_disconnected(police.enforce);
	police.is_ready = true;
	pass_seconds(3);
	assert_string_equal(states_of("first"), "planned acted failed ");
	pass_seconds(3);
	assert_string_equal(states_of("second"), "planned acted failed ");
	end_police();
}

/* One that is taken costs its rule nothing. */
static void test_the_budget_of_the_other(void **state)
{
	struct policing shown;

	(void)state;
	begin_with(FAST RULE("first", "20", "stop\ncool_down = 2s")
		   RULE("second", "20", "kill"));
	police.is_mute = true;
	pass_seconds(30);
	assert_int_equal(enforce_show(police.enforce, &shown), 0);
	assert_int_equal(shown.decisions_total, 1);
	policing_done(&shown);
	end_police();
}

/* A reload takes the rule of a decision away, but not the decision. */
static void test_a_rule_that_is_no_more(void **state)
{
	const struct policy_verdict *verdict;
	struct policy *other;

	(void)state;
	begin_with(FAST RULE("first", "20", "stop\ncool_down = 2s"));
	police.is_mute = true;
	pass_seconds(3);
	other = load_policy(FAST RULE("second", "20", "kill"));
	assert_int_equal(enforce_reload(police.enforce, other), 0);
	policy_free(world.policy);
	world.policy = other;
	pass_seconds(3);
	assert_string_equal(states_of("second"), "");
	verdict = policy_verdict(enforce_result(police.enforce), 0, 0);
	assert_string_equal(verdict->why, "first");
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_a_notice_and_an_action),
		TEST(test_a_notice_during_an_action),
		TEST(test_two_actions_in_one_tick),
		TEST(test_a_decision_under_way),
		TEST(test_the_budget_of_the_other),
		TEST(test_a_rule_that_is_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
