// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to the systemd of a user. Who that is is this test's.
 *
 * wrap: geteuid stat access
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contmon/load/user.h"

#define JOE 1000
#define OWN "/run/user/1000"

static uid_t user;
static bool has_own;		/* directory below /run/user */
static const char *manager;	/* what is there if a systemd runs */

uid_t __wrap_geteuid(void);
int __wrap_stat(const char *path, struct stat *ret);
int __wrap_access(const char *path, int mode);

uid_t __wrap_geteuid(void)
{
	return user;
}

/* Directories of root, of Joe and of somebody else, and a file */
int __wrap_stat(const char *path, struct stat *ret)
{
	static const struct {
		const char *path;
		mode_t mode;
		uid_t user;
	} known[] = {
		{ "/run/user/0", S_IFDIR, 0 },
		{ "/run/user/1001", S_IFDIR, JOE + 1 },
		{ "/tmp/joe", S_IFDIR, JOE },
		{ "/tmp/file", S_IFREG, JOE },
		{ OWN, S_IFDIR, JOE },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(path, known[i].path) == 0 &&
		    (has_own || strcmp(path, OWN) != 0)) {
			*ret = (struct stat){ .st_mode = known[i].mode,
					      .st_uid = known[i].user };
			return 0;
		}
	errno = ENOENT;
	return -1;
}

int __wrap_access(const char *path, int mode)
{
	assert_int_equal(mode, F_OK);
	return manager && strcmp(path, manager) == 0 ? 0 : -1;
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void must_be(const char *name, const char *value)
{
	const char *is = getenv(name);

	if (!is || !value)
		assert_ptr_equal(is, value);
	else
		assert_string_equal(is, value);
}

/* Each with the directory and the bus before, and after */
static void test_the_directory(void **state)
{
	static const struct {
		uid_t user;
		bool has_own;
		const char *directory, *bus, *want, *want_bus;
	} cases[] = {
		{ JOE, true, OWN, "unix:x", OWN, "unix:x" },
		{ JOE, true, "/tmp/joe", "unix:x", "/tmp/joe", "unix:x" },
		/* A line of crontab */
		{ JOE, true, NULL, NULL, OWN, NULL },
		/* su from root, and from another user */
		{ JOE, true, "/run/user/0", "unix:x", OWN, NULL },
		{ JOE, true, "/run/user/1001", NULL, OWN, NULL },
		{ JOE, true, "/nowhere", "unix:x", OWN, NULL },
		{ JOE, true, "/tmp/file", "unix:x", OWN, NULL },
		{ JOE, true, "", "unix:x", OWN, NULL },
		/* Not logged in */
		{ JOE, false, "/run/user/0", "unix:x", NULL, NULL },
		{ JOE, false, NULL, NULL, NULL, NULL },
		{ 0, true, NULL, "unix:x", NULL, "unix:x" },
		{ 0, true, OWN, "unix:x", OWN, "unix:x" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		user = cases[i].user;
		has_own = cases[i].has_own;
		set("XDG_RUNTIME_DIR", cases[i].directory);
		set("DBUS_SESSION_BUS_ADDRESS", cases[i].bus);
		load_user_init();
		must_be("XDG_RUNTIME_DIR", cases[i].want);
		must_be("DBUS_SESSION_BUS_ADDRESS", cases[i].want_bus);
	}
}

static void test_whose_systemd(void **state)
{
	static const struct {
		uid_t user;
		const char *directory, *manager;
		bool want;
	} cases[] = {
		{ 0, NULL, "/run/systemd/system", true },
		{ 0, OWN, OWN "/systemd/private", false },
		{ 0, NULL, NULL, false },
		{ JOE, OWN, OWN "/systemd/private", true },
		{ JOE, OWN, "/run/systemd/system", false },
		{ JOE, NULL, "/run/systemd/system", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		user = cases[i].user;
		manager = cases[i].manager;
		set("XDG_RUNTIME_DIR", cases[i].directory);
		assert_int_equal(load_user_has_systemd(), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_directory),
		cmocka_unit_test(test_whose_systemd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
