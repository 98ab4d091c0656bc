/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * contmon: binary snapshots of every task and every container of a host.
 *
 * This header is the contract between contmon.ko and user space. It depends
 * on nothing but <linux/types.h> and <linux/ioctl.h>.
 */
#ifndef _UAPI_LINUX_CONTMON_H
#define _UAPI_LINUX_CONTMON_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General rules
 *
 * /dev/contmon is a misc character device, mode 0660 root:contmon. Whoever may
 * open it may use every ioctl; what a call shows is bounded by the caller's
 * own pid namespace, cgroup namespace and user namespace.
 *
 * Every ioctl takes a pointer to one structure whose first member is its size
 * as the caller knows it. The numbers are _IO(), not _IOWR(): _IOWR() bakes
 * sizeof() into the number, so a structure that grows would change its number
 * and be refused with ENOTTY before anybody looked at the size.
 *
 * A structure may only grow at its end. A caller with a shorter, older
 * structure gets today's defaults for what it does not know; a caller with a
 * longer, newer one is served if the bytes the driver does not know are zero.
 * Reserved members must be zero. Layouts are the same for 32-bit callers.
 *
 * Errors, the same for every ioctl:
 *
 *   ENOTTY      no such ioctl
 *   EFAULT      the argument, or memory it points to, cannot be read or written
 *   EINVAL      size is below the first version's, or a value makes no sense
 *   E2BIG       a byte the driver does not know is not zero, or size is larger
 *               than a page
 *   EOPNOTSUPP  a known flags or fields member has a bit the driver does not know
 *   EMSGSIZE    the array is too small; nr_entries says how many are needed
 *   ENOMEM      no memory, for the caller or for the kernel
 *   EINTR       a fatal signal arrived
 *
 * When a call fails, memory that it points to may have been written, the
 * structure itself only where the ioctl says so.
 *
 * Units: sizes in bytes, times in nanoseconds. A member that ends in
 * _boottime_ns is a moment on CLOCK_BOOTTIME, which is also the clock of
 * /proc/PID/stat's starttime.
 *
 * Unknown is not zero: each record has a mask that says which groups of
 * members are valid. Members of a group whose bit is off are zero and mean
 * nothing.
 *
 * Records are written whole, up to the caller's entry_size: bytes beyond the
 * driver's own record are zeroed.
 */

#define CONTMON_TYPE 0xC7

/** CONTMON_API_VERSION - goes up by one when something is added, nothing ever goes */
#define CONTMON_API_VERSION 1

#define CONTMON_DEVICE "/dev/contmon"

/**
 * struct contmon_get_info - ioctl(CONTMON_GET_INFO)
 * @size: sizeof(struct contmon_get_info)
 * @flags: in: must be 0
 * @api_version: out: CONTMON_API_VERSION of the driver
 * @max_entries: out: most records one snapshot call accepts (nr_entries)
 * @features: out: CONTMON_FEATURE_* bits
 * @task_fields: out: CONTMON_TASK_* groups this kernel can fill
 * @container_fields: out: CONTMON_CONTAINER_* groups this kernel can fill
 * @max_mapping_bytes: out: largest mmap() of the device
 * @max_entry_size: out: largest entry_size accepted, bytes
 * @task_entry_size: out: sizeof(struct contmon_task) in the driver
 * @container_entry_size: out: sizeof(struct contmon_container) in the driver
 * @nr_cpus: out: CPUs online
 * @loaded_boottime_ns: out: when the driver was loaded
 * @now_boottime_ns: out: CLOCK_BOOTTIME of this call
 * @now_monotonic_ns: out: CLOCK_MONOTONIC of this call
 * @now_realtime_ns: out: CLOCK_REALTIME of this call; the three clocks are read
 *	back to back, so their differences convert one into another
 * @instance_id: out: random UUID made when the driver was loaded; totals that
 *	the driver keeps start anew with it
 * @release: out: release of the driver, NUL-terminated, informational
 *
 * The handshake. Errors: only the general ones.
 */
