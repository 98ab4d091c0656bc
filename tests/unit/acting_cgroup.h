/* SPDX-License-Identifier: GPL-2.0-only */
/* A container without an engine: a cgroup that is a directory of the test */
#ifndef TESTS_UNIT_ACTING_CGROUP_H
#define TESTS_UNIT_ACTING_CGROUP_H

#include "tests/unit/acting.h"

#define PAUSE "\"pause\""
#define LIMIT "\"limit\""

/* 20 times faster: a second, and longer than a test */
#define SHORT ",\"hold_ms\":20000"
#define LONG ",\"hold_ms\":86400000"

static uint64_t cgroup_id;

__attribute__((unused))
static const char *in_cgroup(const char *file)
{
	char name[128];

	snprintf(name, sizeof(name), "cgroups/box/%s", file);
	return in_directory(name);
}

__attribute__((unused))
static void put(const char *file, const char *text)
{
	char name[128];

	snprintf(name, sizeof(name), "cgroups/box/%s", file);
	write_file(name, text);
}

__attribute__((unused))
static const char *get(const char *file)
{
	static char text[256];
	FILE *from = fopen(in_cgroup(file), "r");

	assert_non_null(from);
	text[fread(text, 1, sizeof(text) - 1, from)] = '\0';
	fclose(from);
	return text;
}

static void make_cgroup(void)
{
	struct stat st;

	assert_int_equal(mkdir(in_directory("cgroups/box"), 0700), 0);
	assert_int_equal(stat(in_directory("cgroups/box"), &st), 0);
	cgroup_id = st.st_ino;
	join_cgroup("cgroups/box");
	put("cpu.max", "max 100000\n");
	put("memory.high", "max\n");
	put("cgroup.freeze", "0\n");
	put("cgroup.kill", "");
	put("cgroup.events", "populated 1\nfrozen 0\n");
}

__attribute__((unused))
static const char *on_cgroup(const char *decision, const char *steps,
			     const char *more)
{
	static char line[512];

	snprintf(line, sizeof(line), "{\"op\":\"act\",\"decision\":\"%s\","
		 "\"cgroup\":\"/box\",\"cgroup_id\":%llu,\"steps\":[%s]%s}",
		 decision, (unsigned long long)cgroup_id, steps, more);
	return line;
}

static int setup_hold(void **state)
{
	int r = setup_acts(state);

	make_cgroup();
	return r;
}

#endif /* TESTS_UNIT_ACTING_CGROUP_H */
