// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a database that is damaged, of another version, locked, or
 * on a disk that cannot be written: STORE.md says it, this shows it.
 */
#include "tests/unit/store.h"

#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "contmond/store/db.h"

static char path[512];

static int begin(void **state)
{
	int r = begin_test(state);

	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	return r;
}

static int64_t nr_put_aside(void)
{
	char pattern[600];
	glob_t found;
	int64_t nr;

	snprintf(pattern, sizeof(pattern), "%s.[0-9]*Z", path);
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	nr = (int64_t)found.gl_pathc;
	globfree(&found);
	return nr;
}

/* A minute of ticks, written */
static void record(int64_t from_s)
{
	int64_t t;

	for (t = from_s; t < from_s + 60; t++)
		tick_one(t, "web", (double)t);
	store_sync(store);
}

static void must_have(int64_t from_s, size_t nr)
{
	ask("processes", from_s, from_s + 59, 1);
	assert_int_equal(history.nr, nr);
}

static void make_recorded(void)
{
	open_store(path, 0);
	record(0);
	close_store();
}

static void test_a_new_file(void **state)
{
	struct stat st;

	(void)state;
	make_recorded();
	/* Closed in order: one file holds everything. */
	assert_int_equal(access(in_directory("store.db-wal"), F_OK), -1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(sql_number(path, "PRAGMA application_id"),
			 DB_APPLICATION_ID);
	assert_int_equal(sql_number(path, "PRAGMA user_version"), DB_VERSION);
	assert_int_equal(sql_number(path, "PRAGMA auto_vacuum"), 2);
	open_store(path, 0);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	must_have(0, 60);
}

static void test_in_memory(void **state)
{
	(void)state;
	open_store(NULL, 0);
	record(0);
	must_have(0, 60);
	assert_string_equal(status_of().path, "");
	assert_string_equal(status_of().why, "");
}

/* Versions */

static const char *const steps[] = {
	"ALTER TABLE thing ADD COLUMN colour TEXT; "
	"UPDATE thing SET colour = 'red'",
	"CREATE TABLE other (a)",
};

static const char *const broken_steps[] = {
	"ALTER TABLE thing ADD COLUMN colour TEXT",
	"INSERT INTO nowhere VALUES (1)",
};

static sqlite3 *make_old(int version)
{
	sqlite3 *sqlite;
	char sql[64];

	assert_int_equal(sqlite3_open(":memory:", &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "CREATE TABLE thing (name TEXT); "
				 "INSERT INTO thing VALUES ('a')"), 0);
	if (version == 2)
		db_exec(sqlite, steps[0]);
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	assert_int_equal(db_exec(sqlite, sql), 0);
	return sqlite;
}

static void test_each_older_version_is_upgraded(void **state)
{
	int64_t number;
	int version;

	(void)state;
	for (version = 1; version <= 3; version++) {
		sqlite3 *sqlite = make_old(version);

		if (version == 3)
			db_exec(sqlite, "ALTER TABLE thing ADD COLUMN colour");
		assert_int_equal(db_migrate(sqlite, steps, 3), 0);
		assert_int_equal(db_number(sqlite, "PRAGMA user_version",
					   &number), 0);
		assert_int_equal(number, 3);
		assert_int_equal(db_number(sqlite, "SELECT count(colour) "
			"FROM thing WHERE name = 'a'", &number), 0);
		assert_int_equal(number, version < 3);
		sqlite3_close(sqlite);
	}
}

static void test_an_upgrade_is_all_or_nothing(void **state)
{
	sqlite3 *sqlite = make_old(1);
	int64_t number;

	(void)state;
	assert_int_equal(db_migrate(sqlite, broken_steps, 3), -EBADMSG);
	assert_int_equal(db_number(sqlite, "PRAGMA user_version", &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM "
		"pragma_table_info('thing')", &number), 0);
	assert_int_equal(number, 1);
	sqlite3_close(sqlite);
}

static void test_newer_and_other_versions(void **state)
{
	sqlite3 *sqlite = make_old(4);

	(void)state;
	assert_int_equal(db_migrate(sqlite, steps, 3), -EPROTO);
	sqlite3_close(sqlite);
	sqlite = make_old(0);
	assert_int_equal(db_migrate(sqlite, steps, 3), -EBADMSG);
	sqlite3_close(sqlite);
}

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

/* Damage */

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

static void test_what_is_no_database(void **state)
{
	(void)state;
	write_file("store.db", "this is no database, but somebody's text, "
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

static void test_a_truncated_file(void **state)
{
	struct stat st;

	(void)state;
	make_recorded();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2 / 8192 * 8192), 0);
	open_store(path, 0);
	store_sync(store);
	record(100);
	must_have(100, 60);
	assert_int_equal(nr_put_aside(), 1);
	assert_int_equal(stat(status_of().put_aside, &st), 0);
	close_store();
	open_store(path, 0);
	must_have(100, 60);
}

/* Wherever bytes are overwritten, contmond goes on, and loses no file. */
static void test_damage_anywhere(void **state)
{
	static const char junk[64] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	struct stat st;
	long offset;

	(void)state;
	open_store(path, 0);
	{
		int64_t t;

		for (t = 0; t < 1300; t++)
			tick_one(t, "web", (double)t);
	}
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
		store_sync(store);
		record(2000);
		ask("processes", 0, 1299, 1);
		assert_true(history.nr <= 1300);
		store_sync(store);
		record(2100);
		must_have(2100, 60);
		close_store();
		/* It is whole, or put aside: never both gone. */
		assert_true(nr_put_aside() == 1 ||
			    sql_number(path, "SELECT count(*) FROM frame "
				       "WHERE seq < 1300") > 0);
	}
}

