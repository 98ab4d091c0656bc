// SPDX-License-Identifier: GPL-2.0-only
/* `contmon history`: its output, and its messages when there is none */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "contmon/commands.h"
#include "tests/unit/past_command.h"

static const struct reading_command past_command = { cli_history, "history" };

#define UNTIL "--from 2026-01-31T11:00Z --to 2026-01-31T11:01Z "

static void test_a_table(void **state)
{
	(void)state;
	must_print(UNTIL "--step 30 shop-web-1 -o t,cpu-cores,min-cpu-cores,"
		   "max-cpu-cores,memory-current,write-bytes-per-second",
		   "               TIME CORES MIN CORES MAX CORES    "
		   "MEMORY     WRITE/S\n"
		   "2026-01-31 11:00:00  0.50      0.00      1.20 124.0 MiB "
		   "102.4 KiB/s\n"
		   "2026-01-31 11:00:30  0.50      0.00      1.20 124.0 MiB "
		   "102.4 KiB/s\n"
		   "2026-01-31 11:01:00  0.50      0.00      1.20 125.0 MiB "
		   "102.4 KiB/s\n");
}

static void test_a_device(void **state)
{
	(void)state;
	must_print(UNTIL "--step 30 shop-web-1 --device 4000:1 -o t,container,"
		   "read-bytes-per-second,max-write-bytes-per-second,"
		   "write-ops-per-second,write-bytes-total,read-ops-total",
		   "               TIME CONTAINER   READ/S MAX WRITE/S "
		   "WRITES/S   WRITTEN READS\n"
		   "2026-01-31 11:00:00 shop-web-1 410 B/s 102.4 KiB/s"
		   "       26 362.0 MiB     -\n"
		   "2026-01-31 11:00:30 shop-web-1 410 B/s 102.4 KiB/s"
		   "       26 365.0 MiB     -\n"
		   "2026-01-31 11:01:00 shop-web-1 410 B/s 102.4 KiB/s"
		   "       26 368.0 MiB     -\n");
	must_say(UNTIL "shop-web-1 --device 4000:2", CLI_FAILURE,
		 "shop-web-1: no IO on 4000:2 is recorded in that time, but "
		 "the container was there from 2026-01-31 10:00:00 to "
		 "2026-01-31 11:59:10; see --device, --from and --to");
	must_say(UNTIL "--device sda host", CLI_USAGE, "--device: only the IO "
		 "of containers is recorded by device, not that of the host");
	assert_int_equal(past_run(UNTIL "--device sda -o cpu-cores "
				  "shop-web-1"), CLI_USAGE);
	assert_int_equal(past_run(UNTIL "--json --device 4000:1 shop-web-1"),
			 CLI_OK);
	assert_non_null(strstr(captured.out, "\"device\": \"4000:1\""));
}

/* The same with the start of its id, whose first 4 digits the job shares */
static void test_names_and_ids(void **state)
{
	(void)state;
	must_print("--csv --from 1769857200 --to 1769857209 --step 10s "
		   "-o container,memory_current_bytes 01234567",
		   "container,memory_current_bytes\nshop-web-1,130023424\n");
	must_print("--csv --no-headings --from 1769853600 --to 1769853609 "
		   "--step 10s -o container,processes night,job",
		   "\"night,job\",1\n");
	must_print("--csv --no-headings --from 1769853600 --to 1769853609 "
		   "--step 10s -o container,processes 0123feed",
		   "\"night,job\",1\n");
	must_say("0123", CLI_FAILURE, "0123: more than one container has an "
		 "id that begins with it: 0123456789ab, 0123feed0123");
}

static void test_json(void **state)
{
	json_t *json, *row, *meta;

	(void)state;
	assert_int_equal(past_run("--json --from 1769857200 --to 1769857260 "
				  "--step 1m shop-web-1 -o t,cpu-percent,"
				  "read-ops-total,max-cpu-cores"), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	meta = json_object_get(json, "meta");
	row = json_array_get(json_object_get(json, "rows"), 0);
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 2);
	assert_int_equal(json_integer_value(json_object_get(row, "t")),
			 1769857200000);
	assert_true(json_real_value(json_object_get(row, "cpu_percent")) > 12);
	assert_true(json_is_null(json_object_get(row, "read_ops_total")));
	assert_int_equal(json_integer_value(json_object_get(meta, "step_ms")),
			 60000);
	assert_int_equal(json_integer_value(json_object_get(meta,
							    "resolution_ms")),
			 60000);
	json_decref(json);
}

