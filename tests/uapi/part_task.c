// SPDX-License-Identifier: GPL-2.0-only
/* GET_TASK: one process, in all the states it can be in. */

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "proc.h"

/* Swap as sysinfo(2) tells it, which oom_score needs. */
static __u64 swap_total(void)
{
	__u64 bytes;

	REQUIRE(file_number("/proc/meminfo", "SwapTotal:", &bytes));
	return bytes;
}

static struct contmon_task task_of(pid_t pid)
{
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN,
		.fields = CONTMON_TASK_ALL,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = pid,
		.swap_total_bytes = swap_total(),
	};

	memset(&task, STAIN, sizeof(task));
	REQUIRE_RC(call(CONTMON_GET_TASK, &arg), 0);
	return task;
}

TEST(task_pid_that_makes_no_sense_is_refused)
{
	struct contmon_task task;

	CHECK_RC(get_task(0, 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(-1, 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(-getpid(), 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(INT_MIN, 0, 0, &task), -EINVAL);
}

TEST(task_that_is_not_there_is_not_found)
{
	struct contmon_task task;
	pid_t pid = child_start(NULL);

	CHECK_RC(get_task(pid, 0, 0, &task), 0);
	child_end(pid);
	/* Its id is not used again before all others were: pids go round. */
	CHECK_RC(get_task(pid, 0, 0, &task), -ESRCH);
	CHECK_RC(get_task(INT_MAX, 0, 0, &task), -ESRCH);
}

static void *thread_tell_and_wait(void *tell)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);

	if (write(*(int *)tell, &tid, sizeof(tid)) != sizeof(tid))
		abort();
	for (;;)
		pause();
	return NULL;
}

TEST(task_of_a_thread_is_not_found)
{
	struct contmon_task task;
	pthread_t thread;
	pid_t tid;
	int tell[2];

	REQUIRE(pipe(tell) == 0);
	REQUIRE(!pthread_create(&thread, NULL, thread_tell_and_wait, &tell[1]));
	REQUIRE(read(tell[0], &tid, sizeof(tid)) == sizeof(tid));
	CHECK(tid != getpid());
	CHECK_RC(get_task(tid, 0, 0, &task), -ESRCH);
	task = task_of(getpid());
	CHECK_EQ(task.nr_threads, 2);
}

TEST(task_shows_who_it_is)
{
	struct contmon_task task;

	prctl(PR_SET_NAME, "a b) R (c\n");
	task = task_of(getpid());
	CHECK_EQ(task.pid, getpid());
	CHECK_EQ(task.tgid, getpid());
	CHECK_EQ(task.ppid, getppid());
	CHECK_EQ(task.state, 'R');
	CHECK_EQ(task.flags, 0);
	CHECK_EQ(task.nr_threads, 1);
	CHECK(strcmp((char *)task.comm, "a b) R (c\n") == 0);
	CHECK_EQ(count_not(task.comm + 10, sizeof(task.comm) - 10, 0), 0);
	CHECK_EQ(task.uid, getuid());
	CHECK_EQ(task.gid, getgid());
	CHECK_EQ(task.euid, geteuid());
	CHECK_EQ(task.egid, getegid());
	CHECK_EQ(task.pid_ns, proc_inode(getpid(), "ns/pid"));
	CHECK_EQ(task.net_ns, proc_inode(getpid(), "ns/net"));
}

TEST(task_comm_is_never_unterminated)
{
	struct contmon_task task;

	prctl(PR_SET_NAME, "0123456789abcdefghi");
	task = task_of(getpid());
	CHECK(strcmp((char *)task.comm, "0123456789abcde") == 0);
}

TEST(task_is_told_when_it_was_forked_and_read)
{
	__u64 before = now_ns(CLOCK_BOOTTIME);
	pid_t pid = child_start(NULL);
	__u64 after = now_ns(CLOCK_BOOTTIME);
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = pid,
	};

	REQUIRE_RC(call(CONTMON_GET_TASK, &arg), 0);
	CHECK(task.start_boottime_ns >= before);
	CHECK(task.start_boottime_ns <= after);
	CHECK(arg.taken_boottime_ns >= after);
	CHECK(arg.taken_boottime_ns <= now_ns(CLOCK_BOOTTIME));
	CHECK_EQ(task.ppid, getpid());
	child_end(pid);
}

