// SPDX-License-Identifier: GPL-2.0-only
#include "moment_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/clock.h"
#include "contmond/model/emit.h"
#include "range.h"

bool moment_rows_read_at(const struct request *request, struct reply *reply,
			 int64_t *ret_ms)
{
	*ret_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	return range_read_ms(request, reply, "at", ret_ms);
}

static char **text_of(const struct column *column, char *row)
{
	return (char **)(void *)(row + column->offset);
}

static void free_texts(const struct table *table, char *row)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		if (table->columns[i].unit == UNIT_TEXT)
			free(*text_of(&table->columns[i], row));
	}
}

/* Returns false if there is no memory; then texts without a copy are NULL. */
static bool copy_texts(const struct table *table, char *row)
{
	bool is_complete = true;
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];
		char **text = text_of(column, row);

		if (column->unit != UNIT_TEXT)
			continue;
		*text = is_complete ? strdup(*text) : NULL;
		is_complete = *text;
	}
	return is_complete;
}

int moment_rows_add(struct moment_rows *rows, const void *row)
{
	char *all = reallocarray(rows->all, rows->nr + 1, rows->row_size);
	char *added;

	if (!all)
		return -ENOMEM;
	rows->all = all;
	added = all + rows->nr++ * rows->row_size;
	memcpy(added, row, rows->row_size);
	return copy_texts(rows->table, added) ? 0 : -ENOMEM;
}

static void write_meta(const struct moment_rows *rows,
		       const struct past_moment *moment, struct buffer *body)
{
	buffer_puts(body, "],\"meta\":{");
	emit_key(body, "t", true);
	emit_number(body, moment ? (double)moment->t_ms : (double)NAN);
	emit_key(body, "width_ms", false);
	emit_number(body, moment ? (double)moment->width_ms : (double)NAN);
	if (rows->of_commands)
		buffer_puts(body, moment && moment->commands_known ?
			    ",\"known\":true" : ",\"known\":false");
	buffer_puts(body, ",\"truncated\":false}}\n");
}

static void write_all(struct moment_rows *rows,
		      const struct past_moment *moment, struct reply *reply)
{
	size_t i;

	if (rows->nr > 0)
		qsort(rows->all, rows->nr, rows->row_size, rows->compare);
	answer_begin(reply);
	for (i = 0; i < rows->nr; i++)
		answer_add(reply, rows->table, NULL,
			   rows->all + i * rows->row_size);
	write_meta(rows, moment, &reply->body);
}

void moment_rows_answer(struct moment_rows *rows, int r,
			const struct past_moment *moment, struct reply *reply)
{
	size_t i;

	if (r < 0 && r != -ENOENT)
		reply_past_error(reply, r);
	else
		write_all(rows, r == 0 ? moment : NULL, reply);
	for (i = 0; i < rows->nr; i++)
		free_texts(rows->table, rows->all + i * rows->row_size);
	free(rows->all);
}
