// SPDX-License-Identifier: GPL-2.0-only
/* Which file is read without --store: that of contmond's configuration */
#include "tests/unit/daemon.h"

#include "contmon/cli/error.h"
#include "contmon/past/setting.h"
#include "contmond/store/store.h"
#include "tests/unit/capture.h"

static char config[512];
static char *path;

static int configured(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return cli_past_configured(config, &path);
}

static void must_choose(const char *want)
{
	assert_int_equal(capture(configured, "x"), CLI_GO_ON);
	assert_string_equal(captured.err, "");
	assert_string_equal(path, want);
	free(path);
}

/* @want: after the name of the directory */
static void must_refuse(const char *want)
{
	char said[1024];

	assert_int_equal(capture(configured, "x"), CLI_FAILURE);
	assert_null(path);
	snprintf(said, sizeof(said), "contmon: %s%s\n", in_directory(""),
		 want);
	assert_string_equal(captured.err, said);
}

static void write_config(const char *text)
{
	snprintf(config, sizeof(config), "%s",
		 write_file("contmond.conf", text));
}

static void test_default(void **state)
{
	(void)state;
	snprintf(config, sizeof(config), "%s", in_directory("none.conf"));
	must_choose(STORE_PATH);
	write_config("");
	must_choose(STORE_PATH);
	write_config("listen = 127.0.0.1:1\nsomething = else\nnothing\n");
	must_choose(STORE_PATH);
}

/* The last one counts, as for contmond. */
static void test_configured(void **state)
{
	(void)state;
	write_config("store = /first.db\nstore=/a b.db ; comment\n");
	must_choose("/a b.db");
	write_config("store = /mine.db\n[target a]\nstore = /other.db\n");
	must_choose("/mine.db");
	assert_int_equal(mkdir(in_directory("conf.d"), 0700), 0);
	write_file("conf.d/1.conf", "store = /one.db\n");
	write_file("conf.d/2.conf", "store = /two.db\n");
	must_choose("/two.db");
	unlink(config);
	must_choose("/two.db");
}

static void test_refused(void **state)
{
	(void)state;
	write_config("\nstore = memory\n");
	must_refuse("contmond.conf:2: contmond keeps the past in memory only; "
		    "name a file: --store FILE");
	write_config("store = here.db\n");
	must_refuse("contmond.conf:1: store = here.db: neither 'memory' nor an "
		    "absolute path; name a file: --store FILE");
	unlink(config);
	assert_int_equal(mkdir(config, 0700), 0);
	must_refuse("contmond.conf: not a regular file; name a file: "
		    "--store FILE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_default, make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(test_configured, make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(test_refused, make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests_name("setting", tests, NULL, NULL);
}
