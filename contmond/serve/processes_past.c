// SPDX-License-Identifier: GPL-2.0-only
#include "processes_past.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/clock.h"
#include "contmond/model/emit.h"
#include "contmond/store/past.h"
#include "range.h"

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

/* Rows are collected to sort them; their strings are malloced. */
struct busy_list {
	struct busy_row *all;
	size_t nr;
};

static int add(const struct past_process *process, void *userdata)
{
	struct busy_list *list = userdata;
	struct busy_row *grown = reallocarray(list->all, list->nr + 1,
					      sizeof(*grown));
	struct busy_row row = {
		.container = strdup(process->container),
		.pid = (double)process->pid,
		.start_ms = (double)process->start_ms,
		.comm = strdup(process->comm),
		.cpu_cores = process->cpu_cores,
		.rss_bytes = process->rss_bytes,
	};

	if (grown)
		list->all = grown;
	if (!grown || !row.container || !row.comm) {
		free((char *)row.container);
		free((char *)row.comm);
		return -ENOMEM;
	}
	list->all[list->nr++] = row;
	return 0;
}

static void list_done(struct busy_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		free((char *)list->all[i].container);
		free((char *)list->all[i].comm);
	}
	free(list->all);
}

static int compare(const void *a, const void *b)
{
	const struct busy_row *x = a, *y = b;

	if (x->cpu_cores != y->cpu_cores)
		return x->cpu_cores < y->cpu_cores ? 1 : -1;
	return (x->rss_bytes < y->rss_bytes) - (x->rss_bytes > y->rss_bytes);
}

static void write_all(const struct busy_list *list, double t, double width_ms,
		      struct reply *reply)
{
	struct buffer *body = &reply->body;
	size_t i;

	answer_begin(reply);
	for (i = 0; i < list->nr; i++)
		answer_add(reply, &busy_table, NULL, &list->all[i]);
	buffer_puts(body, "],\"meta\":{");
	emit_key(body, "t", true);
	emit_number(body, t);
	emit_key(body, "width_ms", false);
	emit_number(body, width_ms);
	buffer_puts(body, ",\"truncated\":false}}\n");
}

void processes_past_handle(const struct facts *facts,
			   const struct request *request, struct reply *reply)
{
	int64_t at_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	struct busy_list list = { 0 };
	struct past_moment moment;
	int r;

	if (!range_read_ms(request, reply, "at", &at_ms))
		return;
	r = store_processes(facts->store, at_ms,
			    request_get(request, "container"), add, &list,
			    &moment);
	if (r < 0 && r != -ENOENT) {
		reply_past_error(reply, r);
	} else {
		if (list.nr > 0)
			qsort(list.all, list.nr, sizeof(*list.all), compare);
		write_all(&list, r == 0 ? (double)moment.t_ms : NAN,
			  r == 0 ? (double)moment.width_ms : NAN, reply);
	}
	list_done(&list);
}
