// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vetoes are files: who made them counts, and what is none does no harm.
 *
 * wrap: getpwuid
 */
#include "tests/unit/daemon.h"

#include <dirent.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contmond/policy/veto.h"

static char directory[600];
static char told[1024];

struct passwd *__wrap_getpwuid(uid_t uid);

/* It may wait for the network, and samples would have to wait, too. */
struct passwd *__wrap_getpwuid(uid_t uid)
{
	fail_msg("the name of user %u is looked up", (unsigned int)uid);
	return NULL;
}

static void note(const char *decision, const char *who, void *userdata)
{
	size_t length = strlen(told);

	assert_ptr_equal(userdata, told);
	snprintf(told + length, sizeof(told) - length, "%s by %s; ", decision,
		 who);
}

static int begin(void **state)
{
	int r = make_directory(state);
	char *path = veto_path(in_directory("store.db"), NULL);

	snprintf(directory, sizeof(directory), "%s", path);
	free(path);
	told[0] = '\0';
	return r;
}

static void test_the_directory(void **state)
{
	struct stat st;

	(void)state;
	umask(0077);
	assert_int_equal(veto_prepare(directory), 0);
	umask(0022);
	assert_int_equal(stat(directory, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01770);
	/* What an administrator has set stays. */
	assert_int_equal(chmod(directory, 0700), 0);
	assert_int_equal(veto_prepare(directory), 0);
	assert_int_equal(stat(directory, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void make_with(const char *name, const char *content)
{
	char path[700];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void make(const char *name)
{
	make_with(name, "");
}

static size_t nr_entries(const char *path)
{
	DIR *files = opendir(path);
	const struct dirent *entry;
	size_t nr = 0;

	assert_non_null(files);
	while ((entry = readdir(files)))
		nr += entry->d_name[0] != '.';
	closedir(files);
	return nr;
}

static void test_vetoes(void **state)
{
	char from[700], to[700], expected[64];

	(void)state;
	assert_int_equal(veto_take(directory, note, told), -ENOENT);
	assert_int_equal(veto_prepare(directory), 0);
	assert_int_equal(veto_take(directory, note, told), 0);
	make("loyyae80-1");
	assert_int_equal(veto_take(directory, note, told), 1);
	snprintf(expected, sizeof(expected), "loyyae80-1 by user %u; ",
		 (unsigned int)geteuid());
	assert_string_equal(told, expected);
	told[0] = '\0';
	assert_int_equal(veto_take(directory, note, told), 0);
	/* A link does not say who made it. */
	make("target-1");
	snprintf(from, sizeof(from), "%s/target-1", directory);
	snprintf(to, sizeof(to), "%s/linked-2", directory);
	assert_int_equal(link(from, to), 0);
	snprintf(to, sizeof(to), "%s/symbolic-3", directory);
	assert_int_equal(symlink("/etc/passwd", to), 0);
	snprintf(to, sizeof(to), "%s/directory-4", directory);
	assert_int_equal(mkdir(to, 0700), 0);
	make("Not_an_id!");
	make("diary");
	make_with("diary-5", "Dear diary");
	/* What is no veto stays. */
	assert_int_equal(veto_take(directory, note, told), 0);
	assert_string_equal(told, "");
	assert_int_equal(nr_entries(directory), 7);
}

/* A name that is taken: by a link, a file, or a directory of somebody else */
static void test_not_its_directory(void **state)
{
	char other[600];

	(void)state;
	snprintf(other, sizeof(other), "%s", in_directory("other"));
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(symlink(other, directory), 0);
	write_file("other/loyyae80-1", "");
	assert_true(veto_prepare(directory) == -ENOTDIR ||
		    veto_prepare(directory) == -ELOOP);
	assert_true(veto_take(directory, note, told) < 0);
	assert_int_equal(unlink(directory), 0);
	write_file("veto", "");
	assert_int_equal(veto_prepare(directory), -ENOTDIR);
	assert_int_equal(unlink(directory), 0);
	assert_int_equal(veto_prepare(directory), 0);
	make("loyyae80-1");
	if (geteuid() == 0) {
		assert_int_equal(chown(directory, 65534, 65534), 0);
		assert_int_equal(veto_prepare(directory), -EPERM);
		assert_int_equal(veto_take(directory, note, told), -EPERM);
	}
	assert_string_equal(told, "");
	assert_int_equal(nr_entries(directory), 1);
	assert_int_equal(nr_entries(other), 1);
}

static void test_ids(void **state)
{
	(void)state;
	assert_true(veto_is_id("loyyae80-1"));
	assert_false(veto_is_id(""));
	assert_false(veto_is_id("../loyyae80-1"));
	assert_false(veto_is_id("LOYY-1"));
	assert_false(veto_is_id("loyyae80"));
	assert_false(veto_is_id("loyyae80-"));
	assert_false(veto_is_id("-1"));
	assert_false(veto_is_id("loyyae80-1-2"));
	assert_false(veto_is_id("loyyae80-1x"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, \
						   remove_directory)
		TEST(test_the_directory),
		TEST(test_vetoes),
		TEST(test_not_its_directory),
		TEST(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
