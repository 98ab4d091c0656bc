// SPDX-License-Identifier: GPL-2.0-only
#include "busy_at.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"
#include "chunk.h"
#include "contmond/model/title.h"
#include "frames.h"
#include "tier.h"

/* Takes ownership of the contents of @busy. */
static void find(struct busy_at *found, int64_t t_ms, uint32_t ms,
		 int64_t base, struct busy *busy)
{
	struct busy before = found->busy;

	found->t_ms = t_ms;
	found->ms = ms;
	found->base = base;
	found->found = true;
	found->busy = *busy;
	/* The first tick of a run covers no time, and tells nothing of CPU. */
	found->busy.commands.unknown |= ms == 0;
	*busy = before;
}

/* Does the moment cover @t_ms? A late tick may cover a little more. */
static bool reaches(const struct busy_at *found, unsigned int tier,
		    int64_t t_ms)
{
	int64_t width = tiers[tier].bucket_ms ?: 2 * (int64_t)found->ms + 1000;

	return found->found && t_ms - found->t_ms < width;
}

#define LISTS(column)							\
	"SELECT moment, " column " FROM chunk_" column " "		\
	"WHERE span = ?1 AND moment <= ?2 ORDER BY moment DESC LIMIT 1"

static const char *const lists[] = {
	[BUSY_PROCESSES] = LISTS("processes"),
	[BUSY_COMMANDS] = LISTS("commands"),
};

/* Files of older versions have no table of commands; then *@ret stays NULL. */
static int prepare_lists(struct view *view, enum busy_kind kind,
			 sqlite3_stmt **ret)
{
	int64_t nr_tables = 1;
	int r = 0;

	if (kind == BUSY_COMMANDS)
		r = db_number(view->sqlite, "SELECT count(*) FROM "
			      "sqlite_schema WHERE name = 'chunk_commands'",
			      &nr_tables);
	return r < 0 || nr_tables == 0 ? r :
	       db_prepare(view->sqlite, lists[kind], ret);
}

/* The moments after those of a chunk of commands have none. */
static int read_list(enum busy_kind kind, struct reader *bytes,
		     struct busy *ret)
{
	busy_clear(ret);
	if (kind == BUSY_PROCESSES)
		return busiest_read(&ret->processes, bytes);
	ret->commands.unknown = bytes->at == bytes->end;
	return ret->commands.unknown ? 0 :
	       busy_commands_read(&ret->commands, bytes);
}

/*
 * Reads the list at @at; the lists in [first, at) are skipped. Returns -EUCLEAN
 * if it is damaged.
 */
static int find_list(struct view *view, enum busy_kind kind, int64_t span,
		     uint32_t at, struct busy *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct reader bytes;
	uint32_t moment;
	int r = prepare_lists(view, kind, &statement);

	ret->commands.unknown = true;
	if (r < 0 || !statement)
		return r;
	sqlite3_bind_int64(statement, 1, span);
	sqlite3_bind_int64(statement, 2, at);
	r = db_step(statement);
	if (r <= 0)
		return r;
	r = unpack(view->store->unpacker, sqlite3_column_blob(statement, 1),
		   (size_t)sqlite3_column_bytes(statement, 1), &bytes);
	moment = (uint32_t)sqlite3_column_int64(statement, 0);
	for (; r == 0 && moment <= at; moment++)
		r = read_list(kind, &bytes, ret);
	return r == -EBADMSG ? -EUCLEAN : r;
}

/* Returns -EUCLEAN if it is damaged; then @found is unchanged. */
static int look_into_sealed(struct view *view, enum busy_kind kind,
			    sqlite3_stmt *spans, int64_t t_ms,
			    struct busy_at *found)
{
	struct timeline timeline = { 0 };
	struct busy busy = { 0 };
	const struct when *best = NULL;
	struct reader bytes;
	size_t i;
	int r = unpack(view->store->unpacker, sqlite3_column_blob(spans, 3),
		       (size_t)sqlite3_column_bytes(spans, 3), &bytes);

	if (r == 0)
		r = timeline_read(&bytes,
			(uint64_t)sqlite3_column_int64(spans, 2), &timeline);
	for (i = 0; i < timeline.nr && r == 0; i++) {
		const struct when *when = &timeline.all[i];

		if (when->t_ms <= t_ms &&
		    (!found->found || when->t_ms >= found->t_ms) &&
		    (!best || when->t_ms >= best->t_ms))
			best = when;
	}
	if (r == -EBADMSG)
		r = -EUCLEAN;
	if (best)
		r = find_list(view, kind, sqlite3_column_int64(spans, 0),
			      (uint32_t)(best - timeline.all), &busy);
	if (best && r == 0)
		find(found, best->t_ms, best->ms,
		     sqlite3_column_int64(spans, 1), &busy);
	busy_done(&busy);
	free(timeline.all);
	return r;
}

