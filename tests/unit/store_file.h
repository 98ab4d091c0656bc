/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of the store's file: its path, and minutes of ticks */
#ifndef TESTS_UNIT_STORE_FILE_H
#define TESTS_UNIT_STORE_FILE_H

#include "tests/unit/store.h"

#include <glob.h>

static char path[512];

__attribute__((unused))
static int begin(void **state)
{
	int r = begin_test(state);

	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	return r;
}

__attribute__((unused))
static int begin_opened(void **state)
{
	int r = begin(state);

	open_store(path, 0);
	return r;
}

__attribute__((unused))
static int64_t nr_put_aside(void)
{
	char pattern[600];
	glob_t found;
	int64_t nr;

	snprintf(pattern, sizeof(pattern), "%s.[0-9]*Z", path);
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	nr = (int64_t)found.gl_pathc;
	globfree(&found);
	return nr;
}

/* A minute of ticks, written */
__attribute__((unused))
static void record(int64_t from_s)
{
	int64_t t;

	for (t = from_s; t < from_s + 60; t++)
		tick_one(t, "web", (double)t);
	store_sync(store);
}

__attribute__((unused))
static void must_have(int64_t from_s, size_t nr)
{
	ask("processes", from_s, from_s + 59, 1);
	assert_int_equal(history.nr, nr);
}

__attribute__((unused))
static void make_recorded(void)
{
	open_store(path, 0);
	record(0);
	close_store();
}

#endif
