// SPDX-License-Identifier: GPL-2.0-only
/* Tasks from procfs, without a driver */
#include "tests/unit/proc_tree.h"

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

/* A kernel without such accounts writes zeros; half a file is invalid. */
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

/* The leader's files then have no memory, but those of other threads have. */
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

/* Unreadable files only make their own group unknown. */
static void test_unreadable_files_make_their_group_unknown(void **state)
{
	static const struct {
		const char *path;
		uint64_t group;
	} rows[] = {
		{ "proc/4/io", CONTMON_TASK_IO },
		{ "proc/4/oom_score", CONTMON_TASK_OOM_SCORE },
		{ "proc/4/oom_score_adj", CONTMON_TASK_OOM_ADJ },
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
	take("proc/4/ns/net");
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_NS, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE | CONTMON_TASK_PART_PID_NS);
	take("proc/4/ns/pid");
	assert_int_equal(contmon_get_task(c, 4, CONTMON_TASK_NS, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	put("proc/30/io", "rchar: 1\nwchar: -2\n");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_IO, 0, &t), 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	assert_int_equal(t.read_chars, 0);
	put("proc/30/oom_score_adj", "5");
	assert_int_equal(contmon_get_task(c, 30, CONTMON_TASK_OOM_ADJ, 0, &t),
			 0);
	assert_int_equal(t.valid, CONTMON_TASK_BASE);
	assert_int_equal(t.oom_score_adj, 0);
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

/* Between the walk and a read a process may end, with any of its files. */
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

static void test_invalid_input_is_an_error(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_process_once_by_pid),
		TEST(a_record),
		TEST(only_groups_asked_for),
		TEST(threads),
		TEST(waits_that_are_not_kept),
		TEST(a_leader_that_has_exited),
		TEST(unreadable_files_make_their_group_unknown),
		TEST(kernel_threads_and_zombies),
		TEST(processes_that_vanish),
		TEST(a_thread_is_no_process),
		TEST(invalid_input_is_an_error),
		TEST(long_files),
		TEST(filters),
		TEST(the_filter_of_cgroups),
		TEST(command_lines),
		TEST(memory),
		TEST(there_are_no_events),
	};

	return cmocka_run_group_tests_name("proc_source", tests, NULL, NULL);
}
