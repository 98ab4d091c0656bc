/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_PROCESS_H
#define CONTMON_ROWS_PROCESS_H

#include "contmon/table/row.h"

/**
 * struct cli_process - a row of `contmon ps`
 * @row: its id is the pid; a thread has its own id, and its process as parent
 * @task: belongs to the snapshot
 * @comm: of @task, NUL-terminated
 * @start_ms: when it was started, since 1970
 */
struct cli_process {
	struct cli_row row;	/* first member */
	const struct contmon_task *task;
	char comm[17];
	int64_t start_ms;
};

/** struct cli_processes - owns its memory; zero-initialise it */
struct cli_processes {
	struct cli_process *v;
	size_t nr;
	size_t nr_allocated;	/* private */
};

/* One row for each of @nr tasks. Memory is reused. Returns 0 or -ENOMEM. */
int cli_processes_fill(struct cli_processes *processes,
		       const struct contmon_task *tasks, size_t nr,
		       struct cgroups *cgroups);
void cli_processes_done(struct cli_processes *processes);

/* Committed memory: the three parts of RSS */
uint64_t cli_task_rss_bytes(const struct contmon_task *task);

/* The name of a user, else the digits of the id; cached */
const char *cli_user_name(uint32_t uid);

#endif /* CONTMON_ROWS_PROCESS_H */
