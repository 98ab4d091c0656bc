// SPDX-License-Identifier: GPL-2.0-only
#include "ticks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "base/util.h"
#include "frames.h"
#include "teller.h"
#include "tier.h"

size_t teller_width(const struct teller *teller, bool is_host)
{
	return is_host ? teller->query->nr_host : teller->query->nr_containers;
}

const struct teller_column *teller_columns(const struct teller *teller,
					   bool is_host)
{
	return teller->columns + (is_host ? teller->query->nr_containers : 0);
}

double teller_value(const struct teller_column *column,
		    const struct kept *kept, const struct cell *cell)
{
	if (cell->n == 0)
		return NAN;
	if (!column->is_rate)
		return kept_number(kept, (double)cell->v);
	if (cell->ms == 0)
		return NAN;
	return kept_number(kept, (double)cell->gain) / cell->ms * 1000;
}

static void set_column(struct teller_column *to, const struct column *column,
		       bool is_host)
{
	struct derived derived = { 0 };

	if (!is_host)
		derived = derived_find(column->key);
	to->is_rate = derived.how == DERIVED_RATE;
	snprintf(to->metric, sizeof(to->metric), "%s%s",
		 is_host ? "system_" : "",
		 to->is_rate ? derived.from : column->key);
}

static int set_columns(struct teller *teller)
{
	const struct ticks_query *query = teller->query;
	size_t i, nr = query->nr_containers;

	teller->columns = calloc(nr + query->nr_host + 1,
				 sizeof(*teller->columns));
	if (!teller->columns)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		set_column(&teller->columns[i], query->containers[i], false);
	for (i = 0; i < query->nr_host; i++)
		set_column(&teller->columns[nr + i], query->host[i], true);
	return 0;
}

/* Owners */

static void owner_free(struct known_owner *known)
{
	const char **texts = (const char **)&known->owner;
	size_t i;

	for (i = 0; i < sizeof(known->owner) / sizeof(char *); i++)
		free((char *)texts[i]);
	free(known);
}

static int read_owner(struct teller *teller, int64_t c,
		      struct known_owner *known)
{
	sqlite3_stmt *statement = teller->find_owner;
	const char **texts = (const char **)&known->owner;
	size_t i;
	int r;

	sqlite3_bind_int64(statement, 1, c);
	r = db_step(statement);
	for (i = 0; r == 1 && i < sizeof(known->owner) / sizeof(char *); i++) {
		const char *text =
			(const char *)sqlite3_column_text(statement, (int)i);

		texts[i] = text ? strdup(text) : NULL;
		if (text && !texts[i])
			r = -ENOMEM;
	}
	sqlite3_reset(statement);
	return r;
}

static int compare_owner(const void *key, const void *element)
{
	int64_t c = *(const int64_t *)key;
	const struct known_owner *known =
		*(struct known_owner *const *)element;

	return (c > known->c) - (c < known->c);
}

/*
 * Reads one that belongs at index @at. Newer containers have higher numbers, so
 * most are added at the end. Returns as read_owner() does.
 */
