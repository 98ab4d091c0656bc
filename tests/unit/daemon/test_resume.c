// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond is killed at any moment: the next one takes up what was acted, from
 * the audit alone, and each decision gets exactly one end.
 */
#include "tests/unit/enforce_world.h"

#include "contmond/policy/pending.h"

#define RULES "[policy]\ndry_run = no\nwarn = 3s\ncool_down = 20s\n"	\
	"budget_per_minute = 30\nbudget_per_hour = 1000\nmin_age = 0\n"	\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"for = 2s\naction = stop kill\n"

static void begin_hog(const char *rules)
{
	begin_police(rules);
	add_named("web")->cpu_percent = 90;
}

static void test_acted_and_answered(void **state)
{
	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(7);
	must_be("planned warned acted ");
	assert_int_equal(police.nr_asked, 1);
	start_again(police.nr_rows);
	police.is_mute = false;
	pass_seconds(3);
	must_be("planned warned acted verified ");
	/* The same decision, which contmon-engine carries out only once */
	assert_int_equal(police.nr_asked, 2);
	assert_string_equal(police.asked[0], police.asked[1]);
	end_police();
}

/* The connection needs a moment after a start. */
static void test_acted_and_not_connected(void **state)
{
	(void)state;
	begin_hog(RULES);
	world.now_ms += 2 * ENFORCE_PATIENCE_MS;
	police.is_mute = true;
	pass_seconds(7);
	must_be("planned warned acted ");
	police.is_ready = false;
	start_again(police.nr_rows);
	pass_seconds(2);
	must_be("planned warned acted ");
	police.is_ready = true;
	police.is_mute = false;
	pass_seconds(3);
	must_be("planned warned acted verified ");
	end_police();
}

static void test_warned(void **state)
{
	(void)state;
	begin_hog(RULES);
	pass_seconds(4);
	must_be("planned warned ");
	start_again(police.nr_rows);
	must_be("planned warned expired ");
	/* It is over again, and nothing was done that would cool down. */
	pass_seconds(10);
	must_be("planned warned expired planned warned acted verified ");
	end_police();
}

/* What a start has ended cools nothing down, after the next one either. */
static void test_warned_and_started_twice(void **state)
{
	(void)state;
	begin_hog(RULES);
	pass_seconds(4);
	must_be("planned warned ");
	start_again(police.nr_rows);
	must_be("planned warned expired ");
	start_again(police.nr_rows);
	pass_seconds(9);
	must_be("planned warned expired planned warned acted verified ");
	end_police();
}

static void test_ended(void **state)
{
	(void)state;
	begin_hog(RULES);
	pass_seconds(8);
	must_be("planned warned acted verified ");
	add_named("other")->cpu_percent = 90;
	world.candidates[1].name = "web";
	start_again(police.nr_rows);
	/* The earlier action cools down, also for another one of its name. */
	pass_seconds(10);
	must_be("planned warned acted verified ");
	pass_seconds(9);
	must_be("planned warned acted verified planned warned ");
	end_police();
}

/* What was done to a user's container does not let root's cool down. */
static void test_whose_it_was(void **state)
{
	json_t *detail;

	(void)state;
	begin_hog(RULES);
	world.candidates[0].user_id = 1000;
	pass_seconds(8);
	must_be("planned warned acted verified ");
	detail = json_loads(police.rows[0].detail, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(detail,
							    "user_id")), 1000);
	json_decref(detail);
	add_named("other")->cpu_percent = 90;
	world.candidates[1].name = "web";
	start_again(police.nr_rows);
	pass_seconds(3);
	must_be("planned warned acted verified planned warned ");
	end_police();
}

/* The user's own rows of it may have been pushed out, not those of the act. */
static void test_without_its_plan(void **state)
{
	size_t i;

	(void)state;
	begin_hog(RULES);
	world.candidates[0].user_id = 1000;
	pass_seconds(8);
	must_be("planned warned acted verified ");
	for (i = 0; i < 2; i++) {
		assert_int_equal(police.rows[i].user, 1000);
		assert_int_equal(police.rows[i + 2].user, 0);
		free(police.rows[i].detail);
		police.rows[i] = police.rows[i + 2];
	}
	police.nr_rows = 2;
	add_named("other")->cpu_percent = 90;
	world.candidates[1].name = "web";
	add_named("third")->cpu_percent = 90;
	world.candidates[2].name = "web";
	world.candidates[2].user_id = 1000;
	start_again(police.nr_rows);
	pass_seconds(3);
	must_be("acted verified planned warned ");
	assert_string_equal(last_row()->container, world.candidates[1].id);
	assert_int_equal(policy_state_used(police.enforce->state, 3600000), 2);
	end_police();
}

