// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that used the most CPU at a moment of the past
 *
 * wrap: busy_commands_read
 */
#include "tests/unit/commands_world.h"

#include <sys/stat.h>

#include "contmond/store/busy_commands.h"

static size_t nr_read;

int __real_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes,
			      const struct c_range *wanted);
int __wrap_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes,
			      const struct c_range *wanted);
int __wrap_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes,
			      const struct c_range *wanted)
{
	nr_read++;
	return __real_busy_commands_read(commands, bytes, wanted);
}

static void test_a_tick(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	feed(0, 2000, -1);
	/* One of a sealed span, and one of frames */
	for (t = 300; t <= 1990; t += 1690) {
		assert_int_equal(commands_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t * 1000);
		assert_int_equal(moment.width_ms, 0);
		must_be_all(&moment);
	}
	assert_int_equal(commands_at(300, "web", &moment), 0);
	assert_int_equal(nr_noted, 2);
	assert_int_equal(commands_at(300, "host", &moment), 0);
	assert_int_equal(nr_noted, 1);
	assert_true(moment.commands_known);
	assert_int_equal(commands_at(-5000, NULL, &moment), -ENOENT);
	assert_int_equal(commands_at(9000, NULL, &moment), -ENOENT);
}

/* It is a gap, and nothing else: neither no commands, nor an error. */
static void test_what_is_damaged(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, -1);
	run_sql("UPDATE chunk_commands SET commands = "
		"substr(commands, 1, length(commands) / 2) "
		"WHERE span = 1 AND moment = 300");
	assert_int_equal(commands_at(300, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
	assert_true(status_of().damaged > 0);
	assert_int_equal(commands_at(360, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 0);
	must_be_all(&moment);
}

/* Spans of version 7 were sealed without commands. */
static void test_a_span_without_commands(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, -1);
	run_sql("DELETE FROM chunk_commands");
	must_be_unknown(300, 0);
	assert_int_equal(commands_at(1290, NULL, &moment), 0);
	must_be_all(&moment);
}

/* Idle, which is known: as after nothing has run */
static void test_no_commands(void **state)
{
	struct past_moment moment;

	(void)state;
	is_idle = true;
	feed(0, 1300, -1);
	is_idle = false;
	assert_int_equal(commands_at(300, NULL, &moment), 0);
	assert_int_equal(nr_noted, 0);
	assert_true(moment.commands_known);
	assert_int_equal(commands_at(1290, NULL, &moment), 0);
	assert_int_equal(nr_noted, 0);
	assert_true(moment.commands_known);
}

/* What an open span has of version 7 goes on in this version. */
static void test_frames_without_commands(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 305, -1);
	run_sql("UPDATE frame SET processes = NULL");
	must_be_unknown(300, 0);
	feed(305, 1300, -1);
	/* Sealed by now */
	must_be_unknown(300, 0);
	assert_int_equal(commands_at(306, NULL, &moment), 0);
	must_be_all(&moment);
	assert_int_equal(commands_at(600, NULL, &moment), 0);
	must_be_all(&moment);
	/* Half of this bucket was recorded by each version. */
	run_sql(NO_TICKS);
	must_be_unknown(301, 10000);
	assert_int_equal(commands_at(310, NULL, &moment), 0);
	must_be_all(&moment);
}

static void test_hidden_processes(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 305, -1);
	is_hidden = true;
	feed(305, 306, -1);
	is_hidden = false;
	must_be_unknown(305, 0);
	feed(306, 1300, -1);
	must_be_unknown(305, 0);
	assert_int_equal(commands_at(304, NULL, &moment), 0);
	must_be_all(&moment);
	run_sql(NO_TICKS);
	must_be_unknown(301, 10000);
	assert_int_equal(commands_at(310, NULL, &moment), 0);
	must_be_all(&moment);
}

/* The first tick covers no time in which anything could have used CPU. */
static void test_a_tick_of_no_time(void **state)
{
	(void)state;
	feed(0, 5, -1);
	must_be_unknown(0, 0);
}

/* A file that only contmond would upgrade */
static void test_a_file_of_version_7(void **state)
{
	char *why;

	(void)state;
	feed(0, 1300, -1);
	close_store();
	change("DROP TABLE chunk_commands; PRAGMA user_version = 7; "
	       "UPDATE frame SET processes = NULL");
	assert_int_equal(store_open_reader(path, &store, &why), 0);
	must_be_unknown(300, 0);
	must_be_unknown(1290, 0);
}

/* While the database cannot be written, memory has the newest ticks. */
static void test_what_waits(void **state)
{
	struct past_moment moment;
	sqlite3 *other;
	int64_t t;

	(void)state;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	sqlite3_busy_timeout(other, 60000);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL), SQLITE_OK);
	for (t = 0; t < 25; t++)
		tick_after(t, t > 0, false);
	assert_int_equal(commands_at(24, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 24000);
	must_be_all(&moment);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	store_sync(store);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL), SQLITE_OK);
	for (; t < 50; t++)
		tick_after(t, 1, false);
	assert_int_equal(commands_at(49, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 49000);
	must_be_all(&moment);
	sqlite3_close(other);
}

/* Of hundreds of ticks, only the one that is told is unpacked. */
static void test_others_cost_little(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 590, -1);
	nr_read = 0;
	assert_int_equal(commands_at(580, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 580000);
	must_be_all(&moment);
	assert_int_equal(nr_read, 1);
}

/* In the file, the containers that were in memory have other numbers. */
static void test_a_file_that_comes_late(void **state)
{
	const char *away = in_directory("away.db");
	struct past_moment moment;
	int64_t t;

	(void)state;
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
	assert_string_equal(status_of().path, path);
	feed(2300, 2400, -1);
	assert_true(sql_number(path, "SELECT max(base) FROM span") > 0);
	/* Of a sealed span, of frames from before and from afterwards */
	for (t = 1100; t <= 2390; t += 645) {
		assert_int_equal(commands_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t * 1000);
		must_be_all(&moment);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_tick),
		TEST(test_what_is_damaged),
		TEST(test_a_span_without_commands),
		TEST(test_no_commands),
		TEST(test_frames_without_commands),
		TEST(test_hidden_processes),
		TEST(test_a_tick_of_no_time),
		TEST(test_a_file_of_version_7),
		TEST(test_what_waits),
		TEST(test_others_cost_little),
		TEST(test_a_file_that_comes_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
