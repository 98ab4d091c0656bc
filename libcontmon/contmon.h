/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcontmon: what every task and every container of this host is doing.
 *
 * Conventions. Functions that can fail return 0 or a positive value on success
 * and a negative errno on failure. Results are returned through ret_
 * parameters, which a failed call does not change. The library never prints,
 * exits or asserts on arguments of a caller. Functions that free accept NULL. A
 * handle may be used by one thread at a time; different handles are
 * independent. After fork(2) a child may use and close its copy of a handle
 * without affecting the parent, but may only close a stream of events. EINTR is
 * retried. Files are opened with O_CLOEXEC.
 *
 * Any call that reads a source may return -ENOMEM; -EPROTO when the driver or a
 * file of procfs breaks its contract; -EOPNOTSUPP for a bit of @fields or
 * @flags that the source does not know; -EINTR after a fatal signal; and with
 * procfs -EMFILE and -ENFILE. Only other errors are listed below, or special
 * meanings of these.
 *
 * Records are the driver's own (<linux/contmon.h>): units are in the names, and
 * a mask has the groups that are valid. Sizes are in bytes, times in ns.
 */
#ifndef CONTMON_H
#define CONTMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/contmon.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct contmon - an open source of numbers; opaque */
struct contmon;

/**
 * enum contmon_source - source of a handle's numbers
 * @CONTMON_SOURCE_DRIVER: the driver
 * @CONTMON_SOURCE_PROCFS: procfs and cgroupfs, if the driver is absent. The
 *	calls and the records are the same; what this source cannot read is off
 *	in a record's mask or refused with -EOPNOTSUPP:
 *
 *	- DELAY is off for tasks. So is FAULTS for a process, as no file counts
 *	  the context switches of its dead threads; its page faults are known
 *	  (CONTMON_TASK_PART_PAGE_FAULTS). For a thread FAULTS is whole. RUNQ is
 *	  off for a task that has never run. NS and IO need the right to see
 *	  them, CGROUP a cgroup v2 mount that contains the task's cgroup: a
 *	  mount from outside our cgroup namespace does not.
 *	- CPU times and start_boottime_ns are whole ticks, usually 10 ms;
 *	  runtime_ns of a process is utime_ns + stime_ns. So the start of a
 *	  process may only be compared with one from the same source.
 *	- The comm of a kernel thread may be longer than the driver's: it is
 *	  the first 15 bytes of the name in procfs.
 *	- For cgroups BASE, MEMCG, PSI and CPU are filled, and EXITED, LIMIT and
 *	  STAT are off; level counts from the root of the mount. cpu_usage_ns is
 *	  usage_usec of cpu.stat less that of the cgroups right below, so it
 *	  includes the time of removed cgroups. TASKS is off, but all of it is
 *	  known except context switches (CONTMON_CGROUP_PART_*), at the cost of
 *	  a walk through procfs.
 *	- A filter's group is filled as if it was asked for.
 *	- There is no CONTMON_EXACT_RSS, no CONTMON_FILTER_CHANGED, no events
 *	  and no contmon_resident().
 *	- Processes that procfs hides (hidepid) are missing, and sums over
 *	  processes are unknown.
 */
enum contmon_source {
	CONTMON_SOURCE_DRIVER,
	CONTMON_SOURCE_PROCFS,
};

/*
 * Parts of groups. procfs may have one file of a group but not another, for
 * instance on an older kernel or without swap. These bits are used only in
 * valid, not in requests. The driver fills whole groups and sets none of these,
 * so a member is known if the bit of its group or of its part is set.
 */

/* FAULTS: minor_faults and major_faults */
#define CONTMON_TASK_PART_PAGE_FAULTS	(1ULL << 48)
/* NS: pid_ns; net_ns */
#define CONTMON_TASK_PART_PID_NS	(1ULL << 49)
#define CONTMON_TASK_PART_NET_NS	(1ULL << 50)
/* TASKS: nr_tasks to major_faults_sum */
#define CONTMON_CGROUP_PART_COUNTS	(1ULL << 48)
/* TASKS: read_chars_sum to cancelled_write_bytes_sum; needs the right to see IO
 * of every process in the cgroup
 */
