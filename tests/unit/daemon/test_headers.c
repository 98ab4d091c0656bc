// SPDX-License-Identifier: GPL-2.0-only
/* Headers from a file, and that their values are told to nobody */
#include "tests/unit/daemon.h"

#include "base/util.h"
#include "contmond/forward/headers.h"

static int read_file(const char *text, mode_t mode, char **ret,
		     const char **ret_why)
{
	const char *path = write_file("headers", text);

	assert_int_equal(chmod(path, mode), 0);
	return headers_read(path, ret, ret_why);
}

static void test_reading(void **state)
{
	const char *why;
	char *all;

	(void)state;
	assert_int_equal(read_file("# for Loki\r\n\nX-Scope-OrgID: team\r\n"
				   "Authorization:\tApiKey a b-secret  \n",
				   0600, &all, &why), 0);
	assert_string_equal(all, "X-Scope-OrgID: team\n"
			    "Authorization:\tApiKey a b-secret\n");
	assert_true(headers_have(all, "authorization"));
	assert_false(headers_have(all, "X-Scope"));
	assert_true(headers_show(all, "no such key: b-secret!"));
	assert_false(headers_show(all, "ApiKey"));
	free(all);
	assert_int_equal(read_file("", 0600, &all, &why), 0);
	assert_string_equal(all, "");
	free(all);
	assert_false(headers_have(NULL, "a"));
	assert_false(headers_show(NULL, "a"));
}

/* Each part of a value may be the secret, but for the name of a scheme. */
static void test_parts(void **state)
{
	const char *all = "Cookie: a=first-one; b=second-one\n"
			  "X-Key: name:third-one\n"
			  "Authorization: Digest key=\"fourth-one\", c=1\n";

	(void)state;
	assert_true(headers_show(all, "no first-one"));
	assert_true(headers_show(all, "(second-one)"));
	assert_true(headers_show(all, "third-one?"));
	assert_true(headers_show(all, "fourth-one"));
	assert_false(headers_show(all, "a Digest 1, not a Cookie"));
}

/* Short values, such as a number, are in many answers. */
static void test_short_values(void **state)
{
	const char *why;
	char *all;

	(void)state;
	assert_int_equal(read_file("X-Scope-OrgID: 1\n", 0600, &all, &why),
			 0);
	assert_false(headers_show(all, "HTTP/1.1"));
	free(all);
}

static void test_lines(void **state)
{
	const char *rest = "A: 1\nB: 2\n";
	char line[16];

	(void)state;
	assert_true(headers_next(&rest, line, sizeof(line)));
	assert_string_equal(line, "A: 1");
	assert_true(headers_next(&rest, line, sizeof(line)));
	assert_string_equal(line, "B: 2");
	assert_false(headers_next(&rest, line, sizeof(line)));
}

static const struct {
	const char *text, *why;
} mistakes[] = {
	{ "no colon\n", "a line is not NAME: VALUE" },
	{ "A :b\n", "a line is not NAME: VALUE" },
	{ ": b\n", "a line is not NAME: VALUE" },
	{ "A:\n", "a line is not NAME: VALUE" },
	{ "A: 1\nB: \x01\n",
	  "a value has a character that is not printable ASCII" },
	{ "A: \xc3\xa4\n",
	  "a value has a character that is not printable ASCII" },
	{ "content-length: 1\n",
	  "it has a header that contmond writes itself" },
	{ "Host: other\n", "it has a header that contmond writes itself" },
};

static void test_mistakes(void **state)
{
	char *all = NULL, text[HEADERS_MAX_LINE + 8];
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		assert_int_equal(read_file(mistakes[i].text, 0600, &all,
					   &why), -EINVAL);
		assert_string_equal(why, mistakes[i].why);
	}
	memset(text, 'a', sizeof(text));
	memcpy(text, "A: ", 3);
	text[HEADERS_MAX_LINE] = '\0';
	assert_int_equal(read_file(text, 0600, &all, &why), -EINVAL);
	assert_string_equal(why, "a line is longer than 1023 characters");
	assert_int_equal(read_file("A: 1\n", 0644, &all, &why), -EPERM);
	assert_string_equal(why, "all users can read the file");
	assert_null(all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_reading),
		TEST(test_parts),
		TEST(test_short_values),
		TEST(test_lines),
		TEST(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
