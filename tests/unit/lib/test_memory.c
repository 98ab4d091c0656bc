// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library without memory: first the first allocation of a function fails,
 * then the second, and so on, until none is left to fail. It must return
 * -ENOMEM each time; a sanitizer reports leaks.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: calloc reallocarray strdup asprintf
 */
#include "tests/unit/fake_device.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libcontmon/internal.h"

#define WORK_MAX 200	/* more allocations than any work here needs */

static int nr_left = -1;	/* allocations until one fails; -1: none */

void *__real_calloc(size_t nr, size_t size);
void *__real_reallocarray(void *old, size_t nr, size_t size);
char *__real_strdup(const char *s);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_reallocarray(void *old, size_t nr, size_t size);
char *__wrap_strdup(const char *s);
int __wrap_asprintf(char **ret, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool fails(void)
{
	if (nr_left < 0 || nr_left-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return fails() ? NULL : __real_calloc(nr, size);
}

void *__wrap_reallocarray(void *old, size_t nr, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, nr, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list ap;
	int r;

	if (fails())
		return -1;
	va_start(ap, format);
	r = vasprintf(ret, format, ap);
	va_end(ap);
	return r;
}

/* @work returns 0, or what failed; it starts over each time. */
static void must_survive(int (*work)(void))
{
	int i, r = -1;

	for (i = 0; r != 0 && i < WORK_MAX; i++) {
		nr_left = i;
		r = work();
		nr_left = -1;
		if (r != 0)
			assert_int_equal(r, -ENOMEM);
	}
	assert_int_equal(r, 0);
	assert_true(i > 1);	/* it failed at least once */
}

static int open_and_close(void)
{
	struct contmon *c;
	int r = contmon_open("/fake", &c);

	if (r == 0)
		contmon_close(c);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
	return r;
}

static int read_all(void)
{
	struct contmon_cgroups cgroups = { 0 };
	struct contmon_tasks tasks = { 0 };
	struct contmon *c;
	int r;

	r = contmon_open("/fake", &c);
	if (r < 0)
		return r;
	r = contmon_snapshot_tasks(c, CONTMON_TASK_ALL, 0, &tasks);
	if (r == 0)
		r = contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL, 0,
						&cgroups);
	if (r < 0)
		assert_true(tasks.nr == 0 || cgroups.nr == 0);
	contmon_tasks_done(&tasks);
	contmon_cgroups_done(&cgroups);
	contmon_close(c);
	return r;
}

static int answer_watch(unsigned long request, void *arg)
{
	(void)arg;
	return request == CONTMON_WATCH ? 0 : fake_error(ENOTTY);
}

static int watch_events(void)
{
	const struct contmon_watch watch = { .events = CONTMON_EVENT_ALL };
	struct contmon_events *untouched = (void *)&fake, *events = untouched;
	struct contmon *c;
	int r;

	r = contmon_open("/fake", &c);
	if (r < 0)
		return r;
	r = contmon_events_open(c, &watch, &events);
	contmon_close(c);
	if (r < 0)
		assert_ptr_equal(events, untouched);
	else
		contmon_events_close(events);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
	return r;
}

static int find_mount(void)
{
	char name[] = "/tmp/contmon-test-XXXXXX", *point = name, *part = name;
	static const char line[] = "1 1 0:1 / /c rw - cgroup2 c rw\n";
	int fd = mkstemp(name), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	r = contmon_find_cgroup2(name, &point, &part);
	if (r < 0) {
		assert_ptr_equal(point, name);
		assert_ptr_equal(part, name);
	} else {
		free(point);
		free(part);
	}
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(name), 0);
	return r;
}

static char root[] = "/tmp/contmon-test-XXXXXX";
static uint64_t deepest_id;

static int find_paths(void)
{
	struct contmon_paths *cgroups;
	const char *path;
	int r;

	r = contmon_paths_new(root, &cgroups);
	if (r < 0)
		return r;
	r = contmon_paths_find(cgroups, deepest_id, &path);
	if (r == 0)
		assert_string_equal(path, "/a/b");
	/* After a failure, everything is found when there is memory again. */
	nr_left = -1;
	assert_int_equal(contmon_paths_find(cgroups, deepest_id, &path), 0);
	assert_string_equal(path, "/a/b");
	contmon_paths_free(cgroups);
	return r;
}

static int remember_misses(void)
{
	struct contmon_paths *cgroups;
	const char *path;
	int r;

	r = contmon_paths_new(root, &cgroups);
	if (r == 0)
		r = contmon_paths_find(cgroups, ~0ULL, &path);
	else
		return r;
	contmon_paths_free(cgroups);
	return r == -ENOENT ? 0 : r;
}

static void test_open(void **state)
{
	(void)state;
	must_survive(open_and_close);
}

static void test_snapshots(void **state)
{
	(void)state;
	fake.nr_tasks = 20000;
	fake.nr_cgroups = 1000;
	must_survive(read_all);
	fake.mmap_errno = ENOMEM;
	must_survive(read_all);
}

static void test_events(void **state)
{
	(void)state;
	fake.info.features = CONTMON_FEATURE_EVENTS;
	fake_ioctl = answer_watch;
	must_survive(watch_events);
}

static void test_paths(void **state)
{
	char path[64];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/a", root);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/a/b", root);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(stat(path, &st), 0);
	deepest_id = st.st_ino;

	must_survive(find_paths);
	must_survive(remember_misses);
	must_survive(find_mount);

	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a", root);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(root), 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, fake_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open),
		TEST(snapshots),
		TEST(events),
		TEST(paths),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