#define CONTMON_CGROUP_PART_IO	(1ULL << 49)
/* MEMCG: a file each */
#define CONTMON_CGROUP_PART_MEMORY_CURRENT	(1ULL << 50)
#define CONTMON_CGROUP_PART_MEMORY_PEAK		(1ULL << 51) /* Linux 5.19 */
#define CONTMON_CGROUP_PART_MEMORY_MAX		(1ULL << 52)
#define CONTMON_CGROUP_PART_SWAP_CURRENT	(1ULL << 53)
#define CONTMON_CGROUP_PART_SWAP_MAX		(1ULL << 54)
/* MEMCG: events_low, events_high, events_max, events_oom; events_oom_kill */
#define CONTMON_CGROUP_PART_EVENTS		(1ULL << 55)
#define CONTMON_CGROUP_PART_OOM_KILLS		(1ULL << 56)
/* PSI: psi_cpu_some_ns; psi_cpu_full_ns; both of io; both of memory */
#define CONTMON_CGROUP_PART_PSI_CPU_SOME	(1ULL << 57)
#define CONTMON_CGROUP_PART_PSI_CPU_FULL	(1ULL << 58) /* Linux 5.13 */
#define CONTMON_CGROUP_PART_PSI_IO		(1ULL << 59)
#define CONTMON_CGROUP_PART_PSI_MEMORY		(1ULL << 60)

/* Opens procfs and cgroupfs; no other path does this */
#define CONTMON_PROCFS "/proc"

/**
 * contmon_open() - open a source
 * @path: a device, or CONTMON_PROCFS for procfs and cgroupfs, as the only
 *	source; or NULL for CONTMON_DEVICE and, if there is none, procfs and
 *	cgroupfs. With NULL, the environment variable CONTMON_SOURCE, "driver"
 *	or "procfs", selects one of them, except in a program with more rights
 *	than its caller
 * @ret: the handle; free with contmon_close()
 *
 * Errors: -EINVAL another value of CONTMON_SOURCE. With the driver: -ENOENT no
 * such device (module not loaded), -ENODEV or -ENXIO a device node without a
 * driver (likewise), -EACCES no right to open it, -ENOTTY not a contmon device,
 * -EPROTO the driver is too old for this library, -ENOMEM.
 */
int contmon_open(const char *path, struct contmon **ret);

/** contmon_source() - the source of a handle, which never changes */
enum contmon_source contmon_source(const struct contmon *c);

/** contmon_close() - close and free; snapshots taken stay valid */
void contmon_close(struct contmon *c);

/**
 * contmon_get_info() - read the driver's version, limits and clocks
 *
 * With procfs: the groups that this source can fill, and the clocks; release is
 * "procfs", and members that only a driver has are 0.
 */
int contmon_get_info(struct contmon *c, struct contmon_get_info *ret);

/**
 * struct contmon_tasks - one snapshot of processes; owns its memory
 * @entries: @nr records in ascending order of pid
 * @nr: number of records
 * @taken_boottime_ns: when the first record was read
 * @done_boottime_ns: when the last call that filled it started
 * @stamp: the value of contmon_query.changed_since for the next snapshot; 0
 *	unless CONTMON_FILTER_CHANGED was requested
 * @nr_seen: number of tasks visited, including those that did not pass the
 *	filters; 0 from a driver without filters
 *
 * Zero-initialise it before the first use; its memory is reused.
 */
struct contmon_tasks {
	struct contmon_task *entries;
	size_t nr;
	size_t nr_allocated;	/* private */
	uint64_t taken_boottime_ns;
	uint64_t done_boottime_ns;
	uint64_t stamp;
	uint64_t nr_seen;
};

/**
 * contmon_snapshot_tasks() - every visible process
 * @fields: CONTMON_TASK_* groups
 * @flags: CONTMON_EXACT_RSS, CONTMON_THREADS; the library looks up swap by
 *	itself
 * @tasks: filled; grows as needed. After a failure it has 0 records
 *
 * Each process that exists during the whole call is reported exactly once.
 */
