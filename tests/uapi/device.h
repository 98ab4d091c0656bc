/* SPDX-License-Identifier: GPL-2.0-only */
/* The device, memory for the arguments of calls, and children to observe. */
#ifndef DEVICE_H
#define DEVICE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/contmon.h>

#include "harness.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define NS_PER_S 1000000000ULL

/* Not from int: sign extension would make it another 64-bit address. */
#define address_of(pointer) ((__u64)(uintptr_t)(pointer))

static int device = -1;

static inline int device_open(void)
{
	device = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	if (device >= 0)
		return 0;
	printf("Bail out! " CONTMON_DEVICE ": %s\n0 passed, 1 failed\n",
	       strerror(errno));
	return -1;
}

/* What ioctl() returns, or a negative errno. */
static inline int call_on(int fd, unsigned long number, void *arg)
{
	int rc = ioctl(fd, number, arg);

	return rc < 0 ? -errno : rc;
}

static inline int call(unsigned long number, void *arg)
{
	return call_on(device, number, arg);
}

static inline size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static inline void *map_pages(size_t bytes, int protection)
{
	void *memory = mmap(NULL, bytes, protection,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	REQUIRE(memory != MAP_FAILED);
	return memory;
}

/* @bytes of memory, followed by an inaccessible page. */
static inline void *fenced(size_t bytes)
{
	size_t page = page_size();
	size_t room = (bytes + page - 1) / page * page;
	char *memory = map_pages(room + page, PROT_READ | PROT_WRITE);

	REQUIRE(mprotect(memory + room, page, PROT_NONE) == 0);
	return memory + room - bytes;
}

/* An address that no process may access. */
static inline void *kernel_address(void)
{
	return (void *)(UINTPTR_MAX - 0xfff);
}

static inline __u64 now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (__u64)now.tv_sec * NS_PER_S + (__u64)now.tv_nsec;
}

static inline int get_task(pid_t pid, __u64 fields, __u32 flags,
			   struct contmon_task *task)
{
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fields = fields,
		.entry = address_of(task),
		.entry_size = sizeof(*task),
		.pid = pid,
	};

	memset(task, 0, sizeof(*task));
	return call(CONTMON_GET_TASK, &arg);
}

/* The start of a child: its parent continues when @work is done. */
__attribute__((noreturn)) static inline void child_main(void (*work)(void),
							int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (work)
		work();
	if (write(ready, "", 1) != 1)
		_exit(FAILED);
	for (;;)
		pause();
}

/* A child that has done @work and then waits to be killed. */
static inline pid_t child_start(void (*work)(void))
{
	int ready[2];
	char byte;
	pid_t pid;

	REQUIRE(pipe(ready) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		child_main(work, ready[1]);
	close(ready[1]);
	REQUIRE(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

static inline void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * A thread that has stopped may still be on its CPU, and its usage is only
 * updated when it leaves. The kernel waits for that before it shows the system
 * call of the thread.
 */
static inline void wait_off_cpu(pid_t pid)
{
	char path[64], text[256];
	struct dirent *entry;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	REQUIRE(dir);
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%.16s/syscall", entry->d_name);
		fd = openat(dirfd(dir), path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		while (read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
	closedir(dir);
}

/* A child in state T, whose numbers do not change. */
static inline pid_t child_stopped(void (*work)(void))
{
	pid_t pid = child_start(work);

	REQUIRE(kill(pid, SIGSTOP) == 0);
	REQUIRE(waitpid(pid, NULL, WUNTRACED) == pid);
	wait_off_cpu(pid);
	return pid;
}

/* Use this much CPU time */
static inline void burn(unsigned int ms)
{
	__u64 end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + ms * 1000000ULL;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
}

static inline pid_t child_zombie(void)
{
	pid_t pid = fork();
	siginfo_t info;

	REQUIRE(pid >= 0);
	if (pid == 0)
		_exit(0);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	return pid;
}

static inline void require_root(void)
{
	if (geteuid())
		skip("only root may make namespaces and change its user");
}

/* Run checks in a separate process if they cannot be undone. */
static inline void in_child(void (*run)(void))
{
	pid_t pid = fork();
	int status;

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		failures = 0;
		run();
		exit(failures ? FAILED : PASSED);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		exit(SKIPPED);
	CHECK_EQ(status, 0);
}

#endif /* DEVICE_H */
