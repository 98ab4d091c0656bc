// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon export`: its output, and its messages when it fails
 *
 * wrap: fsync
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "contmon/commands.h"
#include "contmon/past/each.h"
#include "contmon/past/lives.h"
#include "contmon/past/workloads.h"
#include "contmond/store/past.h"
#include "tests/unit/past_command.h"

static char output[64];
static int sync_error;

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	if (!sync_error)
		return __real_fsync(fd);
	errno = sync_error;
	return -1;
}

static int begin(void **state)
{
	int r = make_file(state);

	snprintf(output, sizeof(output), "%s/output", directory);
	return r;
}

static int end(void **state)
{
	unlink(output);
	return remove_file(state);
}

static const struct reading_command past_command = { cli_export, "export" };

/* Parses all lines: returns how many, and the last one */
static size_t read_lines(json_t **ret_last)
{
	char line[1 << 14];
	FILE *from = fopen(output, "r");
	json_t *json = NULL;
	size_t nr = 0;

	assert_non_null(from);
	while (fgets(line, sizeof(line), from)) {
		json_decref(json);
		json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(json);
		nr++;
	}
	fclose(from);
	*ret_last = json;
	return nr;
}

static void test_every_sample(void **state)
{
	char options[128];
	json_t *last;

	(void)state;
	snprintf(options, sizeof(options), "-o %s", output);
	assert_int_equal(past_run(options), CLI_OK);
	assert_string_equal(captured.out, "");
	assert_int_equal(read_lines(&last), PAST_TICKS + PAST_JOB_TICKS);
	assert_int_equal(json_integer_value(json_object_get(last, "t")),
			 PAST_BEGIN_MS + (PAST_TICKS - 1) * PAST_STEP_MS);
	assert_string_equal(json_string_value(json_object_get(last, "id")),
			    PAST_WEB_ID);
	assert_int_equal(json_integer_value(json_object_get(last, "threads")),
			 4);
	assert_true(json_is_null(json_object_get(last, "read_ops_total")));
	json_decref(last);
}

/* The keys of the API, plus t, container and id */
static void test_csv(void **state)
{
	size_t i, nr_commas = 0;
	const char *c;

	(void)state;
	assert_int_equal(past_run("--format csv --from 2026-01-31T10:00Z --to "
				  "2026-01-31T10:00:09Z --container 0123feed"),
			 CLI_OK);
	assert_memory_equal(captured.out, "t,container,id,", 15);
	assert_non_null(strstr(captured.out, ",memory_current_bytes,"));
	c = strchr(captured.out, '\n') + 1;
	assert_memory_equal(c, "1769853600000,\"night,job\"," PAST_JOB_ID ",",
			    24 + 64 + 2);
	for (i = 0; captured.out + i < c; i++)
		nr_commas += captured.out[i] == ',';
	for (; *c && *c != '\n'; c++)
		nr_commas -= *c == ',';
	/* One comma is in the name. */
	assert_int_equal(nr_commas, (size_t)-1);
	assert_string_equal(c, "\n");
}

static void test_errors(void **state)
{
	char want[256];

	(void)state;
	snprintf(want, sizeof(want), "%s: nothing is recorded in that time",
		 file);
	must_say("--to 2026-01-31T09:00Z", CLI_FAILURE, want);
	must_say("-o /nowhere/else", CLI_FAILURE,
		 "/nowhere/else: No such file or directory");
	must_say("-o /dev/full", CLI_FAILURE,
		 "/dev/full: No space left on device");
	must_say("--format xml", CLI_USAGE,
		 "--format xml: not one of ndjson, csv, workloads");
	must_say("--from now --to -1h", CLI_USAGE,
		 "--from is later than --to");
	must_say("--json", CLI_USAGE, "--json: no such option; see: contmon "
		 "export --help");
	must_say("web", CLI_USAGE, "web: not expected; see: contmon export "
		 "--help");
}

static void write_output(const char *text, mode_t mode)
{
	FILE *to = fopen(output, "w");

	assert_non_null(to);
	fputs(text, to);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(chmod(output, mode), 0);
}

static void output_must_be(const char *text)
{
	char was[64] = "";
	FILE *from = fopen(output, "r");

	assert_non_null(from);
	assert_non_null(fgets(was, sizeof(was), from));
	fclose(from);
	assert_string_equal(was, text);
}

