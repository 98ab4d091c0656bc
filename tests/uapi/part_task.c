// SPDX-License-Identifier: GPL-2.0-only
/* GET_TASK: one process, in every state. */

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "proc.h"

/* Swap as in sysinfo(2), which oom_score needs. */
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

TEST(task_pid_that_is_invalid_is_refused)
{
	struct contmon_task task;

	CHECK_RC(get_task(0, 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(-1, 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(-getpid(), 0, 0, &task), -EINVAL);
	CHECK_RC(get_task(INT_MIN, 0, 0, &task), -EINVAL);
}

TEST(task_that_does_not_exist_is_not_found)
{
	struct contmon_task task;
	pid_t pid = child_start(NULL);

	CHECK_RC(get_task(pid, 0, 0, &task), 0);
	child_end(pid);
	/* Pids are only reused after all others. */
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

TEST(task_shows_its_ids_name_and_state)
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

static void work_other_namespaces(void)
{
	if (unshare(CLONE_NEWNET))
		_exit(FAILED);
}

TEST(task_shows_its_own_namespaces)
{
	struct contmon_task task;
	pid_t pid;

	if (geteuid())
		skip("only root may make namespaces");
	pid = child_stopped(work_other_namespaces);
	task = task_of(pid);
	CHECK_EQ(task.pid_ns, proc_inode(pid, "ns/pid"));
	CHECK_EQ(task.net_ns, proc_inode(pid, "ns/net"));
	CHECK(task.net_ns != task_of(getpid()).net_ns);
	child_end(pid);
}

TEST(task_comm_is_never_unterminated)
{
	struct contmon_task task;

	prctl(PR_SET_NAME, "0123456789abcdefghi");
	task = task_of(getpid());
	CHECK(strcmp((char *)task.comm, "0123456789abcde") == 0);
}

TEST(task_has_the_times_it_was_forked_and_read)
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

	WAIT_UNTIL(task_of(pid).state == 'S');
	CHECK_EQ(task_of(pid).state, 'S');
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

TEST(task_of_a_kernel_thread_has_no_memory)
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

/* The first thread exits and the second stays, so the process is alive. */
static pid_t child_losing_its_head(void)
{
	pid_t pid = fork();
	pthread_t thread;
	int tell[2];

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pipe(tell) ||
		    pthread_create(&thread, NULL, thread_tell_and_wait,
				   &tell[1]))
			_exit(FAILED);
		syscall(SYS_exit, 0);
	}
	return pid;
}

static pid_t child_headless(void)
{
	pid_t pid = child_losing_its_head();

	WAIT_UNTIL(task_of(pid).state == 'Z');
	return pid;
}

TEST(task_without_its_first_thread_has_memory)
{
	pid_t pid = child_headless();
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.nr_threads, 2);
	CHECK(task.flags & CONTMON_TASK_EXITING);
	CHECK(task.valid & CONTMON_TASK_MEM);
	CHECK(task.vsz_bytes > 0 && task.rss_anon_bytes > 0);
	child_end(pid);
}

/* A thread gives up its memory some time before it is a zombie. */
TEST(task_has_memory_while_its_first_thread_exits)
{
	struct contmon_task task;
	pid_t pid;
	int i;

	for (i = 0; i < 300; i++) {
		CONTEXT("process %d", i);
		pid = child_losing_its_head();
		do {
			REQUIRE_RC(get_task(pid, CONTMON_TASK_MEM, 0, &task),
				   0);
			CHECK(task.valid & CONTMON_TASK_MEM);
		} while (task.state != 'Z');
		child_end(pid);
	}
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

	REQUIRE(cgroup_directory(path, sizeof(path)));
	CHECK(task.cgroup_id != 0);
	CHECK_EQ(task.cgroup_id, inode(path));
}
