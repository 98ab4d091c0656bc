/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers with rows that the store reads one at a time */
#ifndef CONTMOND_SERVE_PAST_ANSWER_H
#define CONTMOND_SERVE_PAST_ANSWER_H

#include "contmond/store/past.h"
#include "facts.h"

/**
 * struct past_answer - an answer that is being written
 * @host: the host that the rows are about
 * @table: the columns of its rows
 * @query: from the parameters of the request; asks for one row more than @limit
 * @limit: maximum number of rows
 * @nr: number of rows written so far
 * @truncated: the store had more rows
 * @hides_processes: as in the request
 */
struct past_answer {
	struct reply *reply;
	const char *host;
	const struct table *table;
	struct past_query query;
	uint64_t limit;
	uint64_t nr;
	bool truncated;
	bool hides_processes;
};

/** past_answer_begin() - read the parameters; returns false if one is wrong */
bool past_answer_begin(struct past_answer *answer, const struct facts *facts,
		       const struct table *table,
		       const struct request *request, struct reply *reply);

/** past_answer_add() - add a row, unless the limit is reached */
void past_answer_add(struct past_answer *answer, const void *row);

/** past_answer_end() - @r: what the store returned */
void past_answer_end(struct past_answer *answer, int r);

/** past_answer() - write a whole answer; @fetch finds rows of @table */
void past_answer(const struct facts *facts, const struct request *request,
		 struct reply *reply, const struct table *table,
		 past_fetch_fn *fetch);

#endif /* CONTMOND_SERVE_PAST_ANSWER_H */