TEST(task_that_is_stopped_is_in_state_T)
{
	pid_t pid = child_stopped(NULL);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.state, 'T');
	CHECK_EQ(task.flags, 0);
	CHECK_EQ(task.valid, usual_fields());
	child_end(pid);
}

TEST(task_that_sleeps_is_in_state_S)
{
	pid_t pid = child_start(NULL);
	struct contmon_task task;
	int tries = 100; /* it told us before it went to sleep: 1 s at most */

	do
		task = task_of(pid);
	while (task.state != 'S' && --tries && !usleep(10000));
	CHECK_EQ(task.state, 'S');
	child_end(pid);
}

TEST(task_that_is_a_zombie_has_no_memory)
{
	pid_t pid = child_zombie();
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.state, 'Z');
	CHECK_EQ(task.flags, CONTMON_TASK_EXITING);
	CHECK_EQ(task.nr_threads, 1);
	CHECK_EQ(task.ppid, getpid());
	CHECK_EQ(task.valid & (CONTMON_TASK_MEM | CONTMON_TASK_NS), 0);
	CHECK_EQ(task.valid | CONTMON_TASK_MEM | CONTMON_TASK_NS,
		 usual_fields());
	check_zeros(&task, task_members, ARRAY_SIZE(task_members), task.valid);
	CHECK(task.minor_faults > 0);
	waitpid(pid, NULL, 0);
	CHECK_RC(get_task(pid, 0, 0, &task), -ESRCH);
}

TEST(task_that_is_the_kernels_has_no_memory)
{
	struct contmon_task task;
	char comm[16] = "";
	FILE *file = fopen("/proc/2/comm", "re");

	if (!file || !fgets(comm, sizeof(comm), file) ||
	    strcmp(comm, "kthreadd\n") != 0)
		skip("pid 2 is not kthreadd: not the initial pid namespace");
	fclose(file);
	task = task_of(2);
	CHECK_EQ(task.flags, CONTMON_TASK_KTHREAD);
	CHECK_EQ(task.ppid, 0);
	CHECK_EQ(task.valid & CONTMON_TASK_MEM, 0);
	CHECK(strcmp((char *)task.comm, "kthreadd") == 0);
}

static void work_other_ids(void)
{
	if (setresgid(3001, 3002, 3003) || setresuid(2001, 2002, 2003))
		_exit(FAILED);
}

TEST(task_shows_real_and_effective_ids)
{
	struct contmon_task task;
	pid_t pid;

	if (geteuid())
		skip("only root may take other ids");
	pid = child_stopped(work_other_ids);
	task = task_of(pid);
	CHECK_EQ(task.uid, 2001);
	CHECK_EQ(task.euid, 2002);
	CHECK_EQ(task.gid, 3001);
	CHECK_EQ(task.egid, 3002);
	child_end(pid);
}

static void work_batch(void)
{
	struct sched_param param = {.sched_priority = 0};

	if (sched_setscheduler(0, SCHED_BATCH, &param) ||
	    setpriority(PRIO_PROCESS, 0, 7))
		_exit(FAILED);
}

static void work_fifo_on_cpu_0(void)
{
	struct sched_param param = {.sched_priority = 3};
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		_exit(FAILED);
}

TEST(task_shows_how_it_is_scheduled)
{
	pid_t pid = child_stopped(work_batch);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.nice, 7);
	CHECK_EQ(task.policy, SCHED_BATCH);
	CHECK_EQ(task.rt_priority, 0);
	CHECK(task.last_cpu < (__u32)sysconf(_SC_NPROCESSORS_CONF));
	child_end(pid);
	if (geteuid())
		skip("only root may use SCHED_FIFO; SCHED_BATCH is fine");
	pid = child_stopped(work_fifo_on_cpu_0);
	task = task_of(pid);
	CHECK_EQ(task.policy, SCHED_FIFO);
	CHECK_EQ(task.rt_priority, 3);
	CHECK_EQ(task.nice, 0);
	CHECK_EQ(task.last_cpu, 0);
	child_end(pid);
}

