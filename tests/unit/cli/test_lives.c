// SPDX-License-Identifier: GPL-2.0-only
/* Which container had a title at a time */
#include "tests/unit/daemon.h"

#include "contmon/past/lives.h"

static char a[] = "a", b[] = "b", c[] = "c";

static struct cli_past_life all[] = {
	{ .title = a, .first_ms = 10 },
	{ .title = b, .first_ms = 10 },
	{ .title = b, .first_ms = 20 },
	{ .title = b, .first_ms = 20 },
	{ .title = b, .first_ms = 30 },
	{ .title = c, .first_ms = 5 },
};

static const struct {
	const char *title;
	int64_t t_ms;
	int index;	/* -1: none */
} cases[] = {
	{ "a", 9, 0 }, { "a", 10, 0 }, { "a", 99, 0 },
	{ "b", 9, 1 }, { "b", 10, 1 }, { "b", 19, 1 }, { "b", 20, 3 },
	{ "b", 29, 3 }, { "b", 30, 4 }, { "b", 99, 4 },
	{ "c", 4, 5 }, { "c", 5, 5 },
	{ "", 9, -1 }, { "aa", 10, -1 }, { "bb", 10, -1 }, { "d", 10, -1 },
};

static void test_who_had_the_title(void **state)
{
	const struct cli_past_lives lives = { .v = all, .nr = COUNT(all) };
	const struct cli_past_lives none = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct cli_past_life *found =
			cli_past_life_at(&lives, cases[i].title,
					 cases[i].t_ms);

		assert_ptr_equal(found, cases[i].index < 0 ?
					NULL : &all[cases[i].index]);
	}
	assert_null(cli_past_life_at(&none, "a", 10));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_had_the_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
