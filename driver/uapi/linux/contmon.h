/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * contmon: binary snapshots of every task and every container of a host.
 *
 * This header is the contract between contmon.ko and user space. It depends
 * only on <linux/types.h> and <linux/ioctl.h>.
 */
#ifndef _UAPI_LINUX_CONTMON_H
#define _UAPI_LINUX_CONTMON_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General rules
 *
 * /dev/contmon is a misc character device, mode 0660 root:contmon. A user who
 * may open it may use every ioctl; DOC: Visibility defines what the user sees.
 *
 * Every ioctl takes a pointer to one structure whose first member is the size
 * of that structure in the caller's header. The numbers are _IO(), not _IOWR():
 * _IOWR() makes sizeof() a part of the number, so a structure that grows would
 * change its number, and the driver would fail with ENOTTY before it could
 * compare sizes.
 *
 * A structure may only grow at its end. A caller with a shorter, older
 * structure gets the defaults of this version for the members it lacks. A
 * caller with a longer, newer one succeeds if the bytes that the driver does
 * not know are zero. Reserved members must be zero. Layouts are the same for
 * 32-bit callers.
 *
 * Errors, the same for every ioctl:
 *
 *   ENOTTY      no such ioctl
 *   EFAULT      the argument, or memory it points to, cannot be read or written
 *   EINVAL      size is below the first version's, or a value is invalid
 *   E2BIG       a byte the driver does not know is not zero, or size is larger
 *               than a page
 *   EOPNOTSUPP  a flags or fields member has a bit that the driver does not
 *               know, or that it cannot support on this kernel
 *   EMSGSIZE    the array is too small; nr_entries says how many are needed
 *   ENOMEM      no memory, for the caller or for the kernel; or, for rows that
 *               are copied, more than 256 MiB in all calls on one user's files
 *               at the same time
 *   EINTR       a fatal signal arrived
 *
 * When a call fails, memory that the structure points to may have been written.
 * The structure itself is only written where the ioctl's description says so.
 *
 * Units: sizes in bytes, times in nanoseconds. A member that ends in
 * _boottime_ns is a moment on CLOCK_BOOTTIME, which is also the clock of
 * /proc/PID/stat's starttime.
 *
 * Unknown is not zero: each record has a mask of the groups of members that are
 * valid. Members of a group whose bit is off are zero and have no meaning. Bits
 * 48 to 63 of the masks are reserved for user space: the driver accepts and
 * sets none of them.
 *
 * Records are written whole, up to the caller's entry_size: bytes beyond the
 * driver's own record are zeroed.
 */

/**
 * DOC: Visibility
 *
 * One rule holds for records, events and paths. A call uses the namespaces and
 * rights of the task that makes it, not those of the task that opened the file.
 * A stream of events keeps those of the task that called CONTMON_WATCH, no
 * matter which task reads it. A less privileged program that is handed an open
 * file sees what its own rights allow, and what is already in the file: events
 * of its stream, and in its mapping the records of all calls on this file, with
 * what the rights of their callers allowed. Give away a file that has neither.
 *
 *   a task		is visible if it has an id in the caller's pid namespace
 *			and its fork has put it into its cgroup
 *   a cgroup		is visible if it is of the v2 hierarchy, and is the root
 *			of the caller's cgroup namespace or below it; paths and
 *			levels start at that root
 *   a user or group id	is that of the caller's user namespace, or the overflow
 *			id (65534) where it has none there
 *   a moment		is on the clocks of the caller's time namespace, as with
 *			clock_gettime(2) and /proc/PID/stat there
 *
 * What is not visible does not exist for the caller: its id is 0, a group of
 * members that shows nothing else is not valid, and a call that asks for it
 * fails as if it were not there. So a visible task may be in a cgroup that is
 * not visible. Namespaces of other kinds hide nothing.
 *
 * Some numbers of a visible task need the right to read it that ptrace(2)
 * defines (PTRACE_MODE_READ_FSCREDS), as the files of /proc do: CONTMON_TASK_IO
 * as /proc/PID/io, CONTMON_TASK_NS as the links in /proc/PID/ns. The caller has
 * it if its fsuid and fsgid equal the task's real, effective and saved ids,
 * both are in one user namespace, the task has no capability that the caller
 * lacks and is dumpable; or with CAP_SYS_PTRACE over the task's user namespace.
 * All other numbers of a visible task, and READ_CMDLINE, need no right, like
 * the corresponding files of /proc. Neither do sums over a cgroup. Three things
 * that need none here are guarded elsewhere: the characters and system calls of
 * IO in those sums, since a cgroup may have a single process, and its own file
 * shows them only with the right to read it (io.stat has only the bytes); the
 * exit code in an EXIT event, likewise in /proc/PID/stat; and
 * CONTMON_TASK_DELAY, most of which only taskstats has, for CAP_NET_ADMIN.
 *
 * Two restrictions of procfs do not apply. The kernel offers modules no way to
 * ask security modules other than capabilities whether one task may read
 * another (their rules for the device and its ioctls do apply). And hidepid= is
 * an option of a mount of procfs.
 */

#define CONTMON_TYPE 0xC7

/**
 * CONTMON_API_VERSION - grows by one with an addition; nothing is removed
 *
 * Callers of versions 1 and 2 work with version 3. It changes streams of
 * version 2 as follows: events are numbered for each stream, not for the host;
 * times and the ids and paths of cgroups are those of the namespaces of the
 * task that called CONTMON_WATCH; there is no EXIT without a process id; and
 * the number of streams of a user is limited.
 */
#define CONTMON_API_VERSION 3

#define CONTMON_DEVICE "/dev/contmon"

