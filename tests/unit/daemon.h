/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the unit tests of contmond. */
#ifndef TESTS_UNIT_DAEMON_H
#define TESTS_UNIT_DAEMON_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "remove_tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))
#define assert_contains(text, part) assert_non_null(strstr(text, part))

static char test_directory[] = "/tmp/contmon-test-XXXXXX";

__attribute__((unused))
static int make_directory(void **state)
{
	(void)state;
	strcpy(test_directory + sizeof(test_directory) - 7, "XXXXXX");
	return mkdtemp(test_directory) ? 0 : -1;
}

__attribute__((unused))
static int remove_directory(void **state)
{
	(void)state;
	return remove_tree(test_directory);
}

/* Path of a file in the test's directory; valid until the fourth next call. */
__attribute__((unused))
static const char *in_directory(const char *name)
{
	static char paths[4][512];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", test_directory, name);
	return path;
}

__attribute__((unused))
static const char *write_file(const char *name, const char *text)
{
	const char *path = in_directory(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* Runs the loop until @done returns true; a test that hangs fails. */
__attribute__((unused))
static void run_until(sd_event *event, bool (*done)(void))
{
	time_t end = time(NULL) + 300;

	while (!done() && time(NULL) < end)
		assert_true(sd_event_run(event, 10000) >= 0);
	assert_true(done());
}

/* Runs the loop until it has nothing more to do at once. */
__attribute__((unused))
static void run_some(sd_event *event)
{
	int i;

	for (i = 0; i < 20; i++)
		assert_true(sd_event_run(event, 1000) >= 0);
}

#endif /* TESTS_UNIT_DAEMON_H */