/* An hour by default, in about as many rows as the screen has */
static void test_defaults(void **state)
{
	const char *c;
	int lines = 0;

	(void)state;
	assert_int_equal(past_run("--to 2026-01-31T11:30Z shop-web-1"), CLI_OK);
	for (c = captured.out; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 62);
	assert_non_null(strstr(captured.out, "\n2026-01-31 10:30:00 "));
	assert_non_null(strstr(captured.out, "\n2026-01-31 11:30:00 "));
}

/* A step wider than the hour begins before the hour. */
static void test_a_wide_step(void **state)
{
	(void)state;
	must_print("--to 2026-01-31T11:30Z --step 1d --csv -o t,container "
		   "shop-web-1", "t,container\n1769817600000,shop-web-1\n");
	must_say("--from 2026-01-31T10:00Z --to 2026-01-31T11:30Z --step 1d "
		 "shop-web-1", CLI_USAGE,
		 "--step: no step begins between --from and --to");
}

static void test_nothing_to_show(void **state)
{
	(void)state;
	must_say("--to 2026-01-31T11:30Z night,job", CLI_FAILURE,
		 "nothing is recorded of night,job in that time, but it was "
		 "there from 2026-01-31 10:00:00 to 2026-01-31 10:29:50; see "
		 "--from and --to");
	assert_string_equal(captured.out, "");
	past_run("--to 2026-01-31T11:30Z night,job --csv -o t,container");
	assert_int_equal(captured.status, CLI_FAILURE);
	assert_string_equal(captured.out, "t,container\n");
}

static void test_no_such_container(void **state)
{
	char want[256];

	(void)state;
	snprintf(want, sizeof(want), "no container shop in %s; it has "
		 "shop-web-1, night,job", file);
	must_say("shop", CLI_FAILURE, want);
	must_say("--store /nowhere/else web", CLI_FAILURE, "/nowhere/else: No "
		 "such file or directory; is contmond running? Else name a "
		 "file: --store FILE");
}

/* Its columns are its own, wherever its name is among the options. */
static void test_host(void **state)
{
	(void)state;
	must_print("--csv -o t,cpu-percent,max-load1,ram-used-bytes host "
		   UNTIL "--step 30", "t,cpu_percent,max_load1,ram_used_bytes\n"
		   "1769857200000,30,1.25,3221225472\n"
		   "1769857230000,30,1.25,3221225472\n"
		   "1769857260000,30,1.25,3221225472\n");
	assert_int_equal(past_run("host --json --step 1m -o nr_cpus " UNTIL),
			 CLI_OK);
	assert_non_null(strstr(captured.out, "\"container\": \"host\""));
	assert_int_equal(past_run("-o load1 shop-web-1"), CLI_USAGE);
	assert_int_equal(past_run("-o container host"), CLI_USAGE);
	must_say("host --to 2026-01-01", CLI_FAILURE, "nothing is recorded of "
		 "host in that time, but it was there from 2026-01-31 10:00:00 "
		 "to 2026-01-31 11:59:50; see --from and --to");
	must_say("host more", CLI_USAGE, "more: not expected; see: contmon "
		 "history --help");
}

