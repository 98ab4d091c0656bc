// SPDX-License-Identifier: GPL-2.0-only
/*
 * A new database, databases of other versions, and two programs with one file
 */
#include "tests/unit/store_file.h"

#include "contmond/store/db.h"

static void test_a_new_file(void **state)
{
	struct stat st;

	(void)state;
	make_recorded();
	/* Closed properly: one file has everything. */
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

/* Two programs at once */

static void test_two_on_one_file(void **state)
{
	struct store *first;

	(void)state;
	open_store(path, 0);
	first = store;
	record(0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "in use by another contmond");
	assert_int_equal(nr_put_aside(), 0);
	record(100);
	must_have(100, 60);	/* the second one keeps its own past */
	must_have(0, 0);
	close_store();
	store = first;
	must_have(0, 60);
	record(200);
	must_have(200, 60);
}

/* A link to it is another name, not another lock; the file may be new. */
static void test_two_names_of_one_file(void **state)
{
	char *link = (char *)in_directory("another");
	struct db first, second;
	char *why = NULL;

	(void)state;
	assert_int_equal(symlink("store.db", link), 0);
	assert_int_equal(db_open(link, &first, &why), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_string_equal(first.path, path);
	assert_int_equal(db_open(path, &second, &why), -EBUSY);
	free(why);
	db_close(&first);
	assert_int_equal(db_open(path, &first, &why), 0);
	assert_int_equal(db_open(link, &second, &why), -EBUSY);
	free(why);
	db_close(&first);
	assert_int_equal(access(in_directory("another-lock"), F_OK), -1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("another", link), 0);
	assert_int_equal(db_open(link, &first, &why), -ELOOP);
	free(why);
}

/* Another program that reads with a plain connection */
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_new_file),
		TEST(test_in_memory),
		TEST(test_each_older_version_is_upgraded),
		TEST(test_an_upgrade_is_all_or_nothing),
		TEST(test_newer_and_other_versions),
		TEST(test_two_on_one_file),
		TEST(test_two_names_of_one_file),
		TEST(test_a_reader_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
