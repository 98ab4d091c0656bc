// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers of a process that only the files of its threads have */
#include "proc_source.h"

#include <errno.h>

struct threads {
	struct proc_source *p;
	struct contmon_task *task;
	uint64_t run_delay_ns, timeslices;
};

/*
 * A kernel without these accounts writes zeros, but a task that ran has a
 * slice.
 */
static void fill_waits(const struct threads *threads)
{
	if (threads->timeslices == 0)
		return;
	threads->task->run_delay_ns = threads->run_delay_ns;
	threads->task->timeslices = threads->timeslices;
	threads->task->valid |= CONTMON_TASK_RUNQ;
}

static int add_waits(void *arg, const struct proc_place *place)
{
	struct threads *threads = arg;
	uint64_t waits[3];
	ssize_t n = proc_read(&threads->p->file, place->fd, "schedstat");

	if (n < 0)
		return proc_is_gone((int)n) ? 0 : (int)n;
	if (proc_parse_schedstat(threads->p->file.text, waits) < 0)
		return -EPROTO;
	threads->run_delay_ns += waits[1];
	threads->timeslices += waits[2];
	return 0;
}

int proc_read_waits(struct proc_source *p, const struct proc_place *place,
		    struct contmon_task *task)
{
	struct threads threads = { .p = p, .task = task };
	int r;

	if (place->thread)
		r = add_waits(&threads, place);
	else
		r = proc_each_task(place->fd, "task", true, add_waits,
				   &threads);
	if (r == 0)
		fill_waits(&threads);
	return r;
}

struct search {
	struct proc_source *p;
	struct proc_status *status;
};

/*
 * Returns 1 for a thread that has the memory, so the others need not be read.
 */
static int find_mem(void *arg, const struct proc_place *place)
{
	struct search *search = arg;
	ssize_t n = proc_read(&search->p->file, place->fd, "status");

	if (n < 0)
		return proc_is_gone((int)n) ? 0 : (int)n;
	if (proc_parse_status(search->p->file.text, search->status) < 0)
		return -EPROTO;
	return search->status->has_mm;
}

int proc_find_mem(struct proc_source *p, const struct proc_place *place,
		  struct proc_status *ret)
{
	struct search search = { .p = p, .status = ret };

	return proc_each_task(place->fd, place->thread ? ".." : "task", true,
			      find_mem, &search);
}
