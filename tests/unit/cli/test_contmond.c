// SPDX-License-Identifier: GPL-2.0-only
/* Where contmond answers: options, else its configuration */
#include "tests/unit/daemon.h"

#include "contmon/cli/error.h"
#include "contmon/past/contmond.h"
#include "tests/unit/capture.h"

static char config[512];
static struct cli_contmond found;

static int find(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return cli_contmond_find(&found, config);
}

static void configure(const char *text)
{
	snprintf(config, sizeof(config), "%s",
		 write_file("contmond.conf", text));
}

/* @token: NULL for none */
static void must_find(const struct cli_contmond *options, const char *name,
		      const char *url, const char *token)
{
	found = *options;
	assert_int_equal(capture(find, "x"), CLI_GO_ON);
	assert_string_equal(captured.err, "");
	assert_string_equal(cli_contmond_name(&found), name);
	assert_string_equal(found.url, url);
	if (token)
		assert_string_equal(found.token, token);
	else
		assert_null(found.token);
	cli_contmond_done(&found);
}

static void must_find_url(const char *text, const char *url)
{
	const struct cli_contmond none = { 0 };

	configure(text);
	must_find(&none, url, url, NULL);
}

static void test_configured(void **state)
{
	const struct cli_contmond none = { 0 };

	(void)state;
	snprintf(config, sizeof(config), "%s", in_directory("none.conf"));
	must_find(&none, "http://127.0.0.1:9477", "http://127.0.0.1:9477",
		  NULL);
	must_find_url("", "http://127.0.0.1:9477");
	must_find_url("listen = localhost:80\n", "http://localhost:80");
	must_find_url("listen = 0.0.0.0:81\n", "http://127.0.0.1:81");
	must_find_url("listen = [::]:82\n", "http://[::1]:82");
	must_find_url("listen = [::1]:83\ntls_certificate = /c.pem\n",
		      "https://[::1]:83");
	must_find_url("listen = 127.0.0.1:1\n[forward x]\nsocket = /no\n",
		      "http://127.0.0.1:1");
	configure("socket = /run/a.sock\nlisten = none\n");
	must_find(&none, "/run/a.sock", "http://localhost", NULL);
}

/* The token is for nobody else. */
static void test_tokens(void **state)
{
	struct cli_contmond options = { 0 };
	char text[512], file[256];

	(void)state;
	snprintf(file, sizeof(file), "%s", write_file("token", "secret\n"));
	snprintf(text, sizeof(text), "listen = 127.0.0.1:1\ntoken_file = %s\n",
		 file);
	configure(text);
	assert_int_equal(chmod(file, 0600), 0);
	must_find(&options, "http://127.0.0.1:1", "http://127.0.0.1:1",
		  "secret");
	options.where = "http://other:1";
	must_find(&options, "http://other:1", "http://other:1", NULL);
	options.token_file = file;
	must_find(&options, "http://other:1", "http://other:1", "secret");
	options.token_file = NULL;
	options.where = "/run/b.sock";
	must_find(&options, "/run/b.sock", "http://localhost", NULL);
	/* It may do without one. */
	assert_int_equal(unlink(file), 0);
	options.where = NULL;
	must_find(&options, "http://127.0.0.1:1", "http://127.0.0.1:1", NULL);
}

static void must_refuse(const struct cli_contmond *options, const char *want)
{
	char said[1024];

	found = *options;
	assert_int_equal(capture(find, "x"), CLI_FAILURE);
	snprintf(said, sizeof(said), "contmon: %s%s\n", in_directory(""),
		 want);
	assert_string_equal(captured.err, said);
	cli_contmond_done(&found);
}

static void test_refused(void **state)
{
	struct cli_contmond options = { 0 };
	char file[256];

	(void)state;
	configure("\nlisten = none\n");
	must_refuse(&options, "contmond.conf:2: contmond answers nobody; say "
		    "where contmond answers: --contmond URL");
	unlink(config);
	assert_int_equal(mkdir(config, 0700), 0);
	must_refuse(&options, "contmond.conf: not a regular file; say where "
		    "contmond answers: --contmond URL");
	snprintf(file, sizeof(file), "%s", in_directory("no-token"));
	options.token_file = file;
	must_refuse(&options, "no-token: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_configured, make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(test_tokens, make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(test_refused, make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests_name("contmond", tests, NULL, NULL);
}
