/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parsers for files of procfs and cgroupfs. All are pure functions of a
 * NUL-terminated text, and change their result only on success. They return 0,
 * or -EPROTO for a text that the kernel would not write.
 */
#ifndef CONTMON_PROC_TEXT_H
#define CONTMON_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel counts nanoseconds in 64 bits; a tick is 10 ms or less. */
#define PROC_MAX_TICKS (UINT64_MAX / 10000000)

/**
 * struct proc_stat - the relevant fields of /proc/PID/stat
 * @flags: PF_* of the kernel
 *
 * Times are in ticks of sysconf(_SC_CLK_TCK).
 */
struct proc_stat {
	char comm[16];
	char state;
	int32_t ppid;
	uint32_t flags;
	uint64_t minor_faults;
	uint64_t major_faults;
	uint64_t utime_ticks;
	uint64_t stime_ticks;
	int32_t nice;
	uint32_t nr_threads;
	uint64_t start_ticks;
	uint32_t last_cpu;
	uint32_t rt_priority;
	uint32_t policy;
};

/* @length: of @text, whose comm may contain any byte, including parentheses */
int proc_parse_stat(const char *text, size_t length, struct proc_stat *ret);

/**
 * struct proc_status - /proc/PID/status; sizes in bytes
 * @has_mm: the sizes are set; false for kernel threads and zombies
 */
struct proc_status {
	int32_t tgid;
	uint32_t uid, euid, gid, egid;
	bool has_mm;
	uint64_t vsz, rss_anon, rss_file, rss_shmem, swap, pgtables, locked;
	uint64_t rss_peak;
	uint64_t voluntary_switches, involuntary_switches;
};

int proc_parse_status(const char *text, struct proc_status *ret);

/*
 * The number after @key, which is at the start of a line and includes its
 * separator: "rchar:", or "oom ", which does not match "oom_kill ".
 */
int proc_parse_number(const char *text, const char *key, uint64_t *ret);

/* The first @nr numbers of such a line; after a failure @ret is undefined. */
int proc_parse_numbers(const char *text, const char *key, uint64_t *ret,
		       size_t nr);

/* The same for a size such as "VmSize:	 17 kB", in bytes */
int proc_parse_size(const char *text, const char *key, uint64_t *ret);

/* /proc/PID/task/TID/schedstat: three numbers */
int proc_parse_schedstat(const char *text, uint64_t ret[3]);

/* A number by itself; "max" is CONTMON_UNLIMITED. */
int proc_parse_limit(const char *text, uint64_t *ret);

/* cpu.max, as CPU time per second; "max" is CONTMON_UNLIMITED. */
int proc_parse_quota(const char *text, uint64_t *ret_ns);

/* "total" on the line of *.pressure that starts with @kind, in ns */
int proc_parse_pressure(const char *text, const char *kind, uint64_t *ret_ns);

/* Load averages of /proc/loadavg, in thousandths */
int proc_parse_loadavg(const char *text, uint32_t ret_milli[3]);

/* Up to 8 numbers of the line "cpu" of /proc/stat, in ticks */
int proc_parse_cpu(const char *text, uint64_t ret_ticks[8]);

/*
 * The path in the v2 hierarchy from /proc/PID/cgroup, as a part of @text, not
 * NUL-terminated. It ends with " (deleted)" if the cgroup was removed, as its
 * name may, too. Returns -ENOENT if it is in no cgroup, or in an invisible one.
 */
int proc_parse_cgroup(const char *text, const char **ret_path,
		      size_t *ret_length);

/* "pid:[4026531836]" */
int proc_parse_namespace(const char *text, uint32_t *ret);

#endif /* CONTMON_PROC_TEXT_H */
