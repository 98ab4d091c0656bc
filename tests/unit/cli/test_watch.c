// SPDX-License-Identifier: GPL-2.0-only
/*
 * When `contmon watch` considers a process ended.
 *
 * wrap: contmon_open contmon_close contmon_get_task contmon_events_open
 * wrap: contmon_source contmon_paths_new contmon_has_cgroup1 pidfd_open
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "tests/unit/capture.h"
#include "contmon.h"
#include "contmon/cli/error.h"
#include "contmon/commands.h"

/* The results of each look; with a state of 0 the process is gone */
static struct look {
	char state;
	uint32_t nr_threads;
} looks[8];

static size_t nr_looks;

int __wrap_contmon_open(const char *path, struct contmon **ret);
void __wrap_contmon_close(struct contmon *c);
enum contmon_source __wrap_contmon_source(const struct contmon *c);
int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret);
int __wrap_contmon_events_open(struct contmon *c,
			       const struct contmon_watch *watch,
			       struct contmon_events **ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_has_cgroup1(void);
int __wrap_pidfd_open(pid_t pid, unsigned int flags);

int __wrap_contmon_open(const char *path, struct contmon **ret)
{
	(void)path;
	*ret = (struct contmon *)&looks;
	return 0;
}

void __wrap_contmon_close(struct contmon *c)
{
	(void)c;
}

enum contmon_source __wrap_contmon_source(const struct contmon *c)
{
	(void)c;
	return CONTMON_SOURCE_PROCFS;
}

int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret)
{
	const struct look *look = &looks[nr_looks++];

	(void)c;
	(void)fields;
	(void)flags;
	if (!look->state)
		return -ESRCH;
	*ret = (struct contmon_task){
		.valid = CONTMON_TASK_BASE,
		.pid = pid,
		.state = (uint32_t)look->state,
		.nr_threads = look->nr_threads,
		.comm = "busy",
	};
	return 0;
}

int __wrap_contmon_events_open(struct contmon *c,
			       const struct contmon_watch *watch,
			       struct contmon_events **ret)
{
	(void)c;
	(void)watch;
	(void)ret;
	return -EOPNOTSUPP;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	(void)root;
	(void)ret;
	return -ENOENT;
}

int __wrap_contmon_has_cgroup1(void)
{
	return 0;
}

int __wrap_pidfd_open(pid_t pid, unsigned int flags)
{
	(void)pid;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

static size_t count_lines(const char *text)
{
	size_t nr = 0;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

static void assert_seen(size_t nr)
{
	nr_looks = 0;
	assert_int_equal(capture(cli_watch, "watch -n 0.1 -o state "
				 "--no-headings 7"), CLI_OK);
	assert_int_equal(count_lines(captured.out), nr + 1);
	assert_non_null(strstr(captured.out, "process 7 (busy) has ended"));
	assert_int_equal(nr_looks, nr + 1);
}

static void test_until_it_is_gone(void **state)
{
	(void)state;
	memcpy(looks, (struct look[]){ { 'S', 1 }, { 'R', 1 }, { 0, 0 } },
	       3 * sizeof(*looks));
	assert_seen(2);
}

static void test_a_zombie_has_ended(void **state)
{
	(void)state;
	memcpy(looks, (struct look[]){ { 'S', 2 }, { 'Z', 1 } },
	       2 * sizeof(*looks));
	assert_seen(1);
}

/*
 * Its first thread stays a zombie until the last one ends, which may be never.
 */
static void test_threads_go_on_without_the_first(void **state)
{
	(void)state;
	memcpy(looks, (struct look[]){ { 'S', 3 }, { 'Z', 3 }, { 'Z', 2 },
				       { 'Z', 1 } }, 4 * sizeof(*looks));
	assert_seen(3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_until_it_is_gone),
		cmocka_unit_test(test_a_zombie_has_ended),
		cmocka_unit_test(test_threads_go_on_without_the_first),
	};

	return cmocka_run_group_tests_name("cli_watch", tests, NULL, NULL);
}
