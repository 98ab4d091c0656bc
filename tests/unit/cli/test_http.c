// SPDX-License-Identifier: GPL-2.0-only
/* The URL of a server, behind which paths are put */
#include "tests/unit/daemon.h"

#include "contmon/http/http.h"

static void must_be(const char *text, const char *want)
{
	const char *why;
	char *base;

	assert_int_equal(cli_http_base(text, &base, &why), 0);
	assert_string_equal(base, want);
	free(base);
}

static void test_bases(void **state)
{
	(void)state;
	must_be("http://h", "http://h");
	must_be("https://h:1/", "https://h:1");
	must_be("http://[::1]:9477/a/b//", "http://[::1]:9477/a/b");
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *why;
	} mistakes[] = {
		{ "h:1", "not a URL that begins with http:// or https://" },
		{ "http:///x", "a URL without a host" },
		{ "http://u:p@h", "a URL with a user or a password; use a "
		  "token" },
		{ "http://h?q", "a URL with more than a path" },
		{ "http://h/#f", "a URL with more than a path" },
	};
	struct cli_http http;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mistakes); i++) {
		assert_int_equal(cli_http_open(mistakes[i].text, NULL, &http,
					       &why), -EINVAL);
		assert_string_equal(why, mistakes[i].why);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
