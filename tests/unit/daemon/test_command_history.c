// SPDX-License-Identifier: GPL-2.0-only
/* The commands that used the most CPU, over time */
#include "tests/unit/command_history.h"

#include <sys/stat.h>

static void must_be_steps(int64_t from_s, int64_t to_s, int64_t step_s)
{
	int64_t step_ms = step_s * 1000, t;
	size_t nr = 0;

	assert_int_equal(find(NULL, from_s, to_s, step_s, 5), 0);
	assert_true(found.is_known);
	assert_false(found.is_truncated);
	t = history_step_of(T0 + from_s * 1000 + step_ms - 1, step_ms) - T0;
	for (; t <= to_s * 1000; t += step_ms, nr++)
		must_be_step(t / 1000);
	assert_int_equal(found.nr, nr * 5);
}

static void test_ticks(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 1300, -1);
	/* Of sealed spans, of frames, and of both */
	must_be_steps(300, 320, 1);
	assert_int_equal(found.resolution_ms, 0);
	assert_int_equal(found.nr_titles, 2);
	must_be_steps(1280, 1290, 1);
	must_be_steps(1100, 1210, 1);
	/* By time, container, and CPU used in the range; the rest is last */
	assert_string_equal(found.rows[0].container, "web");
	assert_string_equal(found.rows[0].comm, "script");
	assert_string_equal(found.rows[1].comm, "service");
	assert_null(found.rows[2].comm);
	assert_string_equal(found.rows[3].container, "host");
	assert_true(found.rows[5].t_ms > found.rows[4].t_ms);
}

static void test_buckets(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 4000, -1);
	must_be_steps(100, 3900, 10);
	assert_int_equal(found.resolution_ms, 10000);
	must_be_steps(700, 3100, 60);
	/* Of several moments */
	must_be_steps(640, 3170, 30);
	must_be_steps(651, 931, 7);
	run_sql(NO_TICKS);
	must_be_steps(100, 3900, 10);
	/* Ticks are gone: each bucket is in the step in which it begins. */
	assert_int_equal(find(NULL, 300, 320, 1, 5), 0);
	assert_int_equal(found.nr, 3 * 5);
	must_be_step(310);
	assert_int_equal(found.resolution_ms, 10000);
}

static void test_lists(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 100, -1);
	assert_int_equal(find("web", 30, 39, 1, 5), 0);
	assert_int_equal(found.nr, 10 * 3);
	assert_int_equal(find("host", 30, 39, 1, 5), 0);
	assert_int_equal(found.nr, 10 * 2);
	assert_near(cores_at(35, "host", "init"), 0.375, 1e-9);
	assert_int_equal(find("web,host", 30, 39, 1, 5), 0);
	assert_int_equal(found.nr, 10 * 5);
	assert_int_equal(find("nobody", 30, 39, 1, 5), 0);
	assert_int_equal(found.nr, 0);
	assert_int_equal(find(NULL, 5000, 6000, 1, 5), 0);
	assert_int_equal(found.nr, 0);
	assert_true(found.is_known);
}

/* Commands beyond the limit are in the rest, so the sum stays the same. */
static void test_a_limit(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 100, -1);
	assert_int_equal(find("web", 30, 39, 1, 1), 0);
	assert_int_equal(found.nr, 10 * 2);
	assert_near(cores_at(35, "web", "script"), 0.75, 1e-9);
	assert_near(cores_at(35, "web", NULL), 0.75, 1e-6);
}

/* The newest steps stay, each with all of its rows. */
static void test_too_many_rows(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 1300, -1);
	assert_int_equal(find(NULL, 0, 1299, 1, 5), 0);
	assert_true(found.is_truncated);
	assert_int_equal(found.nr, 500 * 5);
	assert_int_equal(found.rows[0].t_ms, T0 + 800000);
	must_be_step(800);
	must_be_step(1299);
}

