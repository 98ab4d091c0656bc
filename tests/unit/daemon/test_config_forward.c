// SPDX-License-Identifier: GPL-2.0-only
/* Sections [forward NAME], their secrets and their mistakes */
#include "tests/unit/daemon.h"

#include "contmond/config.h"
#include "contmond/forward/protocol.h"

#define URL "url = http://h:1/p?q=1\n"
#define TARGET "[forward t]\ntype = influx\n" URL

static struct config config;

static void must_load(const char *text)
{
	char *errors = NULL;

	if (config_load(write_file("contmond.conf", text), &config,
			&errors) < 0)
		fail_msg("%s: %s", text, errors);
}

static void must_fail(const char *text, const char *error)
{
	char *errors = NULL;

	assert_int_equal(config_load(write_file("contmond.conf", text),
				     &config, &errors), -EINVAL);
	assert_contains(errors, error);
	free(errors);
}

static void test_targets(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("conf.d"), 0700), 0);
	write_file("conf.d/1.conf", "interval_ms = 700\n"
		   "[forward t]\ninterval_ms = 500\n");
	must_load("interval_ms = 600\n" TARGET
		  "labels = site = berlin,rack=7 , host=h1\n"
		  "[forward other.1] ; a comment\ntype = json\n" URL
		  "timeout_ms = 100\nbatch_max_kb = 16\ncompress = gzip\n");
	assert_int_equal(config.interval_ms, 700);
	assert_int_equal(config.nr_targets, 2);
	assert_string_equal(config.targets[0].name, "t");
	assert_ptr_equal(config.targets[0].protocol, &influx_protocol);
	assert_string_equal(config.targets[0].url, "http://h:1/p?q=1");
	assert_int_equal(config.targets[0].interval_ms, 500);
	assert_int_equal(config.targets[0].timeout_ms, 30000);
	assert_int_equal(config.targets[0].nr_labels, 3);
	assert_string_equal(config.targets[0].labels[0].key, "site");
	assert_string_equal(config.targets[0].labels[0].value, "berlin");
	assert_string_equal(config.targets[0].labels[1].value, "7");
	assert_string_equal(config.targets[1].name, "other.1");
	assert_int_equal(config.targets[1].batch_max_bytes, 16000);
	assert_int_equal(config.targets[0].compress, COMPRESS_AUTO);
	assert_int_equal(config.targets[1].compress, COMPRESS_GZIP);
	config_done(&config);
}

