// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows as a tree.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "contmon/table/row.h"

/*
 * Makes a row for each pair of an id and its parent's id; returns "id:depth" of
 * each, in order
 */
static const char *tree_of(const unsigned int (*pairs)[2], size_t nr)
{
	static char text[256];
	struct cli_row all[16] = { 0 }, *v[16];
	struct cli_rows rows = { v, nr };
	size_t i, at = 0;

	for (i = 0; i < nr; i++) {
		all[i].id = pairs[i][0];
		all[i].parent_id = pairs[i][1];
		v[i] = &all[i];
	}
	assert_int_equal(cli_rows_tree(&rows), 0);
	for (i = 0; i < nr; i++)
		at += (size_t)sprintf(text + at, "%d:%u ", (int)v[i]->id,
				      v[i]->depth);
	return text;
}

static void test_children_are_below_their_parents(void **state)
{
	static const unsigned int family[][2] = {
		{ 9, 2 }, { 1, 0 }, { 2, 1 }, { 3, 1 }, { 5, 9 }, { 4, 2 },
		{ 7, 77 },
	};
	static const unsigned int circle[][2] = {
		{ 1, 0 }, { 2, 3 }, { 3, 2 }, { 4, 3 }, { 5, 5 },
	};

	(void)state;
	assert_string_equal(tree_of(family, 7),
			    "1:0 2:1 9:2 5:3 4:2 3:1 7:0 ");
	assert_string_equal(tree_of(circle, 5), "1:0 5:0 2:0 3:1 4:2 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_children_are_below_their_parents),
	};

	return cmocka_run_group_tests_name("cli_row", tests, NULL, NULL);
}
