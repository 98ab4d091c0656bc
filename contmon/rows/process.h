/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_PROCESS_H
#define CONTMON_ROWS_PROCESS_H

#include "contmon/table/column.h"

/**
 * struct cli_process - a row of `contmon ps`
 * @row: its id is the pid; a thread's is its own, its parent is the process
 * @task: belongs to the snapshot
 * @comm: of @task, ended by NUL
 */
struct cli_process {
	struct cli_row row;	/* first */
	const struct contmon_task *task;
	char comm[17];
};

/** struct cli_processes - owns its memory; zero-initialise it */
struct cli_processes {
	struct cli_process *v;
	size_t nr;
	size_t nr_allocated;	/* private */
};

/*
 * One row for each of @nr tasks. Used again, it keeps its memory. Returns 0 or
 * -ENOMEM.
 */
int cli_processes_fill(struct cli_processes *processes,
		       const struct contmon_task *tasks, size_t nr,
		       struct cli_cgroups *cgroups);
void cli_processes_done(struct cli_processes *processes);

/* Committed memory: the three parts of RSS */
uint64_t cli_task_rss_bytes(const struct contmon_task *task);

/* The name that belongs to a user id, or its digits; remembered for good */
const char *cli_user_name(uint32_t uid);

/* What `contmon ps` can show, and what `contmon top` does */
extern const struct cli_column cli_process_columns[];
extern const struct cli_column cli_top_process_columns[];

#define CLI_PS_COLUMNS							\
	"pid,ppid,user,state,container,vsz,rss,rss%,swap,cpu,oom,adj,command"
#define CLI_THREADS_COLUMNS						\
	"pid,tid,user,state,container,cpu,nice,lastcpu,command"

#endif /* CONTMON_ROWS_PROCESS_H */
