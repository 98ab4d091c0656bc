// SPDX-License-Identifier: GPL-2.0-only
/* From a decision to its end: every state, and what leads to it. */
#include "tests/unit/enforce_web.h"

static void test_all_states(void **state)
{
	json_t *detail;

	(void)state;
	begin_with(REAL HOG);
	pass_seconds(3);
	must_be("");
	pass_seconds(1);
	must_be("planned warned ");
	assert_string_equal(police.rows[0].reason,
			    "cpu_percent > 20 for 3s: now 90");
	assert_string_equal(police.rows[0].action, "stop kill");
	detail = json_loads(police.rows[0].detail, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(detail,
							 "candidates")), 1);
	assert_int_equal(json_array_size(json_object_get(detail, "measures")),
			 1);
	json_decref(detail);
	pass_seconds(4);
	must_be("planned warned ");
	pass_seconds(1);
	/* The row is there before the request. */
	must_be("planned warned acted ");
	assert_int_equal(police.nr_asked, 0);
	pass_seconds(1);
	assert_int_equal(police.nr_asked, 1);
	pass_seconds(1);
	must_be("planned warned acted verified ");
	detail = json_loads(last_row()->detail, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(
		detail, "memory_freed_bytes")), 1000);
	json_decref(detail);
	assert_string_equal(police.events, "policy_warned policy_acted ");
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

static void test_dry_run(void **state)
{
	(void)state;
	begin_with("[policy]\nwarn = 5s\n" HOG);
	pass_seconds(20);
	must_be("~planned ~warned ~acted ");
	assert_string_equal(last_row()->reason, "dry run: nothing was done");
	assert_int_equal(police.nr_asked, 0);
	end_police();
}

static void test_without_a_warning(void **state)
{
	(void)state;
	begin_with(REAL HOG "warn = 0\n");
	pass_seconds(4);
	must_be("planned acted ");
	pass_seconds(2);
	must_be("planned acted verified ");
	end_police();
}

static void test_notify(void **state)
{
	(void)state;
	begin_with("[policy]\ndry_run = no\n[rule n]\nselect = name web\n"
		   "all = cpu_percent > 20\nfor = 3s\naction = notify\n");
	pass_seconds(4);
	must_be("planned acted verified ");
	assert_string_equal(police.events, "policy_notified ");
	assert_int_equal(police.nr_asked, 0);
	end_police();
}

static void test_veto(void **state)
{
	char id[ACT_DECISION_MAX + 1];

	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	snprintf(id, sizeof(id), "%s", last_row()->decision);
	assert_int_equal(enforce_veto(police.enforce, "no-1", "me"), -ENOENT);
	assert_int_equal(enforce_veto(police.enforce, id, "user me"), 0);
	must_be("planned warned vetoed ");
	assert_string_equal(last_row()->reason, "vetoed by user me");
	/* It lasts for the cool-down. */
	pass_seconds(50);
	must_be("planned warned vetoed ");
	assert_int_equal(enforce_veto(police.enforce, id, "me"), -ENOENT);
	end_police();
}

static void test_veto_too_late(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.is_mute = true;
	pass_seconds(11);
	must_be("planned warned acted ");
	assert_int_equal(enforce_veto(police.enforce, last_row()->decision,
				      "me"), -EALREADY);
	end_police();
}

static void test_spared(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(8);
	web->cpu_percent = 3;
	pass_seconds(1);
	must_be("planned warned spared ");
	assert_string_equal(last_row()->reason,
			    "checked again: not over; cpu_percent > 20: now 3");
	assert_int_equal(police.nr_asked, 0);
	end_police();
}

static void test_protected_meanwhile(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	add_label(0, "contmon.protect", "yes");
	pass_seconds(5);
	must_be("planned warned spared ");
	end_police();
}

static void test_gone(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	world.candidates[0].ended_ms = 1;
	pass_seconds(1);
	must_be("planned warned gone ");
	assert_string_equal(last_row()->reason, "it ended by itself");
	end_police();
}

static void test_replaced(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	web->started_ms += 5;
	pass_seconds(1);
	must_be("planned warned gone ");
	assert_string_equal(last_row()->reason, "it was started again");
	end_police();
}

static void test_another_has_its_name(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	world.candidates[0].name = "web";
	world.candidates[0].id = "other";
	pass_seconds(1);
	must_be("planned warned gone ");
	assert_string_equal(last_row()->reason,
			    "another container has its name by now");
	end_police();
}

static void test_a_user_takes_its_name(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	pass_seconds(4);
	world.candidates[0].name = "web";
	world.candidates[0].id = "other";
	world.candidates[0].user_id = 1000;
	pass_seconds(1);
	must_be("planned warned gone ");
	assert_string_equal(last_row()->reason, "it ended by itself");
	end_police();
}

