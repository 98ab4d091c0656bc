// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is not needed any more goes back to the system.
 *
 * wrap: malloc_trim sqlite3_db_release_memory
 */
#include <stdatomic.h>

#include "tests/unit/store.h"

static atomic_uint nr_trims, nr_releases;

int __real_malloc_trim(size_t left);
int __wrap_malloc_trim(size_t left);
int __real_sqlite3_db_release_memory(sqlite3 *sqlite);
int __wrap_sqlite3_db_release_memory(sqlite3 *sqlite);

int __wrap_malloc_trim(size_t left)
{
	nr_trims++;
	return __real_malloc_trim(left);
}

int __wrap_sqlite3_db_release_memory(sqlite3 *sqlite)
{
	nr_releases++;
	return __real_sqlite3_db_release_memory(sqlite);
}

static int begin(void **state)
{
	int r = begin_test(state);

	nr_trims = nr_releases = 0;
	return r;
}

static void test_of_the_writer(void **state)
{
	const struct box box = { "alpha", 1, 1 };

	(void)state;
	open_store(in_directory("store.db"), 0);
	tick_at(T0, BOOT0, &box, 1);
	store_sync(store);
	/* For the first time at once, then once a minute */
	assert_true(nr_trims > 0);
}

static void test_of_readers(void **state)
{
	const struct box box = { "alpha", 1, 1 };

	(void)state;
	open_store(in_directory("store.db"), 0);
	tick_at(T0, BOOT0, &box, 1);
	store_sync(store);
	assert_int_equal(nr_releases, 0);
	ask("processes", 0, 1, 1);
	assert_int_equal(nr_releases, 1);
	ask("processes", 0, 1, 1);
	assert_int_equal(nr_releases, 2);
}

/* Its connection is the writer's. */
static void test_of_readers_of_memory(void **state)
{
	const struct box box = { "alpha", 1, 1 };

	(void)state;
	open_store(NULL, 0);
	tick_at(T0, BOOT0, &box, 1);
	store_sync(store);
	ask("processes", 0, 1, 1);
	assert_int_equal(nr_releases, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
	static const struct CMUnitTest tests[] = {
		TEST(test_of_the_writer),
		TEST(test_of_readers),
		TEST(test_of_readers_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
