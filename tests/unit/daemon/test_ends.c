// SPDX-License-Identifier: GPL-2.0-only
/* Which ends of containers are known */
#include "tests/unit/daemon.h"

#include "contmond/ends.h"

static struct ends ends;

static int setup(void **state)
{
	(void)state;
	memset(&ends, 0, sizeof(ends));
	ends_begin(&ends, 100);
	return 0;
}

static void test_runs(void **state)
{
	(void)state;
	assert_false(ends_lack(&ends, "a", 100));
	assert_true(ends_lack(&ends, "a", 101));
	ends_add(&ends, false, "a", 150, 200);
	assert_true(ends_lack(&ends, "a", 149));
	assert_false(ends_lack(&ends, "a", 150));
	assert_false(ends_lack(&ends, "a", 200));
	assert_true(ends_lack(&ends, "a", 201));
	assert_true(ends_lack(&ends, "b", 150));
	/* It is not known when it began. */
	ends_add(&ends, false, "b", 0, 200);
	assert_false(ends_lack(&ends, "b", 101));
}

/* One of root's may be in a cgroup of a user. */
static void test_both_lists_are_looked_at(void **state)
{
	(void)state;
	ends_add(&ends, true, "a", 150, 200);
	assert_false(ends_lack(&ends, "a", 180));
}

/* What was forgotten may have been recorded. */
static void test_many(void **state)
{
	char id[32];
	int i;

	(void)state;
	for (i = 0; i <= ENDS_MAX; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		ends_add(&ends, false, id, 1000 + i, 1000 + i);
	}
	assert_false(ends_lack(&ends, "c0", 1000));
	assert_false(ends_lack(&ends, "other", 1000));
	assert_false(ends_lack(&ends, "c1", 1001));
	assert_true(ends_lack(&ends, "other", 1001));
}

/* However many of users end, those of root's are known. */
static void test_many_of_users(void **state)
{
	char id[32];
	int i;

	(void)state;
	ends_add(&ends, false, "a", 150, 200);
	for (i = 0; i < 3 * ENDS_MAX; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		ends_add(&ends, true, id, 1000 + i, 1000 + i);
	}
	assert_false(ends_lack(&ends, "a", 180));
	assert_true(ends_lack(&ends, "b", 180));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_runs, setup),
		cmocka_unit_test_setup(test_both_lists_are_looked_at, setup),
		cmocka_unit_test_setup(test_many, setup),
		cmocka_unit_test_setup(test_many_of_users, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
