// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon policy replay` and `explain`: what they decide of the recorded past
 * is what was decided while it was recorded.
 */
#include "tests/unit/replay_world.h"

static void test_the_same_decisions(void **state)
{
	char key[256];
	json_t *json, *row, *known;
	size_t i;

	(void)state;
	assert_int_equal(policy("replay %s --json --from 1769853600 "
				"--to 1769860800", rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	assert_non_null(json);
	json_array_foreach(json_object_get(json, "rows"), i, row) {
		known = json_object_get(decided, json_string_value(
			json_object_get(row, "decision")));
		snprintf(key, sizeof(key), "%lld %s %s %s",
			 json_integer_value(json_object_get(row, "t")),
			 json_string_value(json_object_get(row, "rule")),
			 json_string_value(json_object_get(row, "container")),
			 json_string_value(json_object_get(row, "action")));
		if (!known)
			fail_msg("only replayed: %s", key);
		assert_string_equal(json_string_value(
			json_object_get(known, "key")), key);
		assert_string_equal(
			json_string_value(json_object_get(known, "state")),
			json_string_value(json_object_get(row, "state")));
	}
	/* Every rule decided, and some decisions were not acted. */
	assert_int_equal(i, json_object_size(decided));
	assert_true(i > 20);
	assert_non_null(strstr(captured.out, "\"big\""));
	assert_non_null(strstr(captured.out, "\"busy\""));
	assert_non_null(strstr(captured.out, "\"noisy\""));
	assert_non_null(strstr(captured.out, "\"spared\""));
	json_decref(json);
}

static void test_a_part_of_it(void **state)
{
	json_t *json, *row;
	size_t i;

	(void)state;
	assert_int_equal(policy("replay %s --json --from 1769853900 "
				"--to 1769854201 --states -o t,state",
				rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	json_array_foreach(json_object_get(json, "rows"), i, row) {
		long long t = json_integer_value(json_object_get(row, "t"));

		assert_true(t >= 1769853900000 && t <= 1769854201000);
	}
	assert_int_equal(json_integer_value(json_object_get(json_object_get(
		json, "meta"), "moments")), 301);
	json_decref(json);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(policy("replay"), CLI_USAGE);
	assert_int_equal(policy("replay %s", other), CLI_FAILURE);
	assert_non_null(strstr(captured.err, "wrong.conf:2: "));
	assert_int_equal(policy("replay %s --to 2026-01-01", rules),
			 CLI_FAILURE);
	assert_non_null(strstr(captured.err, "nothing is recorded"));
}

static void test_explain(void **state)
{
	json_t *json, *row;
	size_t i;

	(void)state;
	assert_int_equal(policy("explain --rules %s --json "
				"-o container,rule,finding,reason,class",
				rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	json_array_foreach(json_object_get(json, "rows"), i, row)
		assert_string_not_equal(json_string_value(json_object_get(
			row, "finding")), "not_selected");
	assert_true(i > 0);
	assert_true(json_is_true(json_object_get(json_object_get(
		json, "meta"), "dry_run")));
	json_decref(json);
	/* All three rules, also those that do not select it */
	assert_int_equal(policy("explain --rules %s db --csv --no-headings "
				"--at 2026-01-31T10:10Z -o rule,finding",
				rules), CLI_OK);
	assert_memory_equal(captured.out, "big,not_selected\nbusy,not_selected"
			    "\nnoisy,", 38);
	assert_int_equal(policy("explain --rules %s db "
				"--at 2026-01-31T09:00Z", rules), CLI_FAILURE);
}

/* What lasts for 3 s has lasted for a little longer at a tick. */
static void test_explain_an_odd_tick(void **state)
{
	FILE *to = fopen(other, "w");

	(void)state;
	assert_non_null(to);
	fputs("[rule any]\nselect = name db\naction = notify\n"
	      "all = memory_current_bytes > 1\nfor = 3s\n", to);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(policy("explain --rules %s db --csv --no-headings "
				"-o finding", other), CLI_OK);
	assert_string_equal(captured.out, "chosen\n");
}

/* Always true */
static const char *const lasting[] = {
	"all = memory_current_bytes > 1K\nfor = 7s\n",
	"all = rate(cpu_seconds_total) >= 0\n"
	"all = growth(memory_current_bytes) > -1T\n"
	"any = share(memory_current_bytes) > 0.01\nfor = 7s\n",
	"all = rate(cpu_seconds_total) >= 0\nfor = 1s\n",
};

static void write_lasting(size_t i)
{
	FILE *to = fopen(other, "w");

	fprintf(to, "[policy]\nmin_age = 0s\nbudget_per_minute = 60\n"
		"budget_per_hour = 1000\n[rule lasts]\nselect = name db\n"
		"%saction = stop\n", lasting[i]);
	fclose(to);
}

/* What was true all the time is not too brief, whenever the ticks were. */
static void test_what_lasts(void **state)
{
	unsigned int second;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lasting); i++) {
		write_lasting(i);
		for (second = SECONDS - 15; second < SECONDS; second++) {
			assert_true(all[0].runs &&
				    all[0].began_s < second - 10);
			assert_int_equal(policy(
				"explain --rules %s db --csv --no-headings "
				"--at %lld -o finding", other,
				(long long)time_of(second) / 1000 + 1), CLI_OK);
			assert_string_equal(captured.out, "chosen\n");
		}
	}
}

/* What holds when the range begins is decided there, and not before it. */
static void test_what_lasts_replayed(void **state)
{
	const long long t_ms = time_of(SECONDS - 20);
	char first[64];
	size_t i;

	(void)state;
	snprintf(first, sizeof(first), "%lld,lasts\n", t_ms);
	for (i = 0; i < ARRAY_SIZE(lasting); i++) {
		write_lasting(i);
		assert_int_equal(policy("replay %s --csv --no-headings "
					"-o t,rule --from %lld", other,
					t_ms / 1000), CLI_OK);
		assert_string_equal(captured.out, first);
	}
}

static void test_status(void **state)
{
	(void)state;
	assert_int_equal(policy("status --rules %s --csv "
				"-o rule,action,dry-run,decisions,last-ms",
				rules), CLI_OK);
	/* What it decided is more than a day ago. */
	assert_string_equal(captured.out,
			    "rule,action,dry_run,decisions,last_ms\n"
			    "big,stop kill,true,0,\nbusy,stop,true,0,\n"
			    "noisy,notify,true,0,\n");
}

static void test_veto(void **state)
{
	(void)state;
	assert_int_equal(policy("veto"), CLI_USAGE);
	assert_int_equal(policy("veto nobody-1"), CLI_FAILURE);
	assert_string_equal(captured.err, "contmon: no decision nobody-1; "
			    "see: contmon policy status\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_decisions),
		cmocka_unit_test(test_a_part_of_it),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_explain_an_odd_tick),
		cmocka_unit_test(test_what_lasts),
		cmocka_unit_test(test_what_lasts_replayed),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_veto),
	};

	return cmocka_run_group_tests_name("policy_replay", tests, make_past,
					   remove_past);
}
