// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/url.h"

static int set_up(void **state)
{
	(void)state;
	return libcurl_load();
}

static void test_urls(void **state)
{
	static const char *const good[] = {
		"http://h", "https://h/", "http://h:1/p?q=1#f", "http://h?q",
		"http://127.0.0.1:9477/", "http://[::1]:80/", "http://h_1./",
		"http://h/\xc3\xa4", "http://h/a//b", "http://h/?u=http:///x",
	};
	const char *why;
	CURLU *url;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(url_parse(good[i], &url, &why), 0);
		assert_true(url_has(url, CURLUPART_HOST));
		assert_int_equal(url_has(url, CURLUPART_FRAGMENT),
				 strchr(good[i], '#') != NULL);
		curl.url_cleanup(url);
	}
}

#define NO_URL "not a URL that begins with http:// or https://"
#define NO_HOST "a URL without a host"
#define BAD_HOST "a URL whose host is neither a name nor an address"
#define NO_PORT "a URL whose port is not a number from 1 to 65535"

static const struct {
	const char *text;
	int r;
	const char *why;
} mistakes[] = {
	{ "", -EINVAL, NO_URL },
	{ "h", -EINVAL, NO_URL },
	{ "h:80", -EINVAL, NO_URL },
	{ "ftp://h/", -EINVAL, NO_URL },
	{ "http:h", -EINVAL, NO_URL },
	{ "http:/h", -EINVAL, NO_URL },
	{ "http:\\\\h\\", -EINVAL, NO_URL },
	{ "http://h/a b", -EINVAL, NO_URL },
	{ "http://h/a\nb", -EINVAL, NO_URL },
	{ "http://h/\"", -EINVAL, NO_URL },
	{ "http:///x", -EINVAL, NO_HOST },
	{ "https:////x", -EINVAL, NO_HOST },
	{ "http://", -EINVAL, NO_HOST },
	{ "http:///", -EINVAL, NO_HOST },
	{ "http://?q", -EINVAL, NO_HOST },
	{ "http://:80/", -EINVAL, NO_HOST },
	{ "http://h;a/", -EINVAL, BAD_HOST },
	{ "http://h%2fx/", -EINVAL, BAD_HOST },
	{ "http://[::1/", -EINVAL, BAD_HOST },
	{ "http://[]/", -EINVAL, BAD_HOST },
	{ "http://h:x/", -EINVAL, NO_PORT },
	{ "http://h:0/", -EINVAL, NO_PORT },
	{ "http://h:000/", -EINVAL, NO_PORT },
	{ "http://h:65536/", -EINVAL, NO_PORT },
	{ "http://h:1:2/", -EINVAL, NO_PORT },
	{ "http://u@h/", -EPERM, "a URL with a user or a password" },
	{ "http://u:p@h/", -EPERM, "a URL with a user or a password" },
	{ "http://@h/", -EPERM, "a URL with a user or a password" },
};

static void test_mistakes(void **state)
{
	const char *why;
	CURLU *url;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mistakes); i++) {
		assert_int_equal(url_parse(mistakes[i].text, &url, &why),
				 mistakes[i].r);
		assert_string_equal(why, mistakes[i].why);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
