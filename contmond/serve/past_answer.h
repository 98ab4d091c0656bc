/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers whose rows the store hands over one by one. */
#ifndef CONTMOND_SERVE_PAST_ANSWER_H
#define CONTMOND_SERVE_PAST_ANSWER_H

#include "contmond/store/past.h"
#include "facts.h"

/**
 * struct past_answer - one that is being written
 * @query: what the request asks the store for, and one row more than the limit
 * @limit: rows to write
 * @nr: rows written
 * @truncated: there was a row more
 */
struct past_answer {
	struct reply *reply;
	struct past_query query;
	uint64_t limit;
	uint64_t nr;
	bool truncated;
};

/** past_answer_begin() - read the parameters; false when one is wrong */
bool past_answer_begin(struct past_answer *answer,
		       const struct request *request, struct reply *reply);

/** past_answer_add() - a row, unless there are enough of them */
void past_answer_add(struct past_answer *answer, const struct table *table,
		     const void *row);

/** past_answer_end() - @r: what the store returned */
void past_answer_end(struct past_answer *answer, int r);

#endif /* CONTMOND_SERVE_PAST_ANSWER_H */
