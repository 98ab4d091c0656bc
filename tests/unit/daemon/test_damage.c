// SPDX-License-Identifier: GPL-2.0-only
/* A database with damaged bytes: as much as possible is kept. */
#include "tests/unit/store_file.h"

#include <signal.h>
#include <sys/wait.h>

#include "contmond/store/db.h"

static void overwrite(const char *file, long offset, const void *bytes,
		      size_t nr)
{
	FILE *stream = fopen(file, "r+");

	assert_non_null(stream);
	assert_int_equal(fseek(stream, offset, offset < 0 ? SEEK_END :
			       SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, nr, stream), nr);
	assert_int_equal(fclose(stream), 0);
}

static void test_a_truncated_file(void **state)
{
	struct stat st;

	(void)state;
	make_recorded();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2 / 8192 * 8192), 0);
	open_store(path, 0);
	record(100);
	record(200);
	must_have(200, 60);
	assert_int_equal(nr_put_aside(), 1);
	assert_int_equal(stat(status_of().put_aside, &st), 0);
	reopen_store(path);
	must_have(200, 60);
}

/* Until the damage is put aside, an error is a valid answer, too. */
static void may_have(size_t most)
{
	const struct column *column;
	struct history_query query = query_of(&column, "processes", 0, 1299,
					      1);
	int r;

	history_done(&history);
	r = store_history(store, &query, &history);
	assert_true(r == 0 ? history.nr <= most : r == -EBADMSG);
}

/*
 * No matter which bytes are overwritten, contmond continues and loses no file.
 */
static void test_damage_anywhere(void **state)
{
	static const char junk[64] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	int64_t t, from, before;
	struct stat st;
	long offset;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 1300; t++)
		tick_one(t, "web", (double)t);
	close_store();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(rename(path, in_directory("good.db")), 0);
	for (offset = 0; offset < st.st_size; offset += 4096 + 1000) {
		char copy[1200];

		snprintf(copy, sizeof(copy), "cp %s/good.db %s; rm -f %s.*",
			 test_directory, path, path);
		assert_int_equal(system(copy), 0);
		overwrite(path, offset, junk, sizeof(junk));
		open_store(path, 0);
		may_have(1300);
		from = 2000;
		do {	/* until the damage is found, or proves harmless */
			before = nr_put_aside();
			record(from);
			from += 100;
		} while (nr_put_aside() != before);
		must_have(from - 100, 60);
		close_store();
		/* The database is intact or was put aside, but never lost. */
		assert_true(nr_put_aside() == 1 ||
			    sql_number(path, "SELECT count(*) FROM frame "
				       "WHERE seq < 1300") > 0);
	}
}

/* Numbers of a chunk with a bit error are unknown; everything else is there. */
static void test_a_damaged_chunk(void **state)
{
	sqlite3 *sqlite;
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 1300; t++)
		tick_one(t, "web", (double)t);
	store_sync(store);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "UPDATE chunk SET numbers = CAST("
		"substr(numbers, 1, 20) || x'00' || substr(numbers, 22) "
		"AS BLOB) WHERE metric = 'processes' AND span = 1"), 0);
	assert_int_equal(sqlite3_changes(sqlite), 1);
	sqlite3_close(sqlite);
	open_store(path, 0);
	ask("processes", 0, 1299, 1);
	assert_int_equal(history.nr, 1300);
	must_be(599, 599, "web", NAN);
	must_be(600, 600, "web", 600);
	assert_true(status_of().damaged > 0);
	ask("threads", 0, 1299, 1);
	assert_int_equal(history.nr, 1300);
	assert_int_equal(nr_put_aside(), 0);
}

/*
 * Some were lost before they could be written: those that follow, up to the
 * next key frame, are not taken for what they are not.
 */
