// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a caller in a container sees, against the container's own /proc: its pid
 * namespace with its own ids, its cgroups, and what ptrace's rule lets its user
 * read. Runs in a container that has the device, while tests outside may do
 * anything.
 *
 * Usage: test_inside OUTER-PID [PART-OF-A-TEST'S-NAME]
 *
 * OUTER-PID is the host's id of a process outside.
 */
#define _FILE_OFFSET_BITS 64

#include <dirent.h>
#include <poll.h>

#include "proc.h"

#define ROOM 256

static struct contmon_task tasks[ROOM];
static struct contmon_cgroup containers[ROOM];
static struct contmon_event events[ROOM];
static char arguments[CONTMON_MAX_CMDLINE];
static pid_t outer_pid;

static __u32 snapshot(__u64 fields, __u32 flags, const __s32 *pids, __u32 nr)
{
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fields = fields,
		.entries = address_of(tasks),
		.entry_size = sizeof(tasks[0]),
		.nr_entries = ROOM,
		.pids = address_of(pids),
		.nr_pids = nr,
	};

	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	REQUIRE(arg.cursor == 0);
	return arg.nr_entries;
}

static unsigned int listed_in_proc(void)
{
	DIR *proc = opendir("/proc");
	unsigned int nr = 0;
	struct dirent *entry;

	REQUIRE(proc);
	while ((entry = readdir(proc)))
		nr += *entry->d_name >= '1' && *entry->d_name <= '9';
	closedir(proc);
	return nr;
}

/* We are alone in here, so no process comes or goes */
TEST(inside_sees_the_processes_of_its_proc)
{
	__u32 nr = snapshot(CONTMON_TASK_ALL, 0, NULL, 0), i;

	CHECK_EQ(nr, listed_in_proc());
	CHECK_EQ(tasks[0].pid, 1);
	CHECK_EQ(tasks[0].ppid, 0);
	for (i = 0; i < nr; i++) {
		CONTEXT("process %d", tasks[i].pid);
		CHECK_EQ(tasks[i].tgid, tasks[i].pid);
		CHECK_EQ(tasks[i].ppid,
			 proc_number(tasks[i].pid, "status", "PPid:"));
		CHECK_EQ(tasks[i].nr_threads,
			 proc_number(tasks[i].pid, "status", "Threads:"));
		CHECK_EQ(tasks[i].pid_ns, proc_inode(tasks[i].pid, "ns/pid"));
	}
}

TEST(inside_sees_no_process_outside)
{
	struct contmon_task task;
	const __s32 pids[] = { outer_pid };
	struct contmon_read_cmdline cmdline = {
		.size = sizeof(cmdline),
		.pid = outer_pid,
		.length = sizeof(arguments),
		.buffer = address_of(arguments),
	};
	struct contmon_watch watch = {
		.size = sizeof(watch),
		.flags = CONTMON_WATCH_PID,
		.events = 1U << CONTMON_EVENT_EXIT,
		.pid = outer_pid,
	};

	REQUIRE(outer_pid > 0);
	CHECK_RC(get_task(outer_pid, 0, 0, &task), -ESRCH);
	CHECK_EQ(snapshot(0, CONTMON_FILTER_PIDS, pids, 1), 0);
	CHECK_RC(call(CONTMON_READ_CMDLINE, &cmdline), -ESRCH);
	CHECK_RC(call(CONTMON_WATCH, &watch), -ESRCH);
}

/* The container's own cgroup is the root of all it sees, and the only one */
TEST(inside_sees_one_cgroup)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.fields = CONTMON_CGROUP_ALL,
		.entries = address_of(containers),
		.entry_size = sizeof(containers[0]),
		.nr_entries = ROOM,
	};
	struct contmon_task self;

	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_CGROUP, 0, &self), 0);
	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	CHECK_EQ(arg.nr_entries, 1);
	CHECK_EQ(containers[0].parent_id, 0);
	CHECK_EQ(containers[0].cgroup_id, self.cgroup_id);
	CHECK_EQ(containers[0].nr_tasks, listed_in_proc());
	CHECK(containers[0].valid & CONTMON_CGROUP_MEMCG);
	CHECK(containers[0].memory_current_bytes > 0);
}

/* The host is busy while this runs: see inside.py */
TEST(inside_sees_its_own_events_with_its_own_ids)
{
	struct contmon_watch arg = {
		.size = sizeof(arg),
		.events = CONTMON_EVENT_ALL & ~CONTMON_EVENT_LIMITS,
	};
	unsigned int ours = 0, nr, i;
	ssize_t got;
	pid_t pid;

	REQUIRE_RC(call(CONTMON_WATCH, &arg), 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		sleep(1);
		_exit(3);
	}
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	got = read(device, events, sizeof(events));
	REQUIRE(got > 0);
	nr = (unsigned int)((size_t)got / sizeof(events[0]));
	for (i = 0; i < nr; i++) {
		CONTEXT("event %u of type %u", i, events[i].type);
		CHECK_EQ(events[i].pid, pid);
		ours += events[i].type == CONTMON_EVENT_FORK &&
			events[i].ppid == getpid();
		ours += events[i].type == CONTMON_EVENT_EXIT &&
			events[i].exit_code == 3 << 8;
	}
	CHECK_EQ(ours, 2);
	/* Events of other processes must not be visible */
	CHECK_EQ(events[0].sequence, 0);
	CHECK_EQ(events[nr - 1].sequence, nr - 1);
}

static bool proc_shows_io(pid_t pid)
{
	char path[64], byte;
	bool shows;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/io", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	shows = read(fd, &byte, 1) == 1;
	close(fd);
	return shows;
}

/* /proc/PID/io has the same rule, for comparison. Process 1 is root's */
TEST(inside_ptrace_guards_io)
{
	const pid_t pids[] = { 1, getpid() };
	struct contmon_task task;
	bool shown;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		CONTEXT("process %d", pids[i]);
		shown = proc_shows_io(pids[i]);
		REQUIRE_RC(get_task(pids[i], CONTMON_TASK_IO, 0, &task), 0);
		CHECK_EQ(!!(task.valid & CONTMON_TASK_IO), shown);
	}
	printf("# user %d: process 1 is %s\n", geteuid(),
	       proc_shows_io(1) ? "shown" : "guarded");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: test_inside OUTER-PID [PART]\n");
		return 2;
	}
	outer_pid = (pid_t)atoi(argv[1]);
	if (device_open())
		return FAILED;
	return harness_main(argc > 2 ? argv[2] : NULL);
}
