// SPDX-License-Identifier: GPL-2.0-only
/* Threads that have ended, and that a debugger keeps. */

#include <sys/ptrace.h>

/* More than the driver looks at when a thread ends */
#define NR_KEPT 300

static pid_t kept[NR_KEPT];
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
