// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that used the most CPU at a moment of the past
 *
 * wrap: busy_commands_read
 */
#include "tests/unit/store.h"

#include <sys/stat.h>

#include "contmond/store/busy_commands.h"

static size_t nr_read;

int __real_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes);
int __wrap_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes);
int __wrap_busy_commands_read(struct busy_commands *commands,
			      struct reader *bytes)
{
	nr_read++;
	return __real_busy_commands_read(commands, bytes);
}

static char path[512];

/* The first tick of contmond's run */
static int64_t first_s;

/* Only the host is in the ticks. */
static bool without_web;

/* Seconds by which the wall clock was set */
static double set_s;

static const char *script;

static int begin(void **state)
{
	int r = begin_test(state);

	first_s = 0;
	without_web = false;
	set_s = 0;
	script = "script";
	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	open_store(path, 0);
	return r;
}

struct noted {
	char name[80];
	double living, exited;
};

static struct noted noted[32];
static size_t nr_noted;

static int note(const struct past_command *command, void *userdata)
{
	struct noted *one = &noted[nr_noted++];

	(void)userdata;
	assert_true(nr_noted <= COUNT(noted));
	snprintf(one->name, sizeof(one->name), "%s/%s", command->container,
		 command->comm);
	one->living = command->living_cores;
	one->exited = command->exited_cores;
	return 0;
}

static bool is_idle, is_hidden;

/*
 * A service that lives, a script of which ever new processes end: what they
 * used in the last @seconds
 */
static void tick_after(int64_t t_s, double seconds, bool may_lack_exits)
{
	const struct box box = { "web", 1, 1 };
	const int64_t t_ms = T0 + t_s * 1000 + (int64_t)(set_s * 1000);
	char id[32];
	struct container_row row = row_of(&box, id);
	struct system_row host = { .t = (double)t_ms, .nr_cpus = 4 };
	const struct store_command commands[] = {
		{ script, 0, 0.75 * seconds }, { "service", 0.5 * seconds, 0 },
	};
	const struct store_command daemon = { "init", 0.25 * seconds,
					      0.125 * seconds };
	const struct store_container container = {
		.cgroup_id = 1, .row = &row,
		.commands = { commands, is_idle ? 0 : 2, may_lack_exits },
	};
	const struct store_tick tick = {
		.t_ms = t_ms,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host, .containers = &container,
		.nr_containers = !without_web,
		.commands = { &daemon, is_idle ? 0 : 1, false },
		.hides_commands = is_hidden,
	};

	assert_int_equal(store_tick(store, &tick), 0);
}