struct contmon_get_info {
	__u32 size;
	__u32 flags;
	__u32 api_version;
	__u32 max_entries;
	__aligned_u64 features;
	__aligned_u64 task_fields;
	__aligned_u64 container_fields;
	__aligned_u64 max_mapping_bytes;
	__u32 max_entry_size;
	__u32 task_entry_size;
	__u32 container_entry_size;
	__u32 nr_cpus;
	__aligned_u64 loaded_boottime_ns;
	__aligned_u64 now_boottime_ns;
	__aligned_u64 now_monotonic_ns;
	__aligned_u64 now_realtime_ns;
	__u8 instance_id[16];
	__u8 release[32];
};

#define CONTMON_GET_INFO _IO(CONTMON_TYPE, 0x00)

/* Features: one bit for each ability that came after version 1; none yet. */

/*
 * Groups of struct contmon_task. A bit in @fields asks for a group, the same
 * bit in @valid says that the group is filled.
 */
#define CONTMON_TASK_BASE	(1ULL << 0)	/* always asked for, always valid */
#define CONTMON_TASK_CRED	(1ULL << 1)
#define CONTMON_TASK_SCHED	(1ULL << 2)
#define CONTMON_TASK_CGROUP	(1ULL << 3)	/* off without cgroup v2 */
#define CONTMON_TASK_NS		(1ULL << 4)	/* off for a task that has exited */
#define CONTMON_TASK_MEM	(1ULL << 5)	/* off for tasks without an mm */
#define CONTMON_TASK_CPU	(1ULL << 6)
#define CONTMON_TASK_FAULTS	(1ULL << 7)
#define CONTMON_TASK_IO		(1ULL << 8)	/* off without the right to see it */
#define CONTMON_TASK_OOM_ADJ	(1ULL << 9)
#define CONTMON_TASK_OOM_SCORE	(1ULL << 10)	/* off unless CONTMON_SWAP_KNOWN */
#define CONTMON_TASK_ALL	((1ULL << 11) - 1)

/* contmon_task.flags */
#define CONTMON_TASK_KTHREAD	(1U << 0)	/* a kernel thread */
#define CONTMON_TASK_EXITING	(1U << 1)	/* on its way out, or a zombie */

/**
 * struct contmon_task - one process
 * @valid: CONTMON_TASK_* groups that are filled
 * @pid: BASE: id of the thread group leader, in the caller's pid namespace, as
 *	all ids here. The identity of a process is (pid, start_boottime_ns): a
 *	pid alone is used again
 * @tgid: BASE: the process' id; the same as @pid in a row of a process
 * @ppid: BASE: parent's process id; 0 when the parent is not visible
 * @state: BASE: the letter of /proc/PID/stat: R S D T t X Z P I
 * @flags: BASE: CONTMON_TASK_KTHREAD, CONTMON_TASK_EXITING
 * @nr_threads: BASE: threads not yet reaped, num_threads of /proc/PID/stat
 * @start_boottime_ns: BASE: when it was forked
 * @comm: BASE: name, NUL-terminated; any byte but NUL may stand in it
 * @uid: CRED: real user id, in the caller's user namespace (overflow id if it
 *	has none there), as the three that follow
 * @gid: CRED: real group id
 * @euid: CRED: effective user id
 * @egid: CRED: effective group id
 * @nice: SCHED: -20 to 19
 * @policy: SCHED: SCHED_* of sched_setscheduler(2)
 * @rt_priority: SCHED: 1 to 99 for real-time policies, else 0
 * @last_cpu: SCHED: CPU the leader ran on last
 * @cgroup_id: CGROUP: id of its cgroup in the v2 hierarchy, which is the inode
 *	number of the cgroup's directory
 * @pid_ns: NS: inode number of its pid namespace, as /proc/PID/ns/pid shows
 * @net_ns: NS: inode number of its network namespace
 * @vsz_bytes: MEM: reserved address space, VmSize
 * @rss_anon_bytes: MEM: RssAnon
 * @rss_file_bytes: MEM: RssFile
 * @rss_shmem_bytes: MEM: RssShmem
 * @swap_bytes: MEM: VmSwap
 * @pgtables_bytes: MEM: VmPTE, page tables of all levels
 * @locked_bytes: MEM: VmLck
 * @rss_peak_bytes: MEM: VmHWM
 * @utime_ns: CPU: time in user mode of all threads, dead ones included, as
 *	utime of /proc/PID/stat: the split of @runtime_ns by ticks
 * @stime_ns: CPU: same for kernel mode
 * @runtime_ns: CPU: time on a CPU by the scheduler's clock, all threads, dead
 *	ones included
 * @minor_faults: FAULTS: page faults without IO, all threads, dead included
 * @major_faults: FAULTS: page faults with IO, likewise
 * @voluntary_switches: FAULTS: context switches, all threads, dead included
 *	(/proc/PID/status has the leader's alone)
 * @involuntary_switches: FAULTS: likewise
 * @read_chars: IO: rchar of /proc/PID/io, all threads, dead included
 * @write_chars: IO: wchar
 * @read_syscalls: IO: syscr
 * @write_syscalls: IO: syscw
 * @read_bytes: IO: read_bytes: fetched from storage
 * @write_bytes: IO: write_bytes: sent to the page cache for storage
 * @cancelled_write_bytes: IO: cancelled_write_bytes: never reached storage
 * @oom_score_adj: OOM_ADJ: -1000 to 1000
 * @oom_score: OOM_SCORE: /proc/PID/oom_score, 0 to 2000
 *
 * RSS parts and @swap_bytes are sums of per-CPU counters that may lag by some
 * pages for each CPU, unless CONTMON_EXACT_RSS was asked for.
 *
 * MEM is there for a process whose leader has exited while other threads live
 * on, where /proc/PID/status has none.
 *
 * IO needs what /proc/PID/io needs: the caller's fsuid and fsgid equal the
 * task's real, effective and saved ids, both are in one user namespace, the
 * task has no capability that the caller lacks and is dumpable; or the caller
 * has CAP_SYS_PTRACE over the task's user namespace.
 */
