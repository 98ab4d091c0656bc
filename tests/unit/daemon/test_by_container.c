// SPDX-License-Identifier: GPL-2.0-only
/* Arrays in ascending order of containers */
#include "tests/unit/daemon.h"

#include <errno.h>

#include "contmond/store/by_container.h"

struct element {
	uint32_t c;
	char name;
};

static const struct element odd[] = { { 1, 'a' }, { 3, 'b' }, { 3, 'c' } };
static const struct element some[] = { { 2, 'd' }, { 3, 'e' }, { 4, 'f' } };
static const struct element mixed[] = {
	{ 7, 'a' }, { UINT32_MAX, 'b' }, { 7, 'c' }, { 0, 'd' }, { 7, 'e' },
};

/* The names of what was added; the one after @room does not fit. */
struct added {
	char names[16];
	size_t nr, room;
};

static int add(void *to, const void *element)
{
	struct added *added = to;

	if (added->nr == added->room)
		return -ENOMEM;
	added->names[added->nr++] = ((const struct element *)element)->name;
	return 0;
}

static void must_merge(const struct element *all, size_t nr,
		       const struct element *others, size_t nr_others,
		       const char *names)
{
	struct added added = { .room = 15 };

	assert_int_equal(by_container_merge(all, nr, others, nr_others,
					    sizeof(*all), add, &added), 0);
	assert_string_equal(added.names, names);
}

static void test_merge(void **state)
{
	struct added few = { .room = 4 };

	(void)state;
	must_merge(odd, 3, some, 3, "adbcef");
	must_merge(some, 3, odd, 3, "adebcf");
	must_merge(odd, 3, NULL, 0, "abc");
	must_merge(NULL, 0, some, 3, "def");
	must_merge(NULL, 0, NULL, 0, "");
	assert_int_equal(by_container_merge(odd, 3, some, 3, sizeof(*odd), add,
					    &few), -ENOMEM);
	assert_string_equal(few.names, "adbc");
}

static void test_settle(void **state)
{
	struct added added = { .room = 15 }, few = { .room = 2 };

	(void)state;
	assert_int_equal(by_container_settle(mixed, COUNT(mixed),
					     sizeof(*mixed), add, &added), 0);
	assert_string_equal(added.names, "daceb");
	assert_int_equal(by_container_settle(mixed, COUNT(mixed),
					     sizeof(*mixed), add, &few),
			 -ENOMEM);
	assert_string_equal(few.names, "da");
	assert_int_equal(by_container_settle(NULL, 0, sizeof(*mixed), add,
					     &added), 0);
	assert_int_equal(added.nr, COUNT(mixed));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_settle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