/* The first tick of a run has no time in which CPU was used. */
static void feed(int64_t from_s, int64_t to_s, int64_t unknown_at_s)
{
	int64_t t;

	for (t = from_s; t < to_s; t++) {
		tick_after(t, t == first_s ? 0 : 1, t == unknown_at_s);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
}

static int commands_at(int64_t t_s, const char *list,
		       struct past_moment *moment)
{
	nr_noted = 0;
	return store_commands(store, T0 + t_s * 1000, list, note, NULL,
			      moment);
}

static void must_be_all(const struct past_moment *moment)
{
	assert_int_equal(nr_noted, 3);
	assert_true(moment->commands_known);
	assert_string_equal(noted[0].name, "host/init");
	assert_near(noted[0].living, 0.25, 1e-9);
	assert_near(noted[0].exited, 0.125, 1e-9);
	assert_string_equal(noted[1].name, "web/script");
	assert_near(noted[1].living, 0, 1e-9);
	assert_near(noted[1].exited, 0.75, 1e-9);
	assert_string_equal(noted[2].name, "web/service");
	assert_near(noted[2].living, 0.5, 1e-9);
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

static int change(const char *sql)
{
	sqlite3 *sqlite;
	int changes;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	changes = sqlite3_changes(sqlite);
	sqlite3_close(sqlite);
	return changes;
}

static void run_sql(const char *sql)
{
	close_store();
	assert_true(change(sql) > 0);
	open_store(path, 0);
}

#define NO_TICKS "DELETE FROM span WHERE tier = 0 AND layout IS NULL"

/*
 * The ticks are gone: the bucket of 10 s has their sums. In one of its ticks
 * some processes may have ended unseen, so it is unknown what they used.
 */
static void test_a_bucket(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, 305);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(295, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 290000);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
	assert_int_equal(commands_at(301, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	assert_int_equal(nr_noted, 3);
	assert_near(noted[0].exited, 0.125, 1e-9);
	assert_true(isnan(noted[1].exited));
	assert_near(noted[2].living, 0.5, 1e-9);
}

/* Before the first tick of a run, contmond could not know of any end. */
static void test_a_first_tick(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, 0);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(5, "web", &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	assert_near(noted[0].exited, 0.75, 1e-9);
}

/* A bucket goes on after a restart. */
static void test_a_restart(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 305, -1);
	reopen_store(path);
	first_s = 305;
	feed(305, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(301, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
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

static void must_be_unknown(int64_t t_s, int64_t width_ms)
{
	struct past_moment moment;

	assert_int_equal(commands_at(t_s, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, width_ms);
	assert_int_equal(nr_noted, 0);
	assert_false(moment.commands_known);
	assert_int_equal(status_of().damaged, 0);
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

/* No samples for a while: the next one has all that was used since. */
static void test_a_bucket_after_a_gap(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 302, -1);
	tick_after(330, 29, false);
	feed(331, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(335, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 330000);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
}

/* contmond was started in the middle of the bucket. */
static void test_a_bucket_with_a_start(void **state)
{
	struct past_moment moment;

	(void)state;
	first_s = 306;
	feed(306, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(306, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	must_be_all(&moment);
}

static double exited_of(const char *name)
{
	size_t i;

	for (i = 0; i < nr_noted; i++) {
		if (strcmp(noted[i].name, name) == 0)
			return noted[i].exited;
	}
	return NAN;
}

/*
 * If the clock is set, or too many containers come and go, a bucket has several
 * moments. One in a sealed span, and one in frames
 */
static void test_a_bucket_in_parts(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	feed(0, 305, -1);
	set_s = 0.5;
	script = "late";
	feed(305, 3705, -1);
	set_s = 1;
	script = "script";
	feed(3705, 4300, -1);
	run_sql(NO_TICKS);
	for (t = 308; t <= 3708; t += 3400) {
		assert_int_equal(commands_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t / 10 * 10000);
		assert_int_equal(moment.width_ms, 10000);
		assert_int_equal(nr_noted, 4);
		assert_near(exited_of("web/script"), 0.375, 0.1);
		assert_near(exited_of("web/late"), 0.375, 0.1);
		assert_near(exited_of("web/script") + exited_of("web/late"),
			    0.75, 1e-9);
		assert_near(exited_of("host/init"), 0.125, 1e-9);
	}
}

/* It ran in the bucket, though not near the time that is asked for. */
static void test_a_container_of_the_bucket(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	feed(0, 100, -1);
	without_web = true;
	feed(100, 1300, -1);
	run_sql("DELETE FROM span WHERE tier < 3");
	for (t = -190; t <= 390; t += 580) {
		assert_int_equal(commands_at(t, "web", &moment), 0);
		assert_int_equal(moment.t_ms, T0 - 200000);
		assert_int_equal(moment.width_ms, 600000);
		assert_int_equal(nr_noted, 2);
	}
}

/* While the database cannot be written, memory has the newest ticks. */
static void test_what_waits(void **state)
{
	struct past_moment moment;
	sqlite3 *other;
	int64_t t;

	(void)state;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
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
		TEST(test_a_bucket),
		TEST(test_a_first_tick),
		TEST(test_a_restart),
		TEST(test_what_is_damaged),
		TEST(test_a_span_without_commands),
		TEST(test_no_commands),
		TEST(test_frames_without_commands),
		TEST(test_hidden_processes),
		TEST(test_a_tick_of_no_time),
		TEST(test_a_bucket_after_a_gap),
		TEST(test_a_bucket_with_a_start),
		TEST(test_a_bucket_in_parts),
		TEST(test_a_container_of_the_bucket),
		TEST(test_a_file_of_version_7),
		TEST(test_what_waits),
		TEST(test_others_cost_little),
		TEST(test_a_file_that_comes_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
