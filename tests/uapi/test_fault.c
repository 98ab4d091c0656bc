// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repeats every call with its first allocation or user copy made to fail, then
 * the second, and so on until none is left. Each call must succeed or end with
 * ENOMEM or EFAULT, and leave nothing behind that disturbs the next one.
 *
 * Needs a kernel with fault injection: see Documentation/fault-injection.
 *
 * Usage: test_fault [PART-OF-A-TEST'S-NAME]
 */
#include <poll.h>

/* Thousands of calls, on slow kernels */
#define TEST_SECONDS 600

#include "fault.h"

#define MAPPED (1U << 20)
#define ROOM 512

static union {
	struct contmon_task tasks[ROOM];
	struct contmon_cgroup containers[ROOM];
	struct contmon_event events[ROOM];
	char bytes[CONTMON_MAX_CMDLINE];
} room;

static int file = -1; /* the open file of the call */

static void close_file(void)
{
	if (file >= 0)
		close(file);
	file = -1;
}

static void open_file(void)
{
	close_file();
	file = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	REQUIRE(file >= 0);
}

static int run_open(void)
{
	file = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	return file < 0 ? -errno : 0;
}

SWEEP(open, NULL, run_open, close_file)

static void *mapping = MAP_FAILED;

static int run_mmap(void)
{
	mapping = mmap(NULL, MAPPED, PROT_READ, MAP_SHARED, file, 0);
	return mapping == MAP_FAILED ? -errno : 0;
}

static void end_mmap(void)
{
	if (mapping != MAP_FAILED)
		munmap(mapping, MAPPED);
	mapping = MAP_FAILED;
	close_file();
}

SWEEP(mmap, open_file, run_mmap, end_mmap)

static void map_file(void)
{
	open_file();
	REQUIRE_RC(run_mmap(), 0);
}

static int run_get_info(void)
{
	struct contmon_get_info arg = { .size = sizeof(arg) };
	int rc = call(CONTMON_GET_INFO, &arg);

	if (!rc)
		CHECK(arg.api_version >= 2);
	return rc;
}

SWEEP(get_info, NULL, run_get_info, NULL)

static struct contmon_snapshot_tasks tasks_arg(__u32 flags)
{
	memset(&room, 0xff, sizeof(room));
	return (struct contmon_snapshot_tasks){
		.size = sizeof(struct contmon_snapshot_tasks),
		.flags = flags | CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN,
		.fields = CONTMON_TASK_ALL,
		.entries = flags & CONTMON_TO_MAPPING ?
			0 : address_of(room.tasks),
		.entry_size = sizeof(room.tasks[0]),
		.nr_entries = ROOM,
	};
}

/* All that it reports as written must be written */
static int run_tasks(struct contmon_snapshot_tasks *arg)
{
	int rc = call_on(file, CONTMON_SNAPSHOT_TASKS, arg);
	const struct contmon_task *tasks = room.tasks;
	__u32 i;

	if (rc)
		return rc;
	if (arg->flags & CONTMON_TO_MAPPING)
		tasks = mapping;
	CHECK(arg->nr_entries > 0);
	for (i = 0; i < arg->nr_entries; i++)
		CHECK(tasks[i].pid > 0 && tasks[i].valid & CONTMON_TASK_BASE &&
		      !(tasks[i].valid & ~CONTMON_TASK_ALL));
	return 0;
}

static int run_tasks_to_array(void)
{
	struct contmon_snapshot_tasks arg = tasks_arg(0);

	return run_tasks(&arg);
}

SWEEP(snapshot_tasks_to_an_array, open_file, run_tasks_to_array, close_file)

static int run_tasks_to_mapping(void)
{
	struct contmon_snapshot_tasks arg = tasks_arg(CONTMON_TO_MAPPING);

	return run_tasks(&arg);
}

SWEEP(snapshot_tasks_to_a_mapping, map_file, run_tasks_to_mapping, end_mmap)

static int run_short_records(void)
{
	struct contmon_snapshot_tasks arg = tasks_arg(0);

	arg.entry_size = 288;
	return call_on(file, CONTMON_SNAPSHOT_TASKS, &arg);
}

SWEEP(snapshot_tasks_of_version_1, open_file, run_short_records, close_file)

static int run_filtered(void)
{
	struct contmon_snapshot_tasks arg = tasks_arg(CONTMON_THREADS |
		CONTMON_FILTER_PIDS | CONTMON_FILTER_UID |
		CONTMON_FILTER_CHANGED);
	__s32 pids[] = { getpid(), 1, 2 };

	arg.pids = address_of(pids);
	arg.nr_pids = ARRAY_SIZE(pids);
	return run_tasks(&arg);
}

SWEEP(snapshot_tasks_filtered, open_file, run_filtered, close_file)

static __u64 own_cgroup;

static void find_cgroup(void)
{
	struct contmon_task self;

	open_file();
	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_CGROUP, 0, &self), 0);
	own_cgroup = self.cgroup_id;
}

static int run_of_a_cgroup(void)
{
	struct contmon_snapshot_tasks arg = tasks_arg(CONTMON_FILTER_CGROUP);

	arg.cgroup_id = own_cgroup;
	return run_tasks(&arg);
}

SWEEP(snapshot_tasks_of_a_cgroup, find_cgroup, run_of_a_cgroup, close_file)

static int run_get_task(void)
{
	struct contmon_task task;
	int rc = get_task(getpid(), CONTMON_TASK_ALL, CONTMON_EXACT_RSS, &task);

	if (!rc)
		CHECK_EQ(task.pid, getpid());
	return rc;
}

SWEEP(get_task, NULL, run_get_task, NULL)