/* Of the job it is not known how much CPU processes used that ended. */
static void test_commands(void **state)
{
	(void)state;
	must_print("--commands --from 2026-01-31T10:05Z --to 2026-01-31T10:06Z "
		   "--step 1m shop-web-1 -o t,container,cpu-cores,"
		   "cpu-living,cpu-exited,comm",
		   "               TIME CONTAINER  CORES LIVING ENDED COMMAND\n"
		   "2026-01-31 10:05:00 shop-web-1  0.50   0.50  0.00 nginx\n"
		   "2026-01-31 10:05:00 shop-web-1  0.25   0.00  0.25 sh\n"
		   "2026-01-31 10:05:00 shop-web-1  0.05   0.05  0.00 "
		   "worker \\x1b[2J\n"
		   "2026-01-31 10:05:00 shop-web-1  0.00      -     - "
		   "(all other commands)\n"
		   "2026-01-31 10:06:00 shop-web-1  0.50   0.50  0.00 nginx\n"
		   "2026-01-31 10:06:00 shop-web-1  0.25   0.00  0.25 sh\n"
		   "2026-01-31 10:06:00 shop-web-1  0.05   0.05  0.00 "
		   "worker \\x1b[2J\n"
		   "2026-01-31 10:06:00 shop-web-1  0.00      -     - "
		   "(all other commands)\n");
	must_print("--commands --from 2026-01-31T10:05Z --to 2026-01-31T10:05Z "
		   "--step 10 -o t,comm,commands,cpu-cores,cpu-living 0123feed "
		   "--csv", "t,comm,commands,cpu_cores,cpu_living_cores\n"
		   "1769853900000,gzip,1,,2\n"
		   "1769853900000,(all other commands),,,\n");
	must_print("--commands --from 2026-01-31T10:05Z --to 2026-01-31T10:05Z "
		   "--step 10 host",
		   "               TIME CORES LIVING ENDED COMMAND\n"
		   "2026-01-31 10:05:00  0.01   0.00  0.01 cron\n"
		   "2026-01-31 10:05:00     -      -     - "
		   "(all other commands)\n");
	assert_int_equal(past_run("--commands --json --from 2026-01-31T10:05Z "
				  "--to 2026-01-31T10:05Z shop-web-1"), CLI_OK);
	assert_non_null(strstr(captured.out, "\"known\": true"));
	/* The first sample covers no time. */
	assert_int_equal(past_run("--commands --from 2026-01-31T10:00Z --to "
				  "2026-01-31T10:00Z --step 10 host"),
			 CLI_FAILURE);
	assert_non_null(strstr(captured.err, ": CPU by command is not kept of "
			       "that time\n"));
	must_say("--commands --device sda shop-web-1", CLI_USAGE,
		 "--commands: not with --device");
	must_say("--commands --to 2026-01-01 0123feed", CLI_FAILURE,
		 "nothing is recorded of 0123feed in that time, but it was "
		 "there from 2026-01-31 10:00:00 to 2026-01-31 10:29:50; see "
		 "--from and --to");
	assert_int_equal(past_run("--commands -o load1 host"), CLI_USAGE);
}

static void test_wrong_usage(void **state)
{
	(void)state;
	must_say("", CLI_USAGE, "history: which container? Name one; see: "
		 "contmon history --help");
	must_say("a b", CLI_USAGE, "b: not expected; see: contmon history "
		 "--help");
	must_say("--from now --to -1h a", CLI_USAGE,
		 "--from is later than --to");
	must_say("--from 0 --step 1 a", CLI_USAGE, "--step: more than 20000 "
		 "steps from --from to --to");
	must_say("--step 0 a", CLI_USAGE, "--step 0: not a time such as 90, "
		 "90s, 5m, 2h or 1d");
}

static void test_wrong_usage_of_top(void **state)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{ "top --at x", "--at x: not a time such as \"2026-01-31 "
		  "07:00\", 07:00, -2h or 1769842800" },
		{ "top --at now -n 1", "--at: not with --count or -n" },
		{ "top --at now --csv --count 1",
		  "--at: not with --count or -n" },
		{ "top --store a", "--store: only with --at" },
		{ "top --commands", "--commands: only with --at" },
	};
	char want[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(want, sizeof(want), "contmon: %s\n", rows[i].said);
		assert_int_equal(capture(cli_top, rows[i].line), CLI_USAGE);
		assert_string_equal(captured.err, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table),
		cmocka_unit_test(test_a_device),
		cmocka_unit_test(test_names_and_ids),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_a_wide_step),
		cmocka_unit_test(test_nothing_to_show),
		cmocka_unit_test(test_no_such_container),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_wrong_usage),
		cmocka_unit_test(test_wrong_usage_of_top),
	};

	return cmocka_run_group_tests_name("cli_history", tests, make_file,
					   remove_file);
}
