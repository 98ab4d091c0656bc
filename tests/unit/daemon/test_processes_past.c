// SPDX-License-Identifier: GPL-2.0-only
/*
 * /api/v1/processes/past: the busiest processes at a moment
 *
 * wrap: store_tick
 */
#include "tests/unit/api.h"

/* Of the newest tick, in the host */
static size_t nr_unknown;
static bool lacks_unknown;

int __real_store_tick(struct store *store, const struct store_tick *tick);
int __wrap_store_tick(struct store *store, const struct store_tick *tick);

int __wrap_store_tick(struct store *store, const struct store_tick *tick)
{
	size_t i;

	nr_unknown = 0;
	for (i = 0; i < tick->nr_processes; i++)
		if (isnan(tick->processes[i].cpu_seconds))
			nr_unknown++;
	lacks_unknown = tick->lacks_unknown;
	return __real_store_tick(store, tick);
}

static const json_t *meta(const char *key)
{
	return json_object_get(json_object_get(answer, "meta"), key);
}

static void test_a_moment(void **state)
{
	static const char *const keys[] = {
		"container", "pid", "start_ms", "comm", "cpu_cores",
		"rss_bytes",
	};
	json_t *rows;

	(void)state;
	store_sync(world.store);
	rows = rows_of("/api/v1/processes/past", "at=1700000101000");
	must_have_keys(rows, keys, COUNT(keys));
	assert_int_equal(json_array_size(rows), 2);
	/* The busiest first */
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "db");
	assert_near(number_at(json_array_get(rows, 0), "cpu_cores"), 1, 1e-3);
	assert_near(number_at(json_array_get(rows, 1), "cpu_cores"), 0.5,
		    1e-3);
	assert_near(json_number_value(meta("t")), 1700000101000, 0.5);
	assert_near(json_number_value(meta("width_ms")), 0, 0);
	rows = rows_of("/api/v1/processes/past",
		       "at=1700000101000&container=web");
	assert_int_equal(json_array_size(rows), 1);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 10, 0);
}

static void add_unknown(struct sample *sample, int pid, uint64_t unknown)
{
	struct contmon_task *task = world_task(sample, pid, 0);

	task->valid &= ~unknown;
	task->runtime_ns = (uint64_t)(sample->boottime_ns / 4);
	task->rss_anon_bytes = 100 << 20;
}

/* What is not known of a process is not zero. */
static void test_unknown_numbers(void **state)
{
	static struct sample next, last;
	json_t *rows;

	(void)state;
	world_sample(&next, 102);
	world_fill(&next, world.web, world.db, 2);
	add_unknown(&next, 40, 0);
	world_tick(&world, &next);
	world_sample(&last, 103);
	world_fill(&last, world.web, world.db, 3);
	add_unknown(&last, 40, CONTMON_TASK_MEM);
	add_unknown(&last, 41, CONTMON_TASK_CPU);
	assert_int_equal(model_update(&world.model, &next, &last,
				      world.names), 0);
	http_kept_renew(&world.kept);
	assert_int_equal(recorder_tick(world.recorder, &world.model), 0);
	store_sync(world.store);
	rows = rows_of("/api/v1/processes/past",
		       "at=1700000103000&container=web");
	assert_int_equal(json_array_size(rows), 3);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 10, 0);
	assert_near(number_at(json_array_get(rows, 1), "pid"), 40, 0);
	assert_near(number_at(json_array_get(rows, 1), "cpu_cores"), 0.25,
		    1e-3);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 1),
						 "rss_bytes")));
	assert_near(number_at(json_array_get(rows, 2), "pid"), 41, 0);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 2),
						 "cpu_cores")));
	assert_near(number_at(json_array_get(rows, 2), "rss_bytes"),
		    100 << 20, 0);
	world_forget(&world, &last);
	world_sample_done(&next);
}

/* After @earlier, the host has some processes whose CPU is unknown. */
static void tick_unknown(const struct sample *earlier, struct sample *sample,
			 double seconds, int nr)
{
	int pid;

	world_sample(sample, seconds);
	for (pid = 50; pid < 50 + nr; pid++)
		world_task(sample, pid, SAMPLE_HOST)->valid &=
			~CONTMON_TASK_CPU;
	assert_int_equal(model_update(&world.model, earlier, sample,
				      world.names), 0);
	http_kept_renew(&world.kept);
	assert_int_equal(recorder_tick(world.recorder, &world.model), 0);
}

/* Any of them may be the busiest, so some are kept that lead in nothing. */
static void test_processes_that_may_lead(void **state)
{
	static struct sample next, more, last;

	(void)state;
	tick_unknown(&world.now, &next, 102, 3);
	assert_int_equal(nr_unknown, 3);
	assert_false(lacks_unknown);
	tick_unknown(&next, &more, 103, 9);
	assert_in_range(nr_unknown, 3, 5);
	assert_true(lacks_unknown);
	tick_unknown(&more, &last, 104, 0);
	assert_int_equal(nr_unknown, 0);
	assert_false(lacks_unknown);
	world_forget(&world, &last);
	world_sample_done(&next);
	world_sample_done(&more);
}

static void test_nothing_recorded(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/processes/past",
						 "at=1000")), 0);
	assert_true(json_is_null(meta("t")));
	assert_true(json_is_null(meta("width_ms")));
	assert_int_equal(get("/api/v1/processes/past", "at=noon"), 400);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_a_moment),
		TEST(test_unknown_numbers),
		TEST(test_processes_that_may_lead),
		TEST(test_nothing_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