TEST(task_shows_its_cgroup)
{
	struct contmon_task task = task_of(getpid());
	char path[PATH_MAX];

	if (!(get_info().task_fields & CONTMON_TASK_CGROUP))
		skip("no cgroup v2 on this kernel");
	REQUIRE(cgroup_directory(path, sizeof(path)));
	CHECK(task.cgroup_id != 0);
	CHECK_EQ(task.cgroup_id, inode(path));
}

/* 3 MiB of anonymous, 2 MiB of shared memory; 64 KiB locked */
static void work_touch_memory(void)
{
	char *anon = mmap(NULL, 3 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	char *shared = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (anon == MAP_FAILED || shared == MAP_FAILED || mlock(anon, 65536))
		_exit(FAILED);
}

/* Lag of at most 64 pages for each CPU, or for the one thread of old kernels */
static long long rss_lag(void)
{
	return (sysconf(_SC_NPROCESSORS_CONF) + 1) * 64 * (long)page_size();
}

/*
 * /proc adds up the per-CPU parts since Linux 6.17 and some stable kernels
 * before, and tells the fast sum on others: it is one of ours, to the byte.
 */
static void check_rss(pid_t pid, const char *key, __u64 exact, __u64 fast)
{
	__u64 proc = proc_number(pid, "status", key);

	CONTEXT("%s", key);
	if (proc != fast)
		CHECK_EQ(exact, proc);
	CHECK(llabs((long long)(exact - fast)) <= rss_lag());
}

/*
 * smaps counts page table entries: what exact means. A kernel that cannot add
 * up its parts shows the same in /proc/PID/status, and no module knows better.
 */
static void check_exact(pid_t pid, const char *key, __u64 exact, __u64 status)
{
	__u64 smaps = proc_number(pid, "smaps_rollup", key);

	CONTEXT("%s of smaps_rollup", key);
	if (exact != status)
		CHECK_EQ(exact, smaps);
	CHECK(llabs((long long)(exact - smaps)) <= rss_lag());
}

TEST(task_shows_its_rss_as_proc_does)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_task task = task_of(pid), fast;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, 0, &fast), 0);
	check_rss(pid, "RssAnon:", task.rss_anon_bytes, fast.rss_anon_bytes);
	check_rss(pid, "RssFile:", task.rss_file_bytes, fast.rss_file_bytes);
	check_rss(pid, "RssShmem:", task.rss_shmem_bytes, fast.rss_shmem_bytes);
	check_rss(pid, "VmSwap:", task.swap_bytes, fast.swap_bytes);
	check_exact(pid, "Anonymous:", task.rss_anon_bytes,
		    proc_number(pid, "status", "RssAnon:"));
	check_exact(pid, "Rss:",
		    task.rss_anon_bytes + task.rss_file_bytes +
			    task.rss_shmem_bytes,
		    proc_number(pid, "status", "VmRSS:"));
	*context = 0;
	CHECK(task.rss_anon_bytes >= 3 << 20);
	CHECK(task.rss_shmem_bytes >= 2 << 20);
	child_end(pid);
}

TEST(task_shows_its_address_space_as_proc_does)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.vsz_bytes, proc_number(pid, "status", "VmSize:"));
	CHECK_EQ(task.pgtables_bytes, proc_number(pid, "status", "VmPTE:"));
	CHECK_EQ(task.locked_bytes, proc_number(pid, "status", "VmLck:"));
	CHECK_EQ(task.locked_bytes, 65536);
	CHECK_EQ(task.rss_peak_bytes, proc_number(pid, "status", "VmHWM:"));
	child_end(pid);
}

