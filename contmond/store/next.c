// SPDX-License-Identifier: GPL-2.0-only
/* Finds the first moment at or after a given time. */
#include "past.h"

#include <errno.h>
#include <stdlib.h>

#include "chunk.h"
#include "internal.h"

static void take(int64_t t_ms, int64_t from_ms, int64_t *first_ms)
{
	if (t_ms >= from_ms && t_ms < *first_ms)
		*first_ms = t_ms;
}

static int next_frame(struct view *view, int64_t from_ms, int64_t *first_ms)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT t_ms FROM frame "
			   "WHERE t_ms >= ?1 ORDER BY t_ms LIMIT 1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, from_ms);
	r = db_step(statement);
	if (r == 1)
		take(sqlite3_column_int64(statement, 0), from_ms, first_ms);
	return r < 0 ? r : 0;
}

/* The columns of @statement are begin_seq and moments. */
static int read_span(struct view *view, sqlite3_stmt *statement,
		     int64_t from_ms, int64_t *first_ms)
{
	struct timeline timeline = { 0 };
	struct reader bytes;
	int r = unpack(view->store->unpacker,
		       sqlite3_column_blob(statement, 1),
		       (size_t)sqlite3_column_bytes(statement, 1), &bytes);
	size_t i;

	if (r == 0)
		r = timeline_read(&bytes, (uint64_t)
				  sqlite3_column_int64(statement, 0),
				  &timeline);
	for (i = 0; r == 0 && i < timeline.nr; i++)
		take(timeline.all[i].t_ms, from_ms, first_ms);
	free(timeline.all);
	/* A damaged span is treated as if it had no moments. */
	return r == -EBADMSG ? 0 : r;
}

/* Reads spans until one begins after a moment that was already found. */
static int next_in_spans(struct view *view, int64_t from_ms,
			 int64_t *first_ms)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT begin_seq, moments, begin_ms "
			   "FROM span WHERE end_ms >= ?1 ORDER BY begin_ms",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, from_ms);
	while (r == 0 && (r = db_step(statement)) == 1) {
		if (sqlite3_column_int64(statement, 2) >= *first_ms)
			return 0;
		r = read_span(view, statement, from_ms, first_ms);
	}
	return r;
}

int store_next(struct store *store, int64_t t_ms, int64_t *ret)
{
	int64_t first_ms = INT64_MAX;
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = next_frame(&view, t_ms, &first_ms);
	if (r == 0)
		r = next_in_spans(&view, t_ms, &first_ms);
	view_end(&view, r);
	if (r < 0)
		return r;
	if (first_ms == INT64_MAX)
		return -ENOENT;
	*ret = first_ms;
	return 0;
}
