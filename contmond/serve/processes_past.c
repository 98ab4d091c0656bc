// SPDX-License-Identifier: GPL-2.0-only
#include "processes_past.h"

#include "contmond/store/past.h"
#include "moment_rows.h"

struct busy_row {
	const char *container;
	double pid;
	double start_ms;
	const char *comm;
	double cpu_cores;
	double rss_bytes;
};

#define ROW busy_row
static const struct column columns[] = {
	COLUMN(container, UNIT_TEXT),
	COLUMN(pid, UNIT_ID),
	COLUMN(start_ms, UNIT_TIME),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(rss_bytes, UNIT_BYTES),
};
#undef ROW

static const struct table busy_table = TABLE(columns);

static int add(const struct past_process *process, void *userdata)
{
	const struct busy_row row = {
		.container = process->container,
		.pid = (double)process->pid,
		.start_ms = (double)process->start_ms,
		.comm = process->comm,
		.cpu_cores = process->cpu_cores,
		.rss_bytes = process->rss_bytes,
	};

	return moment_rows_add(userdata, &row);
}

static int compare(const void *a, const void *b)
{
	const struct busy_row *x = a, *y = b;

	return past_order(x->cpu_cores, y->cpu_cores) ?:
	       past_order(x->rss_bytes, y->rss_bytes);
}

void processes_past_handle(const struct facts *facts,
			   const struct request *request, struct reply *reply)
{
	struct moment_rows rows = { &busy_table, sizeof(struct busy_row),
				    compare, false, NULL, 0 };
	struct past_moment moment;
	int64_t at_ms;
	int r;

	if (!moment_rows_read_at(request, reply, &at_ms))
		return;
	r = store_processes(facts->store, at_ms,
			    request_get(request, "container"), add, &rows,
			    &moment);
	moment_rows_answer(&rows, r, &moment, reply);
}
