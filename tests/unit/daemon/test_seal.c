// SPDX-License-Identifier: GPL-2.0-only
/* Spans of so many containers that they are sealed in pieces and batches */
#include "tests/unit/store_file.h"

#include "contmond/store/tier.h"

#define BOXES 90

static int64_t nr_sealed(void)
{
	return sql_number(path, "SELECT count(*) FROM span "
			  "WHERE tier = 0 AND layout IS NULL");
}

/* A complete span of ticks, and the first tick of the next one */
static size_t nr_ticks(void)
{
	return tiers[0].max_moments + 1;
}

/* Every third container is only there now and then. */
static bool is_there(size_t i, size_t t)
{
	return i % 3 != 1 || (t / (i + 1)) % 2 == 0;
}

static double value_of(size_t i, size_t t)
{
	return (double)(1000 * i + t % 101);
}

static void tick_of_many(size_t t)
{
	static struct box boxes[BOXES];
	static char titles[BOXES][16];
	size_t i, nr = 0;

	for (i = 0; i < BOXES; i++) {
		if (!is_there(i, t))
			continue;
		snprintf(titles[i], sizeof(titles[i]), "box-%zu", i);
		boxes[nr++] = (struct box){ titles[i], i + 1, value_of(i, t) };
	}
	tick_at(T0 + (int64_t)t * 1000, BOOT0 + (int64_t)t * 1000, boxes, nr);
}

static void live(void)
{
	size_t t;

	for (t = 0; t < nr_ticks(); t++)
		tick_of_many(t);
}

static void test_each_number_is_of_its_container(void **state)
{
	size_t i, t;

	(void)state;
	live();
	store_sync(store);
	assert_int_equal(nr_sealed(), 1);
	assert_true(sql_number(path, "SELECT count(DISTINCT batch) FROM chunk "
			       "WHERE span = 1") > 3);
	for (i = 0; i < BOXES; i++) {
		const struct column *column;
		struct history_query query = query_of(&column, "processes", 0,
						      (int64_t)nr_ticks(), 1);
		char name[16];
		size_t row = 0;

		snprintf(name, sizeof(name), "box-%zu", i);
		query.containers = name;
		ask_for(&query);
		for (t = 0; t < nr_ticks(); t++) {
			if (is_there(i, t))
				must_be(row++, (int64_t)t, name,
					value_of(i, t));
		}
		assert_int_equal(row, history.nr);
	}
}

static bool has_chunks(void)
{
	return sql_number(path, "SELECT count(*) FROM chunk "
			  "WHERE span = 1") > 0;
}

/* Returns while a span is being sealed, or just after that */
static void live_until_sealing(void)
{
	size_t t;

	live();
	for (t = nr_ticks(); !has_chunks(); t++)
		tick_of_many(t);
}

/*
 * The rest is sealed when the store is next open. If all was done before it was
 * closed, there was nothing to wait for, and another try is needed.
 */
static void test_closing_does_not_wait_for_sealing(void **state)
{
	size_t nr_tries = 5;

	(void)state;
	live_until_sealing();
	close_store();
	while (nr_sealed() > 0 && nr_tries-- > 0) {
		remove(path);
		open_store(path, 0);
		live_until_sealing();
		close_store();
	}
	assert_int_equal(nr_sealed(), 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
				    "WHERE span = 1"), tiers[0].max_moments);
	open_store(path, 0);
	tick_of_many(2 * nr_ticks());
	store_sync(store);
	assert_int_equal(nr_sealed(), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_each_number_is_of_its_container),
		TEST(test_closing_does_not_wait_for_sealing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
