// SPDX-License-Identifier: GPL-2.0-only
/* Filters and threads of SNAPSHOT_TASKS. */

#include <pthread.h>
#include <sys/syscall.h>

/*
 * A snapshot of all tasks that @arg selects, in one call, without changing @arg
 */
static int filtered(struct contmon_snapshot_tasks *arg)
{
	int rc;

	arg->size = sizeof(*arg);
	arg->entries = address_of(taken.tasks);
	arg->entry_size = sizeof(struct contmon_task);
	arg->nr_entries = ARRAY_SIZE(taken.tasks);
	rc = call(CONTMON_SNAPSHOT_TASKS, arg);
	taken.nr = rc ? 0 : arg->nr_entries;
	return rc;
}

TEST(filter_of_pids_returns_each_existing_pid_once_and_sorted)
{
	pid_t a = child_start(NULL), b = child_start(NULL);
	__s32 pids[] = {b, INT_MAX, a, b, a, 1};
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_PIDS,
		.pids = address_of(pids),
		.nr_pids = ARRAY_SIZE(pids),
	};

	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(taken.nr, 3);
	CHECK_EQ(taken.tasks[0].pid, 1);
	CHECK_EQ(taken.tasks[1].pid, a < b ? a : b);
	CHECK_EQ(taken.tasks[2].pid, a < b ? b : a);
	CHECK_EQ(arg.cursor, 0);
	child_end(a);
	child_end(b);
	arg.cursor = 0;
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(taken.nr, 1);
}

TEST(filter_of_pids_resumes)
{
	pid_t a = child_start(NULL), b = child_start(NULL);
	__s32 pids[] = {a, b};
	struct contmon_task one;
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = CONTMON_FILTER_PIDS,
		.entries = address_of(&one),
		.entry_size = sizeof(one),
		.nr_entries = 1,
		.pids = address_of(pids),
		.nr_pids = ARRAY_SIZE(pids),
	};

	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	CHECK_EQ(one.pid, a);
	CHECK(arg.cursor);
	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	CHECK_EQ(one.pid, b);
	child_end(a);
	child_end(b);
}

/* More than one RCU section of the driver visits, some with many threads */
#define NR_LISTED 300
#define NR_LARGE 4

TEST(filter_of_pids_takes_many)
{
	static __s32 pids[NR_LISTED];
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_PIDS,
		.fields = CONTMON_TASK_CPU,
		.pids = address_of(pids),
		.nr_pids = NR_LISTED,
	};
	int i;

	for (i = 0; i < NR_LISTED; i++)
		pids[i] = child_start(i % (NR_LISTED / NR_LARGE) ?
					      NULL : work_many_threads);
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(arg.cursor, 0);
	CHECK_EQ(taken.nr, NR_LISTED);
	CHECK_EQ(arg.nr_seen, NR_LISTED);
	check_ascending(&taken);
	for (i = 0; i < NR_LISTED; i++)
		child_end(pids[i]);
}

TEST(filter_of_invalid_pids_is_refused)
{
	__s32 pids[] = {1, 0};
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_PIDS,
		.pids = address_of(pids),
	};

	CHECK_RC(filtered(&arg), -EINVAL);
	arg.nr_pids = CONTMON_MAX_PIDS + 1;
	CHECK_RC(filtered(&arg), -EINVAL);
	arg.nr_pids = 2;
	CHECK_RC(filtered(&arg), -EINVAL);
	arg.pids = 0;
	CHECK_RC(filtered(&arg), -EFAULT);
	arg.pids = address_of(kernel_address());
	CHECK_RC(filtered(&arg), -EFAULT);
}

static void become_1234(void)
{
	REQUIRE(setresuid(1234, 0, 0) == 0);
}