struct contmon_task {
	__aligned_u64 valid;
	__s32 pid;
	__s32 tgid;
	__s32 ppid;
	__u32 state;
	__u32 flags;
	__u32 nr_threads;
	__aligned_u64 start_boottime_ns;
	__u8 comm[16];
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__s32 nice;
	__u32 policy;
	__u32 rt_priority;
	__u32 last_cpu;
	__aligned_u64 cgroup_id;
	__u32 pid_ns;
	__u32 net_ns;
	__aligned_u64 vsz_bytes;
	__aligned_u64 rss_anon_bytes;
	__aligned_u64 rss_file_bytes;
	__aligned_u64 rss_shmem_bytes;
	__aligned_u64 swap_bytes;
	__aligned_u64 pgtables_bytes;
	__aligned_u64 locked_bytes;
	__aligned_u64 rss_peak_bytes;
	__aligned_u64 utime_ns;
	__aligned_u64 stime_ns;
	__aligned_u64 runtime_ns;
	__aligned_u64 minor_faults;
	__aligned_u64 major_faults;
	__aligned_u64 voluntary_switches;
	__aligned_u64 involuntary_switches;
	__aligned_u64 read_chars;
	__aligned_u64 write_chars;
	__aligned_u64 read_syscalls;
	__aligned_u64 write_syscalls;
	__aligned_u64 read_bytes;
	__aligned_u64 write_bytes;
	__aligned_u64 cancelled_write_bytes;
	__s32 oom_score_adj;
	__u32 oom_score;
};

/* Flags of SNAPSHOT_TASKS and GET_TASK, where not said otherwise */
#define CONTMON_EXACT_RSS	(1U << 0)	/* sum the per-CPU parts: dearer */
#define CONTMON_SWAP_KNOWN	(1U << 1)	/* @swap_total_bytes is filled */
#define CONTMON_TO_MAPPING	(1U << 2)	/* @entries is an offset into the
						 * mapping; SNAPSHOT_TASKS only
						 */