/**
 * struct contmon_get_info - ioctl(CONTMON_GET_INFO)
 * @size: sizeof(struct contmon_get_info)
 * @flags: in: must be 0
 * @api_version: out: CONTMON_API_VERSION of the driver
 * @max_entries: out: largest nr_entries that a snapshot call accepts
 * @features: out: CONTMON_FEATURE_* bits
 * @task_fields: out: CONTMON_TASK_* groups that this kernel supports; others
 *	may be asked for, but are never valid
 * @cgroup_fields: out: CONTMON_CGROUP_* groups, likewise
 * @max_mapping_bytes: out: largest mmap() of the device
 * @max_entry_size: out: largest entry_size accepted, bytes
 * @task_entry_size: out: sizeof(struct contmon_task) in the driver
 * @cgroup_entry_size: out: sizeof(struct contmon_cgroup) in the driver
 * @nr_cpus: out: CPUs online
 * @loaded_boottime_ns: out: when the driver was loaded
 * @now_boottime_ns: out: CLOCK_BOOTTIME of this call
 * @now_monotonic_ns: out: CLOCK_MONOTONIC of this call
 * @now_realtime_ns: out: CLOCK_REALTIME of this call; the three clocks are read
 *	back to back, so their differences convert one into another
 * @instance_id: out: random UUID made when the driver was loaded; totals that
 *	the driver keeps start over with it
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
	__aligned_u64 cgroup_fields;
	__aligned_u64 max_mapping_bytes;
	__u32 max_entry_size;
	__u32 task_entry_size;
	__u32 cgroup_entry_size;
	__u32 nr_cpus;
	__aligned_u64 loaded_boottime_ns;
	__aligned_u64 now_boottime_ns;
	__aligned_u64 now_monotonic_ns;
	__aligned_u64 now_realtime_ns;
	__u8 instance_id[16];
	__u8 release[32];
};

#define CONTMON_GET_INFO _IO(CONTMON_TYPE, 0x00)

/* Features that came after version 1, or that a kernel may lack */
#define CONTMON_FEATURE_THREADS	(1ULL << 0)	/* CONTMON_THREADS; since 2 */
#define CONTMON_FEATURE_FILTERS	(1ULL << 1)	/* CONTMON_FILTER_*; since 2 */
#define CONTMON_FEATURE_EXITED	(1ULL << 2)	/* what ended processes used is
						 * kept; since 2
						 */
#define CONTMON_FEATURE_EVENTS	(1ULL << 3)	/* CONTMON_WATCH; since 2 */
#define CONTMON_FEATURE_CMDLINE	(1ULL << 4)	/* READ_CMDLINE; since 2 */
#define CONTMON_FEATURE_POPULATED (1ULL << 5)	/* CGROUP_POPULATED and
						 * CGROUP_EMPTIED come now: see
						 * CONTMON_WATCH; since 3
						 */

/*
 * Groups of struct contmon_task. A bit in @fields asks for a group, the same
 * bit in @valid says that the group is filled.
 */
#define CONTMON_TASK_BASE	(1ULL << 0)	/* always included and valid */
#define CONTMON_TASK_CRED	(1ULL << 1)
#define CONTMON_TASK_SCHED	(1ULL << 2)
#define CONTMON_TASK_CGROUP	(1ULL << 3)	/* off if it is invisible */
#define CONTMON_TASK_NS		(1ULL << 4)	/* needs the right to see it;
						 * off if the task has exited
						 */
#define CONTMON_TASK_MEM	(1ULL << 5)	/* off without an mm */
#define CONTMON_TASK_CPU	(1ULL << 6)
#define CONTMON_TASK_FAULTS	(1ULL << 7)
#define CONTMON_TASK_IO		(1ULL << 8)	/* needs the right to see it */
#define CONTMON_TASK_OOM_ADJ	(1ULL << 9)
#define CONTMON_TASK_OOM_SCORE	(1ULL << 10)	/* needs CONTMON_SWAP_KNOWN */
#define CONTMON_TASK_RUNQ	(1ULL << 11)	/* needs schedstats; since 2 */
#define CONTMON_TASK_DELAY	(1ULL << 12)	/* off unless the kernel keeps
						 * delay accounts of all its
						 * threads; since 2
						 */
#define CONTMON_TASK_ALL	((1ULL << 13) - 1)

/* contmon_task.flags */
#define CONTMON_TASK_KTHREAD	(1U << 0)	/* a kernel thread */
#define CONTMON_TASK_EXITING	(1U << 1)	/* on its way out or a zombie */

/**
 * struct contmon_task - one process, or one thread with CONTMON_THREADS
 * @valid: CONTMON_TASK_* groups that are filled
 * @pid: BASE: id of the thread group leader. The identity of a process is
 *	(pid, start_boottime_ns), because pids are reused. In a row of a
 *	thread, the thread's id
 * @tgid: BASE: the process' id; the same as @pid in a row of a process
 * @ppid: BASE: parent's process id; 0 when the parent is not visible
 * @state: BASE: the letter of /proc/PID/stat: R S D T t X Z P I
 * @flags: BASE: CONTMON_TASK_KTHREAD, CONTMON_TASK_EXITING
 * @nr_threads: BASE: threads not yet reaped, num_threads of /proc/PID/stat
 * @start_boottime_ns: BASE: when it was forked
 * @comm: BASE: name, NUL-terminated; may contain any byte but NUL
 * @uid: CRED: real user id
 * @gid: CRED: real group id
 * @euid: CRED: effective user id
 * @egid: CRED: effective group id
 * @nice: SCHED: -20 to 19
 * @policy: SCHED: SCHED_* of sched_setscheduler(2)
 * @rt_priority: SCHED: 1 to 99 for real-time policies, else 0
 * @last_cpu: SCHED: CPU the leader ran on last
 * @cgroup_id: CGROUP: id of its cgroup in the v2 hierarchy, which is the inode
 *	number of the cgroup's directory; the hierarchy's root where v2 is not
 *	mounted. Once its first thread has ended, a process is where the newest
 *	of the others is
 * @pid_ns: NS: inode number of its pid namespace, as in /proc/PID/ns/pid
 * @net_ns: NS: inode number of its network namespace
 * @vsz_bytes: MEM: reserved address space, VmSize
 * @rss_anon_bytes: MEM: RssAnon
 * @rss_file_bytes: MEM: RssFile
 * @rss_shmem_bytes: MEM: RssShmem
 * @swap_bytes: MEM: VmSwap
 * @pgtables_bytes: MEM: VmPTE, page tables of all levels
 * @locked_bytes: MEM: VmLck
 * @rss_peak_bytes: MEM: VmHWM
 * @utime_ns: CPU: time in user mode of all threads, dead ones included: the
 *	utime of /proc/PID/stat. @runtime_ns is split in the ratio of ticks
 * @stime_ns: CPU: the same for kernel mode
 * @runtime_ns: CPU: time on a CPU by the scheduler's clock, all threads, dead
 *	ones included
 * @minor_faults: FAULTS: page faults without IO, all threads, dead included
 * @major_faults: FAULTS: page faults with IO, likewise
 * @voluntary_switches: FAULTS: context switches, all threads, dead included
 *	(/proc/PID/status has only those of the leader)
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
 * @run_delay_ns: RUNQ: time that its live threads waited for a CPU while ready
 *	to run, the second number of /proc/PID/task/TID/schedstat; since 2
 * @timeslices: RUNQ: how often its live threads got a CPU, the third number;
 *	since 2
 * @blkio_delay_ns: DELAY: time that its live threads waited for block IO. This
 *	group came with 2 and has the names of taskstats. After
 *	kernel.task_delayacct was set to 0 again, accounts stand still
 * @swapin_delay_ns: DELAY: time waiting for a page from swap
 * @freepages_delay_ns: DELAY: time reclaiming memory
 * @thrashing_delay_ns: DELAY: time waiting for pages reclaimed too early
 * @compact_delay_ns: DELAY: time compacting memory
 * @wpcopy_delay_ns: DELAY: time copying write-protected pages
 *
 * In a row of a thread, CPU, FAULTS, IO, SCHED, RUNQ and DELAY are the thread's
 * own; MEM, OOM_ADJ, OOM_SCORE and @nr_threads are those of its process.
 *
 * The parts of RSS and @swap_bytes are sums of per-CPU counters (before Linux
 * 6.2, of per-thread ones) that may lag by some pages each, unless
 * CONTMON_EXACT_RSS was asked for.
 *
 * MEM is valid for a process whose leader has exited while other threads still
 * run; /proc/PID/status has no memory lines then.
 *
 * IO and NS need a right: see DOC: Visibility.
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
	/* since 2 */
	__aligned_u64 run_delay_ns;
	__aligned_u64 timeslices;
	__aligned_u64 blkio_delay_ns;
	__aligned_u64 swapin_delay_ns;
	__aligned_u64 freepages_delay_ns;
	__aligned_u64 thrashing_delay_ns;
	__aligned_u64 compact_delay_ns;
	__aligned_u64 wpcopy_delay_ns;
};

