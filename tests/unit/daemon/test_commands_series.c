// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/commands/series: the commands that used the most CPU, over time */
#include "tests/unit/api.h"

#define PATH "/api/v1/commands/series"
#define RANGE "from=1700000000000&to=1700000200000"
#define LONG_RANGE "from=1699976200000&to=1700000200000"

static const json_t *meta(const char *key)
{
	return json_object_get(json_object_get(answer, "meta"), key);
}

/* The sample after those of the world; these processes have ended in it. */
static void next_sample(const struct exit *exits, size_t nr, bool hides_tasks)
{
	struct sample next;
	struct exit_list *list = &next.exits;

	world_sample(&next, 102);
	world_fill(&next, world.web, world.db, 2);
	list->all = calloc(nr + 1, sizeof(*exits));
	if (nr > 0)
		memcpy(list->all, exits, nr * sizeof(*exits));
	list->nr = nr;
	list->is_known = list->is_host_known = true;
	next.hides_tasks = hides_tasks;
	world_tick(&world, &next);
	store_sync(world.store);
	exit_list_done(list);
	world_forget(&world, &next);
}

static const json_t *row_of(const json_t *rows, double t,
			    const char *container, const char *comm)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (number_at(row, "t") == t &&
		    strcmp(text_at(row, "container"), container) == 0 &&
		    strcmp(text_at(row, "comm"), comm) == 0)
			return row;
	}
	fail_msg("no row of %s/%s", container, comm);
	return NULL;
}

static bool is_null(const json_t *row, const char *key)
{
	return json_is_null(json_object_get(row, key));
}

static void test_rows(void **state)
{
	static const char *const keys[] = {
		"t", "container", "comm", "commands", "cpu_cores",
		"cpu_living_cores", "cpu_exited_cores",
	};
	const struct exit exits[] = {
		{ .owner = 0, .comm = "task", .gained_ns = 250000000 },
		{ .owner = 0, .comm = "(other)", .gained_ns = 2000000000 },
		{ .owner = SAMPLE_HOST, .comm = "\xff", .gained_ns = 50000000 },
	};
	const double t = 1700000102000;
	const json_t *rows, *row;
	json_t *last;

	(void)state;
	next_sample(exits, COUNT(exits), false);
	rows = rows_of(PATH, RANGE);
	must_have_keys(rows, keys, COUNT(keys));
	row = row_of(rows, t, "web", "task");
	assert_near(number_at(row, "cpu_living_cores"), 0.5, 1e-3);
	assert_near(number_at(row, "cpu_exited_cores"), 0.25, 1e-3);
	assert_near(number_at(row, "cpu_cores"), 0.75, 1e-3);
	assert_near(number_at(row, "commands"), 1, 0);
	/* A program whose name is not that of the rest */
	row = row_of(rows, t, "web", "(other)");
	assert_near(number_at(row, "commands"), 1, 0);
	assert_near(number_at(row, "cpu_cores"), 2, 1e-3);
	row_of(rows, t, "host", "\xef\xbf\xbd");
	last = json_array_get(rows, json_array_size(rows) - 1);
	assert_string_equal(text_at(last, "container"), "host");
	assert_string_equal(text_at(last, "comm"), "(all other commands)");
	assert_true(is_null(last, "commands"));
	assert_true(is_null(last, "cpu_cores"));
	assert_near(number_at(json_array_get(rows, 0), "t"), 1700000100000, 0);
	/* The world's own samples know no ends. */
	row = row_of(rows, t - 1000, "db", "task");
	assert_near(number_at(row, "cpu_living_cores"), 1, 1e-3);
	assert_true(is_null(row, "cpu_cores"));
}

static void test_parameters(void **state)
{
	static const char *const keys[] = {
		"from", "to", "step_ms", "step_widened", "resolution_ms",
		"known", "truncated",
	};
	size_t i;

	(void)state;
	next_sample(NULL, 0, false);
	rows_of(PATH, RANGE "&container=web");
	assert_int_equal(json_object_size(json_object_get(answer, "meta")),
			 COUNT(keys));
	for (i = 0; i < COUNT(keys); i++)
		assert_non_null(meta(keys[i]));
	assert_near(json_number_value(meta("step_ms")), 1000, 0);
	assert_true(json_is_false(meta("step_widened")));
	assert_true(json_is_false(meta("truncated")));
	/* Three samples of one container, which has one command and a rest */
	assert_int_equal(json_array_size(rows_of(PATH, RANGE
						 "&container=web")), 6);
	assert_int_equal(json_array_size(rows_of(PATH, RANGE "&container=web"
						 "&step=10000")), 2);
	assert_int_equal(json_array_size(rows_of(PATH, RANGE
						 "&container=x")), 0);
	/* A day: a minute, which is the width of a tier */
	rows_of(PATH, "from=1699913800000&to=1700000200000");
	assert_near(json_number_value(meta("step_ms")), 60000, 0);
	assert_true(json_is_true(meta("step_widened")));
	/* Of many containers and commands fewer steps fit. */
	rows_of(PATH, "from=1699913800000&to=1700000200000&limit=50"
		      "&container=a,b,c,d,e,f");
	assert_near(json_number_value(meta("step_ms")), 600000, 0);
	rows_of(PATH, "");
	assert_near(json_number_value(meta("to")) -
		    json_number_value(meta("from")), 900000, 0);
}

/* Of 980 rows, there are fewer for each step if the host has one, too. */
static void test_the_host_has_rows(void **state)
{
	(void)state;
	rows_of(PATH, LONG_RANGE "&limit=50");
	assert_near(json_number_value(meta("step_ms")), 600000, 0);
	rows_of(PATH, LONG_RANGE "&limit=50&container=web,db");
	assert_near(json_number_value(meta("step_ms")), 60000, 0);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
		"limit=0", "limit=51", "limit=x", "step=x", "from=2&to=1",
		"metric=cpu_cores", "at=1",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wrong); i++)
		assert_int_equal(get(PATH, wrong[i]), 400);
	hides_processes = true;
	assert_int_equal(get(PATH, RANGE), 403);
}

static void test_hidden_processes(void **state)
{
	const json_t *rows;

	(void)state;
	next_sample(NULL, 0, true);
	rows = rows_of(PATH, RANGE "&container=web");
	assert_true(json_is_false(meta("known")));
	assert_true(is_null(row_of(rows, 1700000102000, "web",
				   "(all other commands)"), "cpu_cores"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_parameters),
		TEST(test_the_host_has_rows),
		TEST(test_refused),
		TEST(test_hidden_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
