// SPDX-License-Identifier: GPL-2.0-only
/* A file that another program writes, and copies of it */
#include "tests/unit/store_file.h"

#include <errno.h>

#include "contmond/store/db.h"

static struct store *reader;
static char *why;

static int end_reader(void **state)
{
	store_close(reader);
	reader = NULL;
	free(why);
	why = NULL;
	return end_test(state);
}

/* Asks the reader, like must_have() asks the store. */
static void must_read(const char *metric, int64_t from_s, size_t nr)
{
	const struct column *column;
	struct history_query query = query_of(&column, metric, from_s,
					      from_s + 59, 1);

	history_done(&history);
	assert_int_equal(store_history(reader, &query, &history), 0);
	assert_int_equal(history.nr, nr);
}

static void open_reader(const char *from)
{
	store_close(reader);
	reader = NULL;
	if (store_open_reader(from, &reader, &why) < 0)
		fail_msg("%s: %s", from, why);
}

static void must_refuse(const char *from, int error, const char *reason)
{
	assert_int_equal(store_open_reader(from, &reader, &why), error);
	assert_string_equal(why, reason);
	free(why);
	why = NULL;
}

static void test_a_store_that_is_being_written(void **state)
{
	(void)state;
	open_store(path, 0);
	record(0);
	open_reader(path);
	must_read("processes", 0, 60);
	/*
	 * Rows added later are seen, and the reader does not block the writer.
	 */
	record(60);
	must_read("processes", 60, 60);
	assert_string_equal(status_of().why, "");
	/* The reader is not the last to close the file. */
	store_close(reader);
	reader = NULL;
	assert_int_equal(access(in_directory("store.db-wal"), F_OK), 0);
	must_have(60, 60);
}

/* The log is beside the file, not beside the link. */
static void test_a_link_to_a_store_that_is_being_written(void **state)
{
	char link[512];

	(void)state;
	snprintf(link, sizeof(link), "%s", in_directory("link.db"));
	open_store(path, 0);
	record(0);
	assert_int_equal(symlink(path, link), 0);
	open_reader(link);
	must_read("processes", 0, 60);
	record(60);
	must_read("processes", 60, 60);
}

static void test_a_store_that_was_closed(void **state)
{
	(void)state;
	make_recorded();
	assert_int_equal(chmod(path, 0400), 0);
	open_reader(path);
	must_read("processes", 0, 60);
	must_be(59, 59, "web", 59);
	/* Percent of the four CPUs that the host had */
	must_read("cpu_percent", 0, 60);
	assert_near(history.values[30], 25, 1e-6);
	assert_int_equal(access(in_directory("store.db-wal"), F_OK), -1);
	assert_int_equal(access(in_directory("store.db-shm"), F_OK), -1);
	assert_int_equal(access(in_directory("store.db-lock"), F_OK), 0);
}

/* What is written is seen, and not taken for damage. */
static void test_a_store_that_is_written_again(void **state)
{
	(void)state;
	make_recorded();
	open_reader(path);
	must_read("processes", 0, 60);
	open_store(path, 0);
	record(60);
	must_read("processes", 60, 60);
	must_read("processes", 0, 60);
	close_store();
	must_read("processes", 60, 60);
}

/* Even if nothing was asked while it was written */
static void test_a_store_that_was_written_meanwhile(void **state)
{
	(void)state;
	make_recorded();
	open_reader(path);
	must_read("processes", 0, 60);
	open_store(path, 0);
	record(60);
	close_store();
	must_read("processes", 60, 60);
	must_read("processes", 0, 60);
}

/* contmond goes on in the file of that name, so there is what is new. */
static void test_a_store_that_is_replaced(void **state)
{
	const char *other = in_directory("other.db");

	(void)state;
	open_store(other, 0);
	record(1000);
	close_store();
	make_recorded();
	open_reader(path);
	must_read("processes", 0, 60);
	assert_int_equal(rename(other, path), 0);
	must_read("processes", 1000, 60);
	must_read("processes", 0, 0);
	/* Without one, the last one that was there */
	assert_int_equal(unlink(path), 0);
	must_read("processes", 1000, 60);
	write_file("store.db", "no store");
	must_read("processes", 1000, 60);
	open_store(path, 0);
	record(60);
	must_read("processes", 60, 60);
}

/* Characters with a meaning in a URI */
static void test_a_hostile_path(void **state)
{
	char odd[600];

	(void)state;
	make_recorded();
	snprintf(odd, sizeof(odd), "%s", in_directory("a%20?mode=rwc#b"));
	assert_int_equal(rename(path, odd), 0);
	open_reader(odd);
	must_read("processes", 0, 60);
}

