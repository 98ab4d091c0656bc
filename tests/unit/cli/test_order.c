// SPDX-License-Identifier: GPL-2.0-only
/* Sorting rows with any values, by each kind of column. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "contmon/table/order.h"

/* Values, many of them equal, some 0 or unknown, in any order */
struct valued {
	struct cli_row row;
	struct cli_value value;
};

static struct cli_value get_value(const struct cli_row *row)
{
	return ((const struct valued *)row)->value;
}

static struct cli_value any_value(enum cli_kind kind)
{
	static const char *const texts[] = { "", "a", "b", "ba" };
	int n = rand() % 4;

	switch (kind) {
	case CLI_KIND_TEXT:
		return (struct cli_value){ rand() % 5, { .text = texts[n] } };
	case CLI_KIND_BOOL:
		return (struct cli_value){ rand() % 5, { .yes = n & 1 } };
	case CLI_KIND_ID:
	case CLI_KIND_TIME:
	case CLI_KIND_COUNT:
		return (struct cli_value){ rand() % 5, { .number = n - 2 } };
	case CLI_KIND_PERCENT:
	case CLI_KIND_CORES:
		return (struct cli_value){ rand() % 5, { .ratio = n / 2.0 } };
	default:
		return (struct cli_value){ rand() % 5,
					   { .bytes = (uint64_t)n } };
	}
}

/* Above 0 if @a has the larger value; both must be known */
static int difference(enum cli_kind kind, const struct cli_value *a,
		      const struct cli_value *b)
{
	switch (kind) {
	case CLI_KIND_TEXT:
		return -strcmp(a->text, b->text);
	case CLI_KIND_BOOL:
		return b->yes - a->yes;
	case CLI_KIND_ID:
	case CLI_KIND_TIME:
		return (int)(b->number - a->number);
	case CLI_KIND_COUNT:
		return (int)(a->number - b->number);
	case CLI_KIND_PERCENT:
	case CLI_KIND_CORES:
		return (int)(2 * (a->ratio - b->ratio));
	default:
		return (int)a->bytes - (int)b->bytes;
	}
}

static void assert_in_order(const struct valued *a, const struct valued *b,
			    enum cli_kind kind, bool is_turned)
{
	int order = 0;

	assert_true(a->value.known || !b->value.known);
	if (a->value.known && b->value.known)
		order = difference(kind, &a->value, &b->value);
	assert_true(is_turned ? order <= 0 : order >= 0);
	if (order == 0 && a->value.known == b->value.known)
		assert_true(a->row.id < b->row.id);
}

static void test_rows_of_any_values_are_in_order(void **state)
{
	enum { NR = 40 };
	struct valued all[NR] = { 0 };
	struct cli_row *pointers[NR];
	unsigned int seed, i, j;

	(void)state;
	for (seed = 0; seed < 4000; seed++) {
		struct cli_column column = {
			.kind = seed % (CLI_KIND_CORES + 1), .get = get_value,
		};
		struct cli_order order = {
			.by = &column,
			.against = seed & 16, .reverse = seed & 32,
		};
		struct cli_rows rows = { pointers, seed % NR };

		srand(seed);
		for (i = 0; i < rows.nr; i++) {
			all[i].value = any_value(column.kind);
			all[i].row.id = i + 1;
			/* Sorted by id in every third round */
			j = seed % 3 ? i : (unsigned int)rand() % (i + 1);
			pointers[i] = pointers[j];
			pointers[j] = &all[i].row;
		}
		cli_rows_sort(&rows, &order);
		for (i = 1; i < rows.nr; i++)
			assert_in_order((struct valued *)pointers[i - 1],
					(struct valued *)pointers[i],
					column.kind,
					order.against != order.reverse);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_of_any_values_are_in_order),
	};

	return cmocka_run_group_tests_name("cli_order", tests, NULL, NULL);
}