static void test_expired(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.is_ready = false;
	pass_seconds(ENFORCE_PATIENCE_MS / 1000);
	must_be("planned warned ");
	pass_seconds(10);
	/* Its cool-down is over, and it still wants it. */
	must_be("planned warned expired planned warned ");
	assert_int_equal(police.nr_asked, 0);
	end_police();
}

/* Nothing is done that cannot be audited. */
static void test_no_audit(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.is_unwritable = true;
	pass_seconds(30);
	must_be("planned warned ");
	police.is_unwritable = false;
	pass_seconds(3);
	must_be("planned warned acted verified ");
	end_police();
}

static void answer_with(enum act_result result, enum act_code code,
			const char *want)
{
	begin_with(REAL HOG);
	police.result = result;
	police.code = code;
	pass_seconds(11);
	must_be(want);
	end_police();
}

static void test_answers(void **state)
{
	(void)state;
	answer_with(ACT_FAILED, ACT_ERROR, "planned warned acted failed ");
	answer_with(ACT_FAILED, ACT_UNKNOWN_OUTCOME,
		    "planned warned acted failed ");
	answer_with(ACT_REFUSED, ACT_PROTECTED,
		    "planned warned acted spared ");
	answer_with(ACT_REFUSED, ACT_VOLUMES, "planned warned acted spared ");
	answer_with(ACT_REFUSED, ACT_BUDGET, "planned warned acted spared ");
	answer_with(ACT_REFUSED, ACT_USER, "planned warned acted failed ");
	answer_with(ACT_REFUSED, ACT_BUSY, "planned warned acted ");
	answer_with(ACT_REFUSED, ACT_NO_ENGINE, "planned warned acted ");
	answer_with(ACT_GONE, ACT_NO_CODE, "planned warned acted gone ");
	answer_with(ACT_REPLACED, ACT_NO_CODE, "planned warned acted gone ");
}

/* An engine that is busy is asked again. */
static void test_retry(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.result = ACT_REFUSED;
	police.code = ACT_BUSY;
	pass_seconds(14);
	must_be("planned warned acted ");
	assert_true(police.nr_asked > 1);
	police.result = ACT_DONE;
	police.code = ACT_NO_CODE;
	pass_seconds(4);
	must_be("planned warned acted verified ");
	end_police();
}

/* Done, says the engine, but it still runs. */
static void test_not_verified(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.has_stopped_it = false;
	pass_seconds(30);
	must_be("planned warned acted ");
	pass_seconds(11);
	must_be("planned warned acted failed ");
	end_police();
}

static void test_no_answer(void **state)
{
	(void)state;
	begin_with(REAL "[rule hog]\nselect = name *\nall = cpu_percent > 20\n"
		   "for = 3s\naction = stop\ncool_down = 1h\n");
	police.is_mute = true;
	pass_seconds(100);
	must_be("planned warned acted ");
	pass_seconds(60);
	must_be("planned warned acted failed ");
	assert_int_equal(police.nr_asked, 1);
	end_police();
}

static void test_connection_lost(void **state)
{
	(void)state;
	begin_with(REAL HOG);
	police.is_mute = true;
	pass_seconds(11);
	assert_int_equal(police.nr_asked, 1);
	police.is_ready = false;
	enforce_disconnected(police.enforce);
	pass_seconds(10);
	must_be("planned warned acted ");
	police.is_mute = false;
	police.is_ready = true;
	pass_seconds(3);
	assert_int_equal(police.nr_asked, 2);
	assert_string_equal(police.asked[0], police.asked[1]);
	must_be("planned warned acted verified ");
	end_police();
}

static void test_pause(void **state)
{
	(void)state;
	begin_with(REAL "[rule hog]\nselect = name *\nall = cpu_percent > 20\n"
		   "for = 3s\naction = pause\n");
	police.has_stopped_it = false;
	pass_seconds(12);
	must_be("planned warned acted ");
	web->state = "paused";
	pass_seconds(1);
	must_be("planned warned acted verified ");
	end_police();
}

/* Three actions that fail, and the rule stops. */
static void test_giving_up(void **state)
{
	struct policing shown;

	(void)state;
	begin_with(REAL HOG);
	police.result = ACT_FAILED;
	police.code = ACT_ERROR;
	pass_seconds(600);
	must_be("planned warned acted failed planned warned acted failed "
		"planned warned acted failed ");
	assert_non_null(strstr(police.events, "policy_gave_up "));
	assert_int_equal(enforce_show(police.enforce, &shown), 0);
	assert_string_equal(shown.rules[0].state, "gave up");
	assert_int_equal(shown.failures_total, 3);
	policing_done(&shown);
	end_police();
}

