// SPDX-License-Identifier: GPL-2.0-only
#include "past_answer.h"

#include <string.h>

#include "answer.h"
#include "range.h"

static bool read_after(const struct request *request, struct reply *reply,
		       struct past_query *query)
{
	const char *text = request_get(request, "after");

	query->oldest_first = text;
	return !text || range_read_seq("after", text, reply,
				       &query->after_seq);
}

bool past_answer_begin(struct past_answer *answer, const struct facts *facts,
		       const struct table *table,
		       const struct request *request, struct reply *reply)
{
	struct past_query *query = &answer->query;

	*answer = (struct past_answer){
		.reply = reply,
		.host = facts->status->host,
		.table = table,
		.hides_processes = request->hides_processes,
		.query = {
			.to_ms = INT64_MAX,
			.containers = request_get(request, "container"),
			.kinds = request_get(request, "kind"),
		},
	};
	if (!range_read(request, reply, &query->from_ms, &query->to_ms) ||
	    !range_read_limit(request, reply, &answer->limit) ||
	    !read_after(request, reply, query))
		return false;
	query->max_rows = answer->limit + 1;
	answer_begin(reply);
	return true;
}

void past_answer_add(struct past_answer *answer, const void *row)
{
	if (answer->nr == answer->limit) {
		answer->truncated = true;
		return;
	}
	answer->nr++;
	answer_add_of_host(answer->reply, answer->host, answer->table, NULL,
			   row);
}

void past_answer_end(struct past_answer *answer, int r)
{
	if (r < 0)
		reply_past_error(answer->reply, r);
	else
		answer_end(answer->reply, answer->truncated);
}

static int add(const void *row, void *userdata)
{
	past_answer_add(userdata, row);
	return 0;
}

void past_answer(const struct facts *facts, const struct request *request,
		 struct reply *reply, const struct table *table,
		 past_fetch_fn *fetch)
{
	struct past_answer answer;

	if (past_answer_begin(&answer, facts, table, request, reply))
		past_answer_end(&answer, fetch(facts->store, &answer.query,
					       add, &answer));
}
