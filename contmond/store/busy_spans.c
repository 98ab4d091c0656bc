// SPDX-License-Identifier: GPL-2.0-only
#include "busy_spans.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"
#include "chunk.h"
#include "frames.h"
#include "tier.h"

/**
 * struct search - in the spans of a tier
 * @newest: the last span of the tier in the database
 */
struct search {
	struct view *view;
	enum busy_kind kind;
	unsigned int tier;
	int64_t t_ms;
	struct busy_at *found;
	int64_t newest;
};

/* Of ticks at the same time, the last counts; of a bucket, all parts do. */
static bool is_part(const struct search *search, int64_t of_ms, int64_t t_ms)
{
	return search->tier != RAW && t_ms == of_ms;
}

static bool is_wanted(const struct search *search, int64_t t_ms)
{
	return t_ms <= search->t_ms &&
	       (!search->found->found || t_ms >= search->found->t_ms);
}

/* The contents of @busy are undefined afterwards. */
static int take(struct search *search, int64_t t_ms, uint64_t ms, int64_t base,
		struct busy *busy)
{
	struct busy_at *found = search->found;
	struct busy before = found->busy;
	int r;

	busy_renumber(busy, base);
	if (found->found && is_part(search, found->t_ms, t_ms)) {
		r = busy_append(&found->busy, busy);
		if (r == 0)
			found->ms += ms;
		return r;
	}
	found->t_ms = t_ms;
	found->ms = ms;
	found->found = true;
	found->busy = *busy;
	*busy = before;
	return 0;
}

/* Sealed spans */

static int read_list(enum busy_kind kind, struct reader *bytes,
		     struct busy *ret)
{
	return kind == BUSY_PROCESSES ?
	       busiest_read(&ret->processes, bytes) :
	       busy_commands_read(&ret->commands, bytes, ALL_C);
}

/* From the first to the last of the @nr moments of a timeline at @t_ms */
struct stretch {
	const struct timeline *timeline;
	int64_t t_ms;
	size_t first, last, nr;
	uint64_t ms;
};

static bool is_at(const struct stretch *stretch, size_t moment)
{
	return moment >= stretch->first && moment <= stretch->last &&
	       stretch->timeline->all[moment].t_ms == stretch->t_ms;
}

/* Finds the newest moment that is wanted, and all its parts. */
static bool find_stretch(const struct search *search,
			 const struct timeline *timeline,
			 struct stretch *ret)
{
	bool found = false;
	size_t i;

	*ret = (struct stretch){ .timeline = timeline };
	for (i = 0; i < timeline->nr; i++) {
		const struct when *when = &timeline->all[i];

		if (!is_wanted(search, when->t_ms) ||
		    (found && when->t_ms < ret->t_ms))
			continue;
		if (!found || !is_part(search, ret->t_ms, when->t_ms)) {
			ret->t_ms = when->t_ms;
			ret->first = i;
			ret->nr = 0;
			ret->ms = 0;
		}
		ret->last = i;
		ret->nr++;
		ret->ms += when->ms;
		found = true;
	}
	return found;
}

/*
 * Adds the lists of a chunk to @ret, and their number to @nr; those of other
 * moments are skipped.
 */
static int add_lists(enum busy_kind kind, const struct stretch *stretch,
		     size_t moment, struct reader *bytes, struct busy *ret,
		     size_t *nr)
{
	struct busy skipped = { 0 };
	int r = 0;

	for (; r == 0 && moment <= stretch->last && bytes->at < bytes->end;
	     moment++) {
		busy_clear(&skipped);
		if (is_at(stretch, moment)) {
			r = read_list(kind, bytes, ret);
			(*nr)++;
		} else {
			r = read_list(kind, bytes, &skipped);
		}
	}
	busy_done(&skipped);
	return r;
}

#define LISTS(column)							\
	"SELECT moment, " column " FROM chunk_" column " "		\
	"WHERE span = ?1 AND moment <= ?3 AND moment >= coalesce("	\
	"(SELECT max(moment) FROM chunk_" column " WHERE span = ?1 "	\
	"AND moment <= ?2), 0) ORDER BY moment"

