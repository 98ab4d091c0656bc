// SPDX-License-Identifier: GPL-2.0-only
/* `contmon policy log`: decisions as a table, JSON and CSV; its messages */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>

#include "contmon/commands.h"
#include "tests/unit/past_command.h"

static const struct reading_command past_command = { cli_policy, "policy log" };

/* The oldest first; a dry run says so. */
static void test_a_table(void **state)
{
	(void)state;
	must_print("-o t,state,dry-run,container,rule,reason",
		   "               TIME STATE   DRY CONTAINER RULE       "
		   "REASON\n"
		   "2026-01-31 10:10:00 planned yes night,job memory-hog "
		   "memory_current_bytes 1.0 GiB > 512 MiB for 5 min\n"
		   "2026-01-31 10:30:00 planned no  night,job memory-hog "
		   "memory_current_bytes 1.0 GiB > 512 MiB for 5 min\n"
		   "2026-01-31 10:30:30 gone    no  night,job memory-hog "
		   "it ended by itself\n");
}

static void test_choices(void **state)
{
	(void)state;
	must_print("--csv --count 1 -o state,detail,container_id",
		   "state,detail,container_id\ngone,," PAST_JOB_ID "\n");
	must_print("--csv --no-headings --to 2026-01-31T10:20 -o decision",
		   "1769854200000-1\n");
	must_print("--csv --no-headings --from 2026-01-31T10:30:30Z -o t "
		   "0123feed", "1769855430000\n");
	must_print("shop-web-1", "No decisions.\n");
	must_print("shop-web-1 --csv -o t,state", "t,state\n");
}

static void test_json(void **state)
{
	json_t *json, *row;

	(void)state;
	assert_int_equal(past_run("--json --count 2 -o dry-run,rule-hash"),
			 CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	row = json_array_get(json_object_get(json, "rows"), 0);
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 2);
	assert_true(json_is_false(json_object_get(row, "dry_run")));
	assert_string_equal(json_string_value(json_object_get(row,
							      "rule_hash")),
			    "1f00c0ffee15dead");
	assert_true(json_is_true(json_object_get(json_object_get(
		json, "meta"), "truncated")));
	json_decref(json);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(past_run("nobody"), CLI_FAILURE);
	assert_non_null(strstr(captured.err, "no container nobody in "));
	must_say("--from 2026-01-31 --to 2026-01-30", CLI_USAGE,
		 "--from is later than --to");
	must_say("a b", CLI_USAGE, "b: not expected; see: contmon policy log "
		 "--help");
	must_say("--bogus", CLI_USAGE, "--bogus: no such option; see: contmon "
		 "policy log --help");
	assert_int_equal(capture(cli_policy, "policy bogus"), CLI_USAGE);
	assert_string_equal(captured.err, "contmon: policy bogus: no such "
			    "command; see: contmon policy --help\n");
	assert_int_equal(capture(cli_policy, "policy"), CLI_USAGE);
	assert_int_equal(capture(cli_policy, "policy --help"), CLI_OK);
	assert_non_null(strstr(captured.out, "\n  log "));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("policy_log", tests, make_file,
					   remove_file);
}
