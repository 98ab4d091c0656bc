// SPDX-License-Identifier: GPL-2.0-only
/* Threads that have ended, and that a debugger keeps. */

#include <stdatomic.h>
#include <sys/ptrace.h>

/* More than the driver looks at when a thread ends */
#define NR_KEPT 300

/* So many that a look at all of them takes longer than to wake a task */
#define NR_KEPT_MANY 1000

static pid_t kept[NR_KEPT_MANY];
static int end_pipe[2], then_pipe[2];

static void *thread_end_when_told(void *unused)
{
	char byte;

	while (read(end_pipe[0], &byte, 1) > 0)
		;
	exit_thread(0);
	return unused;
}

__attribute__((noreturn)) static void with_threads(int nr, int ready,
						   void (*then)(void))
{
	pthread_attr_t small;
	pthread_t thread;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(end_pipe[1]);
	close(then_pipe[1]);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (nr--)
		if (pthread_create(&thread, &small, thread_end_when_told, NULL))
			_exit(FAILED);
	if (write(ready, "", 1) != 1 || read(then_pipe[0], &byte, 1) < 0)
		_exit(FAILED);
	then();
	_exit(0);
}

/* A child that waits with @nr threads beside the first, and then does @then */
static pid_t child_with_threads(int nr, void (*then)(void))
{
	int ready[2];
	char byte;
	pid_t pid;

	REQUIRE(!pipe(ready) && !pipe(end_pipe) && !pipe(then_pipe));
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		with_threads(nr, ready[1], then);
	close(ready[1]);
	REQUIRE(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

/* Threads of which one is traced stay until the debugger waits for them. */
static void keep_threads(pid_t pid, int nr)
{
	struct dirent *entry;
	char path[64];
	DIR *threads;
	int found = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	REQUIRE(threads);
	while ((entry = readdir(threads))) {
		pid_t tid = atoi(entry->d_name);

		if (tid <= 0 || tid == pid)
			continue;
		REQUIRE(found < nr);
		REQUIRE(ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0);
		kept[found++] = tid;
	}
	closedir(threads);
	REQUIRE(found == nr);
}

static bool has_ended(pid_t tid)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(tid, 0, CONTMON_THREADS, &task), 0);
	return task.state == 'Z';
}

static void end_threads(int nr)
{
	int i;

	close(end_pipe[1]);
	for (i = 0; i < nr; i++)
		WAIT_UNTIL(has_ended(kept[i]));
}

static void release_threads(pid_t pid, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		REQUIRE(waitpid(kept[i], NULL, __WALL) == kept[i]);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
}

static void check_end_with_kept_threads(int fd)
{
	pid_t pid = child_with_threads(NR_KEPT, end_together);
	unsigned int nr;

	keep_threads(pid, NR_KEPT);
	end_threads(NR_KEPT);
	close(then_pipe[1]);
	WAIT_UNTIL(find_event(nr = drain(fd), CONTMON_EVENT_EXIT, pid));
	CHECK_EQ(count_exits(nr, pid), 1);
	release_threads(pid, NR_KEPT);
	CHECK_EQ(count_exits(drain(fd), pid), 0);
}

/* The driver does not look at all of them to find out who is the last */
TEST(exit_comes_once_although_a_debugger_keeps_threads)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT)), i;

	for (i = 0; i < 20; i++) {
		CONTEXT("process %d", i);
		check_end_with_kept_threads(fd);
	}
	close(fd);
}

#define NR_LATE 60

/* How late a real-time task ran that shares its CPU with the calls */
struct lateness {
	atomic_bool calling;
	atomic_uint nr;
	__u64 ns[NR_LATE];
};

