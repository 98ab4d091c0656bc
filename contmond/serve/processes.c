// SPDX-License-Identifier: GPL-2.0-only
#include "processes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/text.h"
#include "base/util.h"
#include "contmond/model/title.h"
#include "range.h"

#define DEFAULT_SORT "cpu_cores"

struct wish {
	const char *containers;
	const char *pids;
	const struct column *sort;
	uint64_t limit;
};

/* A process that is wanted, and its value of the sort key */
struct candidate {
	double key;
	size_t i;
};

static bool read_wish(const struct request *request, struct reply *reply,
		      struct wish *wish)
{
	const char *sort = request_get(request, "sort") ?: DEFAULT_SORT;

	wish->containers = request_get(request, "container");
	wish->pids = request_get(request, "pid");
	wish->sort = table_find(&process_table, sort);
	if (!wish->sort || wish->sort->unit == UNIT_TEXT) {
		reply_error(reply, 400, "sort: no such numeric key: %s", sort);
		return false;
	}
	return range_read_limit(request, reply, &wish->limit);
}

/* Where a process is may be unknown; outside of all containers it has no id. */
static bool is_in_container(const struct process_row *row, const char *list)
{
	if (!row->container)
		return false;
	return title_in_list(list, row->container,
			     row->container_id ?: row->container);
}

static bool has_pid(const struct process_row *row, const char *list)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)row->pid);
	return text_in_list(list, pid);
}

/* Largest first, unknown last; else in the order of pids. */
static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (isnan(x->key) != isnan(y->key))
		return isnan(x->key) ? 1 : -1;
	if (x->key < y->key)
		return 1;
	if (x->key > y->key)
		return -1;
	return (x->i > y->i) - (x->i < y->i);
}

static size_t choose(const struct facts *facts, const struct wish *wish,
		     struct candidate *candidates)
{
	struct model_process process;
	size_t i, nr = 0;

	for (i = 0; i < facts->model->sample->tasks.nr; i++) {
		model_process(facts->model, i, &process);
		if (wish->containers &&
		    !is_in_container(&process.row, wish->containers))
			continue;
		if (wish->pids && !has_pid(&process.row, wish->pids))
			continue;
		candidates[nr].key = column_number(wish->sort, &process.row);
		candidates[nr++].i = i;
	}
	qsort(candidates, nr, sizeof(*candidates), compare);
	return nr;
}

void processes_handle(const struct facts *facts,
		      const struct request *request, struct reply *reply)
{
	_cleanup_free_ struct candidate *candidates = NULL;
	struct model_process process;
	struct wish wish;
	size_t i, nr;

	if (!read_wish(request, reply, &wish))
		return;
	candidates = calloc(facts->model->sample->tasks.nr + 1,
			    sizeof(*candidates));
	if (!candidates) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	nr = choose(facts, &wish, candidates);
	answer_begin(reply);
	for (i = 0; i < nr && i < wish.limit; i++) {
		model_process(facts->model, candidates[i].i, &process);
		answer_add(reply, &process_table, NULL, &process.row);
	}
	answer_end(reply, nr > wish.limit);
}
