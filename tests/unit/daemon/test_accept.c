// SPDX-License-Identifier: GPL-2.0-only
/* Preferences in Accept and Accept-Encoding */
#include "tests/unit/daemon.h"

#include "contmond/serve/accept.h"

#define PLAIN "text/plain"

static const struct {
	const char *header, *what, *version;
	int quality;
	bool is_named;
} cases[] = {
	{ NULL, "gzip", NULL, -1, false },
	{ "", "gzip", NULL, -1, false },
	{ " , ,", "gzip", NULL, -1, false },
	{ "gzip", "gzip", NULL, 1000, true },
	{ "br, GZIP ;q=0.5", "gzip", NULL, 500, true },
	{ "gzip;q=0", "gzip", NULL, 0, true },
	{ "gzip; Q=0.000", "gzip", NULL, 0, true },
	{ "gzip;q=1.000", "gzip", NULL, 1000, true },
	{ "gzip;q=0.125", "gzip", NULL, 125, true },
	{ "xgzip, gzipx", "gzip", NULL, -1, false },
	{ "*", "gzip", NULL, 1000, false },
	/* A name takes precedence over a wildcard. */
	{ "*;q=0, gzip", "gzip", NULL, 1000, true },
	{ "*, gzip;q=0", "gzip", NULL, 0, true },
	/* Invalid weights */
	{ "gzip;q=2", "gzip", NULL, -1, false },
	{ "gzip;q=", "gzip", NULL, -1, false },
	{ "gzip;q=-1", "gzip", NULL, -1, false },
	{ "gzip;q=0.1234", "gzip", NULL, -1, false },
	{ "gzip;q=1.5", "gzip", NULL, -1, false },
	{ "gzip;q=x, *;q=0.1", "gzip", NULL, 100, false },
	{ "text/*;q=0.3, */*;q=0.1", PLAIN, NULL, 300, false },
	{ "*/*;q=0.1", PLAIN, NULL, 100, false },
	{ "text/plain;q=0.2, text/*", PLAIN, NULL, 200, true },
	{ "texts/*", PLAIN, NULL, -1, false },
	{ "text/plain;version=1.0.0;q=0.3, text/plain;version=0.0.4;q=0.2",
	  PLAIN, "0.0.4", 200, true },
	{ "text/plain; version=1.0.0", PLAIN, "0.0.4", -1, false },
	{ "text/plain; escaping=allow-utf-8; q=0.7", PLAIN, "0.0.4", 700,
	  true },
};

static void test_wishes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct wish wish = accept_wish(cases[i].header, cases[i].what,
					       cases[i].version);

		if (wish.quality != cases[i].quality ||
		    wish.is_named != cases[i].is_named)
			fail_msg("%s: %s: %d", cases[i].header,
				 cases[i].what, wish.quality);
	}
}

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
		cmocka_unit_test(test_wishes),
		cmocka_unit_test(test_gzip_is_used_when_it_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
