// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source without a driver, over a procfs and a cgroupfs of files
 *
 * wrap: calloc realloc reallocarray strdup strndup
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t nr, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t length);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t nr, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t length);

/* The allocation that fails, counted down; 0 for none */
static __thread int fail_at;

static bool fails(void)
{
	return fail_at && --fail_at == 0;
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return fails() ? NULL : __real_calloc(nr, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t nr, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, nr, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t length)
{
	return fails() ? NULL : __real_strndup(s, length);
}

static char root[64], proc_root[80], cgroup_root[80];
static struct contmon *c;
static struct contmon_tasks tasks;

/* Write a file below @root, and the directories that it needs. */
static void put(const char *path, const char *text)
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

static void put_in(const char *dir, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	put(path, text);
}

static void take(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(remove(full), 0);
}

static void put_link(const char *dir, const char *name, const char *target)
{
	char full[256];

	put_in(dir, "ns/", NULL);
	snprintf(full, sizeof(full), "%s/%s/ns/%s", root, dir, name);
	assert_int_equal(symlink(target, full), 0);
}

/* A task @pid of @tgid with RSS of 3 * @kib, all its files in @dir */
static void put_task(const char *dir, int pid, int tgid, int kib,
		     const char *cgroup)
{
	char text[1024];

	snprintf(text, sizeof(text), "%d (a) b) S 1 1 1 0 -1 0 100 0 3 0 5 6 "
		 "0 0 20 1 2 0 7 8 9 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 0 0\n",
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

static void put_cgroups(void)
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

static int open_fake(struct contmon **ret)
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

static int setup(void **state)
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

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	contmon_tasks_done(&tasks);
	contmon_close(c);
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int snapshot(uint64_t fields, uint32_t flags)
{
	return contmon_snapshot_tasks(c, fields, flags, &tasks);
}

static void assert_pids(size_t nr, const int *pids)
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

static void test_every_process_once_by_pid(void **state)
{
	(void)state;
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	ASSERT_PIDS(4, 30, 200);
	assert_int_equal(tasks.nr_seen, 3);
	assert_true(tasks.taken_boottime_ns > 0);
	assert_int_equal(contmon_source(c), CONTMON_SOURCE_PROCFS);
}

static void assert_record(const struct contmon_task *t)
{
	const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	assert_string_equal((char *)t->comm, "a) b");
	assert_int_equal(t->state, 'S');
	assert_int_equal(t->ppid, 1);
	assert_int_equal(t->flags, 0);
	assert_int_equal(t->nr_threads, 2);
	assert_int_equal(t->start_boottime_ns, 7 * tick);
	assert_int_equal(t->euid, 2);
	assert_int_equal(t->gid, 5);
	assert_int_equal(t->egid, 6);
	assert_int_equal(t->nice, 1);
	assert_int_equal(t->last_cpu, 3);
	assert_int_equal(t->pid_ns, 4026531836);
	assert_int_equal(t->net_ns, 4026531840);
	assert_int_equal(t->vsz_bytes, 102400);
	assert_int_equal(t->swap_bytes, 5120);
	assert_int_equal(t->pgtables_bytes, 4096);
	assert_int_equal(t->locked_bytes, 1024);
	assert_int_equal(t->rss_peak_bytes, 9216);
	assert_int_equal(t->utime_ns, 5 * tick);
	assert_int_equal(t->stime_ns, 6 * tick);
	assert_int_equal(t->runtime_ns, 11 * tick);
	assert_int_equal(t->read_chars, 1);
	assert_int_equal(t->write_chars, 2);
	assert_int_equal(t->read_syscalls, 3);
	assert_int_equal(t->write_syscalls, 4);
	assert_int_equal(t->read_bytes, 5);
	assert_int_equal(t->write_bytes, 6);
	assert_int_equal(t->cancelled_write_bytes, 7);
	assert_int_equal(t->oom_score_adj, -17);
	assert_int_equal(t->oom_score, 666);
	assert_int_equal(t->minor_faults, 100);
	assert_int_equal(t->major_faults, 3);
}

#define NEVER CONTMON_TASK_DELAY

/* A process' page faults are known, its context switches are not. */
#define OF_PROCESS ((CONTMON_TASK_ALL & ~(NEVER | CONTMON_TASK_FAULTS)) | \
		    CONTMON_TASK_PART_PAGE_FAULTS)
#define OF_THREAD ((CONTMON_TASK_ALL & ~NEVER) | CONTMON_TASK_PART_PAGE_FAULTS)

static void test_a_record(void **state)
{
	struct contmon_task t;
	struct stat st;

	(void)state;
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_ALL, 0, &t), 0);
	assert_record(&t);
	assert_int_equal(t.pid, 30);
	assert_int_equal(t.tgid, 30);
	assert_int_equal(t.uid, 1030);
	assert_int_equal(t.rss_anon_bytes, 30 * 1024);
	assert_int_equal(t.rss_file_bytes, 30 * 1024);
	assert_int_equal(t.rss_shmem_bytes, 30 * 1024);
	strcat(cgroup_root, "/a/b");
	assert_int_equal(stat(cgroup_root, &st), 0);
	assert_int_equal(t.cgroup_id, st.st_ino);
	assert_int_equal(t.valid, OF_PROCESS);
	assert_int_equal(t.voluntary_switches, 0);
	/* Of both threads */
	assert_int_equal(t.run_delay_ns, 80);
	assert_int_equal(t.timeslices, 6);
}