static int run_containers(__u32 flags, const struct contmon_cgroup *rows)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fields = CONTMON_CGROUP_ALL,
		.entries = flags ? 0 : address_of(rows),
		.entry_size = sizeof(*rows),
		.nr_entries = ROOM,
	};
	int rc = call_on(file, CONTMON_SNAPSHOT_CGROUPS, &arg);

	if (!rc)
		CHECK(arg.nr_entries > 0 && rows[0].nr_tasks > 0);
	return rc;
}

static int run_containers_to_array(void)
{
	return run_containers(0, room.containers);
}

SWEEP(snapshot_cgroups_to_an_array, open_file, run_containers_to_array,
      close_file)

static int run_containers_to_mapping(void)
{
	return run_containers(CONTMON_TO_MAPPING, mapping);
}

SWEEP(snapshot_cgroups_to_a_mapping, map_file, run_containers_to_mapping,
      end_mmap)

static int run_get_system(void)
{
	struct contmon_get_system arg = {
		.size = sizeof(arg),
		.fields = CONTMON_SYSTEM_ALL,
	};
	int rc = call(CONTMON_GET_SYSTEM, &arg);

	if (!rc)
		CHECK(arg.ram_total_bytes > 0);
	return rc;
}

SWEEP(get_system, NULL, run_get_system, NULL)

static struct contmon_alloc allocated;

static int run_alloc(void)
{
	allocated = (struct contmon_alloc){
		.size = sizeof(allocated),
		.length_bytes = 1 << 20,
	};
	return call(CONTMON_ALLOC, &allocated);
}

/* A failed call must return no address and leave nothing mapped */
static void end_alloc(void)
{
	if (allocated.address)
		munmap((void *)(uintptr_t)allocated.address, 1 << 20);
	allocated.address = 0;
}

SWEEP(alloc, NULL, run_alloc, end_alloc)

static void make_range(void)
{
	REQUIRE_RC(run_alloc(), 0);
	memset((void *)(uintptr_t)allocated.address, 1, 1 << 20);
}

static int run_free(void)
{
	struct contmon_free arg = {
		.size = sizeof(arg),
		.address = allocated.address,
		.length_bytes = 1 << 20,
	};

	return call(CONTMON_FREE, &arg);
}

SWEEP(free, make_range, run_free, end_alloc)

static int run_resident(void)
{
	struct contmon_resident arg = {
		.size = sizeof(arg),
		.address = allocated.address,
		.length_bytes = 1 << 20,
	};
	int rc = call(CONTMON_RESIDENT, &arg);

	if (!rc)
		CHECK_EQ(arg.resident_bytes, 1 << 20);
	return rc;
}

SWEEP(resident, make_range, run_resident, end_alloc)

static int run_cmdline(void)
{
	struct contmon_read_cmdline arg = {
		.size = sizeof(arg),
		.pid = getpid(),
		.length = sizeof(room.bytes),
		.buffer = address_of(room.bytes),
	};
	int rc = call(CONTMON_READ_CMDLINE, &arg);

	if (!rc)
		CHECK(arg.length > 0 && !room.bytes[arg.length - 1]);
	return rc;
}

SWEEP(read_cmdline, NULL, run_cmdline, NULL)

static int run_watch(void)
{
	struct contmon_watch arg = {
		.size = sizeof(arg),
		.flags = CONTMON_WATCH_PID | CONTMON_WATCH_CGROUP,
		.events = CONTMON_EVENT_ALL,
		.pid = getpid(),
		.cgroup_id = 1,
		.rss_bytes = 1,
		.memory_bytes = 1,
		.stalled_ns = 1,
		.interval_ms = 2000,
	};

	return call_on(file, CONTMON_WATCH, &arg);
}

SWEEP(watch, open_file, run_watch, close_file)

static void make_event(void)
{
	struct contmon_watch arg = {
		.size = sizeof(arg),
		.events = 1U << CONTMON_EVENT_EXIT,
	};
	pid_t pid;

	open_file();
	REQUIRE_RC(call_on(file, CONTMON_WATCH, &arg), 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		_exit(0);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
}

static int run_read(void)
{
	ssize_t got = read(file, &room, sizeof(room.events[0]));

	if (got < 0)
		return -errno;
	CHECK_EQ(got, sizeof(room.events[0]));
	CHECK_EQ(room.events[0].type, CONTMON_EVENT_EXIT);
	return 0;
}

SWEEP(read, make_event, run_read, close_file)

static int run_poll(void)
{
	struct pollfd wanted = { .fd = file, .events = POLLIN };
	int rc = poll(&wanted, 1, 0);

	if (rc > 0)
		CHECK(wanted.revents & POLLIN);
	return rc < 0 ? -errno : 0;
}

SWEEP(poll, make_event, run_poll, close_file)

/* After a fault, the next read must return the event */
TEST(fault_in_read_loses_no_event)
{
	static const struct op op = { NULL, run_read, NULL };
	bool fault;

	make_faults_possible();
	make_event();
	CHECK_RC(run_once(&op, 1, &fault), -EFAULT);
	CHECK(fault);
	CHECK_RC(run_read(), 0);
	close_file();
}

/* One line of output, not one for each test */
static bool injects_faults(void)
{
	if (!access("/proc/thread-self/fail-nth", W_OK))
		return true;
	puts("ok 1 - all # SKIP this kernel injects no faults\n1..1\n"
	     "0 passed, 0 failed, 1 skipped");
	return false;
}

int main(int argc, char **argv)
{
	if (!injects_faults())
		return PASSED;
	if (device_open())
		return FAILED;
	return harness_main(argc > 1 ? argv[1] : NULL);
}
