// SPDX-License-Identifier: GPL-2.0-only
/* What is told of an answer, and that no secret is */
#include "tests/unit/daemon.h"

#include "contmond/forward/request.h"

/* Longer than what is shown of an answer */
static char key[301];

static int set_up(void **state)
{
	(void)state;
	memset(key, 'k', sizeof(key) - 1);
	return libcurl_load();
}

static void must_say(struct target *target, const char *answer,
		     const char *want)
{
	struct target_reason why;

	target->easy = curl.easy_init();
	assert_non_null(target->easy);
	buffer_puts(&target->answer, answer);
	request_reason(target, CURLE_OK, 401, &why);
	assert_string_equal(why.full, want);
	assert_string_equal(why.plain, "HTTP status 401");
	buffer_done(&target->answer);
	curl.easy_cleanup(target->easy);
}

static void test_first_line(void **state)
{
	struct target target = { 0 };

	(void)state;
	must_say(&target, "", "HTTP status 401");
	must_say(&target, "no \xff such key\r\nsecond",
		 "HTTP status 401: no ? such key");
}

/* Only their beginnings are in the part that is shown. */
static void test_long_secrets(void **state)
{
	struct target with_token = { .options.token = key };
	struct target with_header = { 0 }, with_body = { 0 };
	char answer[400], headers[400], body[400];

	(void)state;
	snprintf(answer, sizeof(answer), "no such key: %s", key);
	must_say(&with_token, answer, "HTTP status 401");
	snprintf(headers, sizeof(headers), "X-Key: %s\n", key);
	with_header.options.headers = headers;
	must_say(&with_header, answer, "HTTP status 401");
	snprintf(body, sizeof(body), "{\"key\": \"%s\"}", key);
	with_body.options.body = body;
	must_say(&with_body, answer, "HTTP status 401");
}

/* What follows the first line is not shown. */
static void test_a_secret_further_down(void **state)
{
	struct target target = { .options.token = key };
	char answer[400];

	(void)state;
	snprintf(answer, sizeof(answer), "no such key:\n%s", key);
	must_say(&target, answer, "HTTP status 401: no such key:");
}

/* libcurl names the host, and may repeat what it was told. */
static void test_without_an_answer(void **state)
{
	struct target target = { .error = "Could not resolve host: h" };
	struct target secret = { .error = "Could not resolve host: h",
				 .options.url_is_secret = true };
	const char *plain = curl.easy_strerror(CURLE_COULDNT_RESOLVE_HOST);
	struct target_reason why;

	(void)state;
	target.easy = secret.easy = curl.easy_init();
	assert_non_null(target.easy);
	request_reason(&target, CURLE_COULDNT_RESOLVE_HOST, 0, &why);
	assert_string_equal(why.full, target.error);
	assert_string_equal(why.plain, plain);
	request_reason(&secret, CURLE_COULDNT_RESOLVE_HOST, 0, &why);
	assert_string_equal(why.full, plain);
	curl.easy_cleanup(target.easy);
}

static long status;

static CURLcode tell_status(CURL *easy, CURLINFO info, ...)
{
	va_list list;

	(void)easy;
	assert_int_equal(info, CURLINFO_RESPONSE_CODE);
	va_start(list, info);
	*va_arg(list, long *) = status;
	va_end(list);
	return CURLE_OK;
}

/* What was accepted is not sent again because the rest does not come. */
static void test_an_answer_that_is_cut(void **state)
{
	static const CURLcode cut[] = { CURLE_PARTIAL_FILE, CURLE_RECV_ERROR,
					CURLE_OPERATION_TIMEDOUT };
	const struct libcurl before = curl;
	const struct target target = { 0 };
	size_t i;

	(void)state;
	curl.easy_getinfo = tell_status;
	for (i = 0; i < 3; i++) {
		status = 200;
		assert_int_equal(request_result(&target, cut[i]), CURLE_OK);
		status = 204;
		assert_int_equal(request_result(&target, cut[i]), CURLE_OK);
		status = 0;
		assert_int_equal(request_result(&target, cut[i]), cut[i]);
		/* The reason is in the rest. */
		status = 400;
		assert_int_equal(request_result(&target, cut[i]), cut[i]);
	}
	status = 200;
	assert_int_equal(request_result(&target, CURLE_SEND_ERROR),
			 CURLE_SEND_ERROR);
	curl = before;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_line),
		cmocka_unit_test(test_long_secrets),
		cmocka_unit_test(test_a_secret_further_down),
		cmocka_unit_test(test_without_an_answer),
		cmocka_unit_test(test_an_answer_that_is_cut),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