static void test_frames_that_are_missing(void **state)
{
	sqlite3 *sqlite;
	int64_t t;

	(void)state;
	open_store(path, 0);
	record(0);
	record(60);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "DELETE FROM frame WHERE span = 1 "
				 "AND moment BETWEEN 20 AND 39"), 0);
	assert_int_equal(sqlite3_changes(sqlite), 20);
	sqlite3_close(sqlite);
	open_store(path, 0);
	ask("processes", 0, 119, 1);
	assert_int_equal(history.nr, 20 + 60);
	for (t = 0; t < 20; t++)
		must_be((size_t)t, t, "web", (double)t);
	for (t = 60; t < 120; t++)
		must_be((size_t)t - 40, t, "web", (double)t);
	assert_int_equal(status_of().damaged, 0);
}

/* Killed with a log that has not been copied yet */
static void make_unclean(void)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		int64_t t;

		open_store(path, 0);
		for (t = 0; t < 60; t++) {
			tick_one(t, "web", (double)t);
			store_sync(store);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(access(in_directory("store.db-wal"), F_OK), 0);
}

static void test_an_unclean_end(void **state)
{
	(void)state;
	make_unclean();
	open_store(path, 0);
	must_have(0, 60);
	assert_int_equal(nr_put_aside(), 0);
}

static uint32_t big_endian(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/*
 * Transactions of the log that end at @offset or later, by the format of
 * SQLite: a header of 32 bytes with the size of pages at 8 and a salt at 16;
 * for each page a header of 24 bytes that has, if it ends a transaction, the
 * size of the database at 4, and the salt at 8.
 */
static int nr_after(const char *name, long offset)
{
	static unsigned char log[8 << 20];
	FILE *file = fopen(name, "re");
	size_t at, size, page;
	int nr = 0;

	assert_non_null(file);
	size = fread(log, 1, sizeof(log), file);
	fclose(file);
	assert_in_range(size, 32, sizeof(log) - 1);
	page = big_endian(log + 8);
	for (at = 32; at + 24 + page <= size; at += 24 + page) {
		if (memcmp(log + at + 8, log + 16, 8) == 0 &&
		    big_endian(log + at + 4) != 0)
			nr += (long)(at + 24 + page) > offset;
	}
	return nr;
}

/* The first ones as they were written, all but those of so many transactions */
static void must_have_first(int nr_lost)
{
	size_t i;

	ask("processes", 0, 59, 1);
	assert_in_range(history.nr, nr_lost > 60 ? 0 : 60 - nr_lost, 60);
	for (i = 0; i < history.nr; i++)
		must_be(i, (int64_t)i, "web", (double)i);
}

static void test_a_damaged_log(void **state)
{
	struct stat st;
	long offset;
	int nr_most = 0, nr_left;

	(void)state;
	make_unclean();
	assert_int_equal(stat(in_directory("store.db-wal"), &st), 0);
	for (offset = 0; offset < st.st_size; offset += st.st_size / 23 + 1) {
		char command[1200];

		snprintf(command, sizeof(command), "cd %s && mkdir -p copy && "
			 "rm -f copy/* && cp store.db store.db-wal copy",
			 test_directory);
		assert_int_equal(system(command), 0);
		overwrite(in_directory("copy/store.db-wal"), offset,
			  "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		open_store(in_directory("copy/store.db"), 0);
		store_sync(store);
		/* Only what follows the damage is lost. */
		must_have_first(nr_after(in_directory("store.db-wal"),
					 offset));
		nr_most = (int)history.nr > nr_most ? (int)history.nr : nr_most;
		record(100);
		must_have(100, 60);
		close_store();
	}
	nr_left = nr_after(in_directory("store.db-wal"), st.st_size / 2);
	assert_int_equal(truncate(in_directory("store.db-wal"),
				  st.st_size / 2), 0);
	assert_in_range(nr_most, 50, 60);
	open_store(path, 0);
	must_have_first(nr_left);
	assert_in_range(history.nr, 1, 59);
	record(100);
	must_have(100, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_truncated_file),
		TEST(test_damage_anywhere),
		TEST(test_a_damaged_chunk),
		TEST(test_frames_that_are_missing),
		TEST(test_an_unclean_end),
		TEST(test_a_damaged_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
