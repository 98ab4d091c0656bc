// SPDX-License-Identifier: GPL-2.0-only
/* A task iterator: read() of its file returns one record for each process. */

#include "task_record.bpf.h"

char LICENSE[] SEC("license") = "GPL";

extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task,
			     unsigned int flags) __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym;

SEC("iter/task")
int task_dump(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task, *t;
	struct contmon_task rec = {};

	if (!task || task->pid != task->tgid)
		return 0;
	fill_record(&rec, task);
	if (rec.nr_threads > 1)
		bpf_for_each(task, t, task, BPF_TASK_ITER_PROC_THREADS)
			add_thread(&rec, t);
	else
		add_thread(&rec, task);
	split_runtime(&rec, task->signal);
	bpf_seq_write(ctx->meta->seq, &rec,
		      offsetof(struct contmon_task, run_delay_ns));
	return 0;
}
