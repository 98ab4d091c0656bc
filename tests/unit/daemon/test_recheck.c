// SPDX-License-Identifier: GPL-2.0-only
/* Between the row that says "acted" and the request, time may pass. */
#include "tests/unit/enforce_world.h"

#define TIMES "warn = 5s\ncool_down = 1h\n"
#define HOG "[rule hog]\nselect = name *\n"				\
	"all = cpu_percent > 20 until 10\nfor = 3s\naction = stop\n"
#define RULES "[policy]\ndry_run = no\n" TIMES HOG
#define DRY_RULES "[policy]\ndry_run = yes\n" TIMES HOG

static struct container_row *web;

/* It has acted, but nothing is sent yet. */
static void begin_acted(void)
{
	begin_police(RULES);
	web = add_container("web");
	web->cpu_percent = 90;
	pass_seconds(9);
	assert_string_equal(states(), "planned warned acted ");
	assert_int_equal(police.nr_asked, 0);
	police.is_ready = false;
}

static void must_be_nothing(const char *want)
{
	assert_string_equal(states(), want);
	assert_int_equal(police.nr_asked, 0);
	assert_true(enforce_is_idle(police.enforce));
	end_police();
}

static void test_not_over_any_more(void **state)
{
	(void)state;
	begin_acted();
	pass_seconds(30);
	assert_string_equal(states(), "planned warned acted ");
	web->cpu_percent = 3;
	pass_seconds(1);
	must_be_nothing("planned warned acted spared ");
}

static void test_another_run(void **state)
{
	(void)state;
	begin_acted();
	web->started_ms += 5;
	police.is_ready = true;
	pass_seconds(1);
	must_be_nothing("planned warned acted gone ");
}

/* A cgroup that is called like that of another container */
static void test_two_of_one_id(void **state)
{
	(void)state;
	begin_police(RULES);
	add_container("web");
	web = add_container("web");
	web->cpu_percent = 90;
	world.containers[0].row.cpu_percent = 1;
	pass_seconds(11);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
}

/* A user's container of the same id keeps root's from nothing. */
static void test_one_id_of_two_users(void **state)
{
	(void)state;
	begin_police("[policy]\ndry_run = no\nbudget_per_minute = 2\n" TIMES
		     HOG);
	add_container("web")->cpu_percent = 90;
	world.candidates[0].user_id = 1000;
	add_container("web")->cpu_percent = 1;
	pass_seconds(4);
	assert_string_equal(states(), "planned warned ");
	world.containers[1].row.cpu_percent = 90;
	pass_seconds(4);
	assert_string_equal(states(), "planned warned planned warned ");
	end_police();
}

/* What runs is not what has ended, even if it is not known since when. */
static void test_a_running_one_of_an_ended_id(void **state)
{
	(void)state;
	begin_police("[policy]\ndry_run = no\nmin_age = 0\nwarn = 5s\n"
		     "[rule old]\nselect = state exited\n"
		     "all = ended_seconds > 1s\naction = remove\n");
	web = add_container("web");
	web->started_ms = web->created_ms = (double)NAN;
	add_container("web")->state = "exited";
	world.candidates[1].ended_ms = WORLD_MS + (double)world.now_ms - 5000;
	world.candidates[0].user_id = 1000;
	police.shows_ended = true;
	police.has_stopped_it = false;
	pass_seconds(7);
	assert_string_equal(states(), "planned warned acted ");
	assert_int_equal(police.nr_asked, 1);
	world.nr = 1;
	pass_seconds(1);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
}

static void test_protected(void **state)
{
	(void)state;
	begin_acted();
	add_label(0, "contmon.protect", "yes");
	police.is_ready = true;
	pass_seconds(1);
	must_be_nothing("planned warned acted spared ");
}

/* The rule does nothing more, not even what it has announced. */
static void test_gave_up(void **state)
{
	(void)state;
	begin_acted();
	enforce_give_up(police.enforce, "hog", true);
	pass_seconds(1);
	assert_string_equal(states(), "planned warned acted ");
	enforce_give_up(police.enforce, "hog", false);
	police.is_ready = true;
	pass_seconds(1);
	assert_contains(last_row()->reason, "checked again: spared: the rule "
			"gave up after 3 actions");
	must_be_nothing("planned warned acted spared ");
}