static void test_a_dry_notice(void **state)
{
	(void)state;
	begin_with("[rule n]\nselect = name web\nall = cpu_percent > 20\n"
		   "for = 3s\naction = notify\n");
	pass_seconds(4);
	must_be("~planned ~acted ");
	assert_string_equal(police.events, "policy_notified ");
	end_police();
}

#define MANY 6
#define LONG_S 300

/* One history: with @ended, containers end when that says, else when killed. */
static void live_through(const char *rules, double *ended, bool is_given,
			 char *planned, size_t size)
{
	static const char *const names[MANY] = { "a", "b", "c", "d", "e",
						 "f" };
	unsigned int second;
	size_t i, length = 0;

	begin_police(rules);
	for (i = 0; i < MANY; i++)
		add_container(names[i]);
	for (second = 0; second < LONG_S; second++) {
		for (i = 0; i < MANY; i++) {
			world.containers[i].row.cpu_percent =
				(double)((second / 7 + 3 * i) % 11) * 5;
			if (is_given && ended[i] < (double)world.now_ms + 1000)
				world.candidates[i].ended_ms = ended[i];
		}
		pass_seconds(1);
	}
	for (i = 0; i < MANY; i++)
		ended[i] = world.candidates[i].ended_ms;
	for (i = 0; i < police.nr_rows; i++) {
		if (strcmp(police.rows[i].state, "planned") == 0)
			length += (size_t)snprintf(
				planned + length, size - length, "%s %s %s\n",
				police.rows[i].decision,
				police.rows[i].container,
				police.rows[i].reason);
	}
	end_police();
}

static void test_a_dry_run_decides_the_same(void **state)
{
	double ended[MANY];
	char real[8192] = "", dry[8192] = "";

	(void)state;
	live_through(REAL HOG, ended, false, real, sizeof(real));
	live_through("[policy]\nwarn = 5s\ncool_down = 60s\n"
		     "budget_per_minute = 10\nbudget_per_hour = 100\n" HOG,
		     ended, true, dry, sizeof(dry));
	assert_true(strlen(real) > 100);
	assert_string_equal(real, dry);
}

/* The path of a cgroup, and a rule file that is not UTF-8 */
static void test_bytes_that_are_no_text(void **state)
{
	json_t *detail, *one;

	(void)state;
	begin_with(REAL "[rule hog]\nselect = image *\nfor = 3s\n"
		   "all = cpu_percent > 20\naction = stop\n"
		   "[protect]\nmatch = name caf\xe9* cook\n");
	snprintf(world.containers[0].id, sizeof(world.containers[0].id),
		 "/a\xff\n\033[2J\xc2\x9b");
	world.candidates[0].name = NULL;
	add_container("cook")->cpu_percent = 90;
	pass_seconds(4);
	must_be("planned warned ");
	detail = json_loads(police.rows[0].detail, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(detail,
							 "candidates")), 2);
	one = json_array_get(json_object_get(detail, "candidates"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "id")),
			    "/a\xef\xbf\xbd\n\033[2J\xc2\x9b");
	one = json_array_get(json_object_get(detail, "candidates"), 1);
	assert_string_equal(json_string_value(json_object_get(one, "why")),
			    "name caf\xef\xbf\xbd* cook");
	json_decref(detail);
	end_police();
}

static void test_reload(void **state)
{
	struct policy *other;

	(void)state;
	begin_with(REAL HOG);
	pass_seconds(5);
	other = load_policy(REAL "[rule hog]\nselect = name *\n"
			    "all = cpu_percent > 95\nfor = 3s\n"
			    "action = stop\n");
	assert_int_equal(enforce_reload(police.enforce, other), 0);
	policy_free(world.policy);
	world.policy = other;
	pass_seconds(5);
	must_be("planned warned spared ");
	assert_string_equal(last_row()->reason,
			    "its rule is not the same any more");
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_all_states),
		TEST(test_dry_run),
		TEST(test_without_a_warning),
		TEST(test_notify),
		TEST(test_veto),
		TEST(test_veto_too_late),
		TEST(test_spared),
		TEST(test_protected_meanwhile),
		TEST(test_gone),
		TEST(test_replaced),
		TEST(test_another_has_its_name),
		TEST(test_a_user_takes_its_name),
		TEST(test_expired),
		TEST(test_no_audit),
		TEST(test_answers),
		TEST(test_retry),
		TEST(test_not_verified),
		TEST(test_no_answer),
		TEST(test_connection_lost),
		TEST(test_pause),
		TEST(test_giving_up),
		TEST(test_a_dry_notice),
		TEST(test_a_dry_run_decides_the_same),
		TEST(test_bytes_that_are_no_text),
		TEST(test_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
