// SPDX-License-Identifier: GPL-2.0-only
/*
 * What contmon-engine, its parent, the first process and who asks run in
 *
 * wrap: process_cgroup container_cgroup engines_own age_of_cgroup_ms
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contmon-engine/acts_private.h"
#include "contmon-engine/cgroup.h"

#define ASKER 5000000	/* more than there can be */
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

char *__wrap_process_cgroup(int64_t pid);
char *__wrap_container_cgroup(int64_t pid, const char *id);
bool __wrap_engines_own(const struct engines *engines, const char *path);
int64_t __wrap_age_of_cgroup_ms(int directory, int64_t enough_ms);

static int64_t process;		/* whose cgroup is known */
static const char *cgroup;	/* this is it */
static const char *owned;	/* by an engine */

char *__wrap_process_cgroup(int64_t pid)
{
	return pid == process && cgroup ? strdup(cgroup) : NULL;
}

char *__wrap_container_cgroup(int64_t pid, const char *id)
{
	return pid == process && cgroup && strstr(cgroup, id) ?
	       strdup(cgroup) : NULL;
}

bool __wrap_engines_own(const struct engines *engines, const char *path)
{
	(void)engines;
	return owned && strcmp(path, owned) == 0;
}

/* Not what is tested here */
int64_t __wrap_age_of_cgroup_ms(int directory, int64_t enough_ms)
{
	(void)directory;
	return enough_ms;
}

static int begin(void **state)
{
	(void)state;
	process = 0;
	cgroup = owned = NULL;
	return 0;
}

/* Cgroups */

static struct acts acts;

static const char *protection_of(const char *path)
{
	char text[PATH_MAX];
	const struct operation operation = {
		.acts = &acts, .cgroup = text, .asker = { 1, ASKER, 1000 },
	};

	snprintf(text, sizeof(text), "%s", path);
	acts.asked.nr = 0;
	return cgroup_protection(&operation, -1);
}

/* The same for each process; all that is not @why is NULL. */
static void must_protect_what_is_above(int64_t pid, const char *why)
{
	static const struct {
		const char *own;
		bool is_above;
	} cases[] = {
		{ "/boxes/one", true }, { "/boxes/one/init", true },
		{ "/boxes/one/a/b", true }, { "/boxes/one2", false },
		{ "/boxes/on", false }, { "/boxes", false }, { "/", false },
		{ "/boxes/two/boxes/one", false }, { "", false },
		{ NULL, false },
	};
	size_t i;

	process = pid;
	for (i = 0; i < COUNT(cases); i++) {
		const char *is;

		cgroup = cases[i].own;
		is = protection_of("/boxes/one");
		if (cases[i].is_above != (is != NULL))
			fail_msg("%s: %s", cgroup, is);
		if (is)
			assert_string_equal(is, why);
	}
}

static void test_the_cgroup_of_the_first_process(void **state)
{
	(void)state;
	must_protect_what_is_above(1, "the first process runs in it");
}

static void test_the_cgroup_of_contmon_engine(void **state)
{
	(void)state;
	must_protect_what_is_above(getpid(), "contmon-engine runs in it");
}

static void test_the_cgroup_of_who_asks(void **state)
{
	(void)state;
	must_protect_what_is_above(ASKER, "the process that asks runs in it");
}

static void test_the_cgroup_of_anybody_else(void **state)
{
	(void)state;
	process = ASKER + 1;
	cgroup = "/boxes/one";
	assert_null(protection_of("/boxes/one"));
}

static void test_the_cgroup_of_an_engine(void **state)
{
	(void)state;
	owned = "/boxes/one";
	assert_non_null(protection_of("/boxes/one"));
	assert_null(protection_of("/boxes/two"));
}

static void test_names_of_cgroups(void **state)
{
	static const char *const protected[] = {
		"/a.slice", "/user@1", "/a/session-1.scope", "/init.scope",
		"/a.mount", "/a.socket", "/a.swap", "/a.service",
		"/a/grafana/b", "/contmon/a", "/a-contmond-b",
	};
	static const char *const others[] = {
		"/a.slice/b", "/a.service/b", "/a.scope", "/lxc.payload.a",
		"/systemd-nspawn@a.service", "/mygrafana", "/contmonx",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(protected); i++) {
		if (!protection_of(protected[i]))
			fail_msg("%s", protected[i]);
	}
	for (i = 0; i < COUNT(others); i++) {
		if (protection_of(others[i]))
			fail_msg("%s", others[i]);
	}
}

/* Containers of engines */

static const char *protection_of_id(const char *id)
{
	char engine[] = "/run/docker.sock";
	const struct facts facts = {
		.description.name = { .id = id, .created_ms = 1 },
	};
	const struct operation operation = {
		.acts = &acts, .engine = engine, .asker = { 1, ASKER, 1000 },
	};

	return act_protection(&operation, &facts);
}

static void test_the_container_of_a_process(void **state)
{
	const struct {
		int64_t pid;
		const char *why;
	} cases[] = {
		{ getpid(), "contmon-engine runs in it" },
		{ getppid(), "contmon-engine runs in it" },
		{ ASKER, "the process that asks runs in it" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		process = cases[i].pid;
		cgroup = "/docker/" ID "/init";
		assert_string_equal(protection_of_id(ID), cases[i].why);
		assert_null(protection_of_id(OTHER));
		cgroup = NULL;
		assert_null(protection_of_id(ID));
	}
	process = ASKER + 1;
	cgroup = "/docker/" ID;
	assert_null(protection_of_id(ID));
}

/* What its name says comes first. */
static void test_the_name_of_a_container(void **state)
{
	const struct facts facts = {
		.description.name = { .id = ID, .name = "grafana" },
	};
	const struct operation operation = { .asker = { 1, ASKER, 1000 } };

	(void)state;
	process = ASKER;
	cgroup = "/docker/" ID;
	assert_non_null(strstr(act_protection(&operation, &facts), "grafana"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, begin)
		TEST(test_the_cgroup_of_the_first_process),
		TEST(test_the_cgroup_of_contmon_engine),
		TEST(test_the_cgroup_of_who_asks),
		TEST(test_the_cgroup_of_anybody_else),
		TEST(test_the_cgroup_of_an_engine),
		TEST(test_names_of_cgroups),
		TEST(test_the_container_of_a_process),
		TEST(test_the_name_of_a_container),
	};

	return cmocka_run_group_tests_name("protected", tests, NULL, NULL);
}