static int add_owner(struct teller *teller, int64_t c, size_t at)
{
	struct known_owner *known, **grown;
	int r;

	grown = reallocarray(teller->owners, teller->nr_owners + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	teller->owners = grown;
	known = calloc(1, sizeof(*known));
	if (!known)
		return -ENOMEM;
	known->c = c;
	r = read_owner(teller, c, known);
	if (r <= 0) {
		owner_free(known);
		return r;
	}
	memmove(&grown[at + 1], &grown[at],
		(teller->nr_owners++ - at) * sizeof(*grown));
	grown[at] = known;
	return 1;
}

/* Returns 1 if it was found, 0 if it is not in the database. */
static int find_owner(struct teller *teller, int64_t c,
		      const struct tick_owner **ret)
{
	bool found;
	size_t at = sorted_place(&c, teller->owners, teller->nr_owners,
				 sizeof(*teller->owners), compare_owner,
				 &found);
	int r = found ? 1 : add_owner(teller, c, at);

	if (r > 0)
		*ret = &teller->owners[at]->owner;
	return r;
}

/* Telling */

int teller_add(struct teller *teller, int64_t c, const double *values)
{
	size_t allocated = teller->allocated * 2 ?: 64;
	const struct tick_owner *owner = NULL;
	struct tick_row *rows;
	int r = c == 0 ? 1 : find_owner(teller, c, &owner);

	if (r <= 0)
		return r;
	if (teller->nr_rows == teller->allocated) {
		rows = reallocarray(teller->rows, allocated, sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		teller->rows = rows;
		teller->allocated = allocated;
	}
	teller->rows[teller->nr_rows++] = (struct tick_row){ owner, values };
	teller->nr_numbers += teller_width(teller, c == 0);
	return 0;
}

int teller_tell(struct teller *teller, uint64_t stored_seq, int64_t t_ms)
{
	const struct tick tick = {
		.seq = (int64_t)stored_seq - teller->view->seqs,
		.stored_seq = (int64_t)stored_seq,
		.t_ms = t_ms,
		.rows = teller->rows,
		.nr = teller->nr_rows,
	};
	int r = teller->fn(&tick, teller->userdata);

	teller->nr_rows = 0;
	teller->stopped = r != 0 || teller->nr_numbers >= TELLER_MAX_NUMBERS;
	return r < 0 ? r : 0;
}

/* Spans with frames */

/* Sets the values of a row; @places: index of each column's cell, or -1 */
static void set_values(const struct teller *teller, bool is_host,
		       const struct layout *layout, const int *places,
		       const struct cell *cells, double *values)
{
	const struct teller_column *columns = teller_columns(teller, is_host);
	size_t first = is_host ? layout->nr_container : 0, i;

	places += columns - teller->columns;
	for (i = 0; i < teller_width(teller, is_host); i++)
		values[i] = places[i] < 0 ? NAN :
			    teller_value(&columns[i], &layout->all[places[i]],
					 &cells[(size_t)places[i] - first]);
}

static int tell_moment(struct teller *teller, const struct teller_span *span,
		       const int *places, const struct frames *frames)
{
	const struct moment *moment = &frames->reader.moment;
	size_t i, width = teller_width(teller, false);
	_cleanup_free_ double *values = NULL;
	double *host;
	int r;

	values = calloc(moment->nr * width + teller_width(teller, true) + 1,
			sizeof(*values));
	if (!values)
		return -ENOMEM;
	host = values + moment->nr * width;
	set_values(teller, true, moment->layout, places, moment->host, host);
	r = teller_add(teller, 0, host);
	for (i = 0; i < moment->nr && r == 0; i++) {
		set_values(teller, false, moment->layout, places,
			   moment_cells(moment, i), values + i * width);
		r = teller_add(teller, moment->members[i].c + span->base,
			       values + i * width);
	}
	return r == 0 ? teller_tell(teller, frames->end_seq - 1, moment->t_ms) :
			r;
}

/* The moment of the first wanted tick; 0 if all are wanted */
static int64_t first_moment(const struct teller *teller, int64_t span)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;

	if (db_prepare(teller->view->sqlite, "SELECT min(moment) FROM frame "
		       "WHERE span = ?1 AND seq >= ?2", &statement) < 0)
		return 0;
	sqlite3_bind_int64(statement, 1, span);
	sqlite3_bind_int64(statement, 2,
			   teller->query->first_seq + teller->view->seqs);
	return db_step(statement) == 1 ? sqlite3_column_int64(statement, 0) :
					 0;
}

static int *find_places(const struct teller *teller,
			const struct layout *layout)
{
	size_t i, nr = teller_width(teller, false) +
		       teller_width(teller, true);
	int *places = calloc(nr + 1, sizeof(*places));

	for (i = 0; places && i < nr; i++)
		places[i] = layout_find(layout, teller->columns[i].metric);
	return places;
}

static int read_frames(struct teller *teller, const struct teller_span *span,
		       const struct layout *layout)
{
	const uint64_t first = (uint64_t)(teller->query->first_seq +
					  teller->view->seqs);
	_cleanup_free_ int *places = find_places(teller, layout);
	struct frames frames;
	int r;

	if (!places)
		return -ENOMEM;
	r = frames_begin(&frames, teller->view->sqlite, span->span,
			 first_moment(teller, span->span), layout, true, NULL,
			 teller->view->store->unpacker);
	while (r >= 0 && !teller->stopped && (r = frames_next(&frames)) > 0) {
		if (frames.end_seq > first)
			r = tell_moment(teller, span, places, &frames);
	}
	teller->damaged += frames.damaged;
	frames_done(&frames);
	return r < 0 ? r : 0;
}

static int read_open(struct teller *teller, const struct teller_span *span)
{
	struct layout *layout;
	int r = layout_parse(span->layout, &layout);

	if (r < 0)
		return r;
	r = read_frames(teller, span, layout);
	layout_free(layout);
	return r;
}

/* All spans */

static int read_spans(struct teller *teller)
{
	_cleanup_statement_ sqlite3_stmt *spans = NULL;
	int r = db_prepare(teller->view->sqlite, "SELECT s.id, base, "
		"begin_seq, " LAYOUT_OF_SPAN " FROM span AS s "
		"LEFT JOIN layout AS l ON l.id = layout "
		"WHERE tier = 0 AND coalesce(end_seq > ?1, 1) "
		"ORDER BY s.id", &spans);

	if (r < 0)
		return r;
	sqlite3_bind_int64(spans, 1,
			   teller->query->first_seq + teller->view->seqs);
	while (!teller->stopped && r == 0 && (r = db_step(spans)) == 1) {
		const struct teller_span span = {
			.span = sqlite3_column_int64(spans, 0),
			.base = sqlite3_column_int64(spans, 1),
			.begin_seq = sqlite3_column_int64(spans, 2),
			.layout = (const char *)sqlite3_column_text(spans, 3),
		};

		r = span.layout ? read_open(teller, &span) :
				  teller_read_sealed(teller, &span);
	}
	return r < 0 ? r : 0;
}

static void teller_done(struct teller *teller)
{
	size_t i;

	for (i = 0; i < teller->nr_owners; i++)
		owner_free(teller->owners[i]);
	free(teller->owners);
	free(teller->rows);
	free(teller->columns);
	sqlite3_finalize(teller->find_owner);
}

int store_ticks(struct store *store, const struct ticks_query *query,
		tick_fn *fn, void *userdata)
{
	struct view view;
	struct teller teller = {
		.view = &view,
		.query = query,
		.fn = fn,
		.userdata = userdata,
	};
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = set_columns(&teller);
	if (r == 0)
		r = db_prepare(view.sqlite, "SELECT cgroup, id, "
			       "coalesce(title, id), runtime, pod, image, "
			       "labels FROM container WHERE c = ?1",
			       &teller.find_owner);
	if (r == 0)
		r = read_spans(&teller);
	teller_done(&teller);
	view_end(&view, r < 0 ? r : teller.damaged ? -EUCLEAN : 0);
	return r;
}

static int find_range(const struct view *view, int64_t *ret_first,
		      int64_t *ret_end)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT min(begin_seq), max(coalesce("
		"end_seq, (SELECT max(seq) + 1 FROM frame WHERE span = s.id), "
		"begin_seq)) FROM span AS s WHERE tier = 0", &statement);

	if (r == 0)
		r = db_step(statement);
	if (r < 0)
		return r;
	if (sqlite3_column_type(statement, 0) == SQLITE_NULL) {
		/* The first tick is number 1. */
		*ret_first = *ret_end = 1 - view->seqs;
		return 0;
	}
	*ret_first = sqlite3_column_int64(statement, 0) - view->seqs;
	*ret_end = sqlite3_column_int64(statement, 1) - view->seqs;
	return 0;
}

int store_ticks_range(struct store *store, int64_t *ret_first,
		      int64_t *ret_end)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_range(&view, ret_first, ret_end);
	view_end(&view, r);
	return r;
}
