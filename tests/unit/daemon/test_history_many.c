// SPDX-License-Identifier: GPL-2.0-only
/* The history of very many containers */
#include "tests/unit/store_file.h"

#include "contmond/store/internal.h"

/* What is not written yet is small. */
static void must_have_room(size_t running)
{
	size_t i;

	for (i = 1; i < NR_TIERS; i++)
		assert_true(store->ingest.lanes[i].bucket.nr <=
			    INGEST_MAX_MEMBERS(running));
}

/*
 * Ten thousand short-lived containers in an hour take no memory, and are all
 * there.
 */
static void test_many_containers_come_and_go(void **state)
{
	struct box boxes[3] = { { "steady", 1, 5 } };
	const struct column *column;
	struct history_query query = query_of(&column, "processes", -800, 3599,
					      60);
	static char titles[2][32];
	int64_t t;

	(void)state;
	for (t = 0; t < 3000; t++) {
		snprintf(titles[0], sizeof(titles[0]), "job-%lld",
			 (long long)t);
		snprintf(titles[1], sizeof(titles[1]), "task-%lld",
			 (long long)t);
		boxes[1] = (struct box){ titles[0], (uint64_t)(10 + 2 * t), 1 };
		boxes[2] = (struct box){ titles[1], (uint64_t)(11 + 2 * t), 2 };
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, 3);
		must_have_room(3);
		if (t % 50 == 0)
			store_sync(store);
	}
	store_sync(store);
	ask_for(&query);
	assert_int_equal(history.nr, 6000 + 51);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM final"), 5998);
	query.containers = "job-1234,steady";
	query.step_ms = 3600000;
	ask_for(&query);
	assert_int_equal(history.nr, 3);
	must_be(0, -800, "job-1234", 1);
	must_be(1, -800, "steady", 5);
	must_be(2, 2800, "steady", 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_many_containers_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
