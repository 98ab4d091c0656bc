// SPDX-License-Identifier: GPL-2.0-only
/* The size of the file, with as many numbers as fill it */
#include "tests/unit/store_file.h"

static void test_the_size_cap_holds(void **state)
{
	static struct box boxes[100];
	static char titles[100][16];
	struct store_status status;
	uint64_t worst = 0;
	uint64_t seed = 1;
	int64_t t;
	size_t i;

	(void)state;
	spread = 65521;
	close_store();
	open_store(path, STORE_MIN_BYTES);
	for (t = 0; t < 1500; t++) {
		for (i = 0; i < COUNT(boxes); i++) {
			snprintf(titles[i], sizeof(titles[i]), "box-%zu", i);
			seed = seed * 6364136223846793005 + 1442695040888963407;
			boxes[i] = (struct box){ titles[i], i + 1,
				(double)(seed >> 40) };
		}
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, COUNT(boxes));
		if (t % 20)
			continue;
		store_sync(store);
		status = status_of();
		worst = status.bytes > worst ? status.bytes : worst;
	}
	assert_true(worst <= STORE_MIN_BYTES);
	assert_int_equal(status_of().lost, 0);
	/* Old ticks are deleted first; the hours are all there. */
	ask("processes", 1400, 1500, 1);
	assert_true(history.nr >= COUNT(boxes) * 10);
	ask("processes", -800, 1500, 600);
	assert_true(history.nr >= COUNT(boxes) * 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_the_size_cap_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
