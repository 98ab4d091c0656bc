// SPDX-License-Identifier: GPL-2.0-only
/* Every tier has the numbers of the ticks, also after restarts. */
#include "tests/unit/store_file.h"

/* An oracle: the numbers of every tick, and the right answer to a query */

#define LIFE_S 8000
#define BOXES 3

static double truth[LIFE_S][BOXES];

static double truth_of(int64_t t_s, size_t i)
{
	return t_s >= 0 && t_s < LIFE_S ? truth[t_s][i] : NAN;
}

/* Gauges that vary, with gaps; the third box starts late and ends early. */
static void live(int64_t from_s, int64_t to_s)
{
	static const char *const titles[] = { "alpha", "beta", "gamma" };
	struct box boxes[BOXES];
	int64_t t;
	size_t i, nr;

	for (t = from_s; t < to_s; t++) {
		for (i = nr = 0; i < BOXES; i++) {
			bool there = i < 2 || (t > 2500 && t < 4700);
			double value = (double)((t * 7 + (int64_t)i * 13) %
						101) + (double)(t / 1000);

			if (i == 1 && t % 17 < 3)
				value = NAN;
			truth[t][i] = there ? value : -1;
			if (there)
				boxes[nr++] = (struct box){ titles[i], i + 1,
							    value };
		}
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, nr);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
}

struct expected {
	double sum, lo, hi;
	size_t n;
	bool there;
};

static struct expected expect(int64_t step_s, int64_t width_s, size_t i)
{
	struct expected e = { 0, INFINITY, -INFINITY, 0, false };
	int64_t t;

	for (t = step_s; t < step_s + width_s; t++) {
		double value = truth_of(t, i);

		if (t < 0 || t >= LIFE_S || value == -1)
			continue;
		e.there = true;
		if (isnan(value))
			continue;
		e.sum += value;
		e.n++;
		e.lo = fmin(e.lo, value);
		e.hi = fmax(e.hi, value);
	}
	return e;
}

/*
 * Steps begin at multiples of their width, and T0 is only a multiple of 1000 s.
 */
static void must_be_true(int64_t width_s, enum history_aggregate aggregate,
			 double tolerance)
{
	static const char *const titles[] = { "alpha", "beta", "gamma" };
	int64_t first = -(T0 / 1000 % width_s), t;
	size_t i, row = 0;

	ask_with("processes", first, LIFE_S - 1, width_s, aggregate, false);
	for (t = first; t < LIFE_S; t += width_s) {
		for (i = 0; i < BOXES; i++) {
			struct expected e = expect(t, width_s, i);
			double value = aggregate == HISTORY_MIN ? e.lo :
				       aggregate == HISTORY_MAX ? e.hi :
				       e.sum / (double)e.n;

			if (!e.there)
				continue;
			assert_true(row < history.nr);
			assert_int_equal(history.rows[row].t_ms, T0 + t * 1000);
			assert_string_equal(history.rows[row].container,
					    titles[i]);
			if (e.n == 0)
				assert_true(isnan(history.values[row]));
			else
				assert_near(history.values[row], value,
					    tolerance);
			row++;
		}
	}
	assert_int_equal(row, history.nr);
}

static void must_all_be_true(void)
{
	static const int64_t widths[] = { 1, 7, 10, 15, 60, 300, 600, 3600 };
	size_t i;

	for (i = 0; i < COUNT(widths); i++) {
		must_be_true(widths[i], HISTORY_MEAN, 0.051);
		must_be_true(widths[i], HISTORY_MIN, 1e-6);
		must_be_true(widths[i], HISTORY_MAX, 1e-6);
	}
}

static void test_every_tier_has_the_right_numbers(void **state)
{
	(void)state;
	live(0, LIFE_S);
	must_all_be_true();
	assert_true(sql_number(path, "SELECT count(*) FROM span "
			       "WHERE layout IS NULL") > 10);
	reopen_store(path);
	must_all_be_true();
}

/* No matter where contmond is stopped, no tick is lost or counted twice. */
static void test_restarts(void **state)
{
	static const int64_t stops[] = { 3, 595, 600, 601, 1203, 1210, 3599,
					 3600, 4000, 7205 };
	int64_t from = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(stops); i++) {
		live(from, stops[i]);
		from = stops[i];
		reopen_store(path);
	}
	live(from, LIFE_S);
	must_all_be_true();
}

/* What many containers did before a restart is in the same bucket as before. */
static void test_a_restart_with_many(void **state)
{
	struct box boxes[100];
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(boxes); i++)
		boxes[i] = (struct box){ "box", i + 1, 1 };
	/* The first minute has 40 seconds. */
	for (t = 0; t < 39; t++) {
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, COUNT(boxes));
		if (t == 35)
			reopen_store(path);
	}
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame JOIN "
				    "span ON span = id WHERE tier = 2"), 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame JOIN "
				    "span ON span = id WHERE tier = 0"), 39);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_every_tier_has_the_right_numbers),
		TEST(test_restarts),
		TEST(test_a_restart_with_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
