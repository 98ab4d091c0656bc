// SPDX-License-Identifier: GPL-2.0-only
/* The busiest processes at a moment of the past */
#include "tests/unit/store_file.h"

static char names[32][64];
static double cores[32];
static size_t nr_names;

static int note_process(const struct past_process *process, void *userdata)
{
	(void)userdata;
	assert_true(nr_names < COUNT(names));
	snprintf(names[nr_names], sizeof(names[0]), "%s/%s",
		 process->container, process->comm);
	cores[nr_names++] = process->cpu_cores;
	return 0;
}

static bool lacks_unknown;	/* in the next ticks, in the container */

static void tick_processes(int64_t t_s, double cpu)
{
	const struct box box = { "web", 1, 1 };
	char id[32], comm[16];
	struct container_row row = row_of(&box, id);
	struct system_row host = { .t = (double)(T0 + t_s * 1000) };
	struct store_process processes[2] = {
		{ .pid = 10, .comm = "steady", .cpu_seconds = cpu },
		{ .pid = (uint32_t)(1000 + t_s), .comm = comm,
		  .cpu_seconds = 0.1 },
	};
	const struct store_process daemon = { .pid = 1, .comm = "init",
					      .rss_bytes = 1 << 20 };
	const struct store_container container = { .cgroup_id = 1,
		.row = &row, .processes = processes, .nr_processes = 2,
		.lacks_unknown = lacks_unknown };
	const struct store_tick tick = {
		.t_ms = T0 + t_s * 1000,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host, .containers = &container, .nr_containers = 1,
		.processes = &daemon, .nr_processes = 1,
	};

	snprintf(comm, sizeof(comm), "job-%lld", (long long)t_s);
	assert_int_equal(store_tick(store, &tick), 0);
}

static int processes_at(int64_t t_s, const char *list,
			struct past_moment *moment)
{
	nr_names = 0;
	return store_processes(store, T0 + t_s * 1000, list, note_process,
			       NULL, moment);
}

static void test_processes_of_a_moment(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	for (t = 0; t < 2000; t++) {
		tick_processes(t, 0.5);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	/* One of a sealed span, and one of frames */
	for (t = 300; t <= 1990; t += 1690) {
		assert_int_equal(processes_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t * 1000);
		assert_int_equal(moment.width_ms, 0);
		assert_int_equal(nr_names, 3);
		assert_string_equal(names[0], "host/init");
		assert_string_equal(names[1], "web/steady");
		assert_near(cores[1], 0.5, 1e-9);
		assert_string_equal(names[2], t == 300 ? "web/job-300" :
						"web/job-1990");
	}
	assert_int_equal(processes_at(300, "web", &moment), 0);
	assert_int_equal(nr_names, 2);
	assert_int_equal(processes_at(300, "host", &moment), 0);
	assert_int_equal(nr_names, 1);
	/* The first tick covers no time in which CPU could be used. */
	assert_int_equal(processes_at(0, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 0);
	assert_true(isnan(cores[1]));
	/* Just before the first tick: the bucket that begins there has it. */
	assert_int_equal(processes_at(-100, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 600000);
	assert_int_equal(processes_at(-5000, NULL, &moment), -ENOENT);
	assert_int_equal(processes_at(9000, NULL, &moment), -ENOENT);
}

static void forget_ticks(void)
{
	sqlite3 *sqlite;

	store_sync(store);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "DELETE FROM span WHERE "
		"tier = 0 AND layout IS NULL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
	open_store(path, 0);
}

/* The ticks are gone: the bucket of 10 s has its busiest processes. */
static void test_processes_of_a_bucket(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		tick_processes(t, 0.5);
	forget_ticks();
	assert_int_equal(processes_at(305, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	assert_int_equal(moment.width_ms, 10000);
	assert_string_equal(names[1], "web/steady");
	assert_near(cores[1], 0.5, 1e-9);
}

/* It may have been any of them, but a tick says which it was not. */
static void test_others_that_are_unknown(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++) {
		lacks_unknown = t == 305;
		tick_processes(t, 0.5);
	}
	store_sync(store);
	assert_int_equal(processes_at(305, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 0);
	assert_int_equal(nr_names, 3);
	assert_near(cores[1], 0.5, 1e-9);
	forget_ticks();
	assert_int_equal(processes_at(305, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	assert_string_equal(names[0], "host/init");
	assert_near(cores[0], 0, 0);
	assert_string_equal(names[1], "web/steady");
	assert_true(isnan(cores[1]));
	assert_int_equal(processes_at(315, NULL, &moment), 0);
	assert_near(cores[1], 0.5, 1e-9);
}

static void damage(const char *sql)
{
	sqlite3 *sqlite;

	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_changes(sqlite), 1);
	sqlite3_close(sqlite);
	open_store(path, 0);
}

static void must_be_found(int64_t t_s, int64_t width_ms)
{
	struct past_moment moment;

	assert_int_equal(processes_at(t_s, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, width_ms);
	assert_int_equal(moment.t_ms, T0 + 1000 * t_s);
	assert_string_equal(names[1], "web/steady");
}

/* It is a gap, and nothing else: neither no processes, nor an error. */
static void test_what_is_damaged(void **state)
{
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		tick_processes(t, 0.5);
	store_sync(store);
	damage("UPDATE chunk_processes SET processes = "
	       "substr(processes, 1, length(processes) / 2) "
	       "WHERE span = 1 AND moment = 300");
	must_be_found(300, 10000);
	assert_true(status_of().damaged > 0);
	must_be_found(299, 0);
	must_be_found(360, 0);
	damage("UPDATE span SET moments = "
	       "substr(moments, 1, length(moments) / 2) WHERE id = 1");
	must_be_found(360, 10000);
	must_be_found(700, 0);
	assert_true(status_of().damaged > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_processes_of_a_moment),
		TEST(test_processes_of_a_bucket),
		TEST(test_others_that_are_unknown),
		TEST(test_what_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
