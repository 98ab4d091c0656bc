/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_USAGE_H
#define CONTMON_USAGE_H

#include <linux/types.h>

struct task_struct;

/**
 * struct contmon_usage - counters that only grow, all u64
 *
 * In the order in which the uAPI has them in struct contmon_task, in the sums
 * and in the exited_ part of struct contmon_container, so that each of those
 * is one of these: see contmon_usage_of().
 */
struct contmon_usage {
	u64 utime_ns;
	u64 stime_ns;
	u64 runtime_ns;
	u64 minor_faults;
	u64 major_faults;
	u64 voluntary_switches;
	u64 involuntary_switches;
	u64 read_chars;
	u64 write_chars;
	u64 read_syscalls;
	u64 write_syscalls;
	u64 read_bytes;
	u64 write_bytes;
	u64 cancelled_write_bytes;
};

/* The usage that begins at @first and ends with @last in the record @rec */
#define contmon_usage_of(rec, first, last) ({				\
	BUILD_BUG_ON(offsetof(typeof(*(rec)), last) + sizeof(u64) -	\
		     offsetof(typeof(*(rec)), first) !=			\
		     sizeof(struct contmon_usage));			\
	(struct contmon_usage *)&(rec)->first;				\
})

void contmon_usage_process(struct contmon_usage *usage,
			   struct task_struct *leader, bool io);
void contmon_usage_thread(struct contmon_usage *usage, struct task_struct *t,
			  bool io);
void contmon_usage_add(struct contmon_usage *sum,
		       const struct contmon_usage *usage);

#endif /* CONTMON_USAGE_H */