/* Flags of SNAPSHOT_TASKS and GET_TASK, unless noted otherwise */
#define CONTMON_EXACT_RSS	(1U << 0)	/* sum per-CPU parts: slower */
#define CONTMON_SWAP_KNOWN	(1U << 1)	/* @swap_total_bytes is set */
#define CONTMON_TO_MAPPING	(1U << 2)	/* @entries is an offset into
						 * the mapping; SNAPSHOT_TASKS
						 * only
						 */
#define CONTMON_THREADS		(1U << 3)	/* rows of threads; since 2 */

/*
 * Filters of SNAPSHOT_TASKS: a task must pass all filters that are set; since
 * 2. A row of a thread is filtered by the thread's values, not by its process'.
 */
#define CONTMON_FILTER_PIDS	(1U << 4)	/* @pids, @nr_pids */
#define CONTMON_FILTER_UID	(1U << 5)	/* @uid, the real user id */
#define CONTMON_FILTER_CGROUP	(1U << 6)	/* @cgroup_id and all below */
#define CONTMON_FILTER_RSS	(1U << 7)	/* RSS >= @min_rss_bytes */
#define CONTMON_FILTER_CHANGED	(1U << 8)	/* @changed_since */

/*
 * Largest total size of the mappings of one user's open files. A file belongs
 * to the user of the task that opened it. All users of a user namespace count
 * as the creator of the outermost namespace.
 */
#define CONTMON_MAX_USER_MAPPING (256UL << 20)

/* Most pids that CONTMON_FILTER_PIDS takes */
#define CONTMON_MAX_PIDS 4096

/**
 * struct contmon_snapshot_tasks - ioctl(CONTMON_SNAPSHOT_TASKS)
 * @size: sizeof(struct contmon_snapshot_tasks)
 * @flags: in: CONTMON_EXACT_RSS, CONTMON_SWAP_KNOWN, CONTMON_TO_MAPPING,
 *	CONTMON_THREADS, CONTMON_FILTER_*
 * @fields: in: CONTMON_TASK_* groups wanted; each costs time, so ask only for
 *	what you use
 * @entries: in: address of the array; with CONTMON_TO_MAPPING the byte offset,
 *	a multiple of 8, in the caller's mmap() of this file
 * @entry_size: in: bytes from one record to the next: at least the first
 *	version's sizeof(struct contmon_task), a multiple of 8, at most
 *	max_entry_size
 * @nr_entries: in: room in the array, 1 to max_entries; out: records written
 * @cursor: in: 0 to begin, else what the last call returned; out: where to
 *	continue, 0 at the end. An opaque value
 * @swap_total_bytes: in: size of all swap, from sysinfo(2). It is part of the
 *	oom_score's denominator, but the kernel does not export it to modules
 * @taken_boottime_ns: out: when this call began to read
 * @pids: in: address of an array of __s32, ids as in @pid; this and all members
 *	below since 2
 * @nr_pids: in: its length, 1 to CONTMON_MAX_PIDS; ids of no task are ignored
 * @uid: in: an id of the caller's user namespace
 * @cgroup_id: in: as in struct contmon_task
 * @min_rss_bytes: in: bytes
 * @changed_since: in: a @stamp that a task of the same time namespace got, or
 *	0 for all tasks
 * @stamp: out: the value for @changed_since next time; 0 unless
 *	CONTMON_FILTER_CHANGED is set. When a snapshot takes several calls, use
 *	the smallest of their stamps
 * @nr_seen: out: tasks that the call visited, including those filtered out
 *
 * Writes one record for each process, in ascending order of pid. A call stops
 * when the array is full; @cursor resumes it. A process that exists from the
 * first call to the last is reported exactly once, even if others start or end
 * meanwhile. Rows are read one after another, so the snapshot is not atomic.
 *
 * A mapping is made with mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0),
 * once for each open file: a later mmap() must have the same length. It avoids
 * copying. Calls on one file that write to the mapping run one after another.
 * A child of fork(2) does not inherit it, but may map the file itself. The
 * memory is kept until the file is closed. All files that one user has opened
 * may have at most CONTMON_MAX_USER_MAPPING bytes of it; beyond that, mmap()
 * fails with ENOMEM. It fails with EPERM if the memory could be written or
 * executed, which also READ_IMPLIES_EXEC of personality(2) causes.
 *
 * With CONTMON_FILTER_CHANGED a task passes if one of its threads was on a CPU
 * at or after the stamp, or has never run yet. So it passes when it was forked,
 * ran, or exited and is a zombie. A task that sleeps does not pass when it is
 * changed from outside: its memory may have been reclaimed or swapped out, its
 * parent may have died, its nice value, oom_score_adj or cgroup may have been
 * changed, and its oom_score depends on RAM and swap. A task that is gone is in
 * no snapshot: use its exit event, or compare with a snapshot of BASE alone.
 * Tasks that ran a few ms before the stamp may pass again, and a process of
 * which a thread has ended always passes, unless CONTMON_THREADS is set: the
 * thread may have run since, and only what it used is left of it.
 *
 * Errors: EINVAL also for a cursor that no call can have returned, for
 * CONTMON_TO_MAPPING without a mapping, for an array beyond its end, for a pid
 * below 1 in @pids, and for a @uid that the namespace does not have; ENOENT
 * when @cgroup_id names no cgroup that the caller can see.
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
	/* since 2 */
	__aligned_u64 pids;
	__u32 nr_pids;
	__u32 uid;
	__aligned_u64 cgroup_id;
	__aligned_u64 min_rss_bytes;
	__aligned_u64 changed_since;
	__aligned_u64 stamp;
	__aligned_u64 nr_seen;
};