int contmon_snapshot_tasks(struct contmon *c, uint64_t fields, uint32_t flags,
			   struct contmon_tasks *tasks);

/**
 * struct contmon_query - filters and fields; owned by the caller
 * @fields: CONTMON_TASK_* groups
 * @flags: CONTMON_EXACT_RSS, CONTMON_THREADS and CONTMON_FILTER_*: a task must
 *	pass every filter that is set. Members of other filters are ignored
 * @uid: FILTER_UID: real user id
 * @pids: FILTER_PIDS: ids in any order; those of no task are ignored
 * @nr_pids: FILTER_PIDS: 1 to CONTMON_MAX_PIDS
 * @cgroup_id: FILTER_CGROUP: this cgroup and all below it
 * @min_rss_bytes: FILTER_RSS: minimum of RSS (anon, file and shmem)
 * @changed_since: FILTER_CHANGED: the stamp of an earlier snapshot, or 0 for
 *	all tasks
 *
 * <linux/contmon.h> describes each filter.
 */
struct contmon_query {
	uint64_t fields;
	uint32_t flags;
	uint32_t uid;
	const int32_t *pids;
	size_t nr_pids;
	uint64_t cgroup_id;
	uint64_t min_rss_bytes;
	uint64_t changed_since;
};

/**
 * contmon_query_tasks() - the tasks that pass filters
 *
 * Errors: -EOPNOTSUPP a driver without threads or filters, or an unknown bit;
 * -EINVAL an invalid number of pids, a pid below 1, a uid that the user
 * namespace does not have; -ENOENT no such cgroup; -EPROTO; -ENOMEM.
 */
int contmon_query_tasks(struct contmon *c, const struct contmon_query *query,
			struct contmon_tasks *tasks);

/**
 * contmon_reuse() - let snapshots of processes reuse records; with procfs
 * @max_age_ns: how old a record may be; 0, the default: all are read
 *
 * Reading all files of each process is what makes procfs expensive. From now on
 * a process with one thread is read again only if it has run since, if it is in
 * another cgroup, if the kernel has reclaimed any memory, or if its record is
 * too old. So what others do to a sleeping process may be seen late: its parent
 * ends, its nice value, policy or oom_score_adj is set, a process with the same
 * memory changes that, or it is woken but gets no CPU yet.
 *
 * Each process takes a descriptor, until half of RLIMIT_NOFILE is in use; any
 * more are read each time. Snapshots with CONTMON_THREADS, contmon_get_task()
 * and the driver are not affected. Errors: -ENOMEM.
 */
int contmon_reuse(struct contmon *c, uint64_t max_age_ns);

/** contmon_tasks_done() - free the memory of a snapshot */
void contmon_tasks_done(struct contmon_tasks *tasks);

/**
 * contmon_get_task() - one process
 * @flags: CONTMON_EXACT_RSS; CONTMON_THREADS: @pid may be the id of a thread
 *
 * Errors: -ESRCH no such process, -EINVAL @pid below 1.
 */
int contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
		     uint32_t flags, struct contmon_task *ret);

/**
 * contmon_read_cmdline() - the contents of /proc/PID/cmdline
 * @buffer: filled with the arguments that the process was started with, each
 *	followed by NUL, or with the title that the process has written over
 *	them, which may contain any bytes. Not NUL-terminated if it is truncated
 * @size: size of @buffer, above 0; at most CONTMON_MAX_CMDLINE is used
 * @ret_total_bytes: length of the whole text; may be NULL
 *
 * Returns the number of bytes written, 0 for a kernel thread or a zombie.
 * Errors: -ESRCH no such process, -EPERM procfs does not show it to us, -EINVAL
 * @size 0, -EOPNOTSUPP not supported by the driver.
 */
int contmon_read_cmdline(struct contmon *c, int32_t pid, char *buffer,
			 size_t size, uint64_t *ret_total_bytes);

