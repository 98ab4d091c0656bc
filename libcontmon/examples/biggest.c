// SPDX-License-Identifier: LGPL-2.1-or-later
/* biggest: the ten processes that have the most memory committed */
#include <contmon.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 10

static uint64_t rss(const struct contmon_task *task)
{
	return task->rss_anon_bytes + task->rss_file_bytes +
	       task->rss_shmem_bytes;
}

/* Tasks without memory of their own, such as kernel threads, come last. */
static int compare(const void *a, const void *b)
{
	const struct contmon_task *x = (const struct contmon_task *)a;
	const struct contmon_task *y = (const struct contmon_task *)b;
	uint64_t rss_x = x->valid & CONTMON_TASK_MEM ? rss(x) : 0;
	uint64_t rss_y = y->valid & CONTMON_TASK_MEM ? rss(y) : 0;

	return rss_x < rss_y ? 1 : rss_x > rss_y ? -1 : x->pid - y->pid;
}

/* A process chooses its name, which may contain any byte. */
static void print_name(const struct contmon_task *task)
{
	size_t i;

	for (i = 0; i < sizeof(task->comm) && task->comm[i]; i++)
		putchar(task->comm[i] > ' ' && task->comm[i] < 0x7f ?
			task->comm[i] : '?');
	putchar('\n');
}

int main(void)
{
	struct contmon_tasks tasks;
	struct contmon *c = NULL;
	size_t i;
	int r;

	memset(&tasks, 0, sizeof(tasks));
	r = contmon_open(NULL, &c);
	if (r == 0)
		r = contmon_snapshot_tasks(c, CONTMON_TASK_MEM, 0, &tasks);
	if (r < 0) {
		fprintf(stderr, "biggest: %s\n", strerror(-r));
		contmon_close(c);
		return 1;
	}

	/* tasks.entries is NULL when there are none. */
	if (tasks.nr)
		qsort(tasks.entries, tasks.nr, sizeof(*tasks.entries), compare);
	for (i = 0; i < tasks.nr && i < LINES; i++) {
		const struct contmon_task *task = &tasks.entries[i];

		if (!(task->valid & CONTMON_TASK_MEM))
			break;
		printf("%d %" PRIu64 " ", task->pid, rss(task));
		print_name(task);
	}

	contmon_tasks_done(&tasks);
	contmon_close(c);
	return 0;
}