#define CONTMON_SNAPSHOT_TASKS _IO(CONTMON_TYPE, 0x01)

/**
 * struct contmon_get_task - ioctl(CONTMON_GET_TASK)
 * @size: sizeof(struct contmon_get_task)
 * @flags: in: CONTMON_EXACT_RSS, CONTMON_SWAP_KNOWN, CONTMON_THREADS
 * @fields: in: CONTMON_TASK_* groups wanted
 * @entry: in: address of one record
 * @entry_size: in: its size, as in SNAPSHOT_TASKS
 * @pid: in: process id in the caller's pid namespace
 * @swap_total_bytes: in: as in SNAPSHOT_TASKS
 * @taken_boottime_ns: out: when the call read the task
 *
 * Errors: ESRCH when no process of the caller's pid namespace has this id. The
 * id of a thread other than the leader is only accepted with CONTMON_THREADS.
 * EINVAL for a pid below 1.
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

/* Groups of struct contmon_cgroup, used like those of struct contmon_task */
#define CONTMON_CGROUP_BASE	(1ULL << 0)	/* always included and valid */
#define CONTMON_CGROUP_TASKS	(1ULL << 1)	/* the sums over tasks */
#define CONTMON_CGROUP_MEMCG	(1ULL << 2)	/* off without a v2 memory
						 * controller on this cgroup,
						 * and for the hierarchy's root
						 */
#define CONTMON_CGROUP_EXITED (1ULL << 3)	/* since 2 */
#define CONTMON_CGROUP_PSI	(1ULL << 4)	/* off without PSI in the
						 * kernel, with 0 in
						 * cgroup.pressure, and for the
						 * hierarchy's root; since 2
						 */
#define CONTMON_CGROUP_CPU	(1ULL << 5)	/* off for the hierarchy's root;
						 * its cost grows with the CPUs;
						 * since 2
						 */
#define CONTMON_CGROUP_LIMIT	(1ULL << 6)	/* off without a v2 memory
						 * controller on it or an
						 * ancestor; since 3
						 */
#define CONTMON_CGROUP_STAT	(1ULL << 7)	/* since 3 */
#define CONTMON_CGROUP_ALL	((1ULL << 8) - 1)

/* "max" in memory.max and the like */
#define CONTMON_UNLIMITED	(~0ULL)