static size_t nr_files(void)
{
	DIR *dir = opendir(directory);
	size_t nr = 0;

	assert_non_null(dir);
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

/* A file of an earlier export is worth more than an empty one. */
static void test_an_older_file(void **state)
{
	char options[128], want[256];
	struct stat st;
	size_t nr;
	json_t *last;

	(void)state;
	write_output("old\n", 0640);
	nr = nr_files();
	snprintf(options, sizeof(options), "-o %s --to 2026-01-31T09:00Z",
		 output);
	snprintf(want, sizeof(want), "%s: nothing is recorded in that time",
		 file);
	must_say(options, CLI_FAILURE, want);
	output_must_be("old\n");
	assert_int_equal(nr_files(), nr);
	snprintf(options, sizeof(options), "-o %s", output);
	snprintf(want, sizeof(want), "%s: Input/output error", output);
	sync_error = EIO;
	must_say(options, CLI_FAILURE, want);
	sync_error = 0;
	output_must_be("old\n");
	assert_int_equal(nr_files(), nr);
	assert_int_equal(past_run(options), CLI_OK);
	assert_int_equal(read_lines(&last), PAST_TICKS + PAST_JOB_TICKS);
	json_decref(last);
	assert_int_equal(nr_files(), nr);
	assert_int_equal(stat(output, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* A link stays one, and what has no name is written as it is. */
static void test_through_links(void **state)
{
	char link[96], options[128];
	struct stat st;

	(void)state;
	write_output("old\n", 0600);
	snprintf(link, sizeof(link), "%s/link", directory);
	assert_int_equal(symlink("output", link), 0);
	snprintf(options, sizeof(options), "-o %s", link);
	assert_int_equal(past_run(options), CLI_OK);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(stat(output, &st), 0);
	assert_true(st.st_size > 10000);
	assert_int_equal(past_run("-o /dev/null"), CLI_OK);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	/* captured.out is a file that was deleted. */
	assert_int_equal(past_run("-o /dev/stdout"), CLI_OK);
	assert_memory_equal(captured.out, "{\"t\":", 5);
}

/* The store and the files beside it, also by another name, stay. */
static void test_never_over_the_store(void **state)
{
	static const char *const ends[] = { "", "-lock" };
	char name[96], options[128], want[256];
	struct stat before, after;
	size_t i;

	(void)state;
	assert_int_equal(stat(file, &before), 0);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", file, ends[i]);
		unlink(output);
		assert_int_equal(link(name, output), 0);
		snprintf(options, sizeof(options), "-o %s", output);
		snprintf(want, sizeof(want), "-o %s: it is a file of the "
			 "store; name another", output);
		must_say(options, CLI_USAGE, want);
	}
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
}

static void test_workloads_by_command(void **state)
{
	static const struct {
		const char *command;
		enum cli_workload workload;
	} rows[] = {
		{ "stress --cpu 1", WORKLOAD_CPU },
		{ "stress -c 1 --vm 1", WORKLOAD_CPU },
		{ "/usr/bin/stress --vm 1 --vm-bytes 128M", WORKLOAD_RAM },
		{ "stress-ng --hdd=2", WORKLOAD_DISK },
		{ "stress-ng -c4", WORKLOAD_CPU },
		{ "\"stress --io 1\"", WORKLOAD_IO },
		{ "sh -c 'stress -m 1'", WORKLOAD_RAM },
		{ "stress --vm-bytes 1 --verbose", WORKLOAD_OTHER },
		{ "distress --cpu 1", WORKLOAD_OTHER },
		{ "nginx -c /etc/nginx.conf", WORKLOAD_OTHER },
		{ "--cpu stress", WORKLOAD_OTHER },
		{ "stress", WORKLOAD_OTHER },
		{ "", WORKLOAD_OTHER },
		{ NULL, WORKLOAD_OTHER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(cli_workload_of(rows[i].command),
				 rows[i].workload);
}

static void test_workloads(void **state)
{
	json_t *json, *entry;
	double memory;

	(void)state;
	assert_int_equal(past_run("--format workloads --from 1769853610 --to "
				  "1769853619"), CLI_OK);
	json = json_loads(captured.out, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(json), 5);
	assert_int_equal(json_array_size(json_object_get(json, "disk")), 0);
	assert_int_equal(json_array_size(json_object_get(json, "other")), 1);
	assert_int_equal(json_array_size(json_object_get(json, "ram")), 1);
	entry = json_array_get(json_object_get(json, "ram"), 0);
	assert_int_equal(json_object_size(entry), 9);
	assert_string_equal(json_string_value(json_object_get(entry, "ID")),
			    PAST_JOB_ID);
	assert_int_equal(json_integer_value(json_object_get(entry, "PID")),
			 900);
	assert_string_equal(json_string_value(json_object_get(entry,
							      "Cmdline")),
			    "stress --vm 1");
	memory = json_real_value(json_object_get(entry, "MemoryUsageMB"));
	assert_true(memory > 1023.9 && memory < 1024.1);
	assert_true(json_is_null(json_object_get(entry, "TotalIOBytesMB")));
	assert_string_equal(json_string_value(json_object_get(entry,
							      "saved_at")),
			    "2026-01-31T10:00:10Z");
	json_decref(json);
}

/* Parts do not overlap, and nothing is missing between them. */

struct parts {
	size_t nr_parts, nr_rows;
	int64_t end_ms;
	int64_t last_ms;
};

static int note(const struct cli_past_rows *rows, int64_t end_ms,
		void *userdata)
{
	struct parts *parts = userdata;
	size_t i;

	assert_true(end_ms > parts->end_ms);
	assert_true(parts->nr_parts < 1000);
	for (i = 0; i < rows->nr; i++) {
		assert_true(rows->v[i].t_ms > parts->end_ms);
		assert_true(rows->v[i].t_ms <= end_ms);
		assert_true(rows->v[i].t_ms >= parts->last_ms);
		parts->last_ms = rows->v[i].t_ms;
	}
	parts->nr_parts++;
	parts->nr_rows += rows->nr;
	parts->end_ms = end_ms;
	return 0;
}

static void test_parts(void **state)
{
	struct cli_past_range range = {
		.from_ms = PAST_BEGIN_MS - 30 * INT64_C(86400000),
		.to_ms = PAST_BEGIN_MS + 30 * INT64_C(86400000),
	};
	struct parts parts = { .end_ms = range.from_ms - 1 };
	struct store *store;
	char *why;

	(void)state;
	assert_int_equal(store_open_reader(file, &store, &why), 0);
	assert_int_equal(cli_past_each(store, &range, note, &parts), 0);
	assert_int_equal(parts.end_ms, range.to_ms);
	assert_int_equal(parts.nr_rows, PAST_TICKS + PAST_JOB_TICKS);
	/* Days without data are skipped. */
	assert_in_range(parts.nr_parts, 2, 30);
	store_close(store);
}

static void copy_with(const char *copy, const char *damage)
{
	sqlite3 *sqlite;
	char sql[128];

	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", copy);
	assert_int_equal(sqlite3_open(file, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
	assert_int_equal(sqlite3_open(copy, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, damage, NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_not_equal(sqlite3_changes(sqlite), 0);
	sqlite3_close(sqlite);
}

/* A damaged time is 1800 years off, but the export takes no longer. */
static void test_parts_of_a_damaged_store(void **state)
{
	static const char *const damages[] = {
		"UPDATE frame SET t_ms = -56259767629123 WHERE moment = 0",
		"UPDATE frame SET t_ms = 56259767629123 WHERE moment = 0",
		"UPDATE span SET begin_ms = -56259767629123, "
			"end_ms = 56259767629123 WHERE moments NOT NULL",
	};
	struct store *store;
	char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct cli_past_range range = { 0 };
		struct parts parts = { 0 };

		unlink(output);
		copy_with(output, damages[i]);
		assert_int_equal(store_open_reader(output, &store, &why), 0);
		assert_int_equal(store_range(store, &range.from_ms,
					     &range.to_ms), 0);
		assert_true(range.to_ms - range.from_ms > 50000000000000);
		parts.end_ms = range.from_ms - 1;
		parts.last_ms = range.from_ms;
		assert_int_equal(cli_past_each(store, &range, note, &parts),
				 0);
		assert_in_range(parts.nr_parts, 2, 30);
		assert_in_range(parts.nr_rows, PAST_TICKS,
				PAST_TICKS + PAST_JOB_TICKS);
		store_close(store);
	}
}

static void test_container_with_a_title(void **state)
{
	struct cli_past_life v[] = {
		{ .title = (char *)"a", .id = (char *)"1",
		  .first_ms = 100 },
		{ .title = (char *)"b", .id = (char *)"2",
		  .first_ms = 100 },
		{ .title = (char *)"b", .id = (char *)"3",
		  .first_ms = 200 },
		{ .title = (char *)"b", .id = (char *)"4",
		  .first_ms = 300 },
		{ .title = (char *)"c", .id = (char *)"5",
		  .first_ms = 50 },
	};
	const struct cli_past_lives lives = { .v = v, .nr = 5 };

	(void)state;
	assert_null(cli_past_life_at(&lives, "d", 100));
	assert_string_equal(cli_past_life_at(&lives, "b", 50)->id, "2");
	assert_string_equal(cli_past_life_at(&lives, "b", 100)->id, "2");
	assert_string_equal(cli_past_life_at(&lives, "b", 299)->id, "3");
	assert_string_equal(cli_past_life_at(&lives, "b", 900)->id, "4");
	assert_string_equal(cli_past_life_at(&lives, "a", 100)->id, "1");
	assert_string_equal(cli_past_life_at(&lives, "c", 0)->id, "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_an_older_file),
		cmocka_unit_test(test_through_links),
		cmocka_unit_test(test_never_over_the_store),
		cmocka_unit_test(test_workloads_by_command),
		cmocka_unit_test(test_workloads),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_parts_of_a_damaged_store),
		cmocka_unit_test(test_container_with_a_title),
	};

	return cmocka_run_group_tests_name("cli_export", tests, begin, end);
}
