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

static bool between(__u64 before, __u64 is, __u64 after, __u64 slack)
{
	__u64 low = before < after ? before : after;
	__u64 high = before < after ? after : before;

	return is + slack >= low && is <= high + slack;
}

static void check_between(__u64 before, __u64 is, __u64 after, __u64 slack)
{
	if (!CHECK(between(before, is, after, slack)))
		printf("# %llu is not within %llu of %llu and %llu\n", is,
		       slack, before, after);
}

/*
 * Free memory changes during the test, up and down. It must be between the
 * values before and after, give or take 8 MiB: that is how much the caches and
 * per-CPU page lists of a guest change in the millisecond between two reads. On
 * a busy host that takes longer, so only one of many tries must succeed.
 */
#define MEMORY_SLACK (8ULL << 20)
#define MEMORY_TRIES 100

static void check_memory(const char *key,
			 __u64 (*ours)(const struct contmon_get_system *))
{
	__u64 before, after, is;
	struct contmon_get_system get;
	int tries = MEMORY_TRIES;

	CONTEXT("%s", key);
	do {
		before = meminfo(key);
		get = system_now();
		is = ours(&get);
		after = meminfo(key);
	} while (!between(before, is, after, MEMORY_SLACK) && --tries);
	check_between(before, is, after, MEMORY_SLACK);
	*context = 0;
}

static __u64 free_of(const struct contmon_get_system *get)
{
	return get->ram_free_bytes;
}

static __u64 available_of(const struct contmon_get_system *get)
{
	return get->ram_available_bytes;
}

static __u64 shared_of(const struct contmon_get_system *get)
{
	return get->ram_shared_bytes;
}

static __u64 buffers_of(const struct contmon_get_system *get)
{
	return get->ram_buffers_bytes;
}

TEST(system_memory_equals_meminfo)
{
	struct contmon_get_system get = system_now();
	struct sysinfo info;

	CHECK_EQ(get.ram_total_bytes, meminfo("MemTotal:"));
	check_memory("MemFree:", free_of);
	check_memory("MemAvailable:", available_of);
	check_memory("Shmem:", shared_of);
	check_memory("Buffers:", buffers_of);
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
 * /proc/stat rounds the sum down to a tick of 10 ms. Its idle and iowait come
 * from a clock that may run back a little when a CPU becomes idle: allow one
 * more tick.
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

/* /proc/loadavg rounds to hundredths: 5 thousandths, and 1 for our rounding. */
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

/* A hash of the ids of all processes */
static __u64 all_pids(void)
{
	__u64 sum = 0;
	__u32 i;

	take_snapshot(&taken, 4096);
	for (i = 0; i < taken.nr; i++)
		sum = sum * 31 + (__u64)taken.tasks[i].pid;
	return sum;
}

/* Repeat until no process came or went meanwhile. */
TEST(system_counts_processes_as_a_snapshot_does)
{
	pid_t zombie = child_zombie(), stopped = child_stopped(work_threads);
	struct contmon_get_system get;
	__u64 before;

	do {
		before = all_pids();
		get = system_now();
	} while (all_pids() != before);
	CHECK_EQ(get.nr_tasks, taken.nr);
	CHECK_EQ(get.nr_tasks,
		 get.nr_running + get.nr_sleeping + get.nr_uninterruptible +
			 get.nr_stopped + get.nr_zombie + get.nr_idle);
	CHECK(get.nr_threads >= get.nr_tasks + 2);
	CHECK(get.nr_stopped >= 1);
	CHECK(get.nr_zombie >= 1);
	CHECK(get.nr_running >= 1);
	waitpid(zombie, NULL, 0);
	child_end(stopped);
}

/*
 * Sums over processes: at least our memory and 5 MiB of a child, and plausible.
 */
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

TEST(system_has_the_time_it_was_read)
{
	__u64 before = now_ns(CLOCK_BOOTTIME);
	struct contmon_get_system get = system_now();

	CHECK(get.taken_boottime_ns >= before);
	CHECK(get.taken_boottime_ns <= now_ns(CLOCK_BOOTTIME));
}
