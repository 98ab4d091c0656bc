// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file can be opened, but only late, or not a second time, for readers.
 *
 * wrap: db_open_reader
 */
#include "tests/unit/store_file.h"

#include <errno.h>
#include <sys/stat.h>

#include "contmond/store/db.h"

static bool refuses;

int __real_db_open_reader(const struct db *db, sqlite3 **ret);
int __wrap_db_open_reader(const struct db *db, sqlite3 **ret);

int __wrap_db_open_reader(const struct db *db, sqlite3 **ret)
{
	return refuses ? -EMFILE : __real_db_open_reader(db, ret);
}

static void must_be_in_memory(void)
{
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "Too many open files");
	assert_int_equal(nr_put_aside(), 0);
}

/* If readers had the thread's connection, it would take that for damage. */
static void must_become_whole(void)
{
	refuses = false;
	store_try_again(store);
	store_sync(store);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	assert_int_equal(nr_put_aside(), 0);
	record(120);
	must_have(0, 60);
	must_have(60, 60);
	must_have(120, 60);
}

static void test_at_the_start(void **state)
{
	(void)state;
	make_recorded();
	refuses = true;
	open_store(path, 0);
	must_be_in_memory();
	record(60);
	must_become_whole();
}

static void test_when_it_is_there_late(void **state)
{
	const char *away = in_directory("away.db");

	(void)state;
	make_recorded();
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	open_store(path, 0);
	record(60);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rename(away, path), 0);
	refuses = true;
	store_try_again(store);
	store_sync(store);
	must_be_in_memory();
	must_have(60, 60);
	must_become_whole();
}

static void damage_containers(void)
{
	int64_t page = sql_number(path, "SELECT rootpage FROM sqlite_schema "
				  "WHERE name = 'container'");
	char bytes[8192];
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	memset(bytes, '\x5a', sizeof(bytes));
	assert_int_equal(pwrite(fd, bytes, sizeof(bytes), (page - 1) * 8192),
			 sizeof(bytes));
	close(fd);
}

/* Not all damage is seen when it is opened. */
static void test_when_it_is_damaged(void **state)
{
	const char *away = in_directory("away.db");

	(void)state;
	make_recorded();
	damage_containers();
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	open_store(path, 0);
	record(60);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rename(away, path), 0);
	store_try_again(store);
	store_sync(store);
	assert_contains(status_of().why, "it is damaged");
	must_have(60, 60);
	store_try_again(store);
	store_sync(store);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	assert_int_equal(nr_put_aside(), 1);
	must_have(60, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_at_the_start),
		TEST(test_when_it_is_there_late),
		TEST(test_when_it_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
