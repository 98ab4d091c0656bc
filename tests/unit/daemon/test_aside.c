// SPDX-License-Identifier: GPL-2.0-only
/* Files that are not databases of contmond are put aside unchanged */
#include "tests/unit/store_file.h"

#include "contmond/serve/health.h"
#include "contmond/serve/metrics.h"
#include "contmond/store/db.h"
#include "tests/unit/capture.h"

static void test_a_newer_file_is_put_aside(void **state)
{
	struct store_status status;

	(void)state;
	make_recorded();
	sql_number(path, "SELECT 1");
	{
		sqlite3 *sqlite;

		assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
		assert_int_equal(db_exec(sqlite, "PRAGMA user_version = 99"),
				 0);
		sqlite3_close(sqlite);
	}
	open_store(path, 0);
	status = status_of();
	assert_int_equal(nr_put_aside(), 1);
	assert_contains(status.put_aside, "store.db.");
	assert_string_equal(status.path, path);
	assert_int_equal(sql_number(status.put_aside, "PRAGMA user_version"),
			 99);
	must_have(0, 0);
	record(100);
	must_have(100, 60);
}

/* What a handler answers about the store, and nothing else */
static char *answer_of(void (*handle)(const struct facts *,
				      const struct request *, struct reply *))
{
	static struct model model;
	static struct status status;
	static struct targets targets = { .lock = PTHREAD_MUTEX_INITIALIZER };
	static struct traffic traffic;
	static struct policing policing;
	static struct exposed exposed = { .labels = "" };
	const struct facts facts = {
		&model, store, &status, &targets, &traffic, &policing,
		&exposed, NULL, NULL,
	};
	const struct request request = { .authorized = true };
	struct reply reply = { 0 };
	char *text;

	handle(&facts, &request, &reply);
	text = strdup(reply.body.text);
	reply_done(&reply);
	return text;
}

static void must_answer(void (*handle)(const struct facts *,
				       const struct request *,
				       struct reply *), const char *part)
{
	char *text = answer_of(handle);

	assert_contains(text, part);
	free(text);
}

/* In the log, in health and in /metrics */
static void test_what_is_put_aside_is_said(void **state)
{
	static char log[4096], want[2000];
	FILE *file;
	int saved;

	(void)state;
	make_recorded();
	open_store(path, 0);
	must_answer(health_handle, "\"store_put_aside\":null");
	must_answer(metrics_handle, "\ncontmon_store_put_aside 0\n");
	close_store();
	write_file("store.db", "this is no database, but a longer text than "
		   "the header of one, which is what makes a program look.");
	saved = capture_begin(stderr, &file);
	open_store(path, 0);
	store_sync(store);
	capture_end(stderr, saved, file, log, sizeof(log));
	assert_int_equal(nr_put_aside(), 1);
	snprintf(want, sizeof(want), "store: %s: ", path);
	assert_contains(log, want);
	snprintf(want, sizeof(want), "; put aside as %s\n",
		 status_of().put_aside);
	assert_contains(log, want);
	snprintf(want, sizeof(want), "\"store_put_aside\":\"%s\"",
		 status_of().put_aside);
	must_answer(health_handle, want);
	must_answer(metrics_handle, "\ncontmon_store_put_aside 1\n");
}

static void test_a_file_of_another_program(void **state)
{
	sqlite3 *sqlite;

	(void)state;
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "CREATE TABLE precious (a); "
				 "INSERT INTO precious VALUES (42)"), 0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 1);
	assert_int_equal(sql_number(status_of().put_aside,
				    "SELECT a FROM precious"), 42);
	record(0);
	must_have(0, 60);
}

static void test_a_file_that_is_no_database(void **state)
{
	(void)state;
	write_file("store.db", "this is no database, but another text, "
		   "which is longer than the header of a database would be; "
		   "it is to stay as it is.");
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 1);
	record(0);
	must_have(0, 60);
}

static void test_an_empty_file(void **state)
{
	(void)state;
	write_file("store.db", "");
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 0);
	record(0);
	must_have(0, 60);
}

/* The file is renamed where it is, and the link leads to the new one. */
static void test_a_link_to_another_file(void **state)
{
	char *link = (char *)in_directory("link");

	(void)state;
	write_file("store.db", "something else");
	assert_int_equal(symlink("store.db", link), 0);
	open_store(link, 0);
	assert_string_equal(status_of().why, "");
	record(0);
	close_store();
	assert_int_equal(nr_put_aside(), 1);
	assert_int_equal(readlink(link, (char[9]){ 0 }, 9), 8);
	assert_int_equal(sql_number(path, "SELECT count(*) > 0 FROM frame"),
			 1);
}

/* Each is one, with its log or without. */
static void test_logs_are_not_counted(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "store.db.2020010%zuT000000Z%s",
			 i / 3, ends[i % 3]);
		write_file(name, "x");
	}
	write_file("store.db", "something else");
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 5);
	assert_string_equal(status_of().path, path);
}

/* Also of a file whose name looks like a pattern */
static void test_too_many_of_a_hostile_name(void **state)
{
	char name[64];
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "[a]*.2020010%dT000000Z", i);
		write_file(name, "x");
	}
	open_store(write_file("[a]*", "something else"), 0);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "too many");
}

static void test_too_many_put_aside(void **state)
{
	char name[64];
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "store.db.2020010%dT000000Z", i);
		write_file(name, "x");
	}
	write_file("store.db", "this is no database either, and longer than "
		   "the header of one, which is what makes a program look.");
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 8);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, path);
	record(0);
	must_have(0, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_newer_file_is_put_aside),
		TEST(test_what_is_put_aside_is_said),
		TEST(test_a_file_of_another_program),
		TEST(test_a_file_that_is_no_database),
		TEST(test_an_empty_file),
		TEST(test_a_link_to_another_file),
		TEST(test_logs_are_not_counted),
		TEST(test_too_many_of_a_hostile_name),
		TEST(test_too_many_put_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
