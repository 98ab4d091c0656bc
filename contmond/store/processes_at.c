// SPDX-License-Identifier: GPL-2.0-only
/* Finds the busiest processes at a moment of the past. */
#include "past.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"
#include "busiest.h"
#include "chunk.h"
#include "contmond/model/title.h"
#include "frames.h"
#include "internal.h"
#include "tier.h"
#include "titles.h"

/**
 * struct found_moment - the newest moment of a tier that is not after @t_ms
 * @damaged: number of parts of all tiers that could not be read, which leave
 *	gaps
 */
struct found_moment {
	int64_t t_ms;
	uint32_t ms;
	int64_t base;
	struct busiest busiest;
	bool found;
	uint64_t damaged;
};

/* Takes ownership of the contents of @busiest. */
static void find(struct found_moment *found, int64_t t_ms, uint32_t ms,
		 int64_t base, struct busiest *busiest)
{
	struct busiest before = found->busiest;

	found->t_ms = t_ms;
	found->ms = ms;
	found->base = base;
	found->found = true;
	found->busiest = *busiest;
	*busiest = before;
}

/* Does the moment cover @t_ms? A late tick may cover a little more. */
static bool reaches(const struct found_moment *found, unsigned int tier,
		    int64_t t_ms)
{
	int64_t width = tiers[tier].bucket_ms ?: 2 * (int64_t)found->ms + 1000;

	return found->found && t_ms - found->t_ms < width;
}

/*
 * Reads the list at @at; the lists in [first, at) are skipped. Returns -EUCLEAN
 * if it is damaged.
 */
static int read_list(struct view *view, int64_t span, uint32_t at,
		     struct busiest *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct reader bytes;
	uint32_t moment;
	int r = db_prepare(view->sqlite, "SELECT moment, processes "
			   "FROM chunk_processes WHERE span = ?1 AND "
			   "moment <= ?2 ORDER BY moment DESC LIMIT 1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, span);
	sqlite3_bind_int64(statement, 2, at);
	r = db_step(statement);
	if (r <= 0)
		return r;
	r = unpack(view->store->unpacker, sqlite3_column_blob(statement, 1),
		   (size_t)sqlite3_column_bytes(statement, 1), &bytes);
	moment = (uint32_t)sqlite3_column_int64(statement, 0);
	for (; r == 0 && moment <= at; moment++) {
		ret->nr = 0;
		r = busiest_read(ret, &bytes);
	}
	return r == -EBADMSG ? -EUCLEAN : r;
}

/* Returns -EUCLEAN if it is damaged; then @found is unchanged. */
static int look_into_sealed(struct view *view, sqlite3_stmt *spans,
			    int64_t t_ms, struct found_moment *found)
{
	struct timeline timeline = { 0 };
	struct busiest busiest = { 0 };
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
		r = read_list(view, sqlite3_column_int64(spans, 0),
			      (uint32_t)(best - timeline.all), &busiest);
	if (best && r == 0)
		find(found, best->t_ms, best->ms,
		     sqlite3_column_int64(spans, 1), &busiest);
	busiest_done(&busiest);
	free(timeline.all);
	return r;
}

static int look_into_open(struct view *view, sqlite3_stmt *spans,
			  unsigned int tier, int64_t t_ms,
			  struct found_moment *found)
{
	static const bool none[1000];
	struct busiest busiest = { 0 };
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
		busiest.nr = 0;
		r = frames_busiest(&frames, &busiest);
		if (r == 0)
			find(found, moment->t_ms, moment->ms,
			     sqlite3_column_int64(spans, 1), &busiest);
		if (r == -EBADMSG) {
			found->damaged++;
			r = 0;
		}
	}
	found->damaged += frames.damaged;
	frames_done(&frames);
	busiest_done(&busiest);
	layout_free(layout);
	return r;
}

static int look_into(struct view *view, unsigned int tier, int64_t t_ms,
		     struct found_moment *found)
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
			r = look_into_sealed(view, spans, t_ms, found);
		else
			r = look_into_open(view, spans, tier, t_ms, found);
		if (r == -EUCLEAN) {
			found->damaged++;
			r = 0;
		}
	}
	return r;
}

static int report(const struct found_moment *found,
		  const struct titles *titles, unsigned int tier,
		  bool host_is_wanted, past_process_fn *fn, void *userdata)
{
	double ms = tier == RAW ? found->ms : (double)tiers[tier].bucket_ms;
	size_t i;
	int r = 0;

	for (i = 0; i < found->busiest.nr && r >= 0; i++) {
		const struct process_use *use = &found->busiest.all[i];
		uint32_t group = titles_group(titles, use->c + found->base);
		struct past_process process = {
			.container = TITLE_HOST,
			.pid = use->pid,
			.start_ms = use->start_ms,
			.comm = use->comm,
			.cpu_cores = ms > 0 ? (double)use->cpu_ms / ms : 0,
			.rss_bytes = (double)use->rss_kib * 1024,
		};

		if (use->c == 0 ? !host_is_wanted : group == NO_GROUP)
			continue;
		if (use->c != 0)
			process.container = titles->groups[group];
		r = fn(&process, userdata);
	}
	return r;
}

static int find_and_tell(struct view *view, int64_t t_ms, const char *list,
			 past_process_fn *fn, void *userdata,
			 struct past_moment *ret, uint64_t *ret_damaged)
{
	_cleanup_words_ struct words words = { 0 };
	struct titles titles = { 0 };
	struct found_moment found = { 0 };
	unsigned int tier;
	int r = words_init(&words, list);

	if (r == 0)
		r = titles_load(&titles, view, list, NULL, t_ms, t_ms);

	for (tier = 0; tier < NR_TIERS && r == 0; tier++) {
		found.found = false;
		r = look_into(view, tier, t_ms, &found);
		if (r < 0 || reaches(&found, tier, t_ms))
			break;
	}
	if (r == 0 && tier == NR_TIERS)
		r = -ENOENT;
	if (r == 0) {
		*ret = (struct past_moment){ found.t_ms,
					     tiers[tier].bucket_ms };
		r = report(&found, &titles, tier,
			   title_in_list(&words, TITLE_HOST, NULL), fn,
			   userdata);
	}
	*ret_damaged = found.damaged;
	busiest_done(&found.busiest);
	titles_done(&titles);
	return r;
}

int store_processes(struct store *store, int64_t t_ms, const char *containers,
		    past_process_fn *fn, void *userdata,
		    struct past_moment *ret)
{
	uint64_t damaged;
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_and_tell(&view, t_ms, containers, fn, userdata, ret,
			  &damaged);
	view_end(&view, r < 0 && r != -ENOENT ? r : damaged ? -EUCLEAN : 0);
	return r;
}