/* A chunk whose bits flip is a gap, and counted; all else is there. */
static void test_a_damaged_chunk(void **state)
{
	sqlite3 *sqlite;
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 1300; t++)
		tick_one(t, "web", (double)t);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "UPDATE chunk SET numbers = CAST("
		"substr(numbers, 1, 20) || x'00' || substr(numbers, 22) "
		"AS BLOB) WHERE metric = 'processes' AND span = 1"), 0);
	assert_int_equal(sqlite3_changes(sqlite), 1);
	sqlite3_close(sqlite);
	open_store(path, 0);
	ask("processes", 0, 1299, 1);
	assert_int_equal(history.nr, 700);
	must_be(0, 600, "web", 600);
	assert_true(status_of().damaged > 0);
	ask("threads", 0, 1299, 1);
	assert_int_equal(history.nr, 1300);
	assert_int_equal(nr_put_aside(), 0);
}

/* Killed with a log that was not copied yet */
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

static void test_a_damaged_log(void **state)
{
	struct stat st;
	long offset;

	(void)state;
	make_unclean();
	assert_int_equal(stat(in_directory("store.db-wal"), &st), 0);
	assert_int_equal(system("true"), 0);
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
		/* What stands behind the damage is lost, no more. */
		ask("processes", 0, 59, 1);
		assert_true(history.nr <= 60);
		record(100);
		must_have(100, 60);
		close_store();
	}
	assert_int_equal(truncate(in_directory("store.db-wal"),
				  st.st_size / 2), 0);
	open_store(path, 0);
	ask("processes", 0, 59, 1);
	assert_in_range(history.nr, 1, 60);
	record(100);
	must_have(100, 60);
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

/* Two at once */

static void test_two_on_one_file(void **state)
{
	struct store *first;

	(void)state;
	open_store(path, 0);
	first = store;
	record(0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "another contmond writes it");
	assert_int_equal(nr_put_aside(), 0);
	record(100);
	must_have(100, 60);	/* the second remembers for itself */
	must_have(0, 0);
	close_store();
	store = first;
	must_have(0, 60);
	record(200);
	must_have(200, 60);
}

/* Another program that reads, with a plain connection */
static void test_a_reader_beside(void **state)
{
	sqlite3 *sqlite;
	int64_t before, after;

	(void)state;
	open_store(path, 0);
	record(0);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "BEGIN"), 0);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM frame",
				   &before), 0);
	record(100);
	must_have(100, 60);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM frame",
				   &after), 0);
	assert_int_equal(before, after);
	sqlite3_close(sqlite);
}

/* Disks */

enum outcome { FAILED, PASSED, CANNOT_RUN };

/* Shared with a child, which is killed in the end: it has nothing to free. */
static enum outcome *outcome;

__attribute__((noreturn)) static void end_child(enum outcome came)
{
	*outcome = came;
	kill(getpid(), SIGKILL);
	abort();
}

