// SPDX-License-Identifier: GPL-2.0-only
/* Libraries that are loaded when they are needed */
#include <stdio.h>
#include <string.h>

#include "tests/unit/daemon.h"

#include "base/libcurl.h"
#include "base/library.h"

static const char *const names[] = {
	"libcontmon-none.so.1", "libz.so.1", NULL,
};

static void test_a_function(void **state)
{
	const char *(*version)(void) = NULL;
	const struct library_function function = { "zlibVersion", &version };

	(void)state;
	assert_int_equal(library_load(names, &function, 1), 0);
	assert_int_equal(version()[1], '.');
}

static void test_what_is_not_there(void **state)
{
	const char *const none[] = { names[0], NULL };
	void *found = NULL;
	const struct library_function function = { "zlibVersion", &found };
	const struct library_function other = { "zlib_none", &found };

	(void)state;
	assert_int_equal(library_load(none, &function, 1), -ENOPKG);
	assert_int_equal(library_load(names, &other, 1), -ENOPKG);
	assert_null(found);
}

static size_t nr_lines_with(const char *text)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	size_t nr = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		nr += strstr(line, text) != NULL;
	fclose(maps);
	return nr;
}

static void test_libcurl(void **state)
{
	char *part = NULL;
	CURLU *url;

	(void)state;
	assert_int_equal(libcurl_load(), 0);
	assert_true(nr_lines_with("/libcurl") > 0);
	url = curl.url();
	assert_non_null(url);
	assert_int_equal(curl.url_set(url, CURLUPART_URL, "http://a:1/", 0),
			 CURLUE_OK);
	assert_int_equal(curl.url_get(url, CURLUPART_HOST, &part, 0),
			 CURLUE_OK);
	assert_string_equal(part, "a");
	curl.free(part);
	curl.url_cleanup(url);
	assert_int_equal(libcurl_load(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_function),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_libcurl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