static __u64 sleep_until(__u64 wanted)
{
	struct timespec at = {
		.tv_sec = (time_t)(wanted / NS_PER_S),
		.tv_nsec = (long)(wanted % NS_PER_S),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
	return now_ns(CLOCK_MONOTONIC);
}

static void *thread_measure(void *_late)
{
	struct lateness *late = _late;
	__u64 wanted, now;
	unsigned int nr = 0;

	work_fifo_on_cpu_0();
	while (nr < NR_LATE) {
		wanted = now_ns(CLOCK_MONOTONIC) + 500000;
		now = sleep_until(wanted);
		if (!atomic_load(&late->calling))
			continue;
		late->ns[nr++] = now - wanted;
		atomic_store(&late->nr, nr);
	}
	return NULL;
}

static int compare_ns(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

/* Returns how long each of @nr rows took in the quickest call */
static __u64 read_until_measured(struct lateness *late, __u32 flags,
				 unsigned int nr)
{
	struct contmon_snapshot_tasks arg;
	__u64 took, row = ~0ULL;

	do {
		arg = (struct contmon_snapshot_tasks){
			.fields = CONTMON_TASK_MEM,
			.flags = flags,
		};
		took = now_ns(CLOCK_MONOTONIC);
		atomic_store(&late->calling, true);
		REQUIRE_RC(filtered(&arg), 0);
		atomic_store(&late->calling, false);
		took = now_ns(CLOCK_MONOTONIC) - took;
		REQUIRE(arg.nr_entries > nr);
		if (took / nr < row)
			row = took / nr;
	} while (atomic_load(&late->nr) < NR_LATE);
	return row;
}

/*
 * On one CPU. Returns the lower quartile, because on a busy host any task is
 * late, also beside rows that take next to no time; *@row as above
 */
static __u64 measure_while_reading(__u32 flags, unsigned int nr, __u64 *row)
{
	struct lateness late = { .nr = 0 };
	pthread_t measures;
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	REQUIRE(sched_setaffinity(0, sizeof(first), &first) == 0);
	REQUIRE(!pthread_create(&measures, NULL, thread_measure, &late));
	*row = read_until_measured(&late, flags, nr);
	REQUIRE(!pthread_join(measures, NULL));
	qsort(late.ns, NR_LATE, sizeof(late.ns[0]), compare_ns);
	CONTEXT("a row takes %llu ns", (unsigned long long)*row);
	return late.ns[NR_LATE / 4];
}

/* A busy host can make a task late in each of these by chance; not in all */
#define LATE_TRIES 10

static void end_first_thread(void)
{
	exit_thread(0);
}

/* How long a call for one of them took in the quickest of some rounds */
static __u64 read_one_that_is_kept(void)
{
	__u64 took, quickest = ~0ULL;
	struct contmon_task task;
	int i, round;

	for (round = 0; round < 3; round++) {
		took = now_ns(CLOCK_MONOTONIC);
		for (i = 0; i < NR_KEPT_MANY; i++)
			REQUIRE_RC(get_task(kept[i], CONTMON_TASK_MEM,
					    CONTMON_THREADS, &task), 0);
		took = (now_ns(CLOCK_MONOTONIC) - took) / NR_KEPT_MANY;
		if (took < quickest)
			quickest = took;
	}
	return quickest;
}

/*
 * For one of them, the driver goes past all others to find the memory of their
 * process. Other tasks must not have to wait for more than a few of these, and
 * not every row of a snapshot needs one.
 */
TEST(threads_that_a_debugger_keeps_delay_no_other_task)
{
	__u64 usual, late, row, one, most;
	int tries = LATE_TRIES;
	pid_t pid;

	require_root();
	pid = child_with_threads(NR_KEPT_MANY, end_first_thread);
	keep_threads(pid, NR_KEPT_MANY);
	close(then_pipe[1]);
	WAIT_UNTIL(has_ended(pid));
	end_threads(NR_KEPT_MANY);
	do {
		one = read_one_that_is_kept();
		usual = measure_while_reading(0, 1, &row);
		late = measure_while_reading(CONTMON_THREADS, NR_KEPT_MANY,
					     &row);
		most = 16 * one + 2 * usual + 200000;
	} while (late >= most && --tries > 0);
	CHECK(late < most);
	CHECK(row < one / 2);
	release_threads(pid, NR_KEPT_MANY);
}

static __u32 count_in(const char *cgroup, pid_t pid)
{
	struct contmon_snapshot_tasks arg = {
		.flags = CONTMON_FILTER_CGROUP | CONTMON_FILTER_PIDS,
		.cgroup_id = inode(cgroup),
		.pids = address_of(&pid),
		.nr_pids = 1,
	};

	REQUIRE_RC(filtered(&arg), 0);
	return arg.nr_entries;
}

/* The kernel moves only threads that live, and lets the cgroup be removed. */
TEST(process_without_its_first_thread_is_where_the_others_are)
{
	pid_t pid = child_with_threads(1, end_first_thread);
	const struct contmon_cgroup *row;
	struct contmon_task task;
	char first[128], then[128];

	make_cgroup();
	made_child(first, sizeof(first), 0);
	made_child(then, sizeof(then), 1);
	REQUIRE(!mkdir(first, 0755) && !mkdir(then, 0755));
	move_to(first, pid);
	close(then_pipe[1]);
	WAIT_UNTIL(has_ended(pid));
	CHECK_EQ(count_in(first, pid), 1);
	move_to(then, pid);
	CHECK_EQ(count_in(then, pid), 1);
	CHECK_EQ(count_in(first, pid), 0);
	WAIT_UNTIL(rmdir(first) == 0);
	row = find_container(snapshot_cgroups(), inode(then));
	REQUIRE(row);
	CHECK_EQ(row->nr_tasks, 1);
	REQUIRE_RC(get_task(pid, CONTMON_TASK_CGROUP, 0, &task), 0);
	CHECK_EQ(task.cgroup_id, inode(then));
	child_end(pid);
	WAIT_UNTIL(rmdir(then) == 0);
	remove_cgroup();
}

/* So many that a look at them takes long, and that they are most processes */
#define NR_OWNED 1500
#define NR_SHARING 256

__attribute__((noreturn)) static int share_memory(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Processes that have the memory of this one, which has the threads */
static void start_sharing(void)
{
	static char stacks[NR_SHARING + 1][4096] __attribute__((aligned(16)));
	int i;

	for (i = 0; i < NR_SHARING; i++)
		if (clone(share_memory, stacks[i + 1], CLONE_VM | SIGCHLD,
			  NULL) < 0)
			_exit(FAILED);
	kill(getppid(), SIGUSR1);
	for (;;)
		pause();
}

/*
 * Before Linux 6.2, the exact RSS of each takes a look at all threads of the
 * first. Other tasks must not have to wait for more than a few of these, or for
 * a run of rows that take none.
 */
TEST(processes_that_share_memory_delay_no_other_task)
{
	__u64 usual, late, row, plain, most;
	int tries = LATE_TRIES, nr;
	sigset_t usr1;
	pid_t pid;

	require_root();
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	REQUIRE(sigprocmask(SIG_BLOCK, &usr1, NULL) == 0);
	pid = child_with_threads(NR_OWNED, start_sharing);
	close(then_pipe[1]);
	REQUIRE(sigwait(&usr1, &nr) == 0);
	do {
		usual = measure_while_reading(0, NR_SHARING, &plain);
		late = measure_while_reading(CONTMON_EXACT_RSS, NR_SHARING,
					     &row);
		most = 4 * row + 16 * plain + 2 * usual + 200000;
	} while (late >= most && --tries > 0);
	CHECK(late < most);
	child_end(pid);
}