static void test_only_groups_asked_for(void **state)
{
	struct contmon_task t;
	uint64_t group;

	(void)state;
	for (group = 2; group < CONTMON_TASK_ALL; group <<= 1) {
		assert_int_equal(contmon_get_task(c, 30, group, CONTMON_THREADS,
						  &t), 0);
		if (group == CONTMON_TASK_FAULTS)
			t.valid &= ~CONTMON_TASK_PART_PAGE_FAULTS;
		assert_int_equal(t.valid, CONTMON_TASK_BASE | (group & ~NEVER));
	}
}

static void test_threads(void **state)
{
	(void)state;
	assert_int_equal(snapshot(CONTMON_TASK_ALL, CONTMON_THREADS), 0);
	ASSERT_PIDS(4, 30, 31, 200);
	assert_int_equal(tasks.entries[2].tgid, 30);
	assert_int_equal(tasks.entries[2].minor_faults, 100);
	assert_int_equal(tasks.entries[2].major_faults, 3);
	assert_int_equal(tasks.entries[2].run_delay_ns, 40);
	assert_int_equal(tasks.entries[2].voluntary_switches, 11);
	assert_int_equal(tasks.entries[2].involuntary_switches, 12);
	assert_int_equal(tasks.entries[2].valid, OF_THREAD);
}

/* Where the kernel keeps no such accounts all is zero; half a file is none. */
static void test_waits_that_are_not_kept(void **state)
{
	struct contmon_task t;

	(void)state;
	put("proc/4/task/4/schedstat", "0 0 0\n");
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_RUNQ, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	put("proc/30/task/31/schedstat", "1 2");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_RUNQ, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	assert_int_equal(t.run_delay_ns, 0);
	take("proc/30/task/31/schedstat");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_RUNQ, 0, &t), 0);
	assert_int_equal(t.run_delay_ns, 40);
}

/* The leader's files have no memory then, the others' still have it. */
static void test_a_leader_that_has_exited(void **state)
{
	struct contmon_task t;

	(void)state;
	put("proc/30/status", "Tgid:\t30\nUid:\t0\t0\t0\t0\n"
	    "Gid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t1\n"
	    "nonvoluntary_ctxt_switches:\t2\n");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_MEM, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE | CONTMON_TASK_MEM);
	assert_int_equal(t.rss_anon_bytes, 30 * 1024);
	put("proc/30/task/30/status", "Tgid:\t30\nUid:\t0\t0\t0\t0\n"
	    "Gid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t1\n"
	    "nonvoluntary_ctxt_switches:\t2\n");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_MEM,
					  CONTMON_THREADS, &t), 0);
	assert_int_equal(t.rss_anon_bytes, 30 * 1024);
	take("proc/30/task/30/status");
	take("proc/30/task/31/status");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_MEM, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
}

/* What cannot be read is not known; the rest is. */
static void test_unreadable_files_turn_their_group_off(void **state)
{
	static const struct {
		const char *path;
		uint64_t group;
	} rows[] = {
		{ "proc/4/io", CONTMON_TASK_IO },
		{ "proc/4/oom_score", CONTMON_TASK_OOM_SCORE },
		{ "proc/4/oom_score_adj", CONTMON_TASK_OOM_ADJ },
		{ "proc/4/ns/net", CONTMON_TASK_NS },
		{ "proc/4/cgroup", CONTMON_TASK_CGROUP },
	};
	uint64_t off = 0;
	struct contmon_task t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		take(rows[i].path);
		off |= rows[i].group;
		assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_ALL, 0,
						  &t), 0);
		assert_int_equal(t.valid, OF_PROCESS & ~off);
	}
	put("proc/30/io", "rchar: 1\nwchar: -2\n");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_IO, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	assert_int_equal(t.read_chars, 0);
}

