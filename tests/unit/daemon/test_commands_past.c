// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/commands/past: the commands that used the most CPU at a moment */
#include "tests/unit/api.h"

#define PATH "/api/v1/commands/past"
#define AT(t) "at=1700000" #t "000"

static const json_t *meta(const char *key)
{
	return json_object_get(json_object_get(answer, "meta"), key);
}

static bool is_null(const json_t *row, const char *key)
{
	return json_is_null(json_object_get(row, key));
}

static void must_be(size_t i, const char *container, const char *comm)
{
	const json_t *row = json_array_get(json_object_get(answer, "rows"), i);

	assert_string_equal(text_at(row, "container"), container);
	assert_string_equal(text_at(row, "comm"), comm);
}

/* The sample after that of the world */
static struct sample next;

static void fill_next(const struct exit *exits, size_t nr, bool hides_tasks)
{
	struct exit_list *list = &next.exits;

	world_sample(&next, 102);
	world_fill(&next, world.web, world.db, 2);
	list->all = calloc(nr + 1, sizeof(*exits));
	if (nr > 0)
		memcpy(list->all, exits, nr * sizeof(*exits));
	list->nr = nr;
	list->is_known = list->is_host_known = true;
	next.hides_tasks = hides_tasks;
}

static void take_next(void)
{
	world_tick(&world, &next);
	exit_list_done(&next.exits);
	world_forget(&world, &next);
}

/* These processes have ended in it. */
static void next_sample(const struct exit *exits, size_t nr, bool hides_tasks)
{
	fill_next(exits, nr, hides_tasks);
	take_next();
}

static void test_living_and_ended(void **state)
{
	static const char *const keys[] = {
		"container", "comm", "cpu_cores", "cpu_percent",
		"cpu_living_cores", "cpu_exited_cores",
	};
	const struct exit exits[] = {
		{ .owner = 0, .comm = "task", .gained_ns = 250000000 },
		{ .owner = 0, .comm = "true", .gained_ns = 2000000000 },
		{ .owner = 0, .comm = "true", .gained_ns = 1000000000 },
		{ .owner = SAMPLE_HOST, .comm = "\xff", .gained_ns = 50000000 },
	};
	json_t *rows, *row;

	(void)state;
	next_sample(exits, COUNT(exits), false);
	rows = rows_of(PATH, AT(102));
	must_have_keys(rows, keys, COUNT(keys));
	assert_int_equal(json_array_size(rows), 4);
	/* The busiest first */
	must_be(0, "web", "true");
	must_be(1, "db", "task");
	must_be(2, "web", "task");
	must_be(3, "host", "\xef\xbf\xbd");
	row = json_array_get(rows, 0);
	assert_near(number_at(row, "cpu_living_cores"), 0, 0);
	assert_near(number_at(row, "cpu_exited_cores"), 3, 1e-3);
	row = json_array_get(rows, 2);
	assert_near(number_at(row, "cpu_living_cores"), 0.5, 1e-3);
	assert_near(number_at(row, "cpu_exited_cores"), 0.25, 1e-3);
	assert_near(number_at(row, "cpu_cores"), 0.75, 1e-3);
	assert_near(number_at(row, "cpu_percent"), 18.75, 1e-2);
	assert_near(json_number_value(meta("t")), 1700000102000, 0.5);
	assert_near(json_number_value(meta("width_ms")), 0, 0);
	assert_true(json_is_false(meta("truncated")));
	assert_true(json_is_true(meta("known")));
	assert_int_equal(json_array_size(rows_of(PATH, AT(102)
						 "&container=web")), 2);
	assert_int_equal(json_array_size(rows_of(PATH, AT(102)
						 "&container=host")), 1);
}

/* The driver reported no ends in the world's own samples. */
static void test_unknown_ends(void **state)
{
	json_t *rows, *row;

	(void)state;
	store_sync(world.store);
	rows = rows_of(PATH, AT(101));
	assert_int_equal(json_array_size(rows), 2);
	must_be(0, "db", "task");
	row = json_array_get(rows, 0);
	assert_near(number_at(row, "cpu_living_cores"), 1, 1e-3);
	assert_true(is_null(row, "cpu_exited_cores"));
	assert_true(is_null(row, "cpu_cores"));
	assert_true(is_null(row, "cpu_percent"));
}

