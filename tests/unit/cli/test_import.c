// SPDX-License-Identifier: GPL-2.0-only
/* `contmon import`: what comes back from an export, and bad input */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>

#include "contmon/cli/error.h"
#include "contmon/commands.h"
#include "tests/unit/capture.h"
#include "tests/unit/past_file.h"

/* What is printed at the end */
#define ROWS(new, there, bad)						\
	"rows: " #new " imported, " #there " already there, " #bad " bad\n"

static char input[64], made[64], again[64];

static int begin(void **state)
{
	int r = make_file(state);

	snprintf(input, sizeof(input), "%s/input", directory);
	snprintf(made, sizeof(made), "%s/made.db", directory);
	snprintf(again, sizeof(again), "%s/again", directory);
	return r;
}

static int clean(void **state)
{
	char lock[80];

	(void)state;
	snprintf(lock, sizeof(lock), "%s-lock", made);
	unlink(lock);
	unlink(made);
	unlink(input);
	unlink(again);
	return 0;
}

static int end(void **state)
{
	return remove_file(state);
}

static void write_input(const char *text, size_t length)
{
	FILE *to = fopen(input, "w");

	assert_non_null(to);
	assert_int_equal(fwrite(text, 1, length, to), length);
	assert_int_equal(fclose(to), 0);
}

static int import(const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "import --store %s %s %s", made, options,
		 input);
	return capture(cli_import, line);
}

/* @said: after "contmon: INPUT" */
static void must_import(const char *text, int status, const char *out,
			const char *said)
{
	char want[sizeof(captured.err)];

	clean(NULL);
	write_input(text, strlen(text));
	snprintf(want, sizeof(want), *said ? "contmon: %s%s\n" : "%.0s%s",
		 input, said);
	if (import("") != status || strcmp(captured.out, out) != 0 ||
	    strcmp(captured.err, want) != 0)
		fail_msg("%s: status %d, printed: %s, said: %s", text,
			 captured.status, captured.out, captured.err);
}

static void export(const char *store, const char *options, const char *to)
{
	char line[256];

	snprintf(line, sizeof(line), "export --store %s -o %s %s", store, to,
		 options);
	if (capture(cli_export, line) != CLI_OK)
		fail_msg("%s: %s", line, captured.err);
}

static char *contents(const char *path)
{
	FILE *from = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(from);
	assert_true(getdelim(&text, &size, EOF, from) > 0);
	fclose(from);
	return text;
}

static void must_be_same(const char *options)
{
	char *before, *after;

	export(made, options, again);
	before = contents(input);
	after = contents(again);
	if (strcmp(before, after) != 0)
		fail_msg("%s: not the same", options);
	free(before);
	free(after);
}

/* Every number is one that the store keeps exactly. */
static void test_round_trip(void **state)
{
	static const char *const formats[] = { "--format ndjson",
					       "--format csv",
					       "--format workloads" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		clean(NULL);
		export(file, formats[i], input);
		assert_int_equal(import("--cpus 4"), CLI_OK);
		assert_string_equal(captured.err, "");
		assert_string_equal(captured.out, ROWS(900, 0, 0));
		must_be_same(formats[i]);
	}
}

/* The first row has rates, though nothing is known of the time before. */
static void test_part_of_the_time(void **state)
{
	static const char part[] = "--from 2026-01-31T10:20Z --to "
				   "2026-01-31T10:40Z --container shop-web-1";
	char *text;

	(void)state;
	export(file, part, input);
	text = contents(input);
	assert_null(strstr(text, "\"cpu_cores\":null"));
	free(text);
	assert_int_equal(import(""), CLI_OK);
	must_be_same(part);
}

/* Means of hours, then of shorter times: rates are not those of the hours. */
static void test_changing_resolution(void **state)
{
	static const char rows[] =
		"t,container,id,cpu_cores,cpu_percent,cpu_seconds_total\n"
		"1769850000000,web,,0.5,12.5,1000\n"
		"1769853600000,web,,0.5,12.5,2800\n"
		"1769857200000,web,,0.25,6.25,2802.5\n"
		"1769857210000,web,,0.25,6.25,2805\n"
		"1769857220000,web,,,,3000\n"
		"1769864000000,web,,1,25,3010\n"
		"1769864010000,web,,1,25,3020\n";
	static const char *const cores[] = { ",0.5,", ",0.5,", ",0.25,",
					     ",0.25,", ",,", ",1,", ",1," };
	char *text, *line, *save;
	size_t i;

	(void)state;
	must_import(rows, CLI_OK, ROWS(7, 0, 0), "");
	export(made, "--format csv", again);
	text = contents(again);
	line = strtok_r(text, "\n", &save);
	for (i = 0; i < 7; i++) {
		line = strtok_r(NULL, "\n", &save);
		assert_non_null(line);
		/* t, container, id, restarts, uptime and state come first. */
		if (!strstr(line, ",web,,,,") ||
		    strncmp(strstr(line, ",web,,,,") + 8, cores[i],
			    strlen(cores[i])) != 0)
			fail_msg("%zu: %s", i, line);
	}
	free(text);
}