static void test_kernel_threads_and_zombies(void **state)
{
	struct contmon_task t;

	(void)state;
	put("proc/4/stat", "4 (k) Z 2 0 0 0 -1 2097152 0 0 0 0 0 0 0 0 20 0 1 "
	    "0 7 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 0 0\n");
	put("proc/4/status", "Tgid:\t4\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
	    "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t2\n");
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_MEM, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	assert_int_equal(t.flags, CONTMON_TASK_KTHREAD | CONTMON_TASK_EXITING);
}

/* Between the walk and a read a process may go, with any of its files. */
static void test_processes_that_vanish(void **state)
{
	struct contmon_task t = { .pid = 99 };

	(void)state;
	take("proc/30/stat");
	take("proc/200/status");
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	ASSERT_PIDS(4);
	assert_int_equal(contmon_get_task(c, 30, 0, 0, &t), -ESRCH);
	assert_int_equal(contmon_get_task(c, 200, 0, 0, &t), -ESRCH);
	assert_int_equal(contmon_get_task(c, 7, 0, 0, &t), -ESRCH);
	assert_int_equal(contmon_get_task(c, 0, 0, 0, &t), -EINVAL);
	assert_int_equal(t.pid, 99);
}

static void test_a_thread_is_no_process(void **state)
{
	struct contmon_task t;

	(void)state;
	put_task("proc/31", 31, 30, 1, "/a");
	assert_int_equal(contmon_get_task(c, 31, 0, 0, &t), -ESRCH);
	assert_int_equal(contmon_get_task(c, 31, CONTMON_TASK_MEM,
					  CONTMON_THREADS, &t), 0);
	assert_int_equal(t.rss_anon_bytes, 30 * 1024);
}

static void test_nonsense_is_an_error(void **state)
{
	(void)state;
	put("proc/30/stat", "30 (x) S 1\n");
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), -EPROTO);
	assert_int_equal(tasks.nr, 0);
}

static void test_long_files(void **state)
{
	static char text[100000] = "Groups:\t";
	struct contmon_task t;
	FILE *f;
	char old[2048];
	size_t n;

	(void)state;
	strcat(proc_root, "/4/status");
	f = fopen(proc_root, "r");
	assert_non_null(f);
	n = fread(old, 1, sizeof(old) - 1, f);
	old[n] = 0;
	fclose(f);
	memset(text + strlen(text), '1', sizeof(text) - 4096);
	strcat(text, "\n");
	strcat(text, old);
	put("proc/4/status", text);
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_MEM, 0, &t), 0);
	assert_true(t.valid & CONTMON_TASK_MEM);
}

static int query(struct contmon_query q)
{
	return contmon_query_tasks(c, &q, &tasks);
}

static void test_filters(void **state)
{
	const int32_t pids[] = { 200, 4, 4, 77 }, bad[] = { 4, 0 };

	(void)state;
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_UID, .uid = 1004 }), 0);
	ASSERT_PIDS(4);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_RSS, .min_rss_bytes = 60 * 1024 }), 0);
	ASSERT_PIDS(30, 200);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_PIDS, .pids = pids, .nr_pids = 4 }), 0);
	ASSERT_PIDS(4, 200);
	assert_int_equal(tasks.nr_seen, 3);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_PIDS | CONTMON_FILTER_RSS,
		.pids = pids, .nr_pids = 4, .min_rss_bytes = 60 * 1024 }), 0);
	ASSERT_PIDS(200);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_PIDS, .pids = bad, .nr_pids = 2 }),
			 -EINVAL);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_PIDS, .pids = pids }), -EINVAL);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_FILTER_CHANGED }), -EOPNOTSUPP);
	assert_int_equal(query((struct contmon_query){
		.flags = CONTMON_EXACT_RSS }), -EOPNOTSUPP);
	assert_int_equal(query((struct contmon_query){
		.fields = CONTMON_TASK_ALL + 1 }), -EOPNOTSUPP);
}