/* Who vetoed it is not asked again at once. It has not used the budget. */
static void test_vetoed(void **state)
{
	(void)state;
	begin_hog("[policy]\ndry_run = no\nwarn = 3s\ncool_down = 20s\n"
		  "min_age = 0\n[rule hog]\nselect = name *\n"
		  "all = cpu_percent > 20\nfor = 2s\naction = stop\n");
	pass_seconds(4);
	must_be("planned warned ");
	assert_int_equal(enforce_veto(police.enforce, police.rows[0].decision,
				      "the test"), 0);
	pass_seconds(1);
	must_be("planned warned vetoed ");
	start_again(police.nr_rows);
	pass_seconds(15);
	must_be("planned warned vetoed ");
	pass_seconds(5);
	must_be("planned warned vetoed planned warned ");
	end_police();
}

/* It ended by itself after contmon-engine was asked, which was an act. */
static void test_gone_after_it_acted(void **state)
{
	(void)state;
	begin_hog("[policy]\ndry_run = no\nwarn = 0\ncool_down = 20s\n"
		  "min_age = 0\n[rule hog]\nselect = name *\n"
		  "all = cpu_percent > 20\naction = stop\n");
	police.result = ACT_GONE;
	pass_seconds(3);
	must_be("planned acted gone ");
	start_again(police.nr_rows);
	world.containers[0].row.cpu_percent = 0;
	add_named("other")->cpu_percent = 90;
	pass_seconds(1);
	must_be("planned acted gone ");
	pass_seconds(57);
	must_be("planned acted gone planned acted ");
	assert_string_equal(last_row()->title, "other");
	end_police();
}

/* A new contmond with other rules, as if it had not been killed but reloaded */
static void start_with(const char *rules)
{
	struct policy *before = world.policy;

	world.policy = load_policy(rules);
	start_again(police.nr_rows);
	policy_free(before);
}

#define COOL(cool_down) "[policy]\nwarn = 0\nmin_age = 0\n"		\
	"budget_per_minute = 9\nbudget_per_hour = 9\n"		\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"action = kill\ncool_down = " cool_down "\n"

/* A container cools down for as long as it was decided, whatever rules say. */
static void test_other_rules(void **state)
{
	(void)state;
	begin_hog(COOL("20s"));
	pass_seconds(6);
	must_be("~planned ~acted ");
	start_with(COOL("5s"));
	pass_seconds(13);
	must_be("~planned ~acted ");
	start_with(COOL("1h"));
	pass_seconds(8);
	must_be("~planned ~acted ~planned ~acted ");
	start_with("[policy]\nwarn = 0\nmin_age = 0\ncool_down = 1s\n"
		   "[rule other]\nselect = name *\n"
		   "all = cpu_percent > 20\naction = kill\n");
	pass_seconds(3500);
	must_be("~planned ~acted ~planned ~acted ");
	end_police();
}

/* It may not have been begun before, and nobody wants it now. */
static void test_rules_that_do_not_want_it(void **state)
{
	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(7);
	must_be("planned warned acted ");
	start_with("[rule other]\nselect = name x\n"
		   "all = cpu_percent > 20\naction = kill\n");
	police.is_mute = false;
	pass_seconds(100);
	must_be("planned warned acted ");
	pass_seconds(50);
	must_be("planned warned acted failed ");
	assert_int_equal(police.nr_asked, 1);
	end_police();
}

/* What had its cgroup then is not there any more, whatever has its path now. */
static void test_after_a_boot(void **state)
{
	struct enforce_tick tick = { .targets = police.targets };

	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(20);
	must_be("planned warned acted ");
	start_again_at(police.nr_rows, 3000);
	tick.tick.t_ms = WORLD_MS + world.now_ms + 1000;
	tick.tick.boot_ms = 4000;
	assert_int_equal(enforce_tick(police.enforce, &tick), 0);
	must_be("planned warned acted verified ");
	assert_int_equal(police.nr_asked, 1);
	end_police();
}

/* A host without a clock that goes on while it is off has an earlier time. */
static void test_after_a_boot_with_an_old_clock(void **state)
{
	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(20);
	must_be("planned warned acted ");
	world.now_ms -= 600000;
	start_again_at(police.nr_rows, 3000);
	world.now_ms = 4000;
	pass_seconds(1);
	must_be("planned warned acted failed ");
	assert_int_equal(police.nr_asked, 1);
	end_police();
}

static void test_too_late(void **state)
{
	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(7);
	world.now_ms += ENFORCE_PATIENCE_MS;
	start_again(police.nr_rows);
	pass_seconds(1);
	must_be("planned warned acted failed ");
	assert_int_equal(police.nr_asked, 1);
	end_police();
}