static const struct {
	const char *text, *error;
} mistakes[] = {
	{ "[forward]\n", "contmond.conf:1: unknown section [forward]; "
	  "the sections are [forward NAME]\n" },
	{ "[forward t\ntype = json\ninterval_ms = 5\n", "contmond.conf:1: "
	  "neither a section, 'key = value' nor a comment\n" },
	{ "[forward a b]\nx = 1\n", "contmond.conf:1: [forward a b]: the name "
	  "is not 1 to 32 letters, digits, '.', '_' or '-'\n" },
	{ "[forward t]\n" URL,
	  "contmond.conf:1: [forward t]: type is missing" },
	{ "[forward t]\ntype = json\n",
	  "contmond.conf:1: [forward t]: url is missing" },
	{ TARGET "listen = x\n", "contmond.conf:4: unknown key 'listen'; "
	  "the keys of a target are type, url, " },
	{ TARGET "type = http\n",
	  "contmond.conf:4: type = http: not one of influx, remote_write, "
	  "prometheus_text, json, grafana_live, loki, jsonline, webhook, "
	  "grafana_annotations\n" },
	{ TARGET "url = ftp://h/\n", "contmond.conf:4: url = ftp://h/: "
	  "not a URL that begins with http:// or https://\n" },
	{ TARGET "url = http://h:x/\n",
	  "a URL whose port is not a number from 1 to 65535\n" },
	{ TARGET "url = http:///x\n", "contmond.conf:4: "
	  "url = http:///x: a URL without a host\n" },
	{ TARGET "url = http://?q\n", "a URL without a host\n" },
	{ TARGET "url = http://u:p@h/\n", "contmond.conf:4: "
	  "url = http://...@h/: "
	  "a user belongs in 'user', a password in 'password_file'\n" },
	{ TARGET "url = http://u:p@/#@h:x/\n",
	  " url = http://...@h:x/: a user" },
	{ TARGET "url = u:p@h\n", "contmond.conf:4: url = ...@h: not" },
	{ TARGET "url = u:p//@h\n", "contmond.conf:4: url = ...@h: not" },
	{ TARGET "url = http://u@h/\n", "contmond.conf:4: "
	  "url = http://...@h/: a user" },
	{ TARGET "url = h@i\n", "contmond.conf:4: url = h@i: not" },
	{ TARGET "ca_file = http://u:p@h/\n", " ca_file = http://...@h/: " },
	{ TARGET "url http://u:p@h/?q=1\n",
	  "contmond.conf:4: unknown key 'url http'; the keys" },
	{ "[forward http://u:p@h/]\n", " [forward http://...@h/]: the name" },
	{ "store = http://u:p@h/\n", " store = http://...@h/: " },
	{ "interval_ms = http://u:p@h/\n", " interval_ms = http://...@h/: " },
	{ TARGET "user = me\n", "[forward t]: has user but no password_file" },
	{ TARGET "user = a:b\n", "user = a:b: empty, or has a colon\n" },
	{ TARGET "ca_file = /dev/null\n", "ca_file = /dev/null: No data" },
	{ TARGET "ca_file = ca.pem\n",
	  "ca_file = ca.pem: not an absolute path" },
	{ TARGET "compress = snappy\n",
	  "compress = snappy: not one of auto, gzip, none\n" },
	{ "[forward t]\ntype = remote_write\n" URL "compress = none\n",
	  "has compress, but its type leaves no choice\n" },
	{ "[forward t]\ntype = grafana_live\n" URL "compress = gzip\n",
	  "has compress, but its type leaves no choice\n" },
	{ "[forward t]\ntype = grafana_annotations\n" URL "compress = gzip\n",
	  "has compress, but its type leaves no choice\n" },
	{ TARGET "labels = a\n", "labels = a: not a list of KEY=VALUE" },
	{ TARGET "labels = a=\n", "not a list of KEY=VALUE" },
	{ TARGET "labels = 1a=b\n", "a key is not letters, digits and '_'" },
	{ TARGET "labels = __a=b\n", "a key is not letters, digits and '_'" },
	{ TARGET "labels = id=b\n", "uses this key itself" },
	{ TARGET "labels = a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,"
	  "n=1,o=1,p=1,q=1\n", "more than 16 labels" },
};

#define HOOK "[forward t]\ntype = webhook\n" URL

/* What only events have */
static const struct {
	const char *text, *error;
} event_mistakes[] = {
	{ TARGET "send = events\n", "contmond.conf:1: [forward t]: "
	  "has send or kinds, but its type sends samples\n" },
	{ TARGET "kinds = oom_killed\n", "its type sends samples\n" },
	{ TARGET "method = PUT\n",
	  "has method or body_file, but its type is not webhook\n" },
	{ "[forward t]\ntype = loki\n" URL "method = PUT\n",
	  "but its type is not webhook\n" },
	{ HOOK "method = GET\n", "method = GET: not one of POST, PUT, PATCH" },
	{ HOOK "method = POST,PUT\n", "not one of POST, PUT, PATCH" },
	{ HOOK "send = samples\n",
	  "send = samples: neither events nor decisions\n" },
	{ HOOK "kinds = oom_killed, oomed\n", "kinds has 'oomed'; those of "
	  "events are container_started,container_ended,oom_killed," },
	{ HOOK "kinds = oom_killed\nsend = decisions\n",
	  "kinds has 'oom_killed'; those of decisions are planned,warned," },
	{ HOOK "kinds = a,,b\n", "kinds has 'a'; " },
	{ HOOK "kinds = oom_killed,\n", "kinds has ''; " },
	{ HOOK "kinds = 7\n",
	  "kinds = 7: not a list of words, separated by commas\n" },
	{ HOOK "labels = kind=x\n",
	  "labels has 'kind', which events have themselves\n" },
	{ HOOK "labels = text=x\n", "labels has 'text', which events" },
	{ HOOK "headers_file = /none\n",
	  "headers_file = /none: No such file or directory\n" },
	{ HOOK "url_file = /none\n",
	  "url_file = /none: there is a 'url' as well\n" },
};

static void test_event_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(event_mistakes); i++)
		must_fail(event_mistakes[i].text, event_mistakes[i].error);
}

static const char *secret_file(const char *name, const char *text)
{
	const char *path = write_file(name, text);

	assert_int_equal(chmod(path, 0600), 0);
	return path;
}