/**
 * struct contmon_cgroup - one cgroup of the v2 hierarchy
 * @valid: CONTMON_CGROUP_* groups that are filled
 * @cgroup_id: BASE: inode number of the cgroup's directory
 * @parent_id: BASE: the parent's, 0 for the first row, which is the root of
 *	the caller's cgroup namespace
 * @level: BASE: depth below the first row, which has 0
 * @populated: BASE: 1 if it or a descendant has a live task, else 0; the
 *	"populated" of cgroup.events
 * @nr_tasks: TASKS: processes in this very cgroup, not in its descendants, that
 *	the caller can see; all sums of this group are over them. A zombie is
 *	counted in its last cgroup, or in the nearest above it that was not
 *	removed
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
 * @utime_sum_ns: TASKS: sum of utime_ns of the tasks alive now; like all sums
 *	below, it falls when one exits
 * @stime_sum_ns: TASKS: sum of stime_ns
 * @runtime_sum_ns: TASKS: sum of runtime_ns
 * @minor_faults_sum: TASKS: sum of minor_faults
 * @major_faults_sum: TASKS: sum of major_faults
 * @voluntary_switches_sum: TASKS: sum of voluntary_switches
 * @involuntary_switches_sum: TASKS: sum of involuntary_switches
 * @read_chars_sum: TASKS: sum of read_chars; a sum needs no ptrace right: see
 *	DOC: Visibility
 * @write_chars_sum: TASKS: sum of write_chars
 * @read_syscalls_sum: TASKS: sum of read_syscalls
 * @write_syscalls_sum: TASKS: sum of write_syscalls
 * @read_bytes_sum: TASKS: sum of read_bytes
 * @write_bytes_sum: TASKS: sum of write_bytes
 * @cancelled_write_bytes_sum: TASKS: sum of cancelled_write_bytes
 * @memory_current_bytes: MEMCG: memory.current; includes descendants, like all
 *	members of this group
 * @memory_peak_bytes: MEMCG: memory.peak since the cgroup was created
 * @memory_max_bytes: MEMCG: memory.max, or CONTMON_UNLIMITED
 * @swap_current_bytes: MEMCG: memory.swap.current
 * @swap_max_bytes: MEMCG: memory.swap.max, or CONTMON_UNLIMITED
 * @events_low: MEMCG: "low" of memory.events
 * @events_high: MEMCG: "high"
 * @events_max: MEMCG: "max"
 * @events_oom: MEMCG: "oom"
 * @events_oom_kill: MEMCG: "oom_kill": processes killed out of memory
 * @exited_tasks: EXITED: processes that ended in this very cgroup and have been
 *	reaped since the driver was loaded; this and all members below since 2.
 *	A process is in the sums above until it is reaped, and here from then
 *	on: a call made after wait(2) has returned includes it. One that is
 *	reaped during the call may be in neither. When a cgroup is removed, its
 *	numbers are added to its parent's. They may be in no row of a snapshot
 *	that is taken meanwhile: the sum over a subtree, which otherwise only
 *	grows, may be smaller in that one. A process has ended where its first
 *	thread did, even if the others were moved afterwards. If more than a
 *	thousand end at once and memory is short, or with PREEMPT_RT before a
 *	worker runs, some are missing until the kernel frees them, which may be
 *	seconds after they were reaped, and may then be in the account of an
 *	ancestor. Unlike the sums above, these are over all processes of a
 *	visible cgroup, like the numbers of controllers: a process without an id
 *	in the caller's pid namespace is only here
 * @exited_utime_ns: EXITED: what they used in their whole lives, as in the sum
 *	of the same name. For a process that moved here, this includes what it
 *	used in other cgroups before: what a cgroup itself has used is
 *	@cpu_usage_ns
 * @exited_stime_ns: EXITED
 * @exited_runtime_ns: EXITED
 * @exited_minor_faults: EXITED
 * @exited_major_faults: EXITED
 * @exited_voluntary_switches: EXITED
 * @exited_involuntary_switches: EXITED
 * @exited_read_chars: EXITED
 * @exited_write_chars: EXITED
 * @exited_read_syscalls: EXITED
 * @exited_write_syscalls: EXITED
 * @exited_read_bytes: EXITED
 * @exited_write_bytes: EXITED
 * @exited_cancelled_write_bytes: EXITED
 * @psi_cpu_some_ns: PSI: "some total" of cpu.pressure. The kernel updates the
 *	totals every 2 s while something stalls, and when the file is read;
 *	between updates, these lag
 * @psi_cpu_full_ns: PSI: "full total" of cpu.pressure
 * @psi_io_some_ns: PSI: io.pressure
 * @psi_io_full_ns: PSI: io.pressure
 * @psi_memory_some_ns: PSI: memory.pressure
 * @psi_memory_full_ns: PSI: memory.pressure
 * @cpu_usage_ns: CPU: time that tasks have run in this very cgroup, including
 *	those that have ended or moved away; always current. usage_usec of
 *	cpu.stat is the sum of it over the subtree, including cgroups that were
 *	removed
 * @memory_limit_bytes: LIMIT: the lowest memory.max of it and of its visible
 *	ancestors, or CONTMON_UNLIMITED; this and all members below since 3
 * @memory_limit_cgroup_id: LIMIT: the nearest cgroup with this limit; 0 with
 *	CONTMON_UNLIMITED
 * @nr_descendants: STAT: nr_descendants of cgroup.stat: cgroups below it
 * @nr_dying_descendants: STAT: nr_dying_descendants: cgroups below it that were
 *	removed and still hold memory
 *
 * Some numbers are only in the cgroup's files, because modules cannot read
 * them: pids.max (pids.current is about the sum of @nr_threads over the
 * subtree), and the other numbers of memory.stat, io.stat and cpu.stat. The
 * kernel does not record when a cgroup last changed, so there is no
 * CONTMON_FILTER_CHANGED for cgroups.
 */
struct contmon_cgroup {
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
	/* since 2 */
	__aligned_u64 exited_tasks;
	__aligned_u64 exited_utime_ns;
	__aligned_u64 exited_stime_ns;
	__aligned_u64 exited_runtime_ns;
	__aligned_u64 exited_minor_faults;
	__aligned_u64 exited_major_faults;
	__aligned_u64 exited_voluntary_switches;
	__aligned_u64 exited_involuntary_switches;
	__aligned_u64 exited_read_chars;
	__aligned_u64 exited_write_chars;
	__aligned_u64 exited_read_syscalls;
	__aligned_u64 exited_write_syscalls;
	__aligned_u64 exited_read_bytes;
	__aligned_u64 exited_write_bytes;
	__aligned_u64 exited_cancelled_write_bytes;
	__aligned_u64 psi_cpu_some_ns;
	__aligned_u64 psi_cpu_full_ns;
	__aligned_u64 psi_io_some_ns;
	__aligned_u64 psi_io_full_ns;
	__aligned_u64 psi_memory_some_ns;
	__aligned_u64 psi_memory_full_ns;
	__aligned_u64 cpu_usage_ns;
	/* since 3 */
	__aligned_u64 memory_limit_bytes;
	__aligned_u64 memory_limit_cgroup_id;
	__u32 nr_descendants;
	__u32 nr_dying_descendants;
};

/* Flags of SNAPSHOT_CGROUPS alone */
#define CONTMON_IN_PARTS	(1U << 9)	/* as many as fit; @cursor
						 * resumes; since 3
						 */