/* A rule that has acted, and now only tells of the same, has not given up. */
static void test_notices_instead(void **state)
{
	struct policy *before;
	unsigned int i;

	(void)state;
	begin_police("[policy]\ndry_run = no\nbudget_per_minute = 5\n"
		     "warn = 0\ncool_down = 5s\nmin_age = 0\n" HOG);
	add_named("web")->cpu_percent = 90;
	pass_seconds(9);
	assert_string_equal(states(), "planned acted verified ");
	before = world.policy;
	world.policy = load_policy("[policy]\ndry_run = no\nwarn = 0\n"
				   "cool_down = 5s\nmin_age = 0\n[rule hog]\n"
				   "select = name *\nall = cpu_percent > 20\n"
				   "action = notify\n");
	assert_int_equal(enforce_reload(police.enforce, world.policy), 0);
	policy_free(before);
	world.candidates[0].ended_ms = (double)NAN;
	world.containers[0].row.started_ms++;
	for (i = 0; i < 6; i++) {
		pass_seconds(5);
		assert_string_equal(last_row()->state, "verified");
	}
	assert_null(strstr(states(), "spared"));
	assert_null(strstr(police.events, "gave_up"));
	end_police();
}

/* What was never asked was not done. */
static void test_never_asked(void **state)
{
	(void)state;
	begin_acted();
	pass_seconds(ENFORCE_PATIENCE_MS / 1000 + 1);
	must_be_nothing("planned warned acted expired ");
}

/* Nor is it asked again at once, whether contmond is started again or not. */
static void test_never_asked_before_a_start(void **state)
{
	(void)state;
	begin_acted();
	pass_seconds(ENFORCE_PATIENCE_MS / 1000 + 1);
	assert_string_equal(states(), "planned warned acted expired ");
	start_again(police.nr_rows);
	pass_seconds(30);
	must_be_nothing("planned warned acted expired ");
}

/* Once it was asked, contmon-engine may have done it. */
static void test_asked_before(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_mute = true;
	pass_seconds(1);
	assert_int_equal(police.nr_asked, 1);
	enforce_disconnected(police.enforce);
	web->cpu_percent = 3;
	police.is_mute = false;
	pass_seconds(2);
	assert_int_equal(police.nr_asked, 2);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
}

/* The connection broke, and policies have become a dry run. */
static struct policy *become_dry(void)
{
	struct policy *before;

	begin_acted();
	police.is_ready = true;
	police.is_mute = true;
	pass_seconds(1);
	assert_int_equal(police.nr_asked, 1);
	enforce_disconnected(police.enforce);
	before = world.policy;
	world.policy = load_policy(DRY_RULES);
	assert_int_equal(enforce_reload(police.enforce, world.policy), 0);
	police.is_mute = false;
	pass_seconds(3);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(states(), "planned warned acted ");
	return before;
}

/* contmon-engine may not have begun it, and would do so now. */
static void test_a_dry_run_by_now(void **state)
{
	struct policy *before = become_dry();

	(void)state;
	pass_seconds(140);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(states(), "planned warned acted failed ");
	assert_contains(last_row()->reason, "policies are a dry run by now");
	end_police();
	policy_free(before);
}

static void test_a_dry_run_by_now_but_done(void **state)
{
	struct policy *before = become_dry();

	(void)state;
	remove_container("web");
	pass_seconds(1);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
	policy_free(before);
}

/* Its row could not be written, although the audit could before. */
static void test_a_row_that_is_not_written(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_unwritable = true;
	pass_seconds(5);
	assert_int_equal(police.nr_asked, 0);
	police.is_unwritable = false;
	pass_seconds(2);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
}

static void test_a_row_that_is_never_written(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_unwritable = true;
	pass_seconds(ENFORCE_PATIENCE_MS / 1000 + 1);
	must_be_nothing("planned warned acted expired ");
}

/* What was refused was not done, so it is checked again before it is asked. */
static void test_refused_before(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.result = ACT_REFUSED;
	police.code = ACT_BUSY;
	pass_seconds(3);
	assert_int_equal(police.nr_asked, 2);
	web->cpu_percent = 3;
	pass_seconds(2);
	assert_int_equal(police.nr_asked, 2);
	assert_string_equal(states(), "planned warned acted spared ");
	end_police();
}

/* It was asked minutes after its row, and has its time from then on. */
static void test_asked_late(void **state)
{
	(void)state;
	begin_acted();
	pass_seconds(200);
	police.is_ready = true;
	police.is_mute = true;
	pass_seconds(10);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(states(), "planned warned acted ");
	enforce_disconnected(police.enforce);
	police.is_mute = false;
	pass_seconds(2);
	assert_int_equal(police.nr_asked, 2);
	assert_string_equal(states(), "planned warned acted verified ");
	end_police();
}