/** struct contmon_cgroups - one snapshot of cgroups; like contmon_tasks */
struct contmon_cgroups {
	struct contmon_cgroup *entries;	/* parents before children */
	size_t nr;
	size_t nr_allocated;	/* private */
	uint64_t taken_boottime_ns;
};

/**
 * contmon_snapshot_cgroups() - every cgroup of the v2 hierarchy
 *
 * @fields: CONTMON_CGROUP_* groups
 * @flags: CONTMON_EXACT_RSS or 0
 * @ret: filled; grows as needed. After a failure it has 0 rows
 *
 * One row for each cgroup, whether or not it belongs to a container: see
 * contmon_identify(). Sums are over a cgroup's own tasks, without those of
 * cgroups below it: add these with contmon_cgroup_add(). Groups that an older
 * driver does not know are valid in no row.
 * Errors: -EOPNOTSUPP also without cgroup v2; -EMSGSIZE when cgroups are
 * created faster than they can be listed, or are more than a driver before
 * version 3 can list.
 */
int contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
			     uint32_t flags, struct contmon_cgroups *ret);

void contmon_cgroups_done(struct contmon_cgroups *cgroups);

/**
 * contmon_cgroup_add() - add the task sums of @child to those of @sum
 *
 * For summing the cgroups inside a container: adds TASKS (or its parts), EXITED
 * and CPU. Memory and pressure already include everything below.
 */
void contmon_cgroup_add(struct contmon_cgroup *sum,
			const struct contmon_cgroup *child);

/**
 * struct contmon_system - the host
 * @kernel: the driver's record
 * @swap_total_bytes: SwapTotal, from sysinfo(2)
 * @swap_free_bytes: SwapFree, from sysinfo(2)
 */
struct contmon_system {
	struct contmon_get_system kernel;
	uint64_t swap_total_bytes;
	uint64_t swap_free_bytes;
};

/**
 * contmon_get_system() - the host's numbers
 * @fields: CONTMON_SYSTEM_* groups; ret->kernel.fields has those that were
 *	filled. With procfs, a group whose file cannot be read is not filled
 * @flags: CONTMON_EXACT_RSS or 0
 */
int contmon_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		       struct contmon_system *ret);

/**
 * contmon_alloc() - reserve zero pages in this process, populated on touch
 * @length_bytes: above 0; rounded up to pages
 * @ret_address: address of the range
 * @ret_length_bytes: the rounded length; may be NULL
 *
 * Errors: -EINVAL length 0, -EOVERFLOW, -ENOMEM.
 */
int contmon_alloc(struct contmon *c, uint64_t length_bytes, void **ret_address,
		  uint64_t *ret_length_bytes);

/**
 * contmon_free() - unmap a range, like munmap(2)
 *
 * Errors: -EINVAL length 0, @address is not the beginning of a page, or the
 * range is outside the address space; -EOVERFLOW.
 */
int contmon_free(struct contmon *c, void *address, uint64_t length_bytes);

/**
 * contmon_resident() - bytes of a range that have their own page frames
 *
 * A page that was only read has none. The time grows with the length of the
 * range. Errors: as contmon_free(); -EOPNOTSUPP with procfs.
 */
int contmon_resident(struct contmon *c, const void *address,
		     uint64_t length_bytes, uint64_t *ret_bytes);

/**
 * struct contmon_events - a stream of events; opaque
 *
 * For one thread at a time, like a handle. It is independent of the handle it
 * was made with, and may be used after that was closed. A child of fork(2) may
 * only close it: both share one position in the stream, so each would miss
 * events that the other reads.
 */
struct contmon_events;

/**
 * contmon_events_open() - watch events from now on
 * @watch: which events, as in <linux/contmon.h>; the library fills size and
 *	ignores next_sequence
 * @ret: free with contmon_events_close()
 *
 * Errors: -EOPNOTSUPP the source has no events; -EINVAL a member is invalid;
 * -ESRCH no such process; -ENOENT no such cgroup; -EMFILE the user has
 * CONTMON_MAX_USER_STREAMS streams, or the process too many files; other errors
 * of open(2); -ENOMEM.
 */
int contmon_events_open(struct contmon *c, const struct contmon_watch *watch,
			struct contmon_events **ret);