/**
 * struct contmon_snapshot_tasks - ioctl(CONTMON_SNAPSHOT_TASKS)
 * @size: sizeof(struct contmon_snapshot_tasks)
 * @flags: in: CONTMON_EXACT_RSS, CONTMON_SWAP_KNOWN, CONTMON_TO_MAPPING
 * @fields: in: CONTMON_TASK_* groups wanted; each costs time, so ask for what
 *	you use
 * @entries: in: address of the array; with CONTMON_TO_MAPPING the byte offset,
 *	a multiple of 8, in the caller's mmap() of this file
 * @entry_size: in: bytes from one record to the next: at least the first
 *	version's sizeof(struct contmon_task), a multiple of 8, at most
 *	max_entry_size
 * @nr_entries: in: room in the array, 1 to max_entries; out: records written
 * @cursor: in: 0 to begin, else what the last call returned; out: where to go
 *	on, 0 at the end. Its value means nothing to the caller
 * @swap_total_bytes: in: size of all swap, from sysinfo(2). The kernel counts it
 *	into the oom_score's denominator but tells no module
 * @taken_boottime_ns: out: when this call began to read
 *
 * Writes one record for each process, in ascending order of pid. A call stops
 * when the array is full; @cursor resumes it. A process that lives from the
 * first call to the last is reported exactly once, whatever is born or dies
 * meanwhile. Rows are read one after another, not all at one instant: the
 * snapshot is not atomic.
 *
 * A mapping is made with mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0),
 * once for each open file: a later mmap() must have the same length. It avoids
 * copying. Calls on one file that write to the mapping run one after another.
 *
 * Errors: EINVAL also for a cursor that no call can have returned, for
 * CONTMON_TO_MAPPING without a mapping, and for an array beyond its end.
 */
struct contmon_snapshot_tasks {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 entries;
	__u32 entry_size;
	__u32 nr_entries;
	__aligned_u64 cursor;
	__aligned_u64 swap_total_bytes;
	__aligned_u64 taken_boottime_ns;
};

#define CONTMON_SNAPSHOT_TASKS _IO(CONTMON_TYPE, 0x01)

/**
 * struct contmon_get_task - ioctl(CONTMON_GET_TASK)
 * @size: sizeof(struct contmon_get_task)
 * @flags: in: CONTMON_EXACT_RSS, CONTMON_SWAP_KNOWN
 * @fields: in: CONTMON_TASK_* groups wanted
 * @entry: in: address of one record
 * @entry_size: in: its size, as in SNAPSHOT_TASKS
 * @pid: in: process id in the caller's pid namespace
 * @swap_total_bytes: in: as in SNAPSHOT_TASKS
 * @taken_boottime_ns: out: when the call read the task
 *
 * Errors: ESRCH when no process of the caller's pid namespace has this id;
 * the id of a thread that is not the leader is not a process id. EINVAL for a
 * pid below 1.
 */
struct contmon_get_task {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 entry;
	__u32 entry_size;
	__s32 pid;
	__aligned_u64 swap_total_bytes;
	__aligned_u64 taken_boottime_ns;
};

#define CONTMON_GET_TASK _IO(CONTMON_TYPE, 0x02)

/* Groups of struct contmon_container, used as those of struct contmon_task */
#define CONTMON_CONTAINER_BASE	(1ULL << 0)	/* always asked for, always valid */
#define CONTMON_CONTAINER_TASKS	(1ULL << 1)	/* the sums over tasks */
#define CONTMON_CONTAINER_MEMCG	(1ULL << 2)	/* off without a v2 memory
						 * controller on this cgroup,
						 * and for the hierarchy's root
						 */
#define CONTMON_CONTAINER_ALL	((1ULL << 3) - 1)

/* "max" in memory.max and the like */
#define CONTMON_UNLIMITED	(~0ULL)