static void test_twice(void **state)
{
	static const char part[] = "--from 2026-01-31T10:20Z --to "
				   "2026-01-31T10:29:59Z";

	(void)state;
	export(file, part, input);
	assert_int_equal(import(""), CLI_OK);
	assert_string_equal(captured.out, ROWS(120, 0, 0));
	assert_int_equal(import(""), CLI_OK);
	assert_string_equal(captured.out, ROWS(0, 120, 0));
	/* The time around it is added, before and after. */
	export(file, "", input);
	assert_int_equal(import(""), CLI_OK);
	assert_string_equal(captured.out, ROWS(780, 120, 0));
	must_be_same("");
}

/* Rows in any order, and the same row twice */
static void test_order(void **state)
{
	static const char rows[] =
		"{\"t\":1769853620000,\"container\":\"a\",\"processes\":3}\n"
		"{\"t\":1769853600000,\"container\":\"b\",\"processes\":1}\n"
		"{\"t\":1769853610000,\"container\":\"a\",\"processes\":2}\n"
		"{\"t\":1769853600000,\"container\":\"a\",\"processes\":1}\n"
		"{\"t\":1769853620000,\"container\":\"a\",\"processes\":9}\n";
	const char *c;
	char *text;
	int i = 0;

	(void)state;
	must_import(rows, CLI_OK, ROWS(4, 1, 0), "");
	export(made, "", again);
	text = contents(again);
	assert_null(strstr(text, "\"processes\":9,"));
	for (c = text; (c = strstr(c, "\"container\":\"")); c++, i++)
		assert_int_equal(c[13], "abaa"[i]);
	assert_int_equal(i, 4);
	free(text);
}

/* As older monitors write it: their keys, commas at the end, no time */
static void test_older_monitors(void **state)
{
	static const char rows[] =
		"{\n  \"stress --cpu 1\": [\n    {\n      \"ID\": \"abc123\",\n"
		"      \"PID\": 1001,\n      \"Cmdline\": \"stress --cpu 1\",\n"
		"      \"MemoryUsageMB\": 5,\n"
		"      \"CPUUsagePercent\": 40.5,\n"
		"      \"ReadBytesMB\": 1,\n      \"WriteBytesMB\": 2,\n"
		"      \"TotalIOBytesMB\": 3,\n      \"saved_at\": "
		"\"2026-01-31T10:00:00.123456789+00:00\",\n    },\n  ],\n"
		"  \"stress --io 1\": [\n    {\"ID\": \"def\", \"saved_at\": "
		"\"\"},\n    {\"ID\": \"def\", \"MemoryUsageMB\": 7,\n"
		"     \"saved_at\": \"2026-01-31T10:00:30Z\"},],\n"
		"  \"stress --hdd 1\": [],\n}\n";
	json_t *json, *entry;
	char *text, said[256];

	(void)state;
	snprintf(said, sizeof(said), ":16: saved_at is not a time as in RFC "
		 "3339");
	must_import(rows, CLI_FAILURE, ROWS(2, 0, 1), said);
	export(made, "--format workloads", again);
	text = contents(again);
	json = json_loads(text, 0, NULL);
	free(text);
	entry = json_array_get(json_object_get(json, "cpu"), 0);
	assert_string_equal(json_string_value(json_object_get(entry, "ID")),
			    "abc123");
	assert_true(json_number_value(json_object_get(entry,
				      "CPUUsagePercent")) == 40.5);
	assert_true(json_number_value(json_object_get(entry,
				      "TotalIOBytesMB")) == 3);
	assert_string_equal(json_string_value(json_object_get(entry,
							      "saved_at")),
			    "2026-01-31T10:00:00Z");
	entry = json_array_get(json_object_get(json, "other"), 0);
	assert_true(json_number_value(json_object_get(entry,
				      "MemoryUsageMB")) == 7);
	assert_true(json_is_null(json_object_get(entry, "PID")));
	json_decref(json);
}