/* A second by the CPU clock would be long; 50 ms are 5 to 12 ticks. */
static void work_burn(void)
{
	__u64 start = now_ns(CLOCK_PROCESS_CPUTIME_ID);

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) - start < 50 * 1000 * 1000)
		;
}

TEST(task_shows_its_cpu_time)
{
	pid_t pid = child_stopped(work_burn);
	struct contmon_task task = task_of(pid);
	__u64 split = task.utime_ns + task.stime_ns;

	CHECK(task.runtime_ns >= 50 * 1000 * 1000);
	CHECK(task.runtime_ns < 60 * NS_PER_S);
	/* The split divides runtime in two with integer arithmetic: 1 ns. */
	CHECK(split <= task.runtime_ns);
	CHECK(task.runtime_ns - split <= 1);
	child_end(pid);
}

static void work_write_a_file(void)
{
	char bytes[4096] = "";
	int fd = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);
	int i;

	for (i = 0; i < 5; i++)
		if (write(fd, "subject", 7) != 7)
			_exit(FAILED);
	close(fd);
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < 3; i++)
		if (read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
			_exit(FAILED);
	close(fd);
}

TEST(task_shows_its_io_as_proc_does)
{
	pid_t pid = child_stopped(work_write_a_file);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.read_chars, proc_number(pid, "io", "rchar:"));
	CHECK_EQ(task.write_chars, proc_number(pid, "io", "wchar:"));
	CHECK_EQ(task.read_syscalls, proc_number(pid, "io", "syscr:"));
	CHECK_EQ(task.write_syscalls, proc_number(pid, "io", "syscw:"));
	CHECK_EQ(task.read_bytes, proc_number(pid, "io", "read_bytes:"));
	CHECK_EQ(task.write_bytes, proc_number(pid, "io", "write_bytes:"));
	/* 5 writes of 7 bytes and the byte that said "ready" */
	CHECK_EQ(task.write_chars, 36);
	CHECK_EQ(task.write_syscalls, 6);
	CHECK_EQ(task.read_chars, 3 * 4096);
	CHECK_EQ(task.read_syscalls, 3);
	child_end(pid);
}

/* Both are sums over all threads, where /proc has the leader's alone. */
TEST(task_shows_its_context_switches)
{
	pid_t pid = child_stopped(NULL);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.voluntary_switches,
		 proc_number(pid, "status", "voluntary_ctxt_switches:"));
	CHECK_EQ(task.involuntary_switches,
		 proc_number(pid, "status", "nonvoluntary_ctxt_switches:"));
	CHECK(task.voluntary_switches > 0);
	child_end(pid);
}

static void work_oom_adj(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (write(fd, "321", 3) != 3)
		_exit(FAILED);
	close(fd);
	work_touch_memory();
}

/* The kernel's own fast counters stand still in a stopped task: equal. */
TEST(task_shows_its_oom_score_as_proc_does)
{
	pid_t pid = child_stopped(work_oom_adj);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.oom_score_adj, 321);
	CHECK_EQ(task.oom_score, proc_number(pid, "oom_score", ""));
	CHECK(task.oom_score > 0);
	child_end(pid);
}

/* The caller says how much swap there is; nonsense must not hurt. */
TEST(task_oom_score_survives_any_amount_of_swap)
{
	static const __u64 amounts[] = {
		0, 1, 4095, 1ULL << 32, 1ULL << 62, 1ULL << 63, ~0ULL, ~0xfffULL,
	};
	pid_t pid = child_stopped(work_oom_adj);
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = CONTMON_SWAP_KNOWN,
		.fields = CONTMON_TASK_OOM_SCORE,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = pid,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(amounts); i++) {
		CONTEXT("swap of %#llx bytes", amounts[i]);
		arg.swap_total_bytes = amounts[i];
		CHECK_RC(call(CONTMON_GET_TASK, &arg), 0);
		CHECK(task.valid & CONTMON_TASK_OOM_SCORE);
		CHECK(task.oom_score <= 2000);
	}
	child_end(pid);
}
