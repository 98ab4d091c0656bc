// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `contmon policy veto` says of a contmond that the test plays while it
 * waits
 *
 * wrap: nanosleep
 */
#include "tests/unit/daemon.h"

#include <sys/stat.h>
#include <time.h>

#include "contmon/cli/error.h"
#include "contmon/commands.h"
#include "contmond/policy/veto.h"
#include "contmond/store/store.h"
#include "tests/unit/capture.h"

#define DECISION "loyyae80-1"

static struct store_decision decision = {
	.t_ms = 1769853600000, .decision = DECISION, .state = "warned",
	.action = "stop", .container = "web", .rule = "big",
	.rule_hash = "1f00c0ffee15dead", .reason = "it is big",
};
static struct store *store;
static char *file;
static bool takes, tells;

/* contmond takes the veto, and tells the audit of it. */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	if (!takes || unlink(file) < 0 || !tells)
		return 0;
	decision.state = "vetoed";
	decision.reason = "vetoed by user 1000";
	assert_int_equal(store_decision(store, &decision), 0);
	store_sync(store);
	return 0;
}

static int begin(void **state)
{
	int r = make_directory(state);
	const struct store_options options = {
		.path = in_directory("contmond.db"), .boot_id = "boot-1",
	};
	char *directory = veto_path(options.path, NULL);

	file = veto_path(options.path, DECISION);
	assert_int_equal(veto_prepare(directory), 0);
	free(directory);
	decision.state = "warned";
	assert_int_equal(store_open(&options, &store), 0);
	assert_int_equal(store_decision(store, &decision), 0);
	store_sync(store);
	takes = tells = true;
	return r;
}

static int end(void **state)
{
	store_close(store);
	free(file);
	return remove_directory(state);
}

static int veto(void)
{
	char line[256];

	snprintf(line, sizeof(line), "policy veto " DECISION " --store %s",
		 in_directory("contmond.db"));
	return capture(cli_policy, line);
}

static void test_a_veto(void **state)
{
	(void)state;
	assert_int_equal(veto(), CLI_OK);
	assert_string_equal(captured.out, DECISION ": vetoed by user 1000\n");
	assert_string_equal(captured.err, "");
}

static void test_no_contmond(void **state)
{
	(void)state;
	takes = false;
	assert_int_equal(veto(), CLI_FAILURE);
	assert_string_equal(captured.err, "contmon: contmond has not answered; "
			    "is it running? See its log\n");
	assert_int_equal(access(file, F_OK), -1);
}

/* It works, but its database is full. */
static void test_an_audit_that_is_late(void **state)
{
	(void)state;
	tells = false;
	assert_int_equal(veto(), CLI_FAILURE);
	assert_string_equal(captured.err, "contmon: contmond has taken the "
			    "veto, but the audit does not show it yet; see "
			    "contmond's log\n");
}

static void test_what_is_no_decision(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_policy, "policy veto"), CLI_USAGE);
	assert_string_equal(captured.err, "contmon: policy veto: which "
			    "decision? See: contmon policy status\n");
	assert_int_equal(capture(cli_policy, "policy veto ../x"), CLI_USAGE);
	assert_string_equal(captured.err, "contmon: ../x: not a decision, "
			    "such as mx158102-1; see: contmon policy status\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_veto),
		TEST(test_what_is_no_decision),
		TEST(test_no_contmond),
		TEST(test_an_audit_that_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
