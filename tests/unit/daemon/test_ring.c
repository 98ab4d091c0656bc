// SPDX-License-Identifier: GPL-2.0-only
/* How long samples are kept, and the points that are made from them. */
#include "tests/unit/daemon.h"

#include "contmond/store/points.h"
#include "contmond/store/ring.h"

#define T0 1700000000000

static struct ring *ring;
static int64_t booted_ms;	/* the wall time of boot, as the clock is set */
static struct points points;

static int setup(void **state)
{
	(void)state;
	ring = ring_new(60000, 1 << 20);
	booted_ms = T0 - 5000000;
	return ring ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	points_done(&points);
	ring_free(ring);
	return 0;
}

static struct container_row row_of(const char *label, double value)
{
	static char ids[8][2];
	static unsigned int next;
	struct container_row row;
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];
		char *member = (char *)&row + column->offset;

		if (column->unit == UNIT_TEXT)
			*(const char **)member = NULL;
		else
			*(double *)member = value;
	}
	/* The id of a container is the first letter of its first label. */
	ids[next % 8][0] = label[0];
	row.id = row.cgroup = ids[next++ % 8];
	row.container = label;
	return row;
}

static void push(int64_t t_ms, size_t nr, const struct container_row *rows)
{
	const struct container_row *list[4];
	struct system_row system = { .t = (double)t_ms, .load1 = 3 };
	size_t i;

	for (i = 0; i < nr; i++)
		list[i] = &rows[i];
	assert_int_equal(ring_push(ring, (uint64_t)(t_ms - booted_ms) * 1000000,
				   &system, list, nr), 0);
}

static void push_one(int64_t t_ms, const char *label, double value)
{
	struct container_row row = row_of(label, value);

	push(t_ms, 1, &row);
}

static struct points_query query_of(const char *metric, int64_t from,
				    int64_t to, int64_t step)
{
	return (struct points_query){
		.column = table_find(&container_table, metric),
		.from_ms = from,
		.to_ms = to,
		.step_ms = step,
		.max_points = 100,
	};
}

static void ask(const struct points_query *query)
{
	points_done(&points);
	assert_int_equal(points_query(ring, query, &points), 0);
}

static void must_be(size_t i, int64_t t_ms, const char *label, double value)
{
	assert_true(i < points.nr);
	assert_int_equal(points.all[i].t_ms, t_ms);
	assert_string_equal(points.all[i].container, label);
	if (isnan(value))
		assert_true(isnan(points.all[i].value));
	else
		assert_near(points.all[i].value, value, 1e-9);
}

static void test_nothing(void **state)
{
	struct points_query query = query_of("cpu_cores", 0, T0, 1000);

	(void)state;
	ask(&query);
	assert_int_equal(points.nr, 0);
	assert_false(points.truncated);
	assert_int_equal(ring_bytes(ring), 0);
}

static void test_means_and_lasts(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 9999, 5000);
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		push_one(T0 + i * 1000, "web", i);
	ask(&query);
	assert_int_equal(points.nr, 2);
	must_be(0, T0, "web", 2);
	must_be(1, T0 + 5000, "web", 7);
	query = query_of("read_bytes_total", T0, T0 + 9999, 5000);
	ask(&query);
	must_be(0, T0, "web", 4);
	must_be(1, T0 + 5000, "web", 9);
	query = query_of("state_code", T0, T0 + 9999, 5000);
	ask(&query);
	must_be(1, T0 + 5000, "web", 9);
}

static void test_unknown_numbers(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 3000, 2000);

	(void)state;
	push_one(T0, "web", NAN);
	push_one(T0 + 1000, "web", 4);
	push_one(T0 + 2000, "web", NAN);
	push_one(T0 + 3000, "web", NAN);
	ask(&query);
	assert_int_equal(points.nr, 2);
	must_be(0, T0, "web", 4);
	must_be(1, T0 + 2000, "web", NAN);
	query = query_of("read_ops_total", T0, T0 + 3000, 2000);
	ask(&query);
	must_be(0, T0, "web", 4);
	must_be(1, T0 + 2000, "web", NAN);
}

static void test_steps_are_whole_and_aligned(void **state)
{
	struct points_query query;
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		push_one(T0 + i * 1000, "web", i);
	/* The step at T0 + 5000 begins before, that at T0 + 10000 within. */
	query = query_of("cpu_cores", T0 + 5001, T0 + 10000, 5000);
	ask(&query);
	assert_int_equal(points.nr, 1);
	must_be(0, T0 + 10000, "web", 12);
	query = query_of("cpu_cores", T0 + 5000, T0 + 10000, 5000);
	ask(&query);
	assert_int_equal(points.nr, 2);
	must_be(0, T0 + 5000, "web", 7);
}