/* The CPU of one process is unknown: so is that of its command, and no other */
static void test_an_unknown_process(void **state)
{
	const struct exit exits[] = {
		{ .owner = 0, .comm = "task", .gained_ns = 250000000 },
		{ .owner = 0, .comm = "true", .gained_ns = 2000000000 },
	};
	json_t *rows, *row;

	(void)state;
	fill_next(exits, COUNT(exits), false);
	world_task(&next, 40, 0)->valid &= ~(uint64_t)CONTMON_TASK_CPU;
	take_next();
	rows = rows_of(PATH, AT(102));
	assert_int_equal(json_array_size(rows), 3);
	must_be(0, "web", "true");
	must_be(1, "db", "task");
	/* Those that are unknown come last. */
	must_be(2, "web", "task");
	row = json_array_get(rows, 2);
	assert_true(is_null(row, "cpu_living_cores"));
	assert_true(is_null(row, "cpu_cores"));
	assert_true(is_null(row, "cpu_percent"));
	assert_near(number_at(row, "cpu_exited_cores"), 0.25, 1e-3);
	assert_near(number_at(json_array_get(rows, 0), "cpu_cores"), 2, 1e-3);
}

/* The command has no other process, so nobody knows whether it used any. */
static void test_an_unknown_command(void **state)
{
	struct contmon_task *task;
	json_t *rows;

	(void)state;
	fill_next(NULL, 0, false);
	task = world_task(&next, 40, 0);
	task->valid &= ~(uint64_t)CONTMON_TASK_CPU;
	memcpy(task->comm, "other", 6);
	take_next();
	rows = rows_of(PATH, AT(102) "&container=web");
	assert_int_equal(json_array_size(rows), 2);
	must_be(0, "web", "task");
	must_be(1, "web", "other");
	assert_true(is_null(json_array_get(rows, 1), "cpu_living_cores"));
	assert_near(number_at(json_array_get(rows, 1), "cpu_exited_cores"), 0,
		    0);
}

/* @before: the sample before, if it was taken but not recorded */
static void record_after_a_gap(const struct sample *before)
{
	model_clear(&world.model);
	recorder_gap(world.recorder);
	fill_next(NULL, 0, false);
	assert_int_equal(model_update(&world.model, before, &next,
				      world.names), 0);
	http_kept_renew(&world.kept);
	assert_int_equal(recorder_tick(world.recorder, &world.model), 0);
	store_sync(world.store);
	exit_list_done(&next.exits);
	assert_int_equal(json_array_size(rows_of(PATH, AT(102))), 0);
	assert_true(json_is_false(meta("known")));
	world_forget(&world, &next);
}

/* After a time without samples, nobody knows what was used in it. */
static void test_after_a_gap(void **state)
{
	(void)state;
	record_after_a_gap(NULL);
}

/* There was no memory to record a sample. */
static void test_after_a_sample_that_was_not_recorded(void **state)
{
	(void)state;
	record_after_a_gap(&world.now);
}

/* No rows, but not because nothing used CPU */
static void test_hidden_processes(void **state)
{
	(void)state;
	next_sample(NULL, 0, true);
	assert_int_equal(json_array_size(rows_of(PATH, AT(102))), 0);
	assert_near(json_number_value(meta("t")), 1700000102000, 0.5);
	assert_true(json_is_false(meta("known")));
}

static void test_nothing_recorded(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(rows_of(PATH, "at=1000")), 0);
	assert_true(json_is_null(meta("t")));
	assert_true(json_is_null(meta("width_ms")));
	assert_true(json_is_false(meta("known")));
	assert_int_equal(get(PATH, "at=noon"), 400);
	assert_int_equal(get(PATH, "limit=5"), 400);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_living_and_ended),
		TEST(test_unknown_ends),
		TEST(test_an_unknown_process),
		TEST(test_an_unknown_command),
		TEST(test_after_a_gap),
		TEST(test_after_a_sample_that_was_not_recorded),
		TEST(test_hidden_processes),
		TEST(test_nothing_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