static void test_range(void **state)
{
	int64_t first, last, next;

	(void)state;
	open_store(path, 0);
	store_sync(store);
	open_reader(path);
	assert_int_equal(store_range(reader, &first, &last), -ENOENT);
	record(3);
	assert_int_equal(store_range(reader, &first, &last), 0);
	/* The bucket of an hour begins before its first tick. */
	assert_true(first <= T0 + 3000);
	assert_int_equal(last, T0 + 62000);
	assert_int_equal(store_next(reader, INT64_MIN, &next), 0);
	assert_int_equal(next, first);
	assert_int_equal(store_next(reader, T0 + 61001, &next), 0);
	assert_int_equal(next, T0 + 62000);
	assert_int_equal(store_next(reader, T0 + 62001, &next), -ENOENT);
}

static void exec(const char *sql)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 60000);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
}

static void test_refused_files(void **state)
{
	FILE *file;

	(void)state;
	must_refuse(path, -ENOENT, "No such file or directory");
	must_refuse(in_directory("store.db/below"), -ENOENT,
		    "No such file or directory");
	file = fopen(path, "w");
	fprintf(file, "This is not a database, but it is long enough to "
		"be one, if only it began with the words of one: %500d", 0);
	fclose(file);
	must_refuse(path, -EBADMSG, "file is not a database");
	unlink(path);
	exec("CREATE TABLE other (a)");
	must_refuse(path, -EBADMSG, "it is not contmond's");
	unlink(path);
	make_recorded();
	exec("PRAGMA user_version = 99");
	must_refuse(path, -EPROTO, "a newer contmond made it");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	must_refuse(path, -EINVAL, "it is not a regular file");
	assert_int_equal(nr_put_aside(), 0);
}

/* A view in place of a table could be computed for ever. */
static void test_a_store_with_views(void **state)
{
	(void)state;
	make_recorded();
	exec("ALTER TABLE clock RENAME TO other; "
	     "CREATE VIEW clock AS SELECT * FROM other");
	must_refuse(path, -EBADMSG, "it is not contmond's");
}

/* Its end is missing, or was replaced by zeros. */
static void test_a_cut_store(void **state)
{
	int64_t page, nr_pages;

	(void)state;
	make_recorded();
	page = sql_number(path, "PRAGMA page_size");
	nr_pages = sql_number(path, "PRAGMA page_count");
	assert_int_equal(truncate(path, 2 * page), 0);
	must_refuse(path, -EBADMSG, "it is damaged");
	assert_int_equal(truncate(path, nr_pages * page), 0);
	must_refuse(path, -EBADMSG, "it is damaged");
}

/* A store left by kill -9, and copied without the index of its log */
static void test_log_without_index(void **state)
{
	char log[512], index[512];

	(void)state;
	make_recorded();
	snprintf(log, sizeof(log), "%s", in_directory("store.db-wal"));
	snprintf(index, sizeof(index), "%s", in_directory("store.db-shm"));
	fclose(fopen(log, "w"));
	/* Now not even root can make a file of this name. */
	assert_int_equal(symlink("nowhere", index), 0);
	must_refuse(path, -EROFS, "its log cannot be read where no file can "
		    "be made");
	unlink(index);
	open_reader(path);
	must_read("processes", 0, 60);
}

static double pid;

static int note_pid(const void *row, void *userdata)
{
	(void)userdata;
	pid = ((const struct past_container *)row)->pid;
	return 0;
}

static void test_pids(void **state)
{
	struct past_query query = { .to_ms = INT64_MAX, .max_rows = 1 };

	(void)state;
	open_store(path, 0);
	record(0);
	record(60);
	assert_int_equal(store_containers(store, &query, note_pid, NULL), 0);
	assert_true(isnan(pid));
	query.with_pids = true;
	assert_int_equal(store_containers(store, &query, note_pid, NULL), 0);
	assert_near(pid, 100, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define READER(name) cmocka_unit_test_setup_teardown(name, begin, end_reader)
		READER(test_a_store_that_is_being_written),
		READER(test_a_link_to_a_store_that_is_being_written),
		READER(test_a_store_that_was_closed),
		READER(test_a_store_that_is_written_again),
		READER(test_a_store_that_was_written_meanwhile),
		READER(test_a_store_that_is_replaced),
		READER(test_a_hostile_path),
		READER(test_range),
		READER(test_a_store_with_views),
		READER(test_a_cut_store),
		READER(test_log_without_index),
		READER(test_pids),
		READER(test_refused_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
