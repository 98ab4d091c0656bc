// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon policy check`: what it says, and its exit status
 *
 * wrap: stat
 */
#include "tests/unit/daemon.h"

#include <sys/stat.h>

#include <jansson.h>

#include "contmon/commands.h"
#include "contmond/policy/load.h"
#include "tests/unit/capture.h"

#define GOOD "[class c]\nmatch = name a\n[rule r]\nselect = class c\n" \
	"all = cpu_percent > 20\naction = stop kill\n"
#define BAD "[rule r]\nslect = class c\n\nfor = 2\n"

static int check(const char *options, const char *name)
{
	char line[256];

	snprintf(line, sizeof(line), "policy check %s %s", options,
		 in_directory(name));
	return capture(cli_policy, line);
}

static void test_without_mistakes(void **state)
{
	(void)state;
	write_file("a.conf", GOOD);
	assert_int_equal(check("", "a.conf"), 0);
	assert_string_equal(captured.out,
			    "1 rule, 1 class, 0 types: no mistakes\n"
			    "dry run: contmond only says what it would do\n");
	assert_string_equal(captured.err, "");
	/* A directory, of which only some files are read */
	write_file("b.conf", "[policy]\ndry_run = no\n");
	write_file("c.txt", BAD);
	assert_int_equal(check("", ""), 0);
	assert_string_equal(captured.out,
			    "1 rule, 1 class, 0 types: no mistakes\n"
			    "active: contmond acts, if contmon-engine may\n");
	/* If each rule has its own dry run, nothing is done either. */
	write_file("a.conf", GOOD "dry_run = yes\n");
	assert_int_equal(check("", ""), 0);
	assert_string_equal(captured.out,
			    "1 rule, 1 class, 0 types: no mistakes\n"
			    "dry run: contmond only says what it would do\n");
	write_file("a.conf", "");
	assert_int_equal(check("", ""), 0);
	assert_string_equal(captured.out,
			    "0 rules, 0 classes, 0 types: no mistakes\n");
}

int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret)
{
	if (strcmp(path, POLICY_DIRECTORY) != 0)
		return __real_stat(path, ret);
	errno = ENOENT;
	return -1;
}

static void test_no_directory(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_policy, "policy check"), 0);
	assert_string_equal(captured.out, "no rules: there is no directory "
			    POLICY_DIRECTORY "\n");
	assert_int_equal(capture(cli_policy, "policy check --json"), 0);
	assert_contains(captured.out, "\"rules\": []");
}

static void test_mistakes(void **state)
{
	char expected[1024];
	const char *path;

	(void)state;
	path = write_file("a.conf", BAD);
	snprintf(expected, sizeof(expected),
		 "%s:2: [rule r]: unknown key 'slect'; the keys are select, "
		 "all, any, for, keep_newest, per, action, grace, hold, "
		 "limit_cpu_cores, limit_memory_bytes, warn, cool_down, "
		 "dry_run\n"
		 "%s:4: [rule r]: for = 2: not a time from 1s to 1d, a whole "
		 "number with s, m, h or d\n", path, path);
	assert_int_equal(check("", "a.conf"), 1);
	assert_string_equal(captured.err, expected);
	assert_string_equal(captured.out, "");
	assert_int_equal(check("", "none.conf"), 1);
	snprintf(expected, sizeof(expected),
		 "%s: No such file or directory\n", in_directory("none.conf"));
	assert_string_equal(captured.err, expected);
}

#define IDLE "[rule r]\nselect = name a\nall = cpu_percent > 101\n" \
	"action = stop\n"
#define IDLE_WHY "[rule r]: all: cpu_percent > 101: it is never true: the " \
	"number is at most 100"

/* Rules that can never act are used all the same. */
static void test_warnings(void **state)
{
	char expected[1024];
	const char *path, *message;
	json_t *object;
	int line;

	(void)state;
	path = write_file("a.conf", IDLE);
	snprintf(expected, sizeof(expected), "%s:3: warning: " IDLE_WHY "\n",
		 path);
	assert_int_equal(check("", "a.conf"), 0);
	assert_string_equal(captured.err, expected);
	assert_contains(captured.out, "1 rule, 0 classes, 0 types: no mist");
	assert_int_equal(check("--json", "a.conf"), 0);
	object = json_loads(captured.out, 0, NULL);
	assert_int_equal(json_unpack(object, "{s:[], s:[{s:i, s:s}]}",
				     "mistakes", "warnings", "line", &line,
				     "message", &message), 0);
	assert_int_equal(line, 3);
	assert_string_equal(message, IDLE_WHY);
	json_decref(object);
}

/* What a file says must not reach the terminal as it is. */
static void test_hostile_files(void **state)
{
	(void)state;
	write_file("a.conf", "[rule \033[2J]\n");
	assert_int_equal(check("", "a.conf"), 1);
	assert_null(strchr(captured.err, '\033'));
	assert_contains(captured.err, "\\x1b[2J");
	assert_int_equal(check("--json", "a.conf"), 1);
	assert_null(strchr(captured.out, '\033'));
}

static json_t *check_json(const char *name, int status)
{
	json_t *object;

	assert_int_equal(check("--json", name), status);
	assert_string_equal(captured.err, "");
	object = json_loads(captured.out, 0, NULL);
	assert_non_null(object);
	return object;
}

static void test_json(void **state)
{
	const char *name, *file, *hash, *step, *message;
	int valid, line, dry_run;
	json_t *object;

	(void)state;
	write_file("a.conf", GOOD);
	object = check_json("a.conf", 0);
	assert_int_equal(json_unpack(object, "{s:b, s:s, s:[{s:s, s:s, s:i, "
				     "s:b, s:[s, *]}], s:[]}", "valid", &valid,
				     "hash", &hash, "rules", "name", &name,
				     "file", &file, "line", &line, "dry_run",
				     &dry_run, "action", &step, "mistakes"), 0);
	assert_true(valid && dry_run);
	assert_string_equal(name, "r");
	assert_string_equal(file, in_directory("a.conf"));
	assert_int_equal(line, 3);
	assert_string_equal(step, "stop");
	json_decref(object);
	write_file("b.conf", BAD);
	object = check_json("b.conf", 1);
	assert_int_equal(json_unpack(object, "{s:b, s:n, s:[], s:[{s:s, s:i, "
				     "s:s}, *]}", "valid", &valid, "hash",
				     "rules", "mistakes", "file", &file,
				     "line", &line, "message", &message), 0);
	assert_false(valid);
	assert_int_equal(line, 2);
	assert_contains(message, "[rule r]: unknown key 'slect'");
	json_decref(object);
}

static void test_usage(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_policy, "policy"), 2);
	assert_contains(captured.err, "usage: contmon policy COMMAND");
	assert_int_equal(capture(cli_policy, "policy --help"), 0);
	assert_contains(captured.out, "  check ");
	assert_int_equal(capture(cli_policy, "policy chek"), 2);
	assert_string_equal(captured.err, "contmon: policy chek: no such "
			    "command; see: contmon policy --help\n");
	assert_int_equal(capture(cli_policy, "policy --check"), 2);
	assert_contains(captured.err, "no such option");
	assert_int_equal(capture(cli_policy, "policy check --csv"), 2);
	assert_string_equal(captured.err, "contmon: --csv: no such option; "
			    "see: contmon policy check --help\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_without_mistakes),
		TEST(test_no_directory),
		TEST(test_mistakes),
		TEST(test_warnings),
		TEST(test_hostile_files),
		TEST(test_json),
		TEST(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