/**
 * struct contmon_snapshot_cgroups - ioctl(CONTMON_SNAPSHOT_CGROUPS)
 * @size: sizeof(struct contmon_snapshot_cgroups)
 * @flags: in: CONTMON_EXACT_RSS, CONTMON_TO_MAPPING since 2, CONTMON_IN_PARTS
 *	since 3
 * @fields: in: CONTMON_CGROUP_* groups wanted
 * @entries: in: address of the array; with CONTMON_TO_MAPPING the byte offset,
 *	a multiple of 8, in the caller's mmap() of this file
 * @entry_size: in: bytes from one record to the next: at least the first
 *	version's sizeof(struct contmon_cgroup), 304, or with
 *	CONTMON_TO_MAPPING the second's, 480, a multiple of 8, at most
 *	max_entry_size. Groups that do not fit into a mapped row are not valid
 * @nr_entries: in: room in the array, 1 to max_entries; out: records written,
 *	or, with EMSGSIZE, records needed at that moment
 * @taken_boottime_ns: out: when this call began to read
 * @cursor: in: with CONTMON_IN_PARTS: 0 to begin, else what the last such call
 *	on this file returned; out: where to continue, 0 at the end. An opaque
 *	value; since 3
 *
 * Writes one record for each cgroup of the v2 hierarchy below the root of the
 * caller's cgroup namespace, that root included, parents before children.
 * Cgroups created while the call runs may be missing, but take no room from
 * others: if the array is too small for all, the call fails with EMSGSIZE.
 *
 * With CONTMON_IN_PARTS a call stops when the array is full, instead of failing
 * with EMSGSIZE, and @cursor resumes it. The last part may be empty. A cgroup
 * that exists from the first call to the last is reported exactly once. Each
 * call sums the tasks of its own part, which takes a walk over all tasks: make
 * parts large. The open file keeps one place, which is discarded at close and
 * by a call that begins again. A call that fails does not change it, except
 * with EFAULT if the argument itself cannot be written.
 *
 * If v2 is not mounted there is one row, its root. If the root of the caller's
 * cgroup namespace was removed there is none.
 *
 * Errors: EINVAL also for CONTMON_TO_MAPPING without a mapping, for an array
 * beyond its end, and with CONTMON_IN_PARTS for a @size without @cursor and for
 * a @cursor that the last call on this file did not return or whose cgroup the
 * caller cannot see.
 */
struct contmon_snapshot_cgroups {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 entries;
	__u32 entry_size;
	__u32 nr_entries;
	__aligned_u64 taken_boottime_ns;
	/* since 3 */
	__aligned_u64 cursor;
};

#define CONTMON_SNAPSHOT_CGROUPS _IO(CONTMON_TYPE, 0x03)

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
 *	them. The states are as in struct contmon_cgroup
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
 * Swap is not here: the kernel does not export it. sysinfo(2) has it.
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
 * own address space. It takes no page until one is touched, or all at once
 * after mlockall(2) with MCL_FUTURE and without MCL_ONFAULT; every page reads
 * as zero until it is written. It does not count for overcommit with
 * vm.overcommit_memory 0 and 1, but does with 2. It is gone after execve(2); a
 * child of fork(2) has it copy-on-write.
 *
 * Errors: EINVAL for length_bytes 0; EOVERFLOW when rounding up overflows;
 * ENOMEM when the address space, RLIMIT_AS, RLIMIT_DATA, the number of mappings
 * or overcommit mode 2 does not allow it; EAGAIN when RLIMIT_MEMLOCK does not,
 * after mlockall(2) with MCL_FUTURE.
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
 * Unmaps a range, as munmap(2) does. Like that call it works on any memory of
 * the caller: the driver does not remember what CONTMON_ALLOC returned, so a
 * part may be freed, and freeing twice is no error.
 *
 * Errors: EINVAL for length_bytes 0, an address that is not a multiple of the
 * page size, or a range outside of the address space; EOVERFLOW as in
 * CONTMON_ALLOC; ENOMEM also when the mapping would be split into more than a
 * process may have; EPERM when mseal(2) has sealed a part of the range.
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
 *	the "Anonymous" of /proc/PID/smaps and, for MAP_HUGETLB with
 *	MAP_PRIVATE, its "Private_Hugetlb" and, after fork(2),
 *	"Shared_Hugetlb". Memory of MAP_SHARED does not count. A page that was
 *	only read is the kernel's shared zero page and does not count. Neither
 *	does a page in swap, one that the caller cannot read because of
 *	mprotect(2) or its protection key, or, with kernel.numa_balancing, one
 *	that the kernel has marked to find out who uses it, until its next use.
 *	0 for a range that is not mapped
 *
 * The time it takes grows with the length of the range. Errors: EINVAL and
 * EOVERFLOW as in CONTMON_FREE.
 */
struct contmon_resident {
	__u32 size;
	__u32 flags;
	__aligned_u64 address;
	__aligned_u64 length_bytes;
	__aligned_u64 resident_bytes;
};

#define CONTMON_RESIDENT _IO(CONTMON_TYPE, 0x07)

/**
 * struct contmon_read_cmdline - ioctl(CONTMON_READ_CMDLINE), since 2
 * @size: sizeof(struct contmon_read_cmdline)
 * @flags: in: must be 0
 * @pid: in: process id in the caller's pid namespace
 * @length: in: room in @buffer, 1 to CONTMON_MAX_CMDLINE bytes; out: bytes
 *	written
 * @buffer: in: address of the bytes
 * @total_bytes: out: length of the whole text, which may exceed @length. The
 *	text ends before memory that cannot be read; this is only found within
 *	the room in @buffer
 *
 * Copies the contents of /proc/PID/cmdline: the arguments that the process was
 * started with, each followed by NUL, or the title that it has written over
 * them. It is empty for a kernel thread or zombie. As for that file, only
 * anonymous memory is read, never a file that the process has mapped there.
 *
 * Errors: ESRCH no such process; EINVAL for a length that is out of range.
 */
struct contmon_read_cmdline {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__u32 length;
	__aligned_u64 buffer;
	__aligned_u64 total_bytes;
};

#define CONTMON_MAX_CMDLINE 65536
#define CONTMON_READ_CMDLINE _IO(CONTMON_TYPE, 0x08)

/* Types of events; bits of contmon_watch.events are 1 << type. Since 2 */
#define CONTMON_EVENT_FORK		0	/* a process was forked */
#define CONTMON_EVENT_EXEC		1	/* it runs another program */
#define CONTMON_EVENT_EXIT		2	/* its last thread has exited */
#define CONTMON_EVENT_OOM		3	/* chosen by the OOM killer */
#define CONTMON_EVENT_CGROUP_CREATED	4
#define CONTMON_EVENT_CGROUP_POPULATED	5	/* first task below it */
#define CONTMON_EVENT_CGROUP_EMPTIED	6	/* last task below it is gone */
#define CONTMON_EVENT_CGROUP_REMOVED	7
#define CONTMON_EVENT_THRESHOLD		8	/* RSS of a process at limit */
#define CONTMON_EVENT_CGROUP_MEMORY	9	/* memory.current; since 3 */
#define CONTMON_EVENT_CGROUP_PRESSURE	10	/* time stalled; since 3 */
#define CONTMON_EVENT_ALL		((1U << 11) - 1)