/** contmon_events_close() - stop watching and free */
void contmon_events_close(struct contmon_events *events);

/**
 * contmon_events_fd() - becomes readable when there are events
 *
 * Only for poll(2) and epoll(7); it belongs to @events. Some events may already
 * have been read: wait only after contmon_events_next() has returned 0.
 */
int contmon_events_fd(const struct contmon_events *events);

/**
 * contmon_events_next() - the oldest event not returned yet
 *
 * Never waits. Returns 1 for an event, 0 when there is none now. An event with
 * dropped above 0 comes after a gap: that many were lost because they were not
 * read in time, and a new snapshot is needed to know the current state.
 * Errors: -EPROTO the driver broke its contract, -ENODEV it is gone.
 */
int contmon_events_next(struct contmon_events *events,
			struct contmon_event *ret);

/** contmon_events_dropped() - the sum of dropped over all events returned */
uint64_t contmon_events_dropped(const struct contmon_events *events);

/* The runtime of a cgroup */
enum contmon_runtime {
	CONTMON_RUNTIME_NONE,		/* not in a container: the host */
	CONTMON_RUNTIME_DOCKER,
	CONTMON_RUNTIME_CONTAINERD,
	CONTMON_RUNTIME_CRIO,
	CONTMON_RUNTIME_PODMAN,
	CONTMON_RUNTIME_LXC,
	CONTMON_RUNTIME_NSPAWN,
	CONTMON_RUNTIME_KUBERNETES,	/* a pod's container, runtime unknown */
	CONTMON_RUNTIME_NOMAD,		/* a task that Nomad runs itself */
	CONTMON_RUNTIME_UNKNOWN,	/* a container, runtime unknown */
	CONTMON_RUNTIME_BUILDKIT,	/* a build step; no engine lists it */
};

/** contmon_runtime_name() - "docker", "unknown", ...; "host" for NONE */
const char *contmon_runtime_name(enum contmon_runtime runtime);

#define CONTMON_ID_MAX 255

/**
 * struct contmon_identity - the container of a cgroup path
 * @runtime: CONTMON_RUNTIME_NONE when the path is in no container
 * @id: the runtime's id of the container: 64 hex digits, 25 digits of base 36
 *	for BuildKit, ALLOCATION.TASK for Nomad, or a name for LXC, nspawn and
 *	containerd; empty without a container. A name may contain any byte but
 *	NUL, '/' and newline: escape it before printing it
 * @pod: pod id of Kubernetes or Podman, dashes restored, or task id of ECS;
 *	empty if there is none
 * @rootless: it runs below a user's own systemd
 * @path_length: length of the path up to and including the container's own
 *	cgroup; the rest of the path is inside the container
 */
struct contmon_identity {
	enum contmon_runtime runtime;
	bool rootless;
	size_t path_length;
	char id[CONTMON_ID_MAX + 1];
	char pod[CONTMON_ID_MAX + 1];
};

/**
 * contmon_identify() - the container of a cgroup path
 * @path: from the root of the hierarchy, without the " (deleted)" that the
 *	kernel appends in /proc/PID/cgroup for a removed cgroup of v2
 *
 * A pure function of the path. The right-most match counts; helper scopes
 * (conmon, LXC monitors) are no containers. An id longer than CONTMON_ID_MAX is
 * no container. Returns 1 for a container, 0 for none (@ret is NONE).
 */
int contmon_identify(const char *path, struct contmon_identity *ret);

/**
 * contmon_identify_memberships() - the container of a process
 * @text: contents of /proc/PID/cgroup: a path in each hierarchy
 *
 * On hosts with cgroup v1, alone or beside v2, a process' cgroup in the v2
 * hierarchy may be of no container. Then its cgroup of v1's memory controller
 * counts, or, if that is not in v1, the one in v1's hierarchy of systemd. A
 * pure function of the text; path_length is that of the path that counts.
 * Returns 1 for a container, 0 for none.
 */
int contmon_identify_memberships(const char *text,
				 struct contmon_identity *ret);

