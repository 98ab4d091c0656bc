// SPDX-License-Identifier: GPL-2.0-only
/* Which texts of a target must not be shown */
#include "tests/unit/daemon.h"

#include "contmond/forward/secrets.h"

#define TOKEN "0123456789abcdef.ghijklmnopqrstuv"

static void test_tokens(void **state)
{
	const struct target_options options = { .token = (char *)TOKEN };
	const struct target_options tiny = { .token = (char *)"t0k" };

	(void)state;
	assert_true(secrets_show(&options, "not " TOKEN "!"));
	assert_true(secrets_show(&options, "not 0123456789abcdef..."));
	assert_true(secrets_show(&options, "ghijklmnopqrstuv is wrong"));
	assert_false(secrets_show(&options, "0123456789abcde"));
	assert_false(secrets_show(&options, "internal_server_error"));
	assert_false(secrets_show(&options, ""));
	assert_true(secrets_show(&tiny, "t0k"));
	assert_false(secrets_show(&tiny, "token"));
}

/* It is sent as base64 of both. */
static void must_hide(const char *user, const char *password, const char *sent)
{
	const struct target_options options = {
		.user = (char *)user, .password = (char *)password,
	};

	assert_true(secrets_show(&options, password));
	assert_true(secrets_show(&options, sent));
	assert_false(secrets_show(&options, "am9lOg"));
}

static void test_passwords(void **state)
{
	(void)state;
	must_hide("joe", "secret", "Basic am9lOnNlY3JldA==, which is wrong");
	must_hide("joe", "secrets", "am9lOnNlY3JldHM=");
	must_hide("joe", "secretly", "am9lOnNlY3JldGx5");
	must_hide("joe", "\xc3\xa4>?", "am9lOsOkPj8=");
	must_hide("joe", "a-rather-long-one", "Basic am9lOmEtcmF0aGVyL...");
}

static void test_others(void **state)
{
	const struct target_options none = { .name = (char *)"x" };
	const struct target_options secret_url = { .url_is_secret = true };
	const struct target_options options = {
		.headers = (char *)"X-Key: part/0123456789abcdefgh\n",
		.body = (char *)"{\"key\": \"body_0123456789a\"}",
	};

	(void)state;
	assert_false(secrets_show(&none, "anything at all"));
	assert_true(secrets_show(&secret_url, "anything at all"));
	assert_true(secrets_show(&options, "no 0123456789abcdefg"));
	assert_true(secrets_show(&options, "no body_0123456789a"));
	assert_false(secrets_show(&options, "no body, no X-Key"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