#define GOOD "{\"t\":1769853600000,\"container\":\"a\"}"
#define ONE_BAD ROWS(1, 0, 1)

static void test_bad_json(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ GOOD "\nhello\n", ":2: it is not JSON" },
		{ "{\"t\":1769853600000,\n\"container\":\"x\n" GOOD "\n",
		  ":1: a text has no end" },
		{ "{\"t\":1,\"container\":\"x\"\n" GOOD "\n",
		  ":1: it has no end" },
		{ "{\"t\":1 \"container\":\"x\"}\n" GOOD "\n",
		  ":1: it is not valid JSON" },
		{ GOOD "\n\n{\"t\":1,\"contai", ":3: it is cut off" },
		{ GOOD "\n\n{\"t\":1,", ":3: it is cut off" },
		{ "{\"t\":1,\"container\":[\"x\"]}" GOOD,
		  ":1: it has a list in it" },
		{ "{\"t\":1.5,\"container\":\"x\"}" GOOD,
		  ":1: t is not a time in ms since 1970" },
		{ "{\"t\":-1,\"container\":\"x\"}" GOOD,
		  ":1: t is not a time in ms since 1970" },
		{ "{\"t\":99999999999999999,\"container\":\"x\"}" GOOD,
		  ":1: t is not a time in ms since 1970" },
		{ "{\"container\":\"x\"}" GOOD, ":1: it has no time" },
		{ "{\"t\":1}" GOOD, ":1: it has no container" },
		{ "{\"t\":1,\"container\":\"\"}" GOOD,
		  ":1: it has no container" },
		{ "{\"t\":1,\"container\":2}" GOOD,
		  ":1: a value is not a text" },
		{ "{\"t\":1,\"container\":\"x\",\"processes\":\"2\"}" GOOD,
		  ":1: a value is not a number" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must_import(rows[i].text, CLI_FAILURE, ONE_BAD, rows[i].said);
	/* A key that is not known, and a list around */
	must_import("\xef\xbb\xbf [ {\"t\":1,\"container\":\"x\",\"new\":\"y\","
		    "}, ]", CLI_OK, ROWS(1, 0, 0), "");
}

#define HEAD "t,container,processes\n"
#define LINE "1769853600000,a,1\n"

static void test_bad_csv(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ HEAD "1,x\n" LINE,
		  ":2: it has another number of fields than the headings" },
		{ HEAD LINE "1,x,y\n", ":3: a value is not a number" },
		{ HEAD LINE "1,x,inf\n", ":3: a value is not a number" },
		{ HEAD LINE "1,x,1e999\n", ":3: a value is not a number" },
		{ HEAD LINE "\n1,\"x,2\n", ":4: a field has no closing quote" },
		{ HEAD LINE "1,x\"y,2\n", ":3: a quote is inside of a field" },
		{ HEAD LINE "x,x,2\n", ":3: a value is not a number" },
		{ HEAD LINE ",x,2\n", ":3: t is not a time in ms since 1970" },
		{ HEAD LINE "1,,2\n", ":3: it has no container" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must_import(rows[i].text, CLI_FAILURE, ONE_BAD, rows[i].said);
	must_import("container,new,t\r\n\"a,\"\"b\"\"\",,5\r\nc,9,6", CLI_OK,
		    ROWS(2, 0, 0), "");
	export(made, "--format csv --container a,\"b\"", again);
}

static void test_nothing(void **state)
{
	char said[256];

	(void)state;
	must_import("", CLI_FAILURE, "", ": it has no row to import");
	snprintf(said, sizeof(said), ":1: it has no time\ncontmon: %s: it has "
		 "no row to import", input);
	must_import("{\n}\n", CLI_FAILURE, "", said);
	snprintf(said, sizeof(said), ":1: neither JSON nor CSV with headings "
		 "as t and container\ncontmon: %s: it has no row to import",
		 input);
	must_import("one,two\n1,2\n", CLI_FAILURE, "", said);
	must_import("\x7f" "ELF\x02\x01", CLI_FAILURE, "", said);
	assert_int_equal(access(made, F_OK), -1);
}