static void test_gaps_have_no_points(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 3000, 1000);
	struct container_row rows[2];

	(void)state;
	rows[0] = row_of("alpha", 1);
	rows[1] = row_of("beta", 2);
	push(T0, 2, rows);
	push(T0 + 1000, 1, &rows[1]);
	push(T0 + 2000, 0, NULL);
	push(T0 + 3000, 2, rows);
	ask(&query);
	assert_int_equal(points.nr, 5);
	must_be(0, T0, "alpha", 1);
	must_be(1, T0, "beta", 2);
	must_be(2, T0 + 1000, "beta", 2);
	must_be(3, T0 + 3000, "alpha", 1);
	must_be(4, T0 + 3000, "beta", 2);
}

static void test_filters(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0, 1000);
	struct container_row rows[3];

	(void)state;
	rows[0] = row_of("alpha", 1);
	rows[1] = row_of("beta", 2);
	rows[2] = row_of("gamma", 3);
	push(T0, 3, rows);
	query.containers = "gamma,nobody,a";
	ask(&query);
	assert_int_equal(points.nr, 2);
	must_be(0, T0, "alpha", 1);
	must_be(1, T0, "gamma", 3);
	query.containers = "nobody";
	ask(&query);
	assert_int_equal(points.nr, 0);
}

static void test_system(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0, 1000);

	(void)state;
	query.is_system = true;
	query.column = table_find(&system_table, "load1");
	push(T0, 0, NULL);
	ask(&query);
	assert_int_equal(points.nr, 1);
	must_be(0, T0, "host", 3);
	query.containers = "web";
	ask(&query);
	assert_int_equal(points.nr, 0);
	query.containers = "web,host";
	ask(&query);
	assert_int_equal(points.nr, 1);
}

static void test_what_is_too_old_is_dropped(void **state)
{
	struct points_query query = query_of("cpu_cores", 0, T0 * 2, 1000);
	size_t bytes;
	int i;

	(void)state;
	for (i = 0; i <= 60; i++)
		push_one(T0 + i * 1000, i < 30 ? "old" : "new", i);
	bytes = ring_bytes(ring);
	ask(&query);
	assert_int_equal(points.nr, 61);
	must_be(0, T0, "old", 0);
	for (i = 61; i <= 200; i++)
		push_one(T0 + i * 1000, "new", i);
	assert_int_equal(ring_bytes(ring), bytes);
	points_done(&points);
	query.max_points = 1000;
	ask(&query);
	assert_int_equal(points.nr, 61);
	must_be(0, T0 + 140000, "new", 140);
	assert_int_equal(ring_slots(ring)->nr_used, 1);
}

static void test_a_shorter_history(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		push_one(T0 + i * 1000, "web", i);
	ring_set_history(ring, 10000);
	push_one(T0 + 50000, "web", 50);
	assert_int_equal(ring_nr_frames(ring), 11);
}

static void test_memory_is_bounded(void **state)
{
	struct container_row rows[4];
	int i;

	(void)state;
	ring_free(ring);
	ring = ring_new(1LL << 40, 20000);
	rows[0] = row_of("alpha", 1);
	rows[1] = row_of("beta", 1);
	rows[2] = row_of("gamma", 1);
	rows[3] = row_of("delta", 1);
	for (i = 0; i < 1000; i++)
		push(T0 + i * 1000, 4, rows);
	assert_true(ring_bytes(ring) <= 20000);
	assert_true(ring_nr_frames(ring) >= 10);
	assert_int_equal(ring_frame(ring, ring_nr_frames(ring) - 1)->t_ms,
			 T0 + 999000);
}

static void test_many_containers_come_and_go(void **state)
{
	char label[16];
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		struct container_row row;

		snprintf(label, sizeof(label), "c%d", i);
		row = row_of(label, 1);
		row.cgroup = label;
		push(T0 + i * 1000, 1, &row);
	}
	assert_int_equal(ring_slots(ring)->nr_used, 61);
	assert_true(ring_slots(ring)->nr <= 128);
}