/* Of five commands three are kept of each tick: "even" only of every other. */
static void five_commands(int64_t t_s)
{
	const struct box box = { "web", 1, 1 };
	const bool is_even = t_s % 2 == 0;
	char id[32];
	struct container_row row = row_of(&box, id);
	struct system_row host = { .t = (double)(T0 + t_s * 1000),
				   .nr_cpus = 4 };
	const struct store_command commands[] = {
		{ "busy", 0.5, 0 }, { "second", 0.4, 0 }, { "third", 0.3, 0 },
		{ "even", is_even ? 0.6 : 0.1, 0 }, { "little", 0.05, 0 },
	};
	const struct store_container container = {
		.cgroup_id = 1, .row = &row, .commands = { commands, 5, false },
	};
	const struct store_tick tick = {
		.t_ms = T0 + t_s * 1000,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host, .containers = &container, .nr_containers = 1,
	};

	row.cpu_seconds_total = (double)t_s * 2;
	assert_int_equal(store_tick(store, &tick), 0);
}

static void test_more_than_are_kept(void **state)
{
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		five_commands(t);
	store_sync(store);
	for (t = 300; t <= 1200; t += 900) {
		assert_int_equal(find("web", t, t + 9, 1, 5), 0);
		assert_near(cores_at(t, "web", "even"), 0.6, 1e-9);
		assert_true(isnan(cores_at(t, "web", "third")));
		assert_near(cores_at(t, "web", NULL), 0.5, 1e-6);
		assert_true(isnan(cores_at(t + 1, "web", "even")));
		assert_near(cores_at(t + 1, "web", "third"), 0.3, 1e-9);
		assert_near(cores_at(t + 1, "web", NULL), 0.8, 1e-6);
		assert_near(sum_at(t, "web"), 2, 1e-6);
		assert_near(sum_at(t + 1, "web"), 2, 1e-6);
	}
	/* A bucket knows more than its ticks do. */
	assert_int_equal(find("web", 400, 480, 10, 5), 0);
	assert_near(cores_at(400, "web", "busy"), 0.5, 1e-9);
	assert_near(cores_at(400, "web", "second"), 0.4, 1e-9);
	assert_near(cores_at(400, "web", "even"), 0.35, 1e-9);
	assert_near(sum_at(400, "web"), 2, 1e-6);
	/* Of two ticks, one does not tell of it. */
	assert_int_equal(find("web", 400, 408, 2, 5), 0);
	assert_near(cores_at(400, "web", "even"), 0.3, 1e-9);
	assert_near(cores_at(400, "web", "third"), 0.15, 1e-9);
	assert_near(sum_at(400, "web"), 2, 1e-6);
}

/* Fewer than are kept: another one used none, which is known. */
static void test_a_command_that_was_idle(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 50, -1);
	script = "later";
	feed(50, 100, -1);
	assert_int_equal(find("web", 45, 54, 1, 5), 0);
	assert_near(cores_at(46, "web", "later"), 0, 0);
	assert_near(cores_at(46, "web", "script"), 0.75, 1e-9);
	assert_near(cores_at(52, "web", "later"), 0.75, 1e-9);
	assert_near(cores_at(52, "web", "script"), 0, 0);
	assert_near(sum_at(52, "web"), 1.5, 1e-6);
}

static void test_unseen_ends(void **state)
{
	const struct command_row *row;

	(void)state;
	web_cores = 1.5;
	feed(0, 100, 35);
	assert_int_equal(find(NULL, 30, 39, 1, 5), 0);
	row = row_at(35, "web", "service");
	assert_near(row->living_cores, 0.5, 1e-9);
	assert_true(isnan(row->exited_cores) && isnan(row->cores));
	assert_true(isnan(cores_at(35, "web", NULL)));
	assert_near(cores_at(35, "host", "init"), 0.375, 1e-9);
	must_be_step(34);
	assert_true(found.is_known);
	assert_int_equal(find(NULL, 30, 39, 10, 5), 0);
	assert_true(isnan(cores_at(30, "web", "script")));
}

static void must_be_unknown_at(int64_t t_s)
{
	assert_true(isnan(cores_at(t_s, "web", "script")));
	assert_true(isnan(row_at(t_s, "web", "script")->living_cores));
	assert_true(isnan(row_at(t_s, "web", "script")->exited_cores));
	assert_true(isnan(cores_at(t_s, "web", NULL)));
	assert_true(isnan(cores_at(t_s, "host", "init")));
	assert_false(found.is_known);
}