static int look_into_open(struct view *view, sqlite3_stmt *spans,
			  unsigned int tier, int64_t t_ms,
			  struct busy_at *found)
{
	static const bool none[1000];
	struct busy busy = { 0 };
	struct layout *layout;
	struct frames frames;
	int r = layout_parse((const char *)sqlite3_column_text(spans, 4),
			     &layout);

	if (r < 0)
		return r;
	r = frames_begin(&frames, view->sqlite, sqlite3_column_int64(spans, 0),
			 0, layout, tier == RAW, none, view->store->unpacker);
	while (r >= 0 && (r = frames_next(&frames)) > 0) {
		const struct moment *moment = &frames.reader.moment;

		if (moment->t_ms > t_ms ||
		    (found->found && moment->t_ms < found->t_ms))
			continue;
		busy_clear(&busy);
		r = frames_busy(&frames, &busy);
		if (r == 0)
			find(found, moment->t_ms, moment->ms,
			     sqlite3_column_int64(spans, 1), &busy);
		if (r == -EBADMSG) {
			found->damaged++;
			r = 0;
		}
	}
	found->damaged += frames.damaged;
	frames_done(&frames);
	busy_done(&busy);
	layout_free(layout);
	return r;
}

static int look_into(struct view *view, enum busy_kind kind,
		     unsigned int tier, int64_t t_ms, struct busy_at *found)
{
	_cleanup_statement_ sqlite3_stmt *spans = NULL;
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
	while (r >= 0 && (r = db_step(spans)) == 1) {
		if (sqlite3_column_type(spans, 4) == SQLITE_NULL)
			r = look_into_sealed(view, kind, spans, t_ms, found);
		else
			r = look_into_open(view, spans, tier, t_ms, found);
		if (r == -EUCLEAN) {
			found->damaged++;
			r = 0;
		}
	}
	return r;
}

/* Returns -ENOENT if nothing was recorded at that time. */
static int find_moment(struct view *view, enum busy_kind kind, int64_t t_ms,
		       struct busy_at *found)
{
	unsigned int tier;
	int r = 0;

	for (tier = 0; tier < NR_TIERS && r == 0; tier++) {
		found->found = false;
		r = look_into(view, kind, tier, t_ms, found);
		if (r == 0 && reaches(found, tier, t_ms)) {
			found->width_ms = tiers[tier].bucket_ms;
			return 0;
		}
	}
	return r < 0 ? r : -ENOENT;
}

const char *busy_at_title(const struct busy_at *found, uint32_t c)
{
	uint32_t group;

	if (c == 0)
		return title_in_list(&found->words, TITLE_HOST, NULL) ?
		       TITLE_HOST : NULL;
	group = titles_group(&found->titles, c + found->base);
	return group == NO_GROUP ? NULL : found->titles.groups[group];
}

double busy_at_cores(const struct busy_at *found, int64_t cpu_ms)
{
	double ms = found->width_ms ? (double)found->width_ms : found->ms;

	return ms > 0 ? (double)cpu_ms / ms : 0;
}

static bool knows_commands(const struct busy_at *found, enum busy_kind kind)
{
	return kind == BUSY_COMMANDS && !found->busy.commands.unknown;
}

static int find_and_tell(struct view *view, enum busy_kind kind, int64_t t_ms,
			 const char *containers, busy_at_fn *fn,
			 void *userdata, struct busy_at *found)
{
	int r = words_init(&found->words, containers);

	if (r == 0)
		r = titles_load(&found->titles, view, containers, NULL, t_ms,
				t_ms);
	if (r == 0)
		r = find_moment(view, kind, t_ms, found);
	return r < 0 ? r : fn(found, userdata);
}

int busy_at(struct store *store, enum busy_kind kind, int64_t t_ms,
	    const char *containers, busy_at_fn *fn, void *userdata,
	    struct past_moment *ret)
{
	struct busy_at found = { 0 };
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_and_tell(&view, kind, t_ms, containers, fn, userdata, &found);
	if (r == 0)
		*ret = (struct past_moment){ found.t_ms, found.width_ms,
					     knows_commands(&found, kind) };
	view_end(&view, r < 0 && r != -ENOENT ? r :
		 found.damaged ? -EUCLEAN : 0);
	busy_done(&found.busy);
	titles_done(&found.titles);
	words_done(&found.words);
	return r;
}