TEST(filter_of_uid_passes_only_that_user)
{
	pid_t child = child_start(become_1234);
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_UID,
		.uid = 1234,
	};

	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(taken.nr, 1);
	CHECK_EQ(taken.tasks[0].pid, child);
	CHECK(arg.nr_seen > 1);
	arg.uid = (__u32)-1;
	CHECK_RC(filtered(&arg), -EINVAL);
	child_end(child);
}

static void touch_16_mib(void)
{
	memset(map_pages(16 << 20, PROT_READ | PROT_WRITE), 1, 16 << 20);
}

TEST(filter_of_rss_passes_large_processes)
{
	pid_t large = child_start(touch_16_mib), small = child_start(NULL);
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_RSS,
		.fields = CONTMON_TASK_MEM,
		.min_rss_bytes = 8 << 20,
	};
	__u32 i;

	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, large), 1);
	CHECK_EQ(count_pid(&taken, small), 0);
	for (i = 0; i < taken.nr; i++)
		CHECK(taken.tasks[i].rss_anon_bytes +
			      taken.tasks[i].rss_file_bytes +
			      taken.tasks[i].rss_shmem_bytes >= 8 << 20);
	child_end(large);
	child_end(small);
}

/* The largest value: no task passes, and nothing overflows. */
TEST(filter_of_rss_accepts_the_largest_value)
{
	static const __u64 sizes[] = {
		1ULL << 62, 1ULL << 63, ~0xfffULL, ~0xffeULL, ~0ULL,
	};
	struct contmon_snapshot_tasks arg = {.flags = CONTMON_FILTER_RSS};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		CONTEXT("min_rss_bytes %#llx", sizes[i]);
		arg.min_rss_bytes = sizes[i];
		REQUIRE_RC(filtered(&arg), 0);
		CHECK_EQ(taken.nr, 0);
	}
}

/* A process whose first thread has exited still has memory in its record. */
TEST(filter_of_rss_compares_the_rss_of_the_record)
{
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_RSS,
		.min_rss_bytes = 4096,
	};
	pid_t pid = child_headless();

	CHECK(task_of(pid).rss_anon_bytes >= arg.min_rss_bytes);
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, pid), 1);
	child_end(pid);
}

TEST(filter_of_cgroup_passes_its_subtree)
{
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_CGROUP,
		.fields = CONTMON_TASK_CGROUP,
	};
	struct contmon_task self;
	__u32 i;

	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_CGROUP, 0, &self), 0);
	arg.cgroup_id = self.cgroup_id;
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, getpid()), 1);
	for (i = 0; i < taken.nr; i++)
		if (self.cgroup_id != 1)
			CHECK_EQ(taken.tasks[i].cgroup_id, self.cgroup_id);
	arg.cgroup_id = 0x7fffffff;
	CHECK_RC(filtered(&arg), -ENOENT);
}

/* A stamp of now; leaves all tasks in @taken */
static __u64 stamp_now(void)
{
	struct contmon_snapshot_tasks arg = {.flags = CONTMON_FILTER_CHANGED};

	REQUIRE_RC(filtered(&arg), 0);
	CHECK(arg.stamp);
	CHECK_EQ(taken.nr, arg.nr_seen);
	return arg.stamp;
}

TEST(filter_of_changes_passes_tasks_that_ran_or_were_forked)
{
	pid_t idle = child_start(NULL), awake = child_start(NULL), born, zombie;
	struct contmon_snapshot_tasks arg = {.flags = CONTMON_FILTER_CHANGED};

	WAIT_UNTIL(task_of(idle).state == 'S');
	usleep(50000); /* more than the tick of tolerance in the contract */
	arg.changed_since = stamp_now();
	CHECK_EQ(count_pid(&taken, idle), 1);
	kill(awake, SIGCONT);
	born = child_start(NULL);
	zombie = child_zombie();
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, getpid()), 1);
	CHECK_EQ(count_pid(&taken, born), 1);
	CHECK_EQ(count_pid(&taken, zombie), 1);
	CHECK_EQ(count_pid(&taken, idle), 0);
	CHECK(arg.nr_seen > taken.nr);
	child_end(idle);
	child_end(awake);
	child_end(born);
	child_end(zombie);
}

