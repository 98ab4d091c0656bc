// SPDX-License-Identifier: GPL-2.0-only
/* Containers that are there again after a tick without them */
#include "tests/unit/lives.h"

#include "contmond/store/db.h"
#include "contmond/store/event_kinds.h"

static int begin_in_v2(void **state)
{
	are_in_v1 = false;
	return begin_opened(state);
}

/* What an engine, or the removal of a cgroup, tells of the end of alpha */
static void report_end(void)
{
	static const struct container_row nothing;
	const struct store_container who = { .cgroup_id = 1, .row = &nothing };
	struct store_final final;

	store_final_init(&final);
	final.ended_ms = (double)T0 + 500;
	final.exit_code = 3;
	final.oom_killed = 1;
	final.restarts = 2;
	assert_int_equal(store_end(store, &who, &final), 0);
}

/* A container missing from one tick can reappear. */
static void test_a_container_that_reappears(void **state)
{
	const struct box box = { "alpha", 1, 1 };

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	tick_at(T0 + 2000, BOOT0 + 2000, &box, 1);
	look(0, 10, false);
	assert_int_equal(nr_found, 1);
	assert_true(isnan(found[0].ended_ms));
	look(0, 10, true);
	assert_int_equal(nr_found, 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 1);
	tick_at(T0 + 3000, BOOT0 + 3000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 2000, 0.5);
}

/*
 * In v2, the run lasts as long as the cgroup, which may be missing because it
 * could not be read: what it has used before counts, its end does not.
 */
static void test_a_run_that_goes_on(void **state)
{
	const struct box early = { "alpha", 1, 100 }, late = { "alpha", 1, 7 };

	(void)state;
	tick_at(T0, BOOT0, &early, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	report_end();
	tick_at(T0 + 2000, BOOT0 + 2000, &late, 1);
	tick_at(T0 + 3000, BOOT0 + 3000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 2000, 0.5);
	assert_near(found[0].final.started_ms, 100, 0.5);
	assert_true(isnan(found[0].final.exit_code));
	assert_true(isnan(found[0].final.oom_killed));
	assert_near(found[0].final.restarts, 2, 0);
	assert_near(found[0].final.cpu_seconds, 100, 1e-9);
	assert_near(found[0].final.memory_peak_bytes, 100, 1e-9);
	assert_near(found[0].final.network_receive_bytes, 100, 1e-9);
}

/* In cgroup v1, what is known of the first run is not of the second one. */
static void test_an_end_before_the_last_run(void **state)
{
	const struct box first = { "alpha", 1, 100 }, last = { "alpha", 1, 7 };
	size_t i;

	(void)state;
	are_in_v1 = true;
	tick_at(T0, BOOT0, &first, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	report_end();
	tick_at(T0 + 2000, BOOT0 + 2000, &last, 1);
	look(0, 10, false);
	assert_true(isnan(found[0].final.cpu_seconds));
	tick_at(T0 + 3000, BOOT0 + 3000, NULL, 0);
	for (i = 0; i < 2; i++) {
		look(0, 10, true);
		assert_int_equal(nr_found, 1);
		assert_near(found[0].final.started_ms, 7, 0.5);
		assert_near(found[0].ended_ms, T0 + 2000, 0.5);
		assert_true(isnan(found[0].final.exit_code));
		assert_true(isnan(found[0].final.oom_killed));
		assert_near(found[0].final.restarts, 2, 0);
		assert_near(found[0].final.cpu_seconds, 7, 1e-9);
		assert_near(found[0].final.memory_peak_bytes, 7, 1e-9);
		assert_near(found[0].final.write_ops, 7, 1e-9);
		reopen_store(path);
	}
}

/* It has no path in v2, but is somebody's all the same. */
static void test_one_of_a_user_in_v1(void **state)
{
	const struct box box = { "alpha", 1, 7 };

	(void)state;
	are_in_v1 = true;
	users_box = 1;
	tick_at(T0, BOOT0, &box, 1);
	users_box = 0;
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	report_end();
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT user FROM container"), 1000);
}

static void tell_start(int64_t t_ms)
{
	const struct store_event started = {
		.t_ms = (double)t_ms, .kind = EVENT_CONTAINER_STARTED,
		.cgroup_id = 1,
	};

	assert_int_equal(store_event(store, &started), 0);
}

/*
 * Created since the boot, missing once, and never seen to end. @is_seen: its
 * start was seen, too
 */
static void lose_end(bool is_seen)
{
	const struct box box = { "alpha", 1, (double)T0 - BOOT0 };

	tick_at(T0, BOOT0, &box, 1);
	if (is_seen)
		tell_start(T0 - 500);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	tick_at(T0 + 2000, BOOT0 + 2000, &box, 1);
	tell_start(T0 + 2000);
	boot_id = "boot-2";
	reopen_store(path);
	boot_id = "boot-1";
}

static void test_a_start_of_the_last_run(void **state)
{
	(void)state;
	are_in_v1 = true;
	lose_end(true);
	assert_int_equal(sql_number(path, "SELECT started_ms FROM final"),
			 T0 + 2000);
}

static void test_a_start_of_a_run_that_went_on(void **state)
{
	(void)state;
	lose_end(true);
	assert_int_equal(sql_number(path, "SELECT started_ms FROM final"),
			 T0 - 500);
}

/* It ran before contmond, so no event of its start was recorded. */
static void test_a_start_that_was_not_seen(void **state)
{
	(void)state;
	lose_end(false);
	assert_int_equal(sql_number(path, "SELECT started_ms FROM final"),
			 T0 - BOOT0);
}

/*
 * Up to version 8, rows of containers of cgroup v1 were all root's. This one
 * runs during the upgrade: its engine is asked again whose it is.
 */
static void test_one_in_v1_of_an_older_version(void **state)
{
	const struct box box = { "alpha", 1, 7 };
	sqlite3 *sqlite;

	(void)state;
	are_in_v1 = true;
	tick_at(T0, BOOT0, &box, 1);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "PRAGMA user_version = 8"), 0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	assert_false(store_is_roots(store, 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_in_v2, end_test)
		TEST(test_a_container_that_reappears),
		TEST(test_a_run_that_goes_on),
		TEST(test_an_end_before_the_last_run),
		TEST(test_one_of_a_user_in_v1),
		TEST(test_a_start_of_the_last_run),
		TEST(test_a_start_of_a_run_that_went_on),
		TEST(test_a_start_that_was_not_seen),
		TEST(test_one_in_v1_of_an_older_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
