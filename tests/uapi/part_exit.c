// SPDX-License-Identifier: GPL-2.0-only
/* The event of a process' end: one for each, with the status of wait(2). */

#include <sys/reboot.h>
#include <sys/syscall.h>

#define NR_ENDS 60
#define NR_ENDING 4 /* threads beside the first */
#define NR_TIMERS 500

static pthread_barrier_t ending;

static void exit_thread(int code)
{
	syscall(SYS_exit, code);
	__builtin_unreachable();
}

static void *thread_end_together(void *unused)
{
	pthread_barrier_wait(&ending);
	exit_thread(0);
	return unused;
}

/* The kernel removes them when the last thread ends, which takes a while. */
static void make_timers(void)
{
	struct sigevent nothing = { .sigev_notify = SIGEV_NONE };
	timer_t timer;
	int i;

	for (i = 0; i < NR_TIMERS; i++)
		if (timer_create(CLOCK_MONOTONIC, &nothing, &timer))
			_exit(FAILED);
}

/* All threads end at once, so several may find that no other is alive */
__attribute__((noreturn)) static void end_together(void)
{
	pthread_t thread;
	int i;

	make_timers();
	pthread_barrier_init(&ending, NULL, NR_ENDING + 1);
	for (i = 0; i < NR_ENDING; i++)
		if (pthread_create(&thread, NULL, thread_end_together, NULL))
			_exit(FAILED);
	thread_end_together(NULL);
	__builtin_unreachable();
}

static unsigned int count_exits(unsigned int nr, pid_t pid)
{
	unsigned int i, found = 0;

	for (i = 0; i < nr; i++)
		found += events[i].type == CONTMON_EVENT_EXIT &&
			 events[i].pid == pid;
	return found;
}

/* Once, and complete: the last thread may be slower than another */
TEST(exit_comes_once_when_many_threads_end_together)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT)), i, status;
	const struct contmon_event *end;
	unsigned int nr;

	for (i = 0; i < NR_ENDS; i++) {
		pid_t pid = fork();

		REQUIRE(pid >= 0);
		if (pid == 0)
			end_together();
		REQUIRE(waitpid(pid, &status, 0) == pid);
		CONTEXT("process %d", i);
		CHECK_EQ(status, 0);
		nr = drain(fd);
		CHECK_EQ(count_exits(nr, pid), 1);
		end = find_event(nr, CONTMON_EVENT_EXIT, pid);
		REQUIRE(end);
		CHECK(end->rss_peak_bytes > 0);
	}
	close(fd);
}

static void *thread_exit_0(void *unused)
{
	usleep(50000);
	exit_thread(0);
	return unused;
}

static void *thread_exit_group_3(void *unused)
{
	usleep(50000);
	_exit(3);
	return unused;
}

static void *thread_abort(void *unused)
{
	usleep(50000);
	signal(SIGTERM, SIG_DFL);
	raise(SIGTERM);
	return unused;
}

static void *thread_exec(void *unused)
{
	execl("/proc/self/exe", "x", "no-test-has-this-name", NULL);
	_exit(9);
	return unused;
}

/* The first thread exits with 5, or waits; another thread ends the process */
static const struct ending_case {
	const char *name;
	void *(*other)(void *unused);
	bool first_ends;
} ending_cases[] = {
	{"the first ends with 5, the last with 0", thread_exit_0, true},
	{"the first ends, another ends all with 3", thread_exit_group_3, true},
	{"the first ends, a signal ends all", thread_abort, true},
	{"the first waits, another ends all with 3", thread_exit_group_3,
	 false},
	{"the first waits, a signal ends all", thread_abort, false},
	{"another runs a program that ends with 1", thread_exec, false},
};

__attribute__((noreturn)) static void end_as(const struct ending_case *how)
{
	pthread_t thread;

	close(STDOUT_FILENO);
	if (pthread_create(&thread, NULL, how->other, NULL))
		_exit(99);
	if (how->first_ends)
		exit_thread(5);
	for (;;)
		pause();
}

TEST(exit_has_the_code_of_wait)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT));
	const struct contmon_event *end;
	unsigned int i, nr;
	int status;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(ending_cases); i++) {
		CONTEXT("%s", ending_cases[i].name);
		pid = fork();
		REQUIRE(pid >= 0);
		if (pid == 0)
			end_as(&ending_cases[i]);
		REQUIRE(waitpid(pid, &status, 0) == pid);
		nr = drain(fd);
		CHECK_EQ(count_exits(nr, pid), 1);
		end = find_event(nr, CONTMON_EVENT_EXIT, pid);
		REQUIRE(end);
		CHECK_EQ(end->exit_code, status);
	}
	close(fd);
}

/* reboot(2) in a pid namespace ends its first process, with its own code */
static void in_pid_namespace_that_reboots(void)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT)), status;
	const struct contmon_event *end;
	pid_t pid;

	REQUIRE(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		if (getpid() == 1)
			reboot(RB_AUTOBOOT);
		_exit(FAILED);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, SIGHUP);
	end = find_event(drain(fd), CONTMON_EVENT_EXIT, pid);
	REQUIRE(end);
	CHECK_EQ(end->exit_code, status);
	close(fd);
}

TEST(exit_has_the_code_that_reboot_leaves)
{
	require_root();
	in_child(in_pid_namespace_that_reboots);
}