/* "/ab" is not below "/a". */
static void test_the_filter_of_cgroups(void **state)
{
	struct contmon_query q = { .flags = CONTMON_FILTER_CGROUP };
	struct contmon_task t;

	(void)state;
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_CGROUP, 0, &t), 0);
	q.cgroup_id = t.cgroup_id;
	assert_int_equal(query(q), 0);
	ASSERT_PIDS(4, 30);
	q.cgroup_id = 1;
	assert_int_equal(query(q), -ENOENT);
	assert_int_equal(tasks.nr, 0);
}

static void test_command_lines(void **state)
{
	char buffer[8] = "xxxxxxx";
	uint64_t total;

	(void)state;
	put("proc/4/cmdline", "a b\nc");
	assert_int_equal(contmon_read_cmdline(c, 4, buffer, 8, &total), 5);
	assert_int_equal(total, 5);
	assert_memory_equal(buffer, "a b\ncxx", 7);
	assert_int_equal(contmon_read_cmdline(c, 4, buffer, 2, &total), 2);
	assert_int_equal(total, 5);
	assert_int_equal(contmon_read_cmdline(c, 4, buffer, 0, NULL), -EINVAL);
	assert_int_equal(contmon_read_cmdline(c, 7, buffer, 8, NULL), -ESRCH);
}

/* Rows of the root, of /a, of /a/b and of /ab */
struct rows {
	struct contmon_containers all;
	const struct contmon_container *root, *a, *b, *ab;
};

static struct rows read_rows(uint64_t fields)
{
	struct rows rows = { 0 };
	size_t i;

	assert_int_equal(contmon_snapshot_containers(c, fields, 0, &rows.all),
			 0);
	assert_int_equal(rows.all.nr, 4);
	rows.root = rows.all.entries;
	for (i = 1; i < 4; i++) {
		const struct contmon_container *row = &rows.all.entries[i];

		if (row->level == 2)
			rows.b = row;
		else if (row->populated)
			rows.a = row;
		else
			rows.ab = row;
	}
	assert_true(rows.a && rows.b && rows.ab && rows.a < rows.b);
	return rows;
}

static void test_containers(void **state)
{
	struct rows rows = read_rows(CONTMON_CONTAINER_ALL);
	const struct contmon_container *a = rows.a;
	const uint64_t sums = CONTMON_CONTAINER_PART_COUNTS |
			      CONTMON_CONTAINER_PART_IO;

	(void)state;
	assert_int_equal(rows.root->parent_id, 0);
	assert_int_equal(rows.root->level, 0);
	assert_int_equal(rows.root->populated, 1);
	assert_int_equal(rows.root->valid, CONTMON_CONTAINER_BASE | sums);
	assert_int_equal(a->parent_id, rows.root->cgroup_id);
	assert_int_equal(rows.b->parent_id, a->cgroup_id);
	assert_int_equal(rows.b->valid, CONTMON_CONTAINER_BASE |
			 CONTMON_CONTAINER_CPU | sums);
	assert_int_equal(a->valid, CONTMON_CONTAINER_BASE |
			 CONTMON_CONTAINER_MEMCG | CONTMON_CONTAINER_PSI |
			 CONTMON_CONTAINER_CPU | sums);
	assert_int_equal(a->memory_current_bytes, 4096);
	assert_int_equal(a->memory_peak_bytes, 8192);
	assert_true(a->memory_max_bytes == CONTMON_UNLIMITED);
	assert_int_equal(a->swap_max_bytes, 1);
	assert_int_equal(a->events_low, 1);
	assert_int_equal(a->events_oom, 4);
	assert_int_equal(a->events_oom_kill, 5);
	assert_int_equal(a->psi_io_some_ns, 1000);
	assert_int_equal(a->psi_memory_full_ns, 2000);
	contmon_containers_done(&rows.all);
}

static void test_sums_over_tasks(void **state)
{
	const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	struct rows rows;

	(void)state;
	put_task("proc/5", 5, 5, 2, "/a");
	put_task("proc/6", 6, 6, 1000, "/gone");
	rows = read_rows(CONTMON_CONTAINER_TASKS);
	assert_int_equal(rows.root->nr_tasks, 0);
	assert_int_equal(rows.a->nr_tasks, 2);
	assert_int_equal(rows.a->nr_threads, 4);
	assert_int_equal(rows.a->nr_sleeping, 2);
	assert_int_equal(rows.a->nr_running, 0);
	assert_int_equal(rows.a->vsz_sum_bytes, 2 * 102400);
	assert_int_equal(rows.a->rss_anon_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->rss_file_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->rss_shmem_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->swap_sum_bytes, 2 * 5120);
	assert_int_equal(rows.a->pgtables_sum_bytes, 2 * 4096);
	assert_int_equal(rows.a->utime_sum_ns, 10 * tick);
	assert_int_equal(rows.a->stime_sum_ns, 12 * tick);
	assert_int_equal(rows.a->runtime_sum_ns, 22 * tick);
	assert_int_equal(rows.a->minor_faults_sum, 200);
	assert_int_equal(rows.a->major_faults_sum, 6);
	assert_int_equal(rows.a->read_chars_sum, 2);
	assert_int_equal(rows.a->cancelled_write_bytes_sum, 14);
	assert_int_equal(rows.a->voluntary_switches_sum, 0);
	assert_int_equal(rows.b->nr_tasks, 1);
	contmon_containers_done(&rows.all);
}

