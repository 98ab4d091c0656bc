// SPDX-License-Identifier: GPL-2.0-only
/* Files that are replaced when they are complete, and those that cannot be */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "contmon/cli/draft.h"
#include "tests/unit/remove_tree.h"

#define SOMEBODY 12345

enum outcome { IN_PLACE, REPLACED, FAILED, CANNOT_RUN };

static char directory[32], path[PATH_MAX];

static int begin(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/contmon-draft.XXXXXX");
	if (!mkdtemp(directory) || chmod(directory, 0755) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/file", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return remove_tree(directory);
}

static const char *in_directory(const char *name)
{
	static char ret[PATH_MAX];

	snprintf(ret, sizeof(ret), "%s/%s", directory, name);
	return ret;
}

static void write_old(void)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs("of earlier", file);
	assert_int_equal(fclose(file), 0);
}

static bool has(const char *name, const char *text)
{
	char was[32] = "";
	FILE *file = fopen(name, "r");
	bool r = file && fgets(was, sizeof(was), file) &&
		 strcmp(was, text) == 0;

	if (file)
		fclose(file);
	return r;
}

/* Writes to @to, which is @name or leads to it. Also in a child */
static enum outcome write_to(const char *to, const char *name)
{
	struct stat before, after;
	struct cli_draft draft;
	bool is_early;

	if (stat(name, &before) < 0 || cli_draft_open(&draft, to) < 0)
		return FAILED;
	is_early = has(name, "of earlier");
	fputs("new", draft.file);
	if (cli_draft_keep(&draft) < 0 || stat(name, &after) < 0 ||
	    !has(name, "new") || after.st_uid != before.st_uid ||
	    after.st_mode != before.st_mode)
		return FAILED;
	if (after.st_ino == before.st_ino)
		return IN_PLACE;
	return is_early ? REPLACED : FAILED;
}

/* The outcome of @fn in a child, which may give up rights for it */
static enum outcome in_child(enum outcome (*fn)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit((int)fn());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT_RUN) {
		print_message("SKIP: it needs root\n");
		skip();
	}
	return (enum outcome)WEXITSTATUS(status);
}

static void test_a_file(void **state)
{
	struct cli_draft draft;

	(void)state;
	write_old();
	assert_int_equal(write_to(path, path), REPLACED);
	write_old();
	assert_int_equal(cli_draft_open(&draft, path), 0);
	cli_draft_drop(&draft);
	assert_true(has(path, "of earlier"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cli_draft_open(&draft, path), 0);
	assert_int_equal(access(path, F_OK), -1);
	fputs("new", draft.file);
	assert_int_equal(cli_draft_keep(&draft), 0);
	assert_true(has(path, "new"));
}

static void test_symbolic_links(void **state)
{
	char target[8] = "";

	(void)state;
	write_old();
	assert_int_equal(symlink("file", in_directory("link")), 0);
	assert_int_equal(write_to(in_directory("link"), path), REPLACED);
	assert_int_equal(readlink(in_directory("link"), target, 7), 4);
	assert_string_equal(target, "file");
}

static void test_hard_links(void **state)
{
	(void)state;
	write_old();
	assert_int_equal(link(path, in_directory("other")), 0);
	assert_int_equal(write_to(path, path), IN_PLACE);
	assert_true(has(in_directory("other"), "new"));
}

/* As /dev/stdout, which whoever has opened it goes on using */
static void test_an_open_file(void **state)
{
	char name[32];
	int fd;

	(void)state;
	write_old();
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	assert_int_equal(write_to(name, path), IN_PLACE);
	close(fd);
}

static void test_a_pipe(void **state)
{
	struct cli_draft draft;
	char was[8] = "";
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(cli_draft_open(&draft, path), 0);
	fputs("new", draft.file);
	assert_int_equal(cli_draft_keep(&draft), 0);
	assert_int_equal(read(fd, was, sizeof(was)), 3);
	assert_string_equal(was, "new");
	close(fd);
}

/* No room for what a draft has at the end of its name */
static void test_a_long_name(void **state)
{
	char name[NAME_MAX + 1];

	(void)state;
	memset(name, 'x', NAME_MAX);
	name[NAME_MAX] = '\0';
	snprintf(path, sizeof(path), "%s", in_directory(name));
	write_old();
	assert_int_equal(write_to(path, path), IN_PLACE);
}

/* Without it the rights of the group would be those of the list's mask. */
static void test_a_list_of_rights(void **state)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t who, rights;
			uint32_t id;
		} entries[5];
	} list = { 2, {
		{ 0x01, 6, UINT32_MAX }, { 0x02, 6, SOMEBODY },
		{ 0x04, 0, UINT32_MAX }, { 0x10, 6, UINT32_MAX },
		{ 0x20, 0, UINT32_MAX },
	} };

	(void)state;
	write_old();
	if (setxattr(path, "system.posix_acl_access", &list, sizeof(list),
		     0) < 0) {
		print_message("SKIP: no lists of rights: %s\n",
			      strerror(errno));
		skip();
	}
	assert_int_equal(write_to(path, path), IN_PLACE);
	assert_int_equal(getxattr(path, "system.posix_acl_access", NULL, 0),
			 sizeof(list));
}

static bool become_somebody(void)
{
	return setgid(SOMEBODY) == 0 && setuid(SOMEBODY) == 0;
}

static enum outcome write_as_somebody(void)
{
	return become_somebody() ? write_to(path, path) : CANNOT_RUN;
}

static void test_a_directory_of_others(void **state)
{
	(void)state;
	write_old();
	if (chown(path, SOMEBODY, SOMEBODY) < 0)
		skip();
	assert_int_equal(in_child(write_as_somebody), IN_PLACE);
}

static void test_a_file_of_others(void **state)
{
	(void)state;
	write_old();
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(chmod(directory, 0777), 0);
	assert_int_equal(in_child(write_as_somebody), IN_PLACE);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(in_child(write_as_somebody), FAILED);
	assert_true(has(path, "new"));
}

static enum outcome write_to_mounted(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, path, NULL, MS_BIND, NULL) == 0 ?
	       write_to(path, path) : CANNOT_RUN;
}

/* As a file of the host is in a container */
static void test_a_mounted_file(void **state)
{
	(void)state;
	write_old();
	assert_int_equal(in_child(write_to_mounted), IN_PLACE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_file),
		TEST(test_symbolic_links),
		TEST(test_hard_links),
		TEST(test_an_open_file),
		TEST(test_a_pipe),
		TEST(test_a_long_name),
		TEST(test_a_list_of_rights),
		TEST(test_a_directory_of_others),
		TEST(test_a_file_of_others),
		TEST(test_a_mounted_file),
	};

	return cmocka_run_group_tests_name("cli_draft", tests, NULL, NULL);
}
