// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contmon/load/plan.h"

/* The words of a command, each in brackets */
static const char *text_of(struct load_command *command)
{
	static char text[2048];
	size_t i, length = 0;

	assert_false(command->failed);
	assert_null(command->words[command->nr]);
	for (i = 0; i < command->nr; i++)
		length += (size_t)snprintf(text + length,
					   sizeof(text) - length, "[%s]",
					   command->words[i]);
	load_command_done(command);
	return text;
}

static const struct load_container container = {
	.type = LOAD_RAM,
	.session = "0123abcd",
	.name = "load-ram-1",
	.class = "high",
};

static void test_engines(void **state)
{
	struct load_command to = { 0 };

	(void)state;
	load_plan_probe(&to, LOAD_DOCKER);
	assert_string_equal(text_of(&to), "[docker][info][--format]"
			    "[{{.CgroupVersion}}]");
	load_plan_probe(&to, LOAD_PODMAN);
	assert_string_equal(text_of(&to), "[podman][info][--format]"
			    "[{{.Host.CgroupsVersion}} {{.Host.CgroupManager}} "
			    "{{.Host.Security.Rootless}} "
			    "{{len .Host.IDMappings.UIDMap}}]");
}

/* An argument with blanks stays one. */
static void test_import(void **state)
{
	struct load_command to = { 0 };

	(void)state;
	load_plan_import(&to, LOAD_DOCKER, "0123abcd", "/a b/load.tar");
	assert_string_equal(text_of(&to), "[docker][import][--change]"
			    "[LABEL contmon.load=0123abcd][/a b/load.tar]"
			    "[localhost/load:0123abcd]");
}

static void test_run(void **state)
{
	struct load_command to = { 0 };

	(void)state;
	load_plan_run(&to, LOAD_PODMAN, &container);
	assert_string_equal(text_of(&to), "[podman][run][--detach][--pull]"
			    "[never][--name][load-ram-1][--label]"
			    "[contmon.load=0123abcd][--label]"
			    "[contmon.class=high][--network][none][--user]"
			    "[65534:65534][--cap-drop][ALL][--security-opt]"
			    "[no-new-privileges][--cpus][0.5][--cpu-shares]"
			    "[128][--pids-limit][16][--memory][96m]"
			    "[--memory-swap][96m][localhost/load:0123abcd]"
			    "[/stress][--vm][1][--vm-bytes][64M]");
}

static void test_run_without_class(void **state)
{
	struct load_container one = container;
	struct load_command to = { 0 };

	(void)state;
	one.class = NULL;
	load_plan_run(&to, LOAD_DOCKER, &one);
	assert_null(strstr(text_of(&to), "class"));
}

static void test_list(void **state)
{
	struct load_command to = { 0 };

	(void)state;
	load_plan_list(&to, LOAD_DOCKER, LOAD_CONTAINER, NULL);
	assert_string_equal(text_of(&to), "[docker][ps][--all][--no-trunc]"
			    "[--filter][label=contmon.load][--format]"
			    "[{{.ID}} {{.Names}}]");
	load_plan_list(&to, LOAD_PODMAN, LOAD_IMAGE, "0123abcd");
	assert_string_equal(text_of(&to), "[podman][images][--no-trunc]"
			    "[--filter][label=contmon.load=0123abcd][--format]"
			    "[{{.ID}} {{.Repository}}:{{.Tag}}]");
}

static void test_remove(void **state)
{
	struct load_command to = { 0 };

	(void)state;
	load_plan_remove(&to, LOAD_DOCKER, LOAD_CONTAINER);
	assert_string_equal(text_of(&to), "[docker][rm][--force][--volumes]");
	load_plan_remove(&to, LOAD_PODMAN, LOAD_CONTAINER);
	assert_string_equal(text_of(&to), "[podman][rm][--force][--volumes]"
			    "[--time][0]");
	load_plan_remove(&to, LOAD_PODMAN, LOAD_IMAGE);
	assert_string_equal(text_of(&to), "[podman][rmi][--force]");
}

/* Of a user who is not root, it is the user's own manager. */
#define USER (geteuid() ? "[--user]" : "")

static void test_timer(void **state)
{
	struct load_command to = { 0 };
	char want[256];

	(void)state;
	load_plan_list(&to, LOAD_DOCKER, LOAD_TIMER, "0123abcd");
	snprintf(want, sizeof(want), "[systemctl]%s[list-units][--all][--full]"
		 "[--plain][--no-legend][contmon-load-0123abcd.*]", USER);
	assert_string_equal(text_of(&to), want);
	load_plan_list(&to, LOAD_DOCKER, LOAD_TIMER, NULL);
	assert_non_null(strstr(text_of(&to), "[contmon-load-*.*]"));
	load_plan_remove(&to, LOAD_DOCKER, LOAD_TIMER);
	snprintf(want, sizeof(want), "[systemctl]%s[stop]", USER);
	assert_string_equal(text_of(&to), want);
}

/* Variables are passed on by name, and only those that are set. */
static void test_timer_starts(void **state)
{
	struct load_command to = { 0 };
	char want[512];

	(void)state;
	clearenv();
	setenv("PATH", "/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("CONTAINER_HOST", "x", 1);
	setenv("XDG_DATA_HOME", "x", 1);
	setenv("OTHER", "x", 1);
	load_plan_timer(&to, "0123abcd", 60000);
	load_command_add(&to, "/usr/bin/contmon");
	snprintf(want, sizeof(want), "[systemd-run]%s[--quiet][--collect]"
		 "[--timer-property=AccuracySec=1s]"
		 "[--unit=contmon-load-0123abcd][--on-active=60000ms]"
		 "[--on-unit-active=60000ms][--setenv=PATH]"
		 "[--setenv=HOME][--setenv=CONTAINER_HOST]"
		 "[--setenv=XDG_DATA_HOME][/usr/bin/contmon]", USER);
	assert_string_equal(text_of(&to), want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_without_class),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_timer_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