static void test_too_late_but_gone(void **state)
{
	(void)state;
	begin_hog(RULES);
	police.is_mute = true;
	pass_seconds(7);
	remove_container(world.candidates[0].id);
	world.now_ms += ENFORCE_PATIENCE_MS;
	start_again(police.nr_rows);
	pass_seconds(1);
	must_be("planned warned acted verified ");
	end_police();
}

static void test_dry_run(void **state)
{
	(void)state;
	begin_hog("[policy]\nmin_age = 0\nwarn = 3s\ncool_down = 30s\n"
		  "[rule hog]\nselect = name *\nall = cpu_percent > 20\n"
		  "for = 2s\naction = stop\n");
	pass_seconds(8);
	must_be("~planned ~warned ~acted ");
	start_again(police.nr_rows);
	pass_seconds(20);
	must_be("~planned ~warned ~acted ");
	end_police();
}

/* However many notices there were, none of them is remembered. */
static void must_forget_notices(const char *dry_run, const char *want)
{
	char text[256];
	size_t i;

	snprintf(text, sizeof(text), "[policy]\ndry_run = %s\nmin_age = 0\n"
		 "warn = 0\ncool_down = 2s\n[rule n]\nselect = name *\n"
		 "all = cpu_percent > 20\naction = notify\n", dry_run);
	begin_hog(text);
	pass_seconds(4);
	must_be(want);
	enforce_free(police.enforce);
	police.enforce = new_enforce(world.policy);
	for (i = 0; i < police.nr_rows; i++) {
		resume_row(i);
		assert_true(police.enforce->nr_past <= 1);
	}
	assert_int_equal(police.enforce->nr_past, 0);
	end_police();
}

static void test_notices(void **state)
{
	(void)state;
	must_forget_notices("no", "planned acted verified "
			    "planned acted verified ");
	must_forget_notices("yes", "~planned ~acted ~planned ~acted ");
}

/* Every decision has one end, and no request is for another than its own. */
static void check_ends(void)
{
	size_t i, j;

	for (i = 0; i < police.nr_rows; i++) {
		const struct row_text *row = &police.rows[i];
		bool is_end = strcmp(row->state, "planned") != 0 &&
			      strcmp(row->state, "warned") != 0 &&
			      strcmp(row->state, "acted") != 0;
		bool has_ended = is_end;

		for (j = i + 1; j < police.nr_rows; j++) {
			if (strcmp(police.rows[j].decision,
				   row->decision) != 0)
				continue;
			if (is_end)
				fail_msg("%s goes on after %s",
					 row->decision, row->state);
			has_ended = true;
		}
		if (!has_ended)
			fail_msg("%s stays %s", row->decision, row->state);
	}
	for (i = 0; i < police.nr_asked; i++) {
		for (j = 0; j < police.nr_rows; j++) {
			if (strcmp(police.rows[j].decision,
				   police.asked[i]) == 0 &&
			    strcmp(police.rows[j].state, "acted") == 0)
				break;
		}
		/* Not one request is without its row. */
		assert_true(j < police.nr_rows);
	}
}

static void run_randomly(unsigned int seed)
{
	static char names[40][16];
	unsigned int i;

	srand(seed);
	begin_police(RULES);
	for (i = 0; i < 40; i++) {
		if (rand() % 5 == 0) {
			snprintf(names[i], sizeof(names[i]), "c%u", i);
			add_named(names[i])->cpu_percent = rand() % 50;
		}
		police.is_ready = rand() % 8 > 0;
		police.is_mute = rand() % 3 == 0;
		if (!police.is_ready)
			enforce_disconnected(police.enforce);
		if (rand() % 4 == 0)
			start_again(police.nr_rows);
		pass_seconds(1);
	}
	police.is_ready = true;
	police.is_mute = false;
	enforce_disconnected(police.enforce);
	for (i = 0; i < world.nr; i++)
		world.containers[i].row.cpu_percent = 0;
	pass_seconds(200);
	check_ends();
	end_police();
}

static void test_kills_at_random(void **state)
{
	unsigned int seed;

	(void)state;
	for (seed = 0; seed < 200; seed++)
		run_randomly(seed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_acted_and_answered),
		TEST(test_acted_and_not_connected),
		TEST(test_warned),
		TEST(test_warned_and_started_twice),
		TEST(test_ended),
		TEST(test_whose_it_was),
		TEST(test_without_its_plan),
		TEST(test_vetoed),
		TEST(test_gone_after_it_acted),
		TEST(test_other_rules),
		TEST(test_rules_that_do_not_want_it),
		TEST(test_after_a_boot),
		TEST(test_after_a_boot_with_an_old_clock),
		TEST(test_too_late),
		TEST(test_too_late_but_gone),
		TEST(test_dry_run),
		TEST(test_notices),
		TEST(test_kills_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
