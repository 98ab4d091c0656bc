/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes {"rows": [...], "meta": {...}} piece by piece */
#ifndef CONTMOND_SERVE_ANSWER_H
#define CONTMOND_SERVE_ANSWER_H

#include <stdbool.h>

#include "contmond/model/rows.h"
#include "reply.h"

/** answer_begin() - everything before the first row */
void answer_begin(struct reply *reply);

/** answer_next() - start a row; the caller writes it and its closing brace */
void answer_next(struct reply *reply);

/** answer_add() - write a whole row of a table; @wanted as in emit_row() */
void answer_add(struct reply *reply, const struct table *table,
		const bool *wanted, const void *row);

/** answer_add_of_host() - the same, preceded by the key "host" */
void answer_add_of_host(struct reply *reply, const char *host,
			const struct table *table, const bool *wanted,
			const void *row);

/** answer_end() - everything after the last row */
void answer_end(struct reply *reply, bool truncated);

/** answer_row() - write a whole answer with one row */
void answer_row(struct reply *reply, const struct table *table,
		const void *row);

#endif /* CONTMOND_SERVE_ANSWER_H */
