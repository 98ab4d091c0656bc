/* SPDX-License-Identifier: GPL-2.0-only */
/* A procfs and a cgroupfs made of files, and the source that reads them */
#ifndef TESTS_UNIT_PROC_TREE_H
#define TESTS_UNIT_PROC_TREE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libcontmon/internal.h"
#include "remove_tree.h"

static char root[64], proc_root[80], cgroup_root[80];
static struct contmon *c;
static struct contmon_tasks tasks;

/* Writes a file below @root, and the directories that it needs. */
static inline void put(const char *path, const char *text)
{
	char full[256], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	for (slash = strchr(full + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(full, 0700);
		*slash = '/';
	}
	if (!text)
		return;
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline void put_in(const char *dir, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	put(path, text);
}

static inline void take(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(remove(full), 0);
}

static inline void put_link(const char *dir, const char *name,
			    const char *target)
{
	char full[256];

	put_in(dir, "ns/", NULL);
	snprintf(full, sizeof(full), "%s/%s/ns/%s", root, dir, name);
	assert_int_equal(symlink(target, full), 0);
}

/* A task @pid of @tgid with an RSS of 3 * @kib, with all its files in @dir */
static inline void put_task(const char *dir, int pid, int tgid, int kib,
		     const char *cgroup)
{
	char text[1024];

	snprintf(text, sizeof(text), "%d (a) b) S 1 1 1 0 -1 0 100 0 3 0 5 6 "
		 "0 0 20 1 2 0 7 8 9 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 "
		 "0 0 0 0 0\n",
		 pid);
	put_in(dir, "stat", text);
	snprintf(text, sizeof(text), "Name:\ta) b\nTgid:\t%d\n"
		 "Uid:\t%d\t2\t3\t4\nGid:\t5\t6\t7\t8\nVmSize:\t100 kB\n"
		 "VmLck:\t1 kB\nVmHWM:\t9 kB\nRssAnon:\t%d kB\n"
		 "RssFile:\t%d kB\nRssShmem:\t%d kB\nVmPTE:\t4 kB\n"
		 "VmSwap:\t5 kB\nvoluntary_ctxt_switches:\t11\n"
		 "nonvoluntary_ctxt_switches:\t12\n",
		 tgid, 1000 + tgid, kib, kib, kib);
	put_in(dir, "status", text);
	put_in(dir, "io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\n"
	       "read_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 7\n");
	put_in(dir, "schedstat", "900 40 3\n");
	put_in(dir, "oom_score_adj", "-17\n");
	put_in(dir, "oom_score", "666\n");
	snprintf(text, sizeof(text), "1:cpu:/x\n0::%s\n", cgroup);
	put_in(dir, "cgroup", text);
	put_link(dir, "pid", "pid:[4026531836]");
	put_link(dir, "net", "net:[4026531840]");
}

static inline void put_cgroups(void)
{
	static const char pressure[] =
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=2\n";

	put("cgroup/a/b/cgroup.events", "populated 1\nfrozen 0\n");
	put("cgroup/ab/cgroup.events", "populated 0\nfrozen 0\n");
	put("cgroup/a/cgroup.events", "populated 1\nfrozen 0\n");
	put("cgroup/a/memory.current", "4096\n");
	put("cgroup/a/memory.peak", "8192\n");
	put("cgroup/a/memory.max", "max\n");
	put("cgroup/a/memory.swap.current", "0\n");
	put("cgroup/a/memory.swap.max", "1\n");
	put("cgroup/a/memory.events",
	    "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n");
	put("cgroup/a/cpu.pressure", pressure);
	put("cgroup/a/io.pressure", pressure);
	put("cgroup/a/memory.pressure", pressure);
	put("cgroup/a/cpu.stat", "usage_usec 100\nuser_usec 60\n");
	put("cgroup/a/b/cpu.stat", "usage_usec 30\nuser_usec 10\n");
	put("cgroup/ab/cpu.stat", "usage_usec 7\nuser_usec 1\n");
}

static inline int open_fake(struct contmon **ret)
{
	struct contmon *handle = calloc(1, sizeof(*handle));
	int r;

	if (!handle)
		return -ENOMEM;
	r = contmon_open_procfs(handle, proc_root, cgroup_root);
	if (r < 0)
		free(handle);
	else
		*ret = handle;
	return r;
}

static inline int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/contmon-proc-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(proc_root, sizeof(proc_root), "%s/proc", root);
	snprintf(cgroup_root, sizeof(cgroup_root), "%s/cgroup", root);
	put_cgroups();
	put_task("proc/30", 30, 30, 30, "/a/b");
	put_task("proc/4", 4, 4, 4, "/a");
	put_task("proc/200", 200, 200, 20, "/ab");
	put_task("proc/30/task/30", 30, 30, 30, "/a/b");
	put_task("proc/30/task/31", 31, 30, 30, "/a/b");
	put_task("proc/4/task/4", 4, 4, 4, "/a");
	put_task("proc/200/task/200", 200, 200, 20, "/ab");
	put("proc/uptime", "1 1\n");
	put("proc/5x/stat", "");
	tasks = (struct contmon_tasks){ 0 };
	return open_fake(&c);
}

static inline int teardown(void **state)
{
	(void)state;
	contmon_tasks_done(&tasks);
	contmon_close(c);
	return remove_tree(root);
}

static inline int snapshot(uint64_t fields, uint32_t flags)
{
	return contmon_snapshot_tasks(c, fields, flags, &tasks);
}

static inline void assert_pids(size_t nr, const int *pids)
{
	size_t i;

	assert_int_equal(tasks.nr, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(tasks.entries[i].pid, pids[i]);
}

#define ASSERT_PIDS(...) do { \
	const int pids_[] = { __VA_ARGS__ }; \
	assert_pids(sizeof(pids_) / sizeof(pids_[0]), pids_); \
} while (0)

#define NEVER CONTMON_TASK_DELAY

/* A process' page faults are known, its context switches are not. */
#define OF_PROCESS ((CONTMON_TASK_ALL & ~(NEVER | CONTMON_TASK_FAULTS)) | \
		    CONTMON_TASK_PART_PAGE_FAULTS)
#define OF_THREAD ((CONTMON_TASK_ALL & ~NEVER) | CONTMON_TASK_PART_PAGE_FAULTS)

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

#endif /* TESTS_UNIT_PROC_TREE_H */