/**
 * contmon_identify_process() - the same for a live process
 *
 * Reads /proc/PID/cgroup, no matter which source is open: it is for hosts with
 * cgroup v1, where records have no cgroup id, or a meaningless one. With cgroup
 * v2 alone contmon_paths_find() is cheaper: it reads no file for a known
 * cgroup. Returns 1 for a container, 0 for none. Errors: -ESRCH no such
 * process, or it is hidden; -EINVAL @pid below 1; -EMFILE and other errors of
 * open(2); -ENOMEM.
 */
int contmon_identify_process(int32_t pid, struct contmon_identity *ret);

/**
 * contmon_has_cgroup1() - are there hierarchies of cgroup v1 on this host?
 *
 * Returns 1 or 0. Errors: those of open(2) for /proc/self/cgroup; -ENOMEM.
 */
int contmon_has_cgroup1(void);

/** struct contmon_cgroup1 - the mounts of cgroup v1; opaque */
struct contmon_cgroup1;

/**
 * contmon_cgroup1_new() - find the mounts in /proc/self/mountinfo
 * @ret: free with contmon_cgroup1_free(); later mounts are not in it
 *
 * Errors: -ENOENT no hierarchy of cgroup v1 is mounted; those of open(2);
 * -ENOMEM.
 */
int contmon_cgroup1_new(struct contmon_cgroup1 **ret);
void contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1);

/**
 * contmon_cgroup1_find() - the directory of a container in a hierarchy
 * @pid: a process of the container
 * @controller: whose hierarchy: "memory", "cpuacct", ... Several controllers
 *	may share one
 * @id: the id of the container, as contmon_identify_process() returns it
 * @ret_directory: of the container's own cgroup, without a slash at its end;
 *	the caller frees it
 * @ret_root_length: length of the mount point, with which the directory
 *	begins. The rest is the path of the cgroup from there
 *
 * A process may have another path in each hierarchy. Errors: -ENOENT the
 * controller is not mounted in cgroup v1, or the process is not in this
 * container there; those of contmon_identify_process().
 */
int contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1, int32_t pid,
			 const char *controller, const char *id,
			 char **ret_directory, size_t *ret_root_length);

/**
 * struct contmon_paths - maps cgroup ids to paths; opaque
 *
 * Reads the directories below a cgroup v2 mount when an id is not known yet.
 */
struct contmon_paths;

/**
 * contmon_paths_new() - @root: a cgroup v2 mount, or NULL to find it
 *
 * Errors: -ENOENT no cgroup v2 is mounted, -ENOMEM.
 */
int contmon_paths_new(const char *root, struct contmon_paths **ret);
void contmon_paths_free(struct contmon_paths *cgroups);

/** contmon_paths_root() - the mount point; belongs to @cgroups */
const char *contmon_paths_root(const struct contmon_paths *cgroups);

/** CONTMON_PATHS_RETRY_NS - how long an unknown id is not looked up again */
#define CONTMON_PATHS_RETRY_NS 1000000000

/**
 * contmon_paths_find() - path of a cgroup from its id
 * @ret_path: from the mount point, begins with '/'; belongs to @cgroups, valid
 *	until the next call of any function on it
 *
 * The id is the inode number of the directory. If an id is not in the cache,
 * the tree is read again, but for the same id at most once in
 * CONTMON_PATHS_RETRY_NS. A path that was found stays known until
 * contmon_paths_keep() drops it, even if the cgroup is gone. Errors: -ENOENT no
 * such cgroup now, -ENOMEM.
 */
int contmon_paths_find(struct contmon_paths *cgroups, uint64_t cgroup_id,
		       const char **ret_path);

/**
 * contmon_paths_keep() - drop every cached id that is not in a snapshot
 *
 * Call it at intervals with the newest snapshot, so that the cache does not
 * grow without limit. Ids of cgroups are only reused after a reboot.
 */
void contmon_paths_keep(struct contmon_paths *cgroups,
			const struct contmon_cgroups *live);