#define MUST(condition) do { \
	if (!(condition)) { \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
			#condition); \
		end_child(FAILED); \
	} \
} while (0)

/* In a child with a mount namespace of its own, on a small disk */
static void run_in(const char *options, void (*fn)(void))
{
	pid_t child;

	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(outcome != MAP_FAILED);
	*outcome = FAILED;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("tmpfs", test_directory, "tmpfs", 0, options) < 0)
			end_child(CANNOT_RUN);
		fn();
		end_child(PASSED);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	if (*outcome == CANNOT_RUN) {
		print_message("SKIP: no mount namespace for this user\n");
		skip();
	}
	assert_int_equal(*outcome, PASSED);
	munmap(outcome, sizeof(*outcome));
}

static void fill_disk(void)
{
	int fd = open(in_directory("filler"), O_WRONLY | O_CREAT, 0600);
	static char zeros[4096];

	MUST(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
}

static void on_a_full_disk(void)
{
	int64_t t;

	open_store(path, 0);
	record(0);
	fill_disk();
	for (t = 100; t < 3000 && !status_of().why[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
	}
	MUST(strstr(status_of().why, "No space left on device"));
	MUST(status_of().waiting > 0);
	/* The present is there all the same, and so is the past. */
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	MUST(unlink(in_directory("filler")) == 0);
	while (status_of().waiting > 0) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		t++;
		usleep(20000);
	}
	MUST(!status_of().why[0]);
	MUST(status_of().lost == 0);
	reopen_store(path);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	close_store();
}

static void test_a_full_disk(void **state)
{
	(void)state;
	run_in("size=3m", on_a_full_disk);
}

static void on_a_disk_that_is_full_at_the_start(void)
{
	fill_disk();
	open_store(path, 0);
	MUST(status_of().why[0]);
	MUST(!status_of().path[0]);
	record(0);
	ask("processes", 0, 59, 1);
	MUST(history.nr == 60);
	close_store();
}

static void test_a_disk_that_is_full_at_the_start(void **state)
{
	(void)state;
	run_in("size=1m", on_a_disk_that_is_full_at_the_start);
}

static void on_a_disk_that_becomes_read_only(void)
{
	int64_t t;

	open_store(path, 0);
	record(0);
	close_store();
	MUST(mount(NULL, test_directory, NULL, MS_REMOUNT | MS_RDONLY,
		   NULL) == 0);
	open_store(path, 0);
	MUST(strstr(status_of().why, "Read-only file system"));
	record(100);
	ask("processes", 100, 159, 1);
	MUST(history.nr == 60);
	MUST(mount(NULL, test_directory, NULL, MS_REMOUNT, NULL) == 0);
	/* What memory held follows what the file had. */
	store_try_again(store);
	for (t = 160; t < 1000 && !status_of().path[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		usleep(10000);
	}
	MUST(strcmp(status_of().path, path) == 0);
	MUST(!status_of().why[0]);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	reopen_store(path);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	close_store();
}

static void test_a_read_only_disk(void **state)
{
	(void)state;
	run_in("size=8m", on_a_disk_that_becomes_read_only);
}

static void test_a_directory_that_is_missing(void **state)
{
	(void)state;
	open_store(in_directory("nowhere/store.db"), 0);
	assert_contains(status_of().why, "No such file or directory");
	record(0);
	must_have(0, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_new_file),
		TEST(test_in_memory),
		TEST(test_each_older_version_is_upgraded),
		TEST(test_an_upgrade_is_all_or_nothing),
		TEST(test_newer_and_other_versions),
		TEST(test_a_newer_file_is_put_aside),
		TEST(test_a_file_of_another_program),
		TEST(test_what_is_no_database),
		TEST(test_an_empty_file),
		TEST(test_a_truncated_file),
		TEST(test_damage_anywhere),
		TEST(test_a_damaged_chunk),
		TEST(test_an_unclean_end),
		TEST(test_a_damaged_log),
		TEST(test_too_many_put_aside),
		TEST(test_two_on_one_file),
		TEST(test_a_reader_beside),
		TEST(test_a_full_disk),
		TEST(test_a_disk_that_is_full_at_the_start),
		TEST(test_a_read_only_disk),
		TEST(test_a_directory_that_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