static void test_a_new_name_is_for_the_past_too(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 9000, 1000);
	struct container_row row = row_of("old", 1);

	(void)state;
	push(T0, 1, &row);
	row.container = "renamed";
	assert_int_equal(ring_rename(ring, &row), 0);
	ask(&query);
	must_be(0, T0, "renamed", 1);
	row.container = "again";
	push(T0 + 1000, 1, &row);
	ask(&query);
	assert_int_equal(points.nr, 2);
	must_be(0, T0, "again", 1);
	must_be(1, T0 + 1000, "again", 1);
}

/* A container was replaced by one of the same name: one row per step. */
static void test_a_name_that_is_used_again(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 9000, 2000);
	struct container_row rows[2];

	(void)state;
	rows[0] = row_of("web", 2);
	rows[1] = row_of("web", 4);
	rows[1].cgroup = rows[1].id = "x";
	push(T0, 1, &rows[0]);
	push(T0 + 1000, 1, &rows[1]);
	ask(&query);
	assert_int_equal(points.nr, 1);
	must_be(0, T0, "web", 3);
}

static void test_the_oldest_are_cut(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 60000, 1000);
	struct container_row rows[2];
	int i;

	(void)state;
	rows[0] = row_of("alpha", 1);
	rows[1] = row_of("beta", 2);
	for (i = 0; i < 20; i++)
		push(T0 + i * 1000, 2, rows);
	query.max_points = 7;
	ask(&query);
	assert_true(points.truncated);
	assert_int_equal(points.nr, 6);
	must_be(0, T0 + 17000, "alpha", 1);
	must_be(5, T0 + 19000, "beta", 2);
	query.max_points = 40;
	ask(&query);
	assert_false(points.truncated);
	assert_int_equal(points.nr, 40);
}

/* 20 samples, a step of the wall clock, 10 samples. */
static void step_by(int64_t step_ms)
{
	struct points_query query;
	int64_t i;

	for (i = 0; i < 20; i++)
		push_one(T0 + i * 1000, "web", (double)i);
	booted_ms += step_ms;
	for (i = 20; i < 30; i++)
		push_one(T0 + step_ms + i * 1000, "web", (double)i);
	query = query_of("cpu_cores", T0 + step_ms, T0 + step_ms + 60000, 1000);
	ask(&query);
	assert_int_equal(points.nr, 30);
	for (i = 0; i < 30; i++)
		must_be((size_t)i, T0 + step_ms + i * 1000, "web", (double)i);
}

static void test_a_clock_that_is_set_back(void **state)
{
	(void)state;
	step_by(-3 * 3600000);
}

static void test_a_clock_that_is_set_forward(void **state)
{
	(void)state;
	step_by(2 * 3600000);
}

/* It is not set by whole seconds: no two samples get into one step. */
static void test_a_step_that_is_not_whole(void **state)
{
	struct points_query query = query_of("cpu_cores", 0, T0 * 2, 1000);
	int64_t i;

	(void)state;
	for (i = 0; i < 20; i++)
		push_one(T0 + i * 1000 + i % 5, "web", 1);
	booted_ms += 7199997;
	for (i = 20; i < 30; i++)
		push_one(T0 + 7200000 + i * 1000, "web", 1);
	ask(&query);
	assert_int_equal(points.nr, 30);
	for (i = 0; i < 30; i++)
		must_be((size_t)i, T0 + 7200000 + i * 1000, "web", 1);
}

static void test_a_clock_that_is_adjusted_slowly(void **state)
{
	struct points_query query = query_of("cpu_cores", T0, T0 + 60000, 1000);
	int64_t i;

	(void)state;
	for (i = 0; i < 30; i++) {
		booted_ms += 3;
		push_one(T0 + i * 1000, "web", 1);
	}
	ask(&query);
	assert_int_equal(points.nr, 30);
	must_be(0, T0, "web", 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_nothing),
		TEST(test_means_and_lasts),
		TEST(test_unknown_numbers),
		TEST(test_steps_are_whole_and_aligned),
		TEST(test_gaps_have_no_points),
		TEST(test_filters),
		TEST(test_system),
		TEST(test_what_is_too_old_is_dropped),
		TEST(test_a_shorter_history),
		TEST(test_memory_is_bounded),
		TEST(test_many_containers_come_and_go),
		TEST(test_a_new_name_is_for_the_past_too),
		TEST(test_a_name_that_is_used_again),
		TEST(test_the_oldest_are_cut),
		TEST(test_a_clock_that_is_set_back),
		TEST(test_a_clock_that_is_set_forward),
		TEST(test_a_step_that_is_not_whole),
		TEST(test_a_clock_that_is_adjusted_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