/* What one process hides must not look like a smaller sum. */
static void test_a_sum_needs_every_task(void **state)
{
	struct rows rows;

	(void)state;
	put_task("proc/5", 5, 5, 2, "/a");
	take("proc/5/io");
	rows = read_rows(CONTMON_CONTAINER_TASKS);
	assert_int_equal(rows.a->valid, CONTMON_CONTAINER_BASE |
			 CONTMON_CONTAINER_PART_COUNTS);
	assert_int_equal(rows.a->read_chars_sum, 0);
	assert_int_equal(rows.a->nr_tasks, 2);
	assert_true(rows.b->valid & CONTMON_CONTAINER_PART_IO);
	contmon_containers_done(&rows.all);
}

/* cpu.stat is of a whole subtree; its sums must stay so, not count twice. */
static void test_cpu_time_of_a_cgroup_by_itself(void **state)
{
	struct rows rows = read_rows(CONTMON_CONTAINER_CPU);

	(void)state;
	assert_int_equal(rows.a->cpu_usage_ns, 70000);
	assert_int_equal(rows.b->cpu_usage_ns, 30000);
	assert_int_equal(rows.ab->cpu_usage_ns, 7000);
	assert_false(rows.root->valid & CONTMON_CONTAINER_CPU);
	contmon_containers_done(&rows.all);

	/* It ran on between the two reads. */
	put("cgroup/a/b/cpu.stat", "usage_usec 101\n");
	rows = read_rows(CONTMON_CONTAINER_CPU);
	assert_int_equal(rows.a->cpu_usage_ns, 0);
	assert_int_equal(rows.b->cpu_usage_ns, 101000);
	contmon_containers_done(&rows.all);

	put("cgroup/a/b/cpu.stat", "nonsense\n");
	rows = read_rows(CONTMON_CONTAINER_CPU);
	assert_false(rows.a->valid & CONTMON_CONTAINER_CPU);
	assert_false(rows.b->valid & CONTMON_CONTAINER_CPU);
	assert_true(rows.ab->valid & CONTMON_CONTAINER_CPU);
	contmon_containers_done(&rows.all);
}

static void test_the_host(void **state)
{
	struct contmon_system system;

	(void)state;
	put("proc/meminfo", "MemTotal: 10 kB\nMemFree: 1 kB\n"
	    "MemAvailable: 2 kB\nBuffers: 3 kB\nShmem: 4 kB\n");
	put("proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1\n");
	put("proc/loadavg", "0.50 1.00 2.25 1/2 3\n");
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system),
			 0);
	assert_int_equal(system.kernel.fields, CONTMON_SYSTEM_ALL);
	assert_int_equal(system.kernel.ram_total_bytes, 10240);
	assert_int_equal(system.kernel.ram_shared_bytes, 4096);
	assert_int_equal(system.kernel.load_milli[2], 2250);
	assert_int_equal(system.kernel.nr_tasks, 3);
	assert_int_equal(system.kernel.nr_threads, 6);
	assert_int_equal(system.kernel.nr_sleeping, 3);
	assert_int_equal(system.kernel.reserved_bytes, 3 * 102400);
	assert_int_equal(system.kernel.committed_bytes, 3 * 54 * 1024);
}

static void test_memory(void **state)
{
	uint64_t length, bytes;
	void *address;

	(void)state;
	assert_int_equal(contmon_alloc(c, 0, &address, NULL), -EINVAL);
	assert_int_equal(contmon_alloc(c, UINT64_MAX, &address, NULL),
			 -EOVERFLOW);
	assert_int_equal(contmon_alloc(c, 1, &address, &length), 0);
	assert_int_equal(length, sysconf(_SC_PAGESIZE));
	assert_int_equal(((char *)address)[length - 1], 0);
	assert_int_equal(contmon_resident(c, address, length, &bytes),
			 -EOPNOTSUPP);
	assert_int_equal(contmon_free(c, address, length), 0);
	assert_int_equal(contmon_free(c, address, 0), -EINVAL);
}

