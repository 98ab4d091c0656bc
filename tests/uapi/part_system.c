// SPDX-License-Identifier: GPL-2.0-only
/* GET_SYSTEM: the host, against /proc and sysinfo(2). */

#include <sys/sysinfo.h>

static struct contmon_get_system system_now(void)
{
	struct contmon_get_system get = {
		.size = sizeof(get),
		.flags = CONTMON_EXACT_RSS,
		.fields = CONTMON_SYSTEM_ALL,
	};

	REQUIRE_RC(call(CONTMON_GET_SYSTEM, &get), 0);
	return get;
}

static __u64 meminfo(const char *key)
{
	__u64 bytes;

	REQUIRE(file_number("/proc/meminfo", key, &bytes));
	return bytes;
}

static void check_between(__u64 before, __u64 is, __u64 after, __u64 slack)
{
	__u64 low = before < after ? before : after;
	__u64 high = before < after ? after : before;

	if (!CHECK(is + slack >= low && is <= high + slack))
		printf("# %llu is not within %llu of [%llu, %llu]\n", is, slack,
		       low, high);
}

/*
 * Free memory moves while we look: between the values before and after, give
 * or take 8 MiB, which is what a busy guest's caches and per-CPU page lists
 * turn over in the millisecond between two reads.
 */
#define MEMORY_SLACK (8ULL << 20)

TEST(system_memory_equals_meminfo)
{
	__u64 free_ = meminfo("MemFree:"), available = meminfo("MemAvailable:");
	__u64 shared = meminfo("Shmem:"), buffers = meminfo("Buffers:");
	struct contmon_get_system get = system_now();
	struct sysinfo info;

	CHECK_EQ(get.ram_total_bytes, meminfo("MemTotal:"));
	check_between(free_, get.ram_free_bytes, meminfo("MemFree:"),
		      MEMORY_SLACK);
	check_between(available, get.ram_available_bytes,
		      meminfo("MemAvailable:"), MEMORY_SLACK);
	check_between(shared, get.ram_shared_bytes, meminfo("Shmem:"),
		      MEMORY_SLACK);
	check_between(buffers, get.ram_buffers_bytes, meminfo("Buffers:"),
		      MEMORY_SLACK);
	REQUIRE(sysinfo(&info) == 0);
	CHECK_EQ(get.ram_total_bytes, (__u64)info.totalram * info.mem_unit);
}

enum { USER, NICE, SYSTEM_, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, NR_MODES };

/* The first line of /proc/stat, in ns */
static void read_stat(__u64 modes[NR_MODES])
{
	__u64 tick = NS_PER_S / (__u64)sysconf(_SC_CLK_TCK);
	FILE *file = fopen("/proc/stat", "re");
	unsigned long long value;
	int i;

	REQUIRE(file && fscanf(file, "cpu") == 0);
	for (i = 0; i < NR_MODES; i++) {
		REQUIRE(fscanf(file, "%llu", &value) == 1);
		modes[i] = value * tick;
	}
	fclose(file);
}

/*
 * /proc/stat rounds the sum down to a tick of 10 ms. Its idle and iowait are
 * read from a clock that the kernel lets run back by a little when a CPU goes
 * idle: one tick more.
 */
TEST(system_cpu_time_equals_stat)
{
	const __u64 tick = NS_PER_S / (__u64)sysconf(_SC_CLK_TCK);
	__u64 before[NR_MODES], after[NR_MODES];
	struct contmon_get_system get;

	read_stat(before);
	get = system_now();
	read_stat(after);
	check_between(before[USER], get.cpu_user_ns, after[USER], tick);
	check_between(before[NICE], get.cpu_nice_ns, after[NICE], tick);
	check_between(before[SYSTEM_], get.cpu_system_ns, after[SYSTEM_], tick);
	check_between(before[IDLE], get.cpu_idle_ns, after[IDLE], 2 * tick);
	check_between(before[IOWAIT], get.cpu_iowait_ns, after[IOWAIT],
		      2 * tick);
	check_between(before[IRQ], get.cpu_irq_ns, after[IRQ], tick);
	check_between(before[SOFTIRQ], get.cpu_softirq_ns, after[SOFTIRQ],
		      tick);
	check_between(before[STEAL], get.cpu_steal_ns, after[STEAL], tick);
	CHECK_EQ(get.nr_cpus, sysconf(_SC_NPROCESSORS_ONLN));
	CHECK(get.cpu_system_ns > 0 && get.cpu_idle_ns > 0);
}

static void read_loads(unsigned int loads[3])
{
	FILE *file = fopen("/proc/loadavg", "re");
	unsigned int whole, cents;
	int i;

	for (i = 0; i < 3; i++) {
		REQUIRE(file && fscanf(file, "%u.%u", &whole, &cents) == 2);
		loads[i] = whole * 1000 + cents * 10;
	}
	fclose(file);
}

/* /proc/loadavg rounds to a hundredth: 5 up or down, and 1 for ours. */
TEST(system_load_equals_loadavg)
{
	unsigned int before[3], after[3];
	struct contmon_get_system get;
	int i;

	read_loads(before);
	get = system_now();
	read_loads(after);
	for (i = 0; i < 3; i++)
		check_between(before[i], get.load_milli[i], after[i], 10);
}

TEST(system_counts_processes_as_a_snapshot_does)
{
	struct contmon_get_system before = system_now(), get;
	pid_t zombie = child_zombie(), stopped = child_stopped(work_threads);

	get = system_now();
	take_snapshot(&taken, 4096);
	CHECK_EQ(get.nr_tasks,
		 get.nr_running + get.nr_sleeping + get.nr_uninterruptible +
			 get.nr_stopped + get.nr_zombie + get.nr_idle);
	/* Others come and go in the moments between: seldom, and few. */
	check_between(taken.nr, get.nr_tasks, taken.nr, 8);
	check_between(before.nr_tasks + 2, get.nr_tasks, before.nr_tasks + 2,
		      8);
	CHECK(get.nr_threads >= get.nr_tasks + 2);
	CHECK(get.nr_stopped >= 1);
	CHECK(get.nr_zombie >= 1);
	CHECK(get.nr_running >= 1);
	waitpid(zombie, NULL, 0);
	child_end(stopped);
}

/* Sums over processes: at least our own and one of 5 MiB, but no nonsense. */
TEST(system_sums_memory_over_processes)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_get_system get = system_now();
	struct contmon_task self = task_of(getpid()), child = task_of(pid);

	CHECK(get.reserved_bytes >= self.vsz_bytes + child.vsz_bytes);
	CHECK(get.committed_bytes >= 5 << 20);
	CHECK(get.committed_bytes <= get.reserved_bytes);
	child_end(pid);
}

TEST(system_tells_when_it_was_read)
{
	__u64 before = now_ns(CLOCK_BOOTTIME);
	struct contmon_get_system get = system_now();

	CHECK(get.taken_boottime_ns >= before);
	CHECK(get.taken_boottime_ns <= now_ns(CLOCK_BOOTTIME));
}