/* Parts of struct contmon_cgroup_limits */
#define CONTMON_LIMIT_MEMORY		(1ULL << 0)
#define CONTMON_LIMIT_MEMORY_USED	(1ULL << 1)
#define CONTMON_LIMIT_SWAP		(1ULL << 2)
#define CONTMON_LIMIT_CPU		(1ULL << 3)
#define CONTMON_LIMIT_THROTTLED		(1ULL << 4)

/**
 * struct contmon_limit - a limit on one resource
 * @own: of the cgroup itself; CONTMON_UNLIMITED if it has none
 * @effective: the lowest of @own and the limits of all cgroups above it;
 *	CONTMON_UNLIMITED if there are none
 * @owner_id: the cgroup that sets @effective, the nearest one if several have
 *	the same limit; 0 if none does
 */
struct contmon_limit {
	uint64_t own;
	uint64_t effective;
	uint64_t owner_id;
};

/**
 * struct contmon_cgroup_limits - limits of a cgroup
 * @valid: CONTMON_LIMIT_* that are known; the other members are zero
 * @memory_bytes: MEMORY: memory.max
 * @memory_used_bytes: MEMORY_USED: memory.current of memory_bytes.owner_id,
 *	which counts against that limit; off without a limit
 * @swap_bytes: SWAP: memory.swap.max
 * @cpu_ns: CPU: cpu.max, as CPU time per second: 1000000000 is one CPU
 * @cpu_throttled_ns: THROTTLED: time for which cpu_ns.owner_id was throttled by
 *	its quota, throttled_usec of cpu.stat; off without a quota
 */
struct contmon_cgroup_limits {
	uint64_t valid;
	struct contmon_limit memory_bytes;
	uint64_t memory_used_bytes;
	struct contmon_limit swap_bytes;
	struct contmon_limit cpu_ns;
	uint64_t cpu_throttled_ns;
};

/**
 * struct contmon_limits - finds the effective limits of cgroups; opaque
 *
 * A cgroup may use no more than its own limits allow, and together with its
 * siblings no more than the limits of the cgroups above it. So its effective
 * limit is the lowest one on the way to the root, and may be shared.
 *
 * A cgroup for which a controller is not enabled has no limit of its own. A
 * limit that cannot be read makes the effective limit unknown, not unlimited;
 * so does a controller that is not in cgroup v2. Limits above the root of our
 * cgroup namespace, or above the mount that struct contmon_paths reads, are not
 * visible: the real limit may be lower than the reported one.
 */
struct contmon_limits;

/**
 * contmon_limits_new() - prepare for the cgroups of a snapshot
 * @paths: finds their files; must outlive @ret
 * @snapshot: with CONTMON_CGROUP_MEMCG, otherwise MEMORY and SWAP are unknown;
 *	must not change while @ret is used
 * @ret: free with contmon_limits_free()
 *
 * Errors: those of open(2) for the mount; -ENOMEM.
 */
int contmon_limits_new(struct contmon_paths *paths,
		       const struct contmon_cgroups *snapshot,
		       struct contmon_limits **ret);
void contmon_limits_free(struct contmon_limits *limits);

/**
 * contmon_limits_update() - continue with the cgroups of a later snapshot
 *
 * From now on cpu.max of each cgroup that was asked for stays open as long as
 * later snapshots have the cgroup, until a quarter of RLIMIT_NOFILE is in use:
 * its value is read each time. After an error, -ENOMEM, @limits still belong to
 * the previous snapshot.
 */
int contmon_limits_update(struct contmon_limits *limits,
			  const struct contmon_cgroups *snapshot);

/**
 * contmon_limits_get() - limits of a cgroup of the snapshot
 *
 * Reads cpu.max of the cgroup and of those above it, unless an earlier call has
 * done so, and cpu.stat of the cgroup with the effective quota.
 * Errors: -ENOENT no such cgroup in the snapshot; -EMFILE and other errors of
 * open(2) that are due to this process; -ENOMEM.
 */
int contmon_limits_get(struct contmon_limits *limits, uint64_t cgroup_id,
		       struct contmon_cgroup_limits *ret);

#ifdef __cplusplus
}
#endif

#endif /* CONTMON_H */
