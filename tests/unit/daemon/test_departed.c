// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that started, without memory for them
 *
 * wrap: strdup
 */
#include "tests/unit/store.h"

#include "contmond/departed.h"

static bool is_exhausted;

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
	return is_exhausted ? NULL : __real_strdup(text);
}

static int begin(void **state)
{
	int r = begin_test(state);

	open_store(in_directory("store.db"), 0);
	tick_at(T0, BOOT0, NULL, 0);
	store_sync(store);
	return r;
}

/* Every container that is kept has an id. */
static void test_no_memory_for_an_id(void **state)
{
	const struct box box = { "alpha", 1, 1 };
	struct departed departed = { 0 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row };

	(void)state;
	is_exhausted = true;
	departed_begin(&departed, id, &who, T0, store);
	is_exhausted = false;
	assert_int_equal(departed.nr_present, 0);
	departed_begin(&departed, id, &who, T0, store);
	assert_int_equal(departed.nr_present, 1);
	assert_string_equal(departed.present[0].id, id);
	departed_done(&departed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_memory_for_an_id,
						begin, end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