/* Types that need a limit to compare with, and an interval */
#define CONTMON_EVENT_LIMITS		((1U << CONTMON_EVENT_THRESHOLD) | \
					 (1U << CONTMON_EVENT_CGROUP_MEMORY) | \
					 (1U << CONTMON_EVENT_CGROUP_PRESSURE))

/* The stall times that CONTMON_EVENT_CGROUP_PRESSURE can watch */
#define CONTMON_PRESSURE_CPU_SOME	0
#define CONTMON_PRESSURE_CPU_FULL	1
#define CONTMON_PRESSURE_IO_SOME	2
#define CONTMON_PRESSURE_IO_FULL	3
#define CONTMON_PRESSURE_MEMORY_SOME	4
#define CONTMON_PRESSURE_MEMORY_FULL	5

/**
 * struct contmon_watch - ioctl(CONTMON_WATCH), since 2
 * @size: sizeof(struct contmon_watch)
 * @flags: in: CONTMON_WATCH_*
 * @events: in: bits of the types wanted; 0 ends the watch
 * @pid: in: with CONTMON_WATCH_PID
 * @cgroup_id: in: with CONTMON_WATCH_CGROUP, this cgroup and all below it
 * @rss_bytes: in: with CONTMON_WATCH_PID and CONTMON_EVENT_THRESHOLD
 * @interval_ms: in: with CONTMON_EVENT_LIMITS: time between two looks at the
 *	number, 10 to 60000; for CONTMON_EVENT_CGROUP_PRESSURE at least 2000
 * @pressure: in: with CONTMON_EVENT_CGROUP_PRESSURE: CONTMON_PRESSURE_*, else
 *	0; since 3
 * @next_sequence: out: of the first event that can be read: 0
 * @start_boottime_ns: in: with CONTMON_WATCH_PID: when the process started, or
 *	0 for the one that has the id now; since 3
 * @memory_bytes: in: with CONTMON_WATCH_CGROUP and CONTMON_EVENT_CGROUP_MEMORY;
 *	since 3
 * @stalled_ns: in: with CONTMON_WATCH_CGROUP and CONTMON_EVENT_CGROUP_PRESSURE:
 *	at most the interval; since 3
 *
 * Makes the open file a stream of events. read(2) returns whole records of
 * struct contmon_event, oldest first, as many as fit, and waits for the first
 * unless O_NONBLOCK is set; readv(2) does the same with all its memory
 * together. poll(2) and epoll(7) report when there is one, and POLLERR for a
 * file without a stream, also when it loses it while they wait. While one read
 * is writing to its caller's memory, others of the same open file wait for it,
 * even with O_NONBLOCK. Each open file has its own filter and place. Calling it
 * again changes the filter and drops unread events. The files of one user may
 * have up to CONTMON_MAX_USER_STREAMS streams.
 *
 * A stream keeps the newest CONTMON_EVENT_RING events of the types FORK, EXEC
 * and EXIT, and separately the newest CONTMON_EVENT_RARE_RING of all others. So
 * frequent events never overwrite rare ones, and a stream for OOM alone loses
 * no OOM kill to another type. A reader that falls behind finds a gap in
 * @sequence, whose length is also in @dropped of the next record. It can take a
 * snapshot to recover.
 *
 * The cost of a stream for other tasks is bounded. For a type that no stream
 * wants, the process or cgroup is not read. An event is compared with at most
 * CONTMON_MAX_USER_STREAMS streams for each user, and for a moment with as many
 * old ones, whose filters are being changed (256 streams that want forks of
 * another process add 4 to 9 % to a fork; for a rare type, nothing). Only
 * readers that want the event are woken, and only once until they have found
 * nothing more to read: with EPOLLET, read until EAGAIN. All that wait for one
 * stream are woken together, even with EPOLLEXCLUSIVE, and with interrupts off,
 * as those that wait for a pipe are: thousands of epoll instances on one stream
 * delay the task that caused the event. The memory of a stream, up to 2 MiB, is
 * charged to the memory cgroup of the calling task, and so is that of an old
 * one until it has ended.
 *
 * CONTMON_EVENT_THRESHOLD comes once when RSS (the fast kind) of the watched
 * process reaches @rss_bytes, and again only after it was below. With
 * CONTMON_WATCH_CGROUP, too, RSS counts as 0 while the process is not in that
 * cgroup. Likewise, CONTMON_EVENT_CGROUP_MEMORY compares memory.current of the
 * watched cgroup with @memory_bytes. It and CONTMON_EVENT_CGROUP_PRESSURE do
 * not depend on CONTMON_WATCH_PID. The latter comes when the stall time in the
 * cgroup's pressure files grew by @stalled_ns or more from one look to the
 * next, and again only after it grew by less. The kernel updates that time
 * every 2 s, so steady pressure grows unevenly unless @interval_ms is much
 * longer; the files have finer triggers. Looks end when the process or cgroup
 * is gone, and are rarer while the process has thousands of threads that have
 * outlived its first one, or of dead ones that a debugger keeps. The root
 * cgroup has neither number: its memory is not counted, and its pressure is
 * not exported. Nor has one without the memory controller, or with 0 in its
 * cgroup.pressure: then no such event comes. There is no limit for the counters
 * of memory.stat and io.stat, because the kernel does not update them for
 * modules.
 *
 * A stream has what happens after the call. A process that ended before, which
 * may still be a zombie, has no EXIT in it. Before Linux 6.16, EXIT may come
 * again for the same @pid and @start_boottime_ns if its last threads end
 * together while so many others end that @exited_tasks lacks some.
 *
 * OOM comes for each thread that the OOM killer chooses, so it may come again
 * for the same @pid and @start_boottime_ns, with a smaller @rss_bytes once the
 * kernel has begun to take back the memory. Since a process that is ending
 * anyway is chosen first, it also comes for some that nobody had to kill, which
 * "oom_kill" of memory.events does not count.
 *
 * POPULATED and EMPTIED pause while the host has a cgroup more than
 * CONTMON_MAX_POPULATED_LEVEL levels below the root of its hierarchy, which
 * may be one of version 1, and until 10 to 20 s after the last of them is
 * gone. With such cgroups, the kernel would stop all forks and exits for too
 * long to report them. CONTMON_FEATURE_POPULATED is off meanwhile, if any
 * stream wants these types. Nothing that happened is reported later: take a
 * snapshot, in which @populated is always current. All other types come. If a
 * chain of version 1 is older than the module, the first report of it is made
 * whole, and the pause then lasts until the module is unloaded.
 *
 * CREATED is the first event of a cgroup. It comes a moment before the kernel
 * shows the directory: until then, calls with its id fail with ENOENT, too, and
 * so does open(2). New kernels (seen with 7.2) may remove a cgroup whose last
 * task is dead but has not left it yet: then EMPTIED comes after REMOVED.
 *
 * Errors: EINVAL when a member is invalid, or read(2) with less room than one
 * record or before CONTMON_WATCH; ESRCH no such process; ENOENT no such cgroup;
 * EMFILE the user already has CONTMON_MAX_USER_STREAMS streams. A call that
 * fails changes nothing, except with EFAULT if the argument itself cannot be
 * written. Of read(2): EAGAIN nothing to read and O_NONBLOCK; EINTR.
 */