/* A task that never leaves its CPU arrived there long before the stamp */
TEST(filter_of_changes_passes_tasks_that_never_leave_a_cpu)
{
	pid_t child = fork();
	struct contmon_snapshot_tasks arg = {.flags = CONTMON_FILTER_CHANGED};
	unsigned int round;
	__u64 ran_ns = 0;

	REQUIRE(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	for (round = 0; round < 10; round++) {
		arg.changed_since = stamp_now();
		ran_ns = task_of(child).runtime_ns;
		WAIT_UNTIL(task_of(child).runtime_ns > ran_ns + 30000000);
		REQUIRE_RC(filtered(&arg), 0);
		CHECK_EQ(count_pid(&taken, child), 1);
	}
	child_end(child);
}

static int go[2];

static void *thread_that_ends(void *nothing)
{
	char byte;

	if (read(go[0], &byte, 1) != 1)
		_exit(FAILED);
	burn(20);
	return nothing;
}

static void work_with_a_thread_that_ends(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_that_ends, NULL))
		_exit(FAILED);
}

/* The others sleep all the time. */
TEST(filter_of_changes_passes_a_process_whose_thread_ran_and_ended)
{
	struct contmon_snapshot_tasks arg = {.flags = CONTMON_FILTER_CHANGED};
	pid_t child;

	REQUIRE(pipe(go) == 0);
	child = child_start(work_with_a_thread_that_ends);
	WAIT_UNTIL(task_of(child).nr_threads == 2);
	WAIT_UNTIL(task_of(child).state == 'S');
	usleep(50000); /* more than the tick of tolerance in the contract */
	arg.changed_since = stamp_now();
	REQUIRE(write(go[1], "", 1) == 1);
	WAIT_UNTIL(task_of(child).nr_threads == 1);
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, child), 1);
	arg.flags |= CONTMON_THREADS;
	REQUIRE_RC(filtered(&arg), 0);
	CHECK_EQ(count_pid(&taken, child), 0);
	child_end(child);
	close(go[0]);
	close(go[1]);
}

static void *thread_wait(void *nothing)
{
	for (;;)
		pause();
	return nothing;
}

static void *thread_burn(void *barrier)
{
	burn(50);
	pthread_barrier_wait(barrier);
	return thread_wait(NULL);
}

static void work_three_threads(void)
{
	static pthread_barrier_t barrier;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	if (pthread_create(&thread, NULL, thread_wait, NULL) ||
	    pthread_create(&thread, NULL, thread_burn, &barrier))
		_exit(FAILED);
	pthread_barrier_wait(&barrier);
}

TEST(threads_have_rows_of_their_own)
{
	pid_t child = child_stopped(work_three_threads);
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_THREADS,
		.fields = CONTMON_TASK_ALL & ~CONTMON_TASK_IO,
	};
	struct contmon_task process;
	__u64 runtime = 0;
	__u32 i, nr = 0;

	REQUIRE_RC(get_task(child, CONTMON_TASK_CPU, 0, &process), 0);
	REQUIRE_RC(filtered(&arg), 0);
	check_ascending(&taken);
	for (i = 0; i < taken.nr; i++) {
		struct contmon_task *row = &taken.tasks[i], single;

		if (row->tgid != child)
			continue;
		nr++;
		runtime += row->runtime_ns;
		CHECK_EQ(row->nr_threads, 3);
		CHECK_RC(get_task(row->pid, 0, CONTMON_THREADS, &single), 0);
		CHECK_EQ(single.tgid, child);
	}
	CHECK_EQ(nr, 3);
	/* The threads are stopped, so their sum is the process' own */
	CHECK_EQ(runtime, process.runtime_ns);
	CHECK(runtime >= 50 * 1000000ULL);
	child_end(child);
}