static void test_hidden_processes(void **state)
{
	int64_t t;

	(void)state;
	web_cores = 1.5;
	feed(0, 35, -1);
	is_hidden = true;
	feed(35, 36, -1);
	is_hidden = false;
	feed(36, 1300, -1);
	/* Its ticks are sealed, and its bucket is not. */
	for (t = 1; t <= 10; t += 9) {
		assert_int_equal(find(NULL, 20, 49, t, 5), 0);
		must_be_unknown_at(t == 1 ? 35 : 30);
		must_be_step(20);
		must_be_step(40);
	}
	/* The bucket of 7 s that is made of ticks, too */
	assert_int_equal(find(NULL, 20, 49, 7, 5), 0);
	assert_false(found.is_known);
}

/* The first tick covers no time, so it does not count in a longer step. */
static void test_a_first_tick(void **state)
{
	(void)state;
	web_cores = 1.5;
	/* Nor does it matter that ends before it are unseen. */
	feed(0, 1300, 0);
	assert_int_equal(find(NULL, 0, 9, 1, 5), 0);
	must_be_unknown_at(0);
	must_be_step(1);
	assert_int_equal(find(NULL, 0, 9, 10, 5), 0);
	must_be_step(0);
	assert_true(found.is_known);
	/* Of ticks */
	assert_int_equal(find(NULL, 0, 9, 5, 5), 0);
	must_be_step(0);
	must_be_step(5);
}

static void test_what_is_damaged(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 1300, -1);
	run_sql("UPDATE chunk_commands SET commands = "
		"substr(commands, 1, length(commands) / 2) "
		"WHERE span = 1 AND moment = 300");
	assert_int_equal(find(NULL, 290, 370, 1, 5), 0);
	must_be_step(290);
	must_be_unknown_at(300);
	must_be_unknown_at(359);
	must_be_step(360);
	assert_true(status_of().damaged > 0);
}

/* Frames and chunks of version 7 have no commands. */
static void test_a_file_of_version_7(void **state)
{
	char *why;

	(void)state;
	feed(0, 1300, -1);
	close_store();
	change("DROP TABLE chunk_commands; PRAGMA user_version = 7; "
	       "UPDATE frame SET processes = NULL");
	assert_int_equal(store_open_reader(path, &store, &why), 0);
	assert_int_equal(find("web", 590, 1290, 10, 5), 0);
	assert_int_equal(found.nr, 71);
	assert_false(found.is_known);
	assert_true(isnan(cores_at(800, "web", NULL)));
}

/* While the database cannot be written, memory has the newest ticks. */
static void test_what_waits(void **state)
{
	sqlite3 *other;
	int64_t t;

	(void)state;
	web_cores = 1.5;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	sqlite3_busy_timeout(other, 60000);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL), SQLITE_OK);
	for (t = 0; t < 25; t++)
		tick_after(t, t > 0, false);
	must_be_steps(5, 24, 1);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
}

/* In the file, the containers that were in memory have other numbers. */
static void test_a_file_that_comes_late(void **state)
{
	const char *away = in_directory("away.db");

	(void)state;
	web_cores = 1.5;
	feed(0, 10, -1);
	close_store();
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	open_store(path, 0);
	first_s = 1000;
	feed(1000, 2300, -1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rename(away, path), 0);
	store_try_again(store);
	store_sync(store);
	feed(2300, 2400, -1);
	assert_true(sql_number(path, "SELECT max(base) FROM span") > 0);
	must_be_steps(1990, 2390, 1);
}

/* The clock was set by half a second, and back: all ticks count once. */
static void test_a_clock_that_was_set(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 305, -1);
	set_s = 0.5;
	feed(305, 705, -1);
	set_s = 0;
	feed(705, 1300, -1);
	must_be_steps(250, 900, 10);
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(command_history_round_step(0), 0);
	assert_int_equal(command_history_round_step(1001), 10000);
	assert_int_equal(command_history_round_step(10000), 10000);
	assert_int_equal(command_history_round_step(10001), 60000);
	assert_int_equal(command_history_round_step(600001), 3600000);
	assert_int_equal(command_history_round_step(3600001), 7200000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_ticks),
		TEST(test_buckets),
		TEST(test_lists),
		TEST(test_a_limit),
		TEST(test_too_many_rows),
		TEST(test_more_than_are_kept),
		TEST(test_a_command_that_was_idle),
		TEST(test_unseen_ends),
		TEST(test_hidden_processes),
		TEST(test_a_first_tick),
		TEST(test_what_is_damaged),
		TEST(test_a_file_of_version_7),
		TEST(test_what_waits),
		TEST(test_a_file_that_comes_late),
		TEST(test_a_clock_that_was_set),
		TEST(test_widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