/**
 * struct contmon_container - one cgroup of the v2 hierarchy
 * @valid: CONTMON_CONTAINER_* groups that are filled
 * @cgroup_id: BASE: inode number of the cgroup's directory
 * @parent_id: BASE: the parent's, 0 for the first row, which is the root of
 *	the caller's cgroup namespace
 * @level: BASE: depth below the root of the hierarchy, which has 0
 * @populated: BASE: 1 if it or a descendant has a live task, else 0; the
 *	"populated" of cgroup.events
 * @nr_tasks: TASKS: processes in this very cgroup, not in its descendants, that
 *	the caller can see; all sums of this group are over them. A zombie is
 *	counted where it lived
 * @nr_threads: TASKS: their threads
 * @nr_running: TASKS: processes whose leader is in state R
 * @nr_sleeping: TASKS: in state S
 * @nr_uninterruptible: TASKS: in state D
 * @nr_stopped: TASKS: in state T or t
 * @nr_zombie: TASKS: in state Z or X
 * @nr_idle: TASKS: in state I or P
 * @vsz_sum_bytes: TASKS: sum of vsz_bytes
 * @rss_anon_sum_bytes: TASKS: sum of rss_anon_bytes. Sums of RSS count a shared
 *	page once for each process and miss the page cache: they are not
 *	the container's memory, @memory_current_bytes is
 * @rss_file_sum_bytes: TASKS: sum of rss_file_bytes
 * @rss_shmem_sum_bytes: TASKS: sum of rss_shmem_bytes
 * @swap_sum_bytes: TASKS: sum of swap_bytes
 * @pgtables_sum_bytes: TASKS: sum of pgtables_bytes
 * @utime_sum_ns: TASKS: sum of utime_ns of the tasks alive now, so it falls when
 *	one exits; so do all sums that follow
 * @stime_sum_ns: TASKS: sum of stime_ns
 * @runtime_sum_ns: TASKS: sum of runtime_ns
 * @minor_faults_sum: TASKS: sum of minor_faults
 * @major_faults_sum: TASKS: sum of major_faults
 * @voluntary_switches_sum: TASKS: sum of voluntary_switches
 * @involuntary_switches_sum: TASKS: sum of involuntary_switches
 * @read_chars_sum: TASKS: sum of read_chars; no ptrace right is needed for a
 *	sum, as none is for the cgroup's io.stat
 * @write_chars_sum: TASKS: sum of write_chars
 * @read_syscalls_sum: TASKS: sum of read_syscalls
 * @write_syscalls_sum: TASKS: sum of write_syscalls
 * @read_bytes_sum: TASKS: sum of read_bytes
 * @write_bytes_sum: TASKS: sum of write_bytes
 * @cancelled_write_bytes_sum: TASKS: sum of cancelled_write_bytes
 * @memory_current_bytes: MEMCG: memory.current, descendants included, as all of
 *	this group
 * @memory_peak_bytes: MEMCG: memory.peak since the cgroup was made
 * @memory_max_bytes: MEMCG: memory.max, or CONTMON_UNLIMITED
 * @swap_current_bytes: MEMCG: memory.swap.current
 * @swap_max_bytes: MEMCG: memory.swap.max, or CONTMON_UNLIMITED
 * @events_low: MEMCG: "low" of memory.events
 * @events_high: MEMCG: "high"
 * @events_max: MEMCG: "max"
 * @events_oom: MEMCG: "oom"
 * @events_oom_kill: MEMCG: "oom_kill": processes killed for want of memory
 */
struct contmon_container {
	__aligned_u64 valid;
	__aligned_u64 cgroup_id;
	__aligned_u64 parent_id;
	__u32 level;
	__u32 populated;
	__u32 nr_tasks;
	__u32 nr_threads;
	__u32 nr_running;
	__u32 nr_sleeping;
	__u32 nr_uninterruptible;
	__u32 nr_stopped;
	__u32 nr_zombie;
	__u32 nr_idle;
	__aligned_u64 vsz_sum_bytes;
	__aligned_u64 rss_anon_sum_bytes;
	__aligned_u64 rss_file_sum_bytes;
	__aligned_u64 rss_shmem_sum_bytes;
	__aligned_u64 swap_sum_bytes;
	__aligned_u64 pgtables_sum_bytes;
	__aligned_u64 utime_sum_ns;
	__aligned_u64 stime_sum_ns;
	__aligned_u64 runtime_sum_ns;
	__aligned_u64 minor_faults_sum;
	__aligned_u64 major_faults_sum;
	__aligned_u64 voluntary_switches_sum;
	__aligned_u64 involuntary_switches_sum;
	__aligned_u64 read_chars_sum;
	__aligned_u64 write_chars_sum;
	__aligned_u64 read_syscalls_sum;
	__aligned_u64 write_syscalls_sum;
	__aligned_u64 read_bytes_sum;
	__aligned_u64 write_bytes_sum;
	__aligned_u64 cancelled_write_bytes_sum;
	__aligned_u64 memory_current_bytes;
	__aligned_u64 memory_peak_bytes;
	__aligned_u64 memory_max_bytes;
	__aligned_u64 swap_current_bytes;
	__aligned_u64 swap_max_bytes;
	__aligned_u64 events_low;
	__aligned_u64 events_high;
	__aligned_u64 events_max;
	__aligned_u64 events_oom;
	__aligned_u64 events_oom_kill;
};

