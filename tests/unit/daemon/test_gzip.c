// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/serve/gzip.h"

static void test_gzip_is_used_when_it_is_accepted(void **state)
{
	(void)state;
	assert_true(gzip_accepted("gzip"));
	assert_true(gzip_accepted("deflate, gzip;q=1.0, *;q=0.5"));
	assert_true(gzip_accepted("GZIP"));
	assert_true(gzip_accepted("*"));
	assert_true(gzip_accepted("gzip;q=0.5"));
	assert_false(gzip_accepted(NULL));
	assert_false(gzip_accepted(""));
	assert_false(gzip_accepted("br, deflate"));
	assert_false(gzip_accepted("gzip;q=0"));
	assert_false(gzip_accepted("gzip ; q=0.000"));
	assert_false(gzip_accepted("xgzip"));
	assert_true(gzip_accepted("*;q=0, gzip"));
	assert_false(gzip_accepted("*, gzip;q=0"));
	assert_false(gzip_accepted("identity, gzip;q=0.5"));
	assert_true(gzip_accepted("identity;q=0.5, gzip;q=0.5"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip_is_used_when_it_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