/* Another decision held its container for some minutes. */
static void test_refused_for_long(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.result = ACT_REFUSED;
	police.code = ACT_BUSY;
	pass_seconds(200);
	police.result = ACT_DONE;
	police.code = ACT_NO_CODE;
	police.is_mute = true;
	pass_seconds(10);
	assert_string_equal(states(), "planned warned acted ");
	pass_seconds(130);
	assert_string_equal(states(), "planned warned acted failed ");
	assert_contains(last_row()->reason, "gave no answer in time");
	end_police();
}

/* Whatever the connection does, there is an end. */
static void test_asked_for_ever(void **state)
{
	unsigned int i;

	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_mute = true;
	for (i = 0; i < 60; i++) {
		pass_seconds(10);
		enforce_disconnected(police.enforce);
	}
	assert_string_equal(states(), "planned warned acted failed ");
	end_police();
}

/* What could not be sent was not done, either. */
static void test_not_sent(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_full = true;
	pass_seconds(2);
	police.is_full = false;
	web->cpu_percent = 3;
	pass_seconds(1);
	must_be_nothing("planned warned acted spared ");
}

/* Nor does it wait for ever. */
static void test_never_sent(void **state)
{
	(void)state;
	begin_acted();
	police.is_ready = true;
	police.is_full = true;
	pass_seconds(ENFORCE_PATIENCE_MS / 1000 + 1);
	must_be_nothing("planned warned acted expired ");
}

/* Without its path, contmon-engine would look for its id alone. */
static void test_a_path_that_is_no_text(void **state)
{
	(void)state;
	begin_police(RULES);
	web = add_named("web");
	web->cgroup = "/user.slice/user-1000.slice/\xff/docker-web.scope";
	web->cpu_percent = 90;
	pass_seconds(20);
	must_be_nothing("planned warned spared ");
}

/* The row says what was measured then. */
static void test_the_row(void **state)
{
	json_t *detail, *measure;

	(void)state;
	begin_police(RULES);
	web = add_container("web");
	web->cpu_percent = 90;
	pass_seconds(8);
	web->cpu_percent = 15;
	pass_seconds(1);
	assert_string_equal(last_row()->state, "acted");
	detail = json_loads(last_row()->detail, 0, NULL);
	measure = json_array_get(json_object_get(detail, "measures"), 0);
	assert_int_equal(json_number_value(json_object_get(measure, "value")),
			 15);
	assert_int_equal(json_number_value(json_object_get(measure,
							   "for_seconds")), 8);
	assert_non_null(json_object_get(detail, "request"));
	json_decref(detail);
	end_police();
}

static size_t nr_events(const char *kind)
{
	const char *at = police.events;
	size_t nr = 0;

	while ((at = strstr(at, kind))) {
		at += strlen(kind);
		nr++;
	}
	return nr;
}

/* Each time it is another one before contmon-engine is asked for it. */
static void test_one_that_is_gone_again_and_again(void **state)
{
	unsigned int i;

	(void)state;
	begin_police("[policy]\ndry_run = no\nwarn = 0\nmin_age = 0\n"
		     "budget_per_minute = 4\nbudget_per_hour = 4\n"
		     "cool_down = 1s\n[rule hog]\nselect = image *\n"
		     "all = cpu_percent > 20\naction = stop\n");
	web = add_container("web");
	web->cpu_percent = 90;
	for (i = 0; i < 60; i++) {
		snprintf(world.containers[0].id,
			 sizeof(world.containers[0].id), "%u", i);
		world.candidates[0].name = NULL;
		web->started_ms += 1000;
		pass_seconds(1);
	}
	assert_int_equal(nr_events("policy_acted"), 4);
	assert_int_equal(police.nr_asked, 0);
	/* Nor does a start give anything back. */
	start_again(police.nr_rows);
	pass_seconds(5);
	assert_int_equal(nr_events("policy_acted"), 4);
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_not_over_any_more),
		TEST(test_another_run),
		TEST(test_two_of_one_id),
		TEST(test_one_id_of_two_users),
		TEST(test_a_running_one_of_an_ended_id),
		TEST(test_protected),
		TEST(test_gave_up),
		TEST(test_notices_instead),
		TEST(test_never_asked),
		TEST(test_never_asked_before_a_start),
		TEST(test_asked_before),
		TEST(test_a_dry_run_by_now),
		TEST(test_a_dry_run_by_now_but_done),
		TEST(test_a_row_that_is_not_written),
		TEST(test_a_row_that_is_never_written),
		TEST(test_refused_before),
		TEST(test_refused_for_long),
		TEST(test_asked_late),
		TEST(test_asked_for_ever),
		TEST(test_not_sent),
		TEST(test_never_sent),
		TEST(test_a_path_that_is_no_text),
		TEST(test_the_row),
		TEST(test_one_that_is_gone_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
