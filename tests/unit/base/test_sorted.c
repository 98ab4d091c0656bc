// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/sorted.h"

static int order(const void *key, const void *element)
{
	int x = *(const int *)key, y = *(const int *)element;

	return (x > y) - (x < y);
}

static void test_every_place_of_every_length(void **state)
{
	int array[16], key;
	size_t nr, i;
	bool found;

	(void)state;
	for (i = 0; i < COUNT(array); i++)
		array[i] = 2 * (int)i;
	for (nr = 0; nr <= COUNT(array); nr++) {
		for (key = -1; key <= 2 * (int)nr; key++) {
			size_t place = sorted_place(&key, array, nr,
						    sizeof(key), order,
						    &found);

			assert_int_equal(place, (key + 1) / 2);
			assert_int_equal(found, key >= 0 && key % 2 == 0 &&
					 key < 2 * (int)nr);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place_of_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