/**
 * struct contmon_snapshot_containers - ioctl(CONTMON_SNAPSHOT_CONTAINERS)
 * @size: sizeof(struct contmon_snapshot_containers)
 * @flags: in: CONTMON_EXACT_RSS only
 * @fields: in: CONTMON_CONTAINER_* groups wanted
 * @entries: in: address of the array
 * @entry_size: in: bytes from one record to the next: at least the first
 *	version's sizeof(struct contmon_container), a multiple of 8, at most
 *	max_entry_size
 * @nr_entries: in: room in the array, 1 to max_entries; out: records written,
 *	or, with EMSGSIZE, records needed at that moment
 * @taken_boottime_ns: out: when this call began to read
 *
 * Writes one record for each cgroup of the v2 hierarchy below the root of the
 * caller's cgroup namespace, that root included, parents before children.
 * Cgroups made while the call runs may be missing.
 *
 * Errors: EOPNOTSUPP also on a kernel without cgroup v2.
 */
struct contmon_snapshot_containers {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 entries;
	__u32 entry_size;
	__u32 nr_entries;
	__aligned_u64 taken_boottime_ns;
};

#define CONTMON_SNAPSHOT_CONTAINERS _IO(CONTMON_TYPE, 0x03)

/* Groups of struct contmon_get_system */
#define CONTMON_SYSTEM_MEMORY	(1ULL << 0)
#define CONTMON_SYSTEM_CPU	(1ULL << 1)
#define CONTMON_SYSTEM_LOAD	(1ULL << 2)
#define CONTMON_SYSTEM_TASKS	(1ULL << 3)	/* walks all tasks */
#define CONTMON_SYSTEM_ALL	((1ULL << 4) - 1)

/**
 * struct contmon_get_system - ioctl(CONTMON_GET_SYSTEM)
 * @size: sizeof(struct contmon_get_system)
 * @flags: in: CONTMON_EXACT_RSS only
 * @fields: in: CONTMON_SYSTEM_* groups wanted; out: groups filled
 * @taken_boottime_ns: out: when the call read
 * @ram_total_bytes: MEMORY: MemTotal of /proc/meminfo
 * @ram_free_bytes: MEMORY: MemFree
 * @ram_available_bytes: MEMORY: MemAvailable
 * @ram_shared_bytes: MEMORY: Shmem
 * @ram_buffers_bytes: MEMORY: Buffers
 * @cpu_user_ns: CPU: sum over CPUs of "user" of /proc/stat, guests included
 * @cpu_nice_ns: CPU: "nice"
 * @cpu_system_ns: CPU: "system"
 * @cpu_idle_ns: CPU: "idle"
 * @cpu_iowait_ns: CPU: "iowait"
 * @cpu_irq_ns: CPU: "irq"
 * @cpu_softirq_ns: CPU: "softirq"
 * @cpu_steal_ns: CPU: "steal"
 * @nr_cpus: CPU: CPUs online
 * @load_milli: LOAD: load averages over 1, 5 and 15 minutes, in thousandths
 * @nr_tasks: TASKS: processes the caller can see; all of this group are over
 *	them. The states are as in struct contmon_container
 * @nr_threads: TASKS: their threads
 * @nr_running: TASKS: leader in state R
 * @nr_sleeping: TASKS: S
 * @nr_uninterruptible: TASKS: D
 * @nr_stopped: TASKS: T or t
 * @nr_zombie: TASKS: Z or X
 * @nr_idle: TASKS: I or P
 * @reserved_bytes: TASKS: sum of vsz_bytes
 * @committed_bytes: TASKS: sum of RSS (anon, file and shmem); shared pages are
 *	counted once for each process
 *
 * Swap is not here: the kernel tells no module. sysinfo(2) does.
 */
