/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers with the rows of one moment of the past, which are sorted first */
#ifndef CONTMOND_SERVE_MOMENT_ROWS_H
#define CONTMOND_SERVE_MOMENT_ROWS_H

#include "contmond/model/rows.h"
#include "contmond/store/past.h"
#include "reply.h"
#include "request.h"

/**
 * struct moment_rows - set the first four members
 * @table: the columns of its rows
 * @row_size: size of a row
 * @compare: order of the rows, as for qsort()
 * @of_commands: `known` of the answer tells whether they are
 * @all: rows with texts of their own
 */
struct moment_rows {
	const struct table *table;
	size_t row_size;
	int (*compare)(const void *a, const void *b);
	bool of_commands;
	char *all;
	size_t nr;
};

/**
 * moment_rows_read_at() - read the moment, by default now; false if it is
 * invalid
 */
bool moment_rows_read_at(const struct request *request, struct reply *reply,
			 int64_t *ret_ms);

/** moment_rows_add() - add a copy of a row. Returns 0 or -ENOMEM */
int moment_rows_add(struct moment_rows *rows, const void *row);

/**
 * moment_rows_answer() - write the whole answer, and free the rows
 * @r: what the store returned; with 0 @moment is what it found
 */
void moment_rows_answer(struct moment_rows *rows, int r,
			const struct past_moment *moment, struct reply *reply);

#endif /* CONTMOND_SERVE_MOMENT_ROWS_H */
