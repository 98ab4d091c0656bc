// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parses /proc/PID/stat. The name is in parentheses and may contain any byte,
 * so it ends at the last closing parenthesis.
 */
#include "proc_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of fields, as proc(5) counts them */
enum {
	PPID = 4, FLAGS = 9, MINFLT = 10, MAJFLT = 12, UTIME = 14, STIME = 15,
	NICE = 19, NUM_THREADS = 20, STARTTIME = 22, PROCESSOR = 39,
	RT_PRIORITY = 40, POLICY = 41,
	NR_FIELDS
};

/* The fields from PPID on. Negative ones are stored as two's complement. */
static int parse_fields(const char *s, uint64_t v[NR_FIELDS])
{
	char *end;
	int i;

	for (i = PPID; i < NR_FIELDS; i++) {
		if (*s++ != ' ')
			return -EPROTO;
		if (!isdigit((unsigned char)s[*s == '-']))
			return -EPROTO;
		errno = 0;
		v[i] = strtoull(s, &end, 10);
		if (errno)
			return -EPROTO;
		s = end;
	}
	return 0;
}

/*
 * No field may be truncated or negative, or overflow later; only nice may be
 * negative.
 */
static bool in_range(const uint64_t v[NR_FIELDS])
{
	static const uint64_t max[NR_FIELDS] = {
		[PPID] = INT32_MAX, [FLAGS] = UINT32_MAX,
		[MINFLT] = INT64_MAX, [MAJFLT] = INT64_MAX,
		[UTIME] = PROC_MAX_TICKS, [STIME] = PROC_MAX_TICKS,
		[NUM_THREADS] = INT32_MAX, [STARTTIME] = PROC_MAX_TICKS,
		[PROCESSOR] = INT32_MAX, [RT_PRIORITY] = INT32_MAX,
		[POLICY] = INT32_MAX,
	};
	int i;

	for (i = PPID; i < NR_FIELDS; i++)
		if (max[i] && v[i] > max[i])
			return false;
	return v[NICE] + 20 < 40 && v[UTIME] + v[STIME] <= PROC_MAX_TICKS;
}

static void set_comm(const char *from, size_t length, struct proc_stat *stat)
{
	if (length >= sizeof(stat->comm))
		length = sizeof(stat->comm) - 1;
	memcpy(stat->comm, from, length);
}

int proc_parse_stat(const char *text, size_t length, struct proc_stat *ret)
{
	const char *open = memchr(text, '(', length);
	const char *close = memrchr(text, ')', length);
	struct proc_stat stat = { 0 };
	uint64_t v[NR_FIELDS];

	if (!open || !close || close < open || close[1] != ' ' ||
	    !isalpha((unsigned char)close[2]))
		return -EPROTO;
	if (parse_fields(close + 3, v) < 0 || !in_range(v))
		return -EPROTO;

	set_comm(open + 1, (size_t)(close - open) - 1, &stat);
	stat.state = close[2];
	stat.ppid = (int32_t)v[PPID];
	stat.flags = (uint32_t)v[FLAGS];
	stat.minor_faults = v[MINFLT];
	stat.major_faults = v[MAJFLT];
	stat.utime_ticks = v[UTIME];
	stat.stime_ticks = v[STIME];
	stat.nice = (int32_t)v[NICE];
	stat.nr_threads = (uint32_t)v[NUM_THREADS];
	stat.start_ticks = v[STARTTIME];
	stat.last_cpu = (uint32_t)v[PROCESSOR];
	stat.rt_priority = (uint32_t)v[RT_PRIORITY];
	stat.policy = (uint32_t)v[POLICY];
	*ret = stat;
	return 0;
}
