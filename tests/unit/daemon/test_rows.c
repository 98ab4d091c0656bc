// SPDX-License-Identifier: GPL-2.0-only
/* Every member of a row is a column of its table, and only once. */
#include "tests/unit/daemon.h"

#include "contmond/model/rows.h"

/* Of each byte of a row, how many columns have it */
static void must_be_whole(const struct table *table, size_t size)
{
	unsigned char *seen = calloc(1, size);
	size_t i, j;

	assert_non_null(seen);
	for (i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];
		size_t length = column->unit == UNIT_TEXT ?
				sizeof(const char *) : sizeof(double);

		for (j = 0; j < length; j++)
			seen[column->offset + j]++;
	}
	for (i = 0; i < size; i++) {
		if (seen[i] != 1)
			fail_msg("the byte %zu is in %d columns", i, seen[i]);
	}
	free(seen);
}

static void test_all_are_there(void **state)
{
	(void)state;
	must_be_whole(&container_table, sizeof(struct container_row));
	must_be_whole(&process_table, sizeof(struct process_row));
	must_be_whole(&system_table, sizeof(struct system_row));
	must_be_whole(&device_table, sizeof(struct device_row));
}

/* A key is known by its name alone. */
static void test_keys_are_different(void **state)
{
	const struct table *tables[] = { &container_table, &process_table,
					 &system_table, &device_table };
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(tables); i++) {
		for (j = 0; j < tables[i]->nr_columns; j++)
			assert_ptr_equal(table_find(tables[i],
						    tables[i]->columns[j].key),
					 &tables[i]->columns[j]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_there),
		cmocka_unit_test(test_keys_are_different),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