/* Body, headers and URL are from files. */
static void test_webhook(void **state)
{
	char text[2000];

	(void)state;
	secret_file("body", "{\"a\": {{kind}}}\n");
	secret_file("headers", "X-Key: s3cret\n");
	secret_file("url", "https://h/s3cret\n");
	snprintf(text, sizeof(text), "[forward t]\ntype = webhook\n"
		 "kinds = policy_warned, oom_killed\nmethod = PUT\n"
		 "body_file = %1$s/body\nheaders_file = %1$s/headers\n"
		 "url_file = %1$s/url\n", test_directory);
	must_load(text);
	assert_ptr_equal(config.targets[0].protocol, &webhook_protocol);
	assert_int_equal(options_feed(&config.targets[0]), FEED_EVENTS);
	assert_string_equal(config.targets[0].kinds,
			    "policy_warned,oom_killed");
	assert_string_equal(config.targets[0].method, "PUT");
	assert_string_equal(config.targets[0].body, "{\"a\": {{kind}}}\n");
	assert_string_equal(config.targets[0].headers, "X-Key: s3cret\n");
	assert_string_equal(config.targets[0].url, "https://h/s3cret");
	assert_true(config.targets[0].url_is_secret);
	config_done(&config);
	strcat(text, "token_file = ");
	strcat(text, secret_file("token", "abc\n"));
	must_load(text);
	config_done(&config);
	secret_file("headers", "authorization: s3cret\n");
	must_fail(text, "[forward t]: has Authorization in headers_file as "
		  "well\n");
	secret_file("url", "https:///s3cret\n");
	must_fail(text, "/url: a URL without a host\n");
	secret_file("url", "ftp://h/s3cret\n");
	must_fail(text, "/url: not a URL that begins with http:// or https://"
		  "\n");
}

static void test_bodies(void **state)
{
	const char *path = secret_file("body", "{\n\"a\": {{state}}}");
	char text[1000];

	(void)state;
	snprintf(text, sizeof(text), HOOK "body_file = %s\n", path);
	must_fail(text, "contmond.conf:1: [forward t]: body_file: line 2: "
		  "events have no 'state'\n");
	path = secret_file("body", "[1,\n\"\\u00{{container}}41\"]");
	must_fail(text, "contmond.conf:1: [forward t]: body_file: line 2: "
		  "a key splits a character, or an escape such as "
		  "\\u0041\n");
	path = secret_file("body", "{\n\"a\": {{state}}}");
	snprintf(text, sizeof(text), HOOK "send = decisions\n"
		 "kinds = failed\nbody_file = %s\n", path);
	must_load(text);
	assert_int_equal(options_feed(&config.targets[0]), FEED_DECISIONS);
	config_done(&config);
	assert_int_equal(chmod(path, 0644), 0);
	must_fail(text, "/body: all users can read the file\n");
}

static void test_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		must_fail(mistakes[i].text, mistakes[i].error);
}

static void test_too_many(void **state)
{
	struct buffer text = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 17; i++)
		buffer_printf(&text, "[forward t%d]\ntype = json\n" URL, i);
	must_fail(text.text, "contmond.conf:49: [forward t16]: "
		  "more than 16 targets\n");
	buffer_done(&text);
}

/* Secrets are never in a message. */
static void test_secrets(void **state)
{
	char text[1500];
	const char *path = write_file("secret", "s3cret\n");

	(void)state;
	assert_int_equal(chmod(path, 0600), 0);
	snprintf(text, sizeof(text), TARGET "token_file = %s\n", path);
	must_load(text);
	assert_string_equal(config.targets[0].token, "s3cret");
	config_done(&config);
	path = in_directory("secret");
	snprintf(text, sizeof(text), TARGET "user = me\npassword_file = %s\n",
		 path);
	must_load(text);
	assert_string_equal(config.targets[0].user, "me");
	assert_string_equal(config.targets[0].password, "s3cret");
	config_done(&config);
	path = in_directory("secret");
	assert_int_equal(chmod(path, 0644), 0);
	snprintf(text, sizeof(text), TARGET "token_file = %s\n", path);
	must_fail(text, ": all users can read the file\n");
	must_fail(TARGET "token_file = /none\n",
		  "token_file = /none: No such file or directory\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_targets),
		TEST(test_mistakes),
		TEST(test_event_mistakes),
		TEST(test_webhook),
		TEST(test_bodies),
		TEST(test_too_many),
		TEST(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
