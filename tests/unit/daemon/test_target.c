// SPDX-License-Identifier: GPL-2.0-only
/* A target whose cursor is not written, because the disk is full */
#include "tests/unit/daemon.h"

#include "base/clock.h"
#include "contmond/forward/target.h"
#include "contmond/store/store.h"

static void test_a_cursor_that_is_not_written(void **state)
{
	const struct store_options options = { .boot_id = "boot-1" };
	const uint64_t begin_ns = NS_PER_SECOND;
	uint64_t now_ns = begin_ns;
	struct target target = {
		.options.name = (char *)"one",
		.position = 5,
		.has_position = true,
		.save_ns = UINT64_MAX,
	};
	unsigned int nr;

	(void)state;
	assert_int_equal(store_open(&options, &target.store), 0);
	for (nr = 0; now_ns < begin_ns + 10 * NS_PER_SECOND; nr++) {
		assert_false(target_step(&target, now_ns));
		assert_true(target.due_ns > now_ns);
		if (nr == 0)
			assert_int_equal(target.due_ns - now_ns,
					 2 * NS_PER_MS);
		now_ns = target.due_ns;
	}
	/* Neither 5000 times, nor so late that the next has to wait */
	assert_in_range(nr, 20, 200);
	assert_true(now_ns <= begin_ns + 11 * NS_PER_SECOND);
	store_close(target.store);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_cursor_that_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