struct contmon_watch {
	__u32 size;
	__u32 flags;
	__u32 events;
	__s32 pid;
	__aligned_u64 cgroup_id;
	__aligned_u64 rss_bytes;
	__u32 interval_ms;
	__u32 pressure;
	__aligned_u64 next_sequence;
	/* since 3 */
	__aligned_u64 start_boottime_ns;
	__aligned_u64 memory_bytes;
	__aligned_u64 stalled_ns;
};

#define CONTMON_WATCH_PID	(1U << 0)	/* only of process @pid */
#define CONTMON_WATCH_CGROUP	(1U << 1)	/* only in @cgroup_id */

/* Events of one stream that are kept until they are read */
#define CONTMON_EVENT_RING 8192		/* FORK, EXEC, EXIT */
#define CONTMON_EVENT_RARE_RING 1024	/* all others */

/* Deeper cgroups make POPULATED and EMPTIED pause; since 3 */
#define CONTMON_MAX_POPULATED_LEVEL 64

/* Most streams that the open files of one user may have; since 3 */
#define CONTMON_MAX_USER_STREAMS 64

#define CONTMON_WATCH _IO(CONTMON_TYPE, 0x09)

#define CONTMON_EVENT_PATH 216

/**
 * struct contmon_event - one record of a stream, since 2
 * @sequence: number of the event in this stream: 0 for the first after
 *	CONTMON_WATCH, then one more for each event that the stream wants
 * @boottime_ns: when it happened
 * @dropped: events lost between the previous record and this one, because the
 *	reader was too slow
 * @type: CONTMON_EVENT_*
 * @pid: FORK, EXEC, EXIT, OOM, THRESHOLD: the process, the child in FORK; ids
 *	are those of the reader's pid namespace at CONTMON_WATCH
 * @ppid: likewise: its parent, 0 if that is not visible
 * @exit_code: EXIT: as wait(2) returns it
 * @truncated: 1 when the beginning of @path was cut off
 * @cgroup_id: of the process, 0 if it is not visible, or the cgroup that the
 *	event is about; in EXIT that where its first thread has ended
 * @start_boottime_ns: of the process. With @pid this is its identity: a pidfd
 *	refers to it if CONTMON_GET_TASK, called after pidfd_open(2), returns
 *	the same value for @pid
 * @comm: of the process; the new name in EXEC
 * @path: CREATED, POPULATED, EMPTIED, REMOVED: from the root of the reader's
 *	cgroup namespace, NUL-terminated. Other types use the other members of
 *	the union
 * @utime_ns: EXIT: what all its threads used until the last began to exit. What
 *	that one used since the kernel last counted it is missing: up to a tick,
 *	which may be all of a short life, or with nohz_full= up to 1 s. It is in
 *	@exited_utime_ns
 * @stime_ns: EXIT
 * @runtime_ns: EXIT
 * @rss_peak_bytes: EXIT: most RSS it ever had, ru_maxrss; before Linux 6.16 it
 *	may be too low if a debugger keeps 256 threads that have ended
 * @minor_faults: EXIT
 * @major_faults: EXIT
 * @read_bytes: EXIT; from storage. The right to read the process cannot be
 *	checked at its end, so this is 0 unless the caller of CONTMON_WATCH had
 *	CAP_SYS_PTRACE over the initial user namespace
 * @write_bytes: EXIT
 * @io_valid: EXIT: 1 when @read_bytes and @write_bytes are filled
 * @parent_start_boottime_ns: FORK, EXEC, EXIT, OOM, THRESHOLD: of its parent,
 *	0 if that is not visible; since 3
 * @rss_bytes: THRESHOLD: the value found; OOM: RSS (the fast kind) of the
 *	process when it was chosen, 0 before version 3
 * @memory_bytes: CGROUP_MEMORY: likewise; since 3
 * @stalled_ns: CGROUP_PRESSURE: likewise; since 3
 * @uid: all types of a process: real user id, in the reader's user namespace
 */
struct contmon_event {
	__aligned_u64 sequence;
	__aligned_u64 boottime_ns;
	__aligned_u64 dropped;
	__u32 type;
	__s32 pid;
	__s32 ppid;
	__u32 exit_code;
	__u32 uid;
	__u32 truncated;
	__aligned_u64 cgroup_id;
	__aligned_u64 start_boottime_ns;
	__u8 comm[16];
	/* Unnamed members are C11, and an extension in C89 and C++ */
	__extension__ union {
		__u8 path[CONTMON_EVENT_PATH];
		struct {
			__aligned_u64 utime_ns;
			__aligned_u64 stime_ns;
			__aligned_u64 runtime_ns;
			__aligned_u64 rss_peak_bytes;
			__aligned_u64 minor_faults;
			__aligned_u64 major_faults;
			__aligned_u64 read_bytes;
			__aligned_u64 write_bytes;
			__aligned_u64 io_valid;
			__aligned_u64 parent_start_boottime_ns;
		};
		__aligned_u64 rss_bytes;
		__aligned_u64 memory_bytes;
		__aligned_u64 stalled_ns;
	};
};

#endif /* _UAPI_LINUX_CONTMON_H */
