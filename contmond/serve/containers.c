// SPDX-License-Identifier: GPL-2.0-only
#include "containers.h"

#include <string.h>

#include "answer.h"
#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/model/title.h"

/*
 * Marks the columns of a list, and whether it contains the host. Returns an
 * unknown word, or NULL if all are known.
 */
static const char *mark(char *list, bool *wanted, bool *wants_host)
{
	const struct column *column;
	char *word;

	while ((word = strsep(&list, ","))) {
		if (strcmp(word, "host") == 0) {
			*wants_host = true;
			continue;
		}
		column = table_find(&container_table, word);
		if (!column)
			return word;
		wanted[column - container_table.columns] = true;
	}
	return NULL;
}

static void one_metric(const struct facts *facts, const char *metric,
		       const struct words *list, struct reply *reply)
{
	const struct column *column = table_find(&container_table, metric);
	size_t i;

	if (!column || column->unit == UNIT_TEXT) {
		reply_error(reply, 404, "no such metric: %s", metric);
		return;
	}
	answer_begin(reply);
	for (i = 0; i < facts->model->nr_listed; i++) {
		const struct container_row *row =
			&model_container(facts->model, i)->row;

		if (!title_in_list(list, row->container, row->id))
			continue;
		answer_next(reply);
		emit_member(&reply->body, "container", row->container, true);
		emit_key(&reply->body, "v", false);
		emit_number(&reply->body, column_number(column, row));
		buffer_putc(&reply->body, '}');
	}
	answer_end(reply, false);
}

/* Returns the row as the request may see it; @copy is used if that differs. */
static const struct container_row *shown(const struct container_row *row,
					 const struct request *request,
					 struct container_row *copy)
{
	if (!request->hides_processes)
		return row;
	*copy = *row;
	copy->command = copy->pod_namespace = copy->compose_project =
		copy->compose_service = NULL;
	return copy;
}

/*
 * @wanted: NULL for all columns
 * @host: NULL if it is not wanted
 */
static void add_all(const struct facts *facts, const struct request *request,
		    const struct words *list, const bool *wanted,
		    const char *host, struct reply *reply)
{
	struct container_row copy;
	size_t i;

	answer_begin(reply);
	for (i = 0; i < facts->model->nr_listed; i++) {
		const struct container_row *row =
			&model_container(facts->model, i)->row;

		if (!title_in_list(list, row->container, row->id))
			continue;
		row = shown(row, request, &copy);
		if (host)
			answer_add_of_host(reply, host, &container_table,
					   wanted, row);
		else
			answer_add(reply, &container_table, wanted, row);
	}
	answer_end(reply, false);
}

void containers_handle(const struct facts *facts,
		       const struct request *request, struct reply *reply)
{
	_cleanup_words_ struct words list = { 0 };
	const char *metric = request_get(request, "metric");
	const char *fields = request_get(request, "fields");
	_cleanup_free_ char *words = fields ? strdup(fields) : NULL;
	_cleanup_free_ bool *wanted = calloc(container_table.nr_columns,
					     sizeof(*wanted));
	bool wants_host = !fields;
	const char *unknown;

	if (!wanted || (fields && !words) ||
	    words_init(&list, request_get(request, "container")) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	unknown = mark(words, wanted, &wants_host);
	if (unknown) {
		reply_error(reply, 400, "fields: no such key: %s", unknown);
		return;
	}
	if (metric) {
		one_metric(facts, metric, &list, reply);
		return;
	}
	add_all(facts, request, &list, fields ? wanted : NULL,
		wants_host ? facts->status->host : NULL, reply);
}