/* Long rows are skipped, however long; after some, they are only counted. */
static void test_huge_rows(void **state)
{
	static char text[12 * (2 << 20)];
	size_t i, j, length = 0;

	(void)state;
	for (j = 0; j < 2; j++) {
		clean(NULL);
		length = (size_t)sprintf(text, "%s", j ? HEAD : "");
		for (i = 0; i < 11; i++) {
			length += (size_t)sprintf(text + length, j ? "1,\"" :
						  "{\"container\":\"");
			memset(text + length, 'x', 3 << 19);
			length += 3 << 19;
			length += (size_t)sprintf(text + length,
						  j ? "\",1\n" : "\"}\n");
		}
		length += (size_t)sprintf(text + length, "%s\n",
					  j ? LINE : GOOD);
		write_input(text, length);
		assert_int_equal(import(""), CLI_FAILURE);
		assert_string_equal(captured.out, ROWS(1, 0, 11));
		assert_non_null(strstr(captured.err, "input:2: it is longer "
				       "than 1 MiB\n"));
		assert_non_null(strstr(captured.err, "more is bad, which is "
				       "only counted\n"));
	}
}

static void must_refuse(const char *path, const char *why)
{
	char line[256], want[256];

	snprintf(line, sizeof(line), "import --store %s %s", path, input);
	snprintf(want, sizeof(want), "contmon: --store %s: %s\n", path, why);
	assert_int_equal(capture(cli_import, line), CLI_FAILURE);
	assert_string_equal(captured.out, "");
	assert_string_equal(captured.err, want);
}

static void test_other_files(void **state)
{
	struct stat before, after;

	(void)state;
	write_input(GOOD, strlen(GOOD));
	assert_int_equal(stat(file, &before), 0);
	must_refuse(file, "it was not made by an import");
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_mtime, before.st_mtime);
	must_refuse(input, "file is not a database");
	must_refuse(directory, "it is not a regular file");
	must_refuse("/nowhere/else", "No such file or directory");
}

static void must_say(const char *line, int status, const char *text)
{
	char want[256];

	snprintf(want, sizeof(want), "contmon: %s\n", text);
	assert_int_equal(capture(cli_import, line), status);
	assert_string_equal(captured.err, want);
}

static void test_usage(void **state)
{
	(void)state;
	must_say("import", CLI_USAGE, "import: which file? Name one, or -; "
		 "see: contmon import --help");
	must_say("import x", CLI_USAGE, "import: into which file? Name one: "
		 "--store FILE");
	must_say("import --store x y z", CLI_USAGE, "z: not expected; see: "
		 "contmon import --help");
	must_say("import --store x --cpus 0 y", CLI_USAGE,
		 "--cpus 0: not a number above 0");
	must_say("import --store x /nowhere/else", CLI_FAILURE,
		 "/nowhere/else: No such file or directory");
	must_say("import --store x /", CLI_FAILURE, "/: Is a directory");
}

static void history(const char *store)
{
	char line[256];

	snprintf(line, sizeof(line), "history --store %s --from "
		 "2026-01-31T10:00Z --to 2026-01-31T10:59Z --step 1h --csv -o "
		 "t,cpu-cores,max-cpu-cores,memory-current-bytes shop-web-1",
		 store);
	assert_int_equal(capture(cli_history, line), CLI_OK);
}

/* The file can be looked at as contmond's. */
static void test_history(void **state)
{
	char line[256], *want;

	(void)state;
	export(file, "", input);
	assert_int_equal(import(""), CLI_OK);
	history(file);
	want = strdup(captured.out);
	assert_non_null(want);
	history(made);
	assert_string_equal(captured.out, want);
	free(want);
	snprintf(line, sizeof(line), "top --store %s --at 2026-01-31T10:20Z "
		 "--csv --no-headings", made);
	assert_int_equal(capture(cli_top, line), CLI_OK);
	assert_non_null(strstr(captured.out, "shop-web-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_round_trip, clean),
		cmocka_unit_test_teardown(test_part_of_the_time, clean),
		cmocka_unit_test_teardown(test_changing_resolution, clean),
		cmocka_unit_test_teardown(test_twice, clean),
		cmocka_unit_test_teardown(test_order, clean),
		cmocka_unit_test_teardown(test_older_monitors, clean),
		cmocka_unit_test_teardown(test_bad_json, clean),
		cmocka_unit_test_teardown(test_bad_csv, clean),
		cmocka_unit_test_teardown(test_nothing, clean),
		cmocka_unit_test_teardown(test_huge_rows, clean),
		cmocka_unit_test_teardown(test_other_files, clean),
		cmocka_unit_test_teardown(test_usage, clean),
		cmocka_unit_test_teardown(test_history, clean),
	};

	return cmocka_run_group_tests_name("cli_import", tests, begin, end);
}
