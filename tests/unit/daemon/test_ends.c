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

/* Ends are told at the boot time and @OFFSET. */
#define OFFSET 5000

static bool lack(const char *id, uint64_t ended_ns)
{
	return ends_lack(&ends, id, (int64_t)ended_ns + OFFSET, ended_ns);
}

static void add(const char *id, uint64_t began_ns, uint64_t gone_ns)
{
	const struct past_run run = { .began_boottime_ns = began_ns,
				      .gone_boottime_ns = gone_ns };

	ends_add(&ends, id, &run);
}

static void test_runs(void **state)
{
	(void)state;
	assert_false(lack("a", 100));
	assert_true(lack("a", 101));
	add("a", 150, 200);
	assert_true(lack("a", 149));
	assert_false(lack("a", 150));
	assert_false(lack("a", 200));
	assert_true(lack("a", 201));
	assert_true(lack("b", 150));
	/* It is not known when it began. */
	add("b", 0, 200);
	assert_false(lack("b", 101));
}

/* It is told again after the clock was set: at another boot time. */
static void test_an_end_that_was_told(void **state)
{
	const struct past_run run = { .began_boottime_ns = 150,
				      .gone_boottime_ns = 200,
				      .told_ms = OFFSET + 190 };

	(void)state;
	ends_add(&ends, "a", &run);
	assert_false(ends_lack(&ends, "a", OFFSET + 190, 350));
	assert_true(ends_lack(&ends, "a", OFFSET + 191, 350));
	assert_true(ends_lack(&ends, "b", OFFSET + 190, 350));
}

/* What was forgotten may have been recorded. */
static void test_many(void **state)
{
	char id[32];
	uint64_t i;

	(void)state;
	for (i = 0; i <= ENDS_MAX; i++) {
		snprintf(id, sizeof(id), "c%d", (int)i);
		add(id, 1000 + i, 1000 + i);
	}
	assert_false(lack("c0", 1000));
	assert_false(lack("other", 1000));
	assert_false(lack("c1", 1001));
	assert_true(lack("other", 1001));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_runs, setup),
		cmocka_unit_test_setup(test_an_end_that_was_told, setup),
		cmocka_unit_test_setup(test_many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
