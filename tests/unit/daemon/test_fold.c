// SPDX-License-Identifier: GPL-2.0-only
/* Parts of steps, of which the newest are kept */
#include "tests/unit/daemon.h"

#include "contmond/store/fold.h"

/* A step that is given up to make room for it has no part left. */
static void test_a_step_that_does_not_fit(void **state)
{
	uint64_t step, first_step = 0;
	struct folded *part;
	struct fold fold;
	uint32_t group;
	size_t i;
	int r;

	(void)state;
	assert_int_equal(fold_init(&fold, 1, 20), 0);
	for (step = 200; step-- > 100;) {
		for (group = 0; group < 3; group++) {
			r = fold_part(&fold, step, group, &part);
			assert_int_equal(r, step >= fold.first_step);
			assert_true(fold.first_step >= first_step);
			first_step = fold.first_step;
		}
	}
	assert_int_equal(fold_trim(&fold), 0);
	assert_int_equal(fold.first_step, 194);
	assert_int_equal(fold.nr, 6 * 3);
	for (i = 0; i < fold.nr; i++)
		assert_true(fold.keys[i].step >= fold.first_step);
	fold_done(&fold);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_step_that_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