/* Files of older versions have no table of commands: none were recorded. */
int busy_spans_lists(struct view *view, enum busy_kind kind,
		     sqlite3_stmt **ret)
{
	int64_t nr_tables = 1;
	int r = 0;

	if (kind == BUSY_COMMANDS)
		r = db_number(view->sqlite, "SELECT count(*) FROM "
			      "sqlite_schema WHERE name = 'chunk_commands'",
			      &nr_tables);
	if (r < 0 || nr_tables == 0)
		return r;
	return db_prepare(view->sqlite, kind == BUSY_PROCESSES ?
			  LISTS("processes") : LISTS("commands"), ret);
}

/*
 * Moments whose commands are unknown have no list of them. Returns -EUCLEAN if
 * one of the lists is damaged.
 */
static int read_lists(struct view *view, enum busy_kind kind, int64_t span,
		      const struct stretch *stretch, struct busy *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct reader bytes;
	size_t nr = 0;
	int r = busy_spans_lists(view, kind, &statement);

	ret->commands.unknown = true;
	if (r < 0 || !statement)
		return r;
	sqlite3_bind_int64(statement, 1, span);
	sqlite3_bind_int64(statement, 2, (int64_t)stretch->first);
	sqlite3_bind_int64(statement, 3, (int64_t)stretch->last);
	while (r == 0 && (r = db_step(statement)) == 1) {
		r = unpack(view->store->unpacker,
			   sqlite3_column_blob(statement, 1),
			   (size_t)sqlite3_column_bytes(statement, 1), &bytes);
		if (r == 0)
			r = add_lists(kind, stretch, (size_t)
				      sqlite3_column_int64(statement, 0),
				      &bytes, ret, &nr);
	}
	ret->commands.unknown = nr < stretch->nr;
	return r == -EBADMSG ? -EUCLEAN : r;
}

static int read_timeline(struct view *view, sqlite3_stmt *spans,
			 struct timeline *ret)
{
	struct reader bytes;
	int r = unpack(view->store->unpacker, sqlite3_column_blob(spans, 3),
		       (size_t)sqlite3_column_bytes(spans, 3), &bytes);

	if (r == 0)
		r = timeline_read(&bytes,
			(uint64_t)sqlite3_column_int64(spans, 2), ret);
	return r == -EBADMSG ? -EUCLEAN : r;
}

/* Returns -EUCLEAN if it is damaged; then what was found is unchanged. */
static int look_into_sealed(struct search *search, sqlite3_stmt *spans)
{
	struct timeline timeline = { 0 };
	struct busy busy = { 0 };
	struct stretch stretch;
	int r = read_timeline(search->view, spans, &timeline);

	if (r == 0 && find_stretch(search, &timeline, &stretch)) {
		r = read_lists(search->view, search->kind,
			       sqlite3_column_int64(spans, 0), &stretch,
			       &busy);
		if (r == 0)
			r = take(search, stretch.t_ms, stretch.ms,
				 sqlite3_column_int64(spans, 1), &busy);
	}
	busy_done(&busy);
	free(timeline.all);
	return r == -EBADMSG ? -EUCLEAN : r;
}

/* Open spans */

/**
 * struct latest - the newest frame that is wanted so far
 * @packed: what was busy in it; most frames are followed by a newer one, so
 *	only the last is unpacked
 */
struct latest {
	bool is_set;
	int64_t t_ms;
	uint64_t ms;
	struct buffer packed;
};

static int take_latest(struct search *search, const struct latest *latest,
		       int64_t base)
{
	struct busy busy = { 0 };
	int r = latest->packed.failed ? -ENOMEM : 0;

	if (!latest->is_set)
		return 0;
	if (r == 0)
		r = frames_unpack_busy(search->view->store->unpacker,
				       latest->packed.text,
				       latest->packed.length, &busy);
	if (r == 0)
		r = take(search, latest->t_ms, latest->ms, base, &busy);
	busy_done(&busy);
	if (r != -EBADMSG)
		return r;
	search->found->damaged++;
	return 0;
}