static void test_there_are_no_events(void **state)
{
	const struct contmon_watch watch = { .events = CONTMON_EVENT_ALL };
	struct contmon_events *events;

	(void)state;
	assert_int_equal(contmon_events_open(c, &watch, &events), -EOPNOTSUPP);
}

/* Everything with a handle of its own; @ret_nr counts rows that are whole. */
static int use_all(size_t *ret_nr)
{
	struct contmon_containers rows = { 0 };
	struct contmon_tasks all = { 0 };
	struct contmon *handle;
	size_t i;
	int r;

	*ret_nr = 0;
	r = open_fake(&handle);
	if (r < 0)
		return r;
	r = contmon_snapshot_tasks(handle, CONTMON_TASK_ALL, CONTMON_THREADS,
				   &all);
	for (i = 0; i < all.nr; i++)
		*ret_nr += all.entries[i].valid == OF_THREAD;
	if (r == 0)
		r = contmon_snapshot_containers(handle, CONTMON_CONTAINER_ALL,
						0, &rows);
	for (i = 0; i < rows.nr; i++)
		*ret_nr += rows.entries[i].nr_tasks;
	*ret_nr += rows.nr;
	contmon_tasks_done(&all);
	contmon_containers_done(&rows);
	contmon_close(handle);
	return r;
}

/* Four threads, four cgroups and three processes in them */
#define WHOLE (4 + 4 + 3)

static void test_any_allocation_may_fail(void **state)
{
	size_t nr;
	int i, r;

	(void)state;
	for (i = 1; ; i++) {
		fail_at = i;
		r = use_all(&nr);
		if (fail_at)
			break;
		assert_int_equal(r, -ENOMEM);
	}
	fail_at = 0;
	assert_int_equal(r, 0);
	assert_int_equal(nr, WHOLE);
	assert_true(i > 8);
}

/* With too few descriptors there is an error, never a poorer answer. */
static void test_too_few_descriptors(void **state)
{
	struct rlimit old, few;
	size_t nr, nr_failed = 0;
	int r;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	for (few.rlim_cur = 0; few.rlim_cur < 64; few.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = use_all(&nr);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		if (r == 0)
			break;
		assert_int_equal(r, -EMFILE);
		nr_failed++;
	}
	assert_int_equal(r, 0);
	assert_int_equal(nr, WHOLE);
	assert_true(nr_failed > 3);
}

static void test_a_child_may_use_the_handle(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(snapshot(CONTMON_TASK_ALL, 0) == 0 && tasks.nr == 3 ?
		      0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	ASSERT_PIDS(4, 30, 200);
}

static void *use_often(void *arg)
{
	size_t *nr_whole = arg, nr;
	int i;

	for (i = 0; i < 100; i++)
		if (use_all(&nr) == 0 && nr == WHOLE)
			(*nr_whole)++;
	return NULL;
}

static void test_two_threads_with_two_handles(void **state)
{
	size_t nr[2] = { 0, 0 };
	pthread_t threads[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_often,
						&nr[i]), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(nr[0], 100);
	assert_int_equal(nr[1], 100);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_process_once_by_pid),
		TEST(a_record),
		TEST(only_groups_asked_for),
		TEST(threads),
		TEST(waits_that_are_not_kept),
		TEST(a_leader_that_has_exited),
		TEST(unreadable_files_turn_their_group_off),
		TEST(kernel_threads_and_zombies),
		TEST(processes_that_vanish),
		TEST(a_thread_is_no_process),
		TEST(nonsense_is_an_error),
		TEST(long_files),
		TEST(filters),
		TEST(the_filter_of_cgroups),
		TEST(command_lines),
		TEST(containers),
		TEST(sums_over_tasks),
		TEST(a_sum_needs_every_task),
		TEST(cpu_time_of_a_cgroup_by_itself),
		TEST(the_host),
		TEST(memory),
		TEST(there_are_no_events),
		TEST(any_allocation_may_fail),
		TEST(too_few_descriptors),
		TEST(a_child_may_use_the_handle),
		TEST(two_threads_with_two_handles),
	};

	return cmocka_run_group_tests_name("proc_source", tests, NULL, NULL);
}