struct contmon_get_system {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 taken_boottime_ns;
	__aligned_u64 ram_total_bytes;
	__aligned_u64 ram_free_bytes;
	__aligned_u64 ram_available_bytes;
	__aligned_u64 ram_shared_bytes;
	__aligned_u64 ram_buffers_bytes;
	__aligned_u64 cpu_user_ns;
	__aligned_u64 cpu_nice_ns;
	__aligned_u64 cpu_system_ns;
	__aligned_u64 cpu_idle_ns;
	__aligned_u64 cpu_iowait_ns;
	__aligned_u64 cpu_irq_ns;
	__aligned_u64 cpu_softirq_ns;
	__aligned_u64 cpu_steal_ns;
	__u32 nr_cpus;
	__u32 load_milli[3];
	__u32 nr_tasks;
	__u32 nr_threads;
	__u32 nr_running;
	__u32 nr_sleeping;
	__u32 nr_uninterruptible;
	__u32 nr_stopped;
	__u32 nr_zombie;
	__u32 nr_idle;
	__aligned_u64 reserved_bytes;
	__aligned_u64 committed_bytes;
};

#define CONTMON_GET_SYSTEM _IO(CONTMON_TYPE, 0x04)

/**
 * struct contmon_alloc - ioctl(CONTMON_ALLOC)
 * @size: sizeof(struct contmon_alloc)
 * @flags: in: must be 0
 * @length_bytes: in: bytes wanted; out: rounded up to whole pages
 * @address: out: where it begins
 *
 * Reserves private, anonymous, readable and writable memory in the caller's
 * own address space. It costs no page until one is touched; every page reads
 * as zero until it is written. It is neither counted against
 * vm.overcommit_memory 0 and 1 (it is in mode 2) nor kept by execve(2); a
 * child of fork(2) has it copy-on-write.
 *
 * Errors: EINVAL for length_bytes 0; EOVERFLOW when rounding up overflows;
 * ENOMEM when the address space, RLIMIT_AS, RLIMIT_DATA or overcommit mode 2
 * does not allow it.
 */
struct contmon_alloc {
	__u32 size;
	__u32 flags;
	__aligned_u64 length_bytes;
	__aligned_u64 address;
};

#define CONTMON_ALLOC _IO(CONTMON_TYPE, 0x05)

/**
 * struct contmon_free - ioctl(CONTMON_FREE)
 * @size: sizeof(struct contmon_free)
 * @flags: in: must be 0
 * @address: in: a multiple of the page size
 * @length_bytes: in: bytes, rounded up to whole pages
 *
 * Gives back a range, as munmap(2) does and with its power: no record is kept
 * of what CONTMON_ALLOC made, so a part may be freed, and freeing twice is no
 * error.
 *
 * Errors: EINVAL for length_bytes 0, an address that is not a multiple of the
 * page size, or a range outside of the address space; EOVERFLOW as in
 * CONTMON_ALLOC.
 */
struct contmon_free {
	__u32 size;
	__u32 flags;
	__aligned_u64 address;
	__aligned_u64 length_bytes;
};

#define CONTMON_FREE _IO(CONTMON_TYPE, 0x06)

/**
 * struct contmon_resident - ioctl(CONTMON_RESIDENT)
 * @size: sizeof(struct contmon_resident)
 * @flags: in: must be 0
 * @address: in: a multiple of the page size
 * @length_bytes: in: bytes, rounded up to whole pages
 * @resident_bytes: out: bytes of the range that have a page frame of their own,
 *	the "Anonymous" of /proc/PID/smaps. A page that was only read is
 *	the kernel's shared zero page and does not count, nor does one in
 *	swap, nor one that mprotect(2) took the right to read from
 *
 * The time it takes grows with the length of the range. Errors: EINVAL and
 * EOVERFLOW as in CONTMON_FREE. A range that is not mapped has 0 bytes resident.
 */
struct contmon_resident {
	__u32 size;
	__u32 flags;
	__aligned_u64 address;
	__aligned_u64 length_bytes;
	__aligned_u64 resident_bytes;
};

#define CONTMON_RESIDENT _IO(CONTMON_TYPE, 0x07)

#endif /* _UAPI_LINUX_CONTMON_H */
