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
	struct words containers;
	struct words pids;
	const struct column *sort;
	uint64_t limit;
};

/* A process that passes the filters, and its value of the sort key */
struct candidate {
	double key;
	size_t i;
};

static void wish_done(struct wish *wish)
{
	words_done(&wish->containers);
	words_done(&wish->pids);
}

/* Is each word of the list a valid pid? */
static bool are_pids(const struct words *list, struct reply *reply)
{
	char word[16];
	uint64_t pid;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		size_t length = strcspn(list->starts[i], ",");

		snprintf(word, sizeof(word), "%.*s", (int)length,
			 list->starts[i]);
		if (length < sizeof(word) && *word != '0' &&
		    text_to_u64(word, 1, INT32_MAX, &pid) == 0)
			continue;
		reply_error(reply, 400, "pid: not a number from 1 to %d: %s",
			    INT32_MAX, word);
		return false;
	}
	return true;
}

static bool read_wish(const struct request *request, struct reply *reply,
		      struct wish *wish)
{
	const char *sort = request_get(request, "sort") ?: DEFAULT_SORT;

	if (words_init(&wish->containers,
		       request_get(request, "container")) < 0 ||
	    words_init(&wish->pids, request_get(request, "pid")) < 0) {
		reply_error(reply, 503, "out of memory");
		return false;
	}
	wish->sort = table_find(&process_table, sort);
	if (!wish->sort || wish->sort->unit == UNIT_TEXT) {
		reply_error(reply, 400, "sort: no such numeric key: %s", sort);
		return false;
	}
	return are_pids(&wish->pids, reply) &&
	       range_read_limit(request, reply, &wish->limit);
}

/* The container may be unknown; outside of containers there is no id. */
static bool is_in_container(const struct process_row *row,
			    const struct words *list)
{
	if (!row->container)
		return !list->list;
	return title_in_list(list, row->container, row->container_id);
}

static bool has_pid(const struct process_row *row, const struct words *list)
{
	char pid[16];

	if (!list->list)
		return true;
	snprintf(pid, sizeof(pid), "%d", (int)row->pid);
	return words_have(list, pid);
}

/* Largest first, unknown last; equal ones in order of pid */
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
		if (!is_in_container(&process.row, &wish->containers) ||
		    !has_pid(&process.row, &wish->pids))
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
	_cleanup_(wish_done) struct wish wish = { 0 };
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