static void keep(struct latest *latest, const struct frames *frames)
{
	latest->is_set = true;
	latest->t_ms = frames->reader.moment.t_ms;
	latest->ms = frames->reader.moment.ms;
	latest->packed.length = 0;
	if (frames->processes)
		buffer_add(&latest->packed, frames->processes,
			   frames->nr_process_bytes);
}

static int look_at_frames(struct search *search, struct frames *frames,
			  int64_t base)
{
	struct latest latest = { 0 };
	int r;

	while ((r = frames_next(frames)) > 0) {
		int64_t t_ms = frames->reader.moment.t_ms;

		if (!is_wanted(search, t_ms) ||
		    (latest.is_set && t_ms < latest.t_ms))
			continue;
		if (latest.is_set && is_part(search, latest.t_ms, t_ms))
			r = take_latest(search, &latest, base);
		if (r < 0)
			break;
		keep(&latest, frames);
	}
	if (r == 0)
		r = take_latest(search, &latest, base);
	search->found->damaged += frames->damaged;
	buffer_done(&latest.packed);
	return r;
}

static int look_into_open(struct search *search, int64_t span, int64_t base,
			  const struct layout *layout)
{
	static const bool none[1000];
	struct view *view = search->view;
	struct frames frames;
	int r = frames_begin(&frames, view->sqlite, span, 0, layout,
			     search->tier == RAW, none, view->store->unpacker);

	if (r < 0)
		return r;
	frames_wait(&frames, view->waiting, view->nr_waiting,
		    span - view->spans, view->seqs);
	r = look_at_frames(search, &frames, base);
	frames_done(&frames);
	return r;
}

static int look_into_stored(struct search *search, sqlite3_stmt *spans)
{
	struct layout *layout;
	int r = layout_parse((const char *)sqlite3_column_text(spans, 4),
			     &layout);

	if (r < 0)
		return r;
	r = look_into_open(search, sqlite3_column_int64(spans, 0),
			   sqlite3_column_int64(spans, 1), layout);
	layout_free(layout);
	return r;
}

/* Spans that have not been written yet */
static int look_into_waiting(struct search *search)
{
	struct view *view = search->view;
	size_t i;
	int r = 0;

	for (i = 0; i < view->nr_waiting && r == 0; i++) {
		const struct entry *entry = view->waiting[i];
		int64_t span = entry->values[0].integer + view->spans;

		if (entry->statement == ADD_SPAN &&
		    entry->tier == search->tier && span > search->newest)
			r = look_into_open(search, span, view->base,
					   view->store->layout);
	}
	return r;
}

/* All spans */

static int look_into(struct search *search, sqlite3_stmt *spans)
{
	int r;

	search->newest = sqlite3_column_int64(spans, 0);
	r = sqlite3_column_type(spans, 4) == SQLITE_NULL ?
	    look_into_sealed(search, spans) : look_into_stored(search, spans);
	if (r != -EUCLEAN)
		return r;
	search->found->damaged++;
	return 0;
}

int busy_spans(struct view *view, enum busy_kind kind, unsigned int tier,
	       int64_t t_ms, struct busy_at *found)
{
	_cleanup_statement_ sqlite3_stmt *spans = NULL;
	struct search search = {
		.view = view, .kind = kind, .tier = tier, .t_ms = t_ms,
		.found = found,
	};
	int r = db_prepare(view->sqlite, "SELECT s.id, base, begin_seq, "
		"moments, " LAYOUT_OF_SPAN " FROM span AS s "
		"LEFT JOIN layout AS l ON l.id = layout "
		"WHERE tier = ?1 AND (layout IS NOT NULL OR "
		"(begin_ms <= ?2 AND end_ms + ?3 > ?2)) ORDER BY s.id",
		&spans);

	if (r < 0)
		return r;
	sqlite3_bind_int(spans, 1, (int)tier);
	sqlite3_bind_int64(spans, 2, t_ms);
	sqlite3_bind_int64(spans, 3, tiers[tier].bucket_ms ?: 2 * 3600 * 1000);
	while (r == 0 && (r = db_step(spans)) == 1)
		r = look_into(&search, spans);
	return r < 0 ? r : look_into_waiting(&search);
}
