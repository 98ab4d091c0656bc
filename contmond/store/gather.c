// SPDX-License-Identifier: GPL-2.0-only
#include "gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tier.h"

bool gather_wants(const struct asking *asking, const struct source *source,
		  const struct when *when)
{
	return when->end_seq - when->ticks >= source->first_seq &&
	       when->end_seq <= source->end_seq &&
	       when->t_ms >= asking->first_ms && when->t_ms < asking->end_ms;
}

uint64_t gather_step(const struct asking *asking, int64_t t_ms)
{
	return (uint64_t)((t_ms - asking->first_ms) / asking->query->step_ms);
}

/*
 * The group of a container; NO_GROUP if its numbers are not wanted, or if it
 * has the wanted device in another slot
 */
static uint32_t group_of(const struct asking *asking, int64_t c,
			 unsigned int slot)
{
	const struct titled *titled =
		titles_find(&asking->titles, asking->query->is_system ? 0 : c);

	return titled && titled->slot == slot ? titled->group : NO_GROUP;
}

static unsigned int first_slot(const struct asking *asking)
{
	return asking->query->device ? 1 : 0;
}

static unsigned int last_slot(const struct asking *asking)
{
	return asking->query->device ? STORE_OTHERS : 0;
}

/* The stored metric of an input */
static void metric_of(const struct asking *asking, size_t input,
		      unsigned int slot, char ret[64])
{
	if (slot)
		layout_device_metric(ret, slot, asking->inputs[input]);
	else
		snprintf(ret, 64, "%s", asking->inputs[input]);
}

/* Sealed spans */

int gather_timeline(struct asking *asking, const struct source *source)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct reader bytes;
	int r = db_prepare(asking->view->sqlite,
			   "SELECT moments FROM span WHERE id = ?1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, source->span);
	r = db_step(statement);
	if (r <= 0)
		return r ?: -EBADMSG;
	r = unpack(asking->view->store->unpacker,
		   sqlite3_column_blob(statement, 0),
		   (size_t)sqlite3_column_bytes(statement, 0), &bytes);
	if (r < 0)
		return r;
	return timeline_read(&bytes, source->begin_seq, &asking->timeline);
}

static int make_cells(struct asking *asking, size_t nr)
{
	struct cell *cells;

	if (nr <= asking->nr_cells)
		return 0;
	cells = reallocarray(asking->cells, nr, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	asking->cells = cells;
	asking->nr_cells = nr;
	return 0;
}

static int fold_series(struct asking *asking, const struct source *source,
		       const struct kept *kept,
		       const struct presence *presence, uint32_t group,
		       size_t input)
{
	const struct roster *roster = &asking->roster;
	struct folded *part;
	uint64_t step = UINT64_MAX;
	uint32_t i;
	int r = 0;

	for (i = 0; i < presence->nr; i++) {
		size_t at = presence->first + i;
		const struct when *when =
			&asking->timeline.all[roster->moments[at]];
		uint64_t its_step;

		if (!gather_wants(asking, source, when))
			continue;
		its_step = gather_step(asking, when->t_ms);
		if (its_step != step) {
			step = its_step;
			r = fold_part(&asking->fold, step, group, &part);
			if (r < 0)
				return r;
		}
		if (r > 0)
			fold_cell(&part[input], kept, &asking->cells[i],
				  roster->ms[at], when->end_seq);
	}
	return 0;
}

/* @ret_nr: how many series were read, even on failure */
static int read_chunk(struct asking *asking, const struct source *source,
		      size_t input, unsigned int slot, struct reader *bytes,
		      size_t *ret_nr)
{
	const struct roster *roster = &asking->roster;
	struct kept kept = { 0 };
	bool raw;
	size_t i;
	int r = chunk_read_head(bytes, &kept, &raw);

	for (i = 0; i < roster->nr && r == 0; i++) {
		const struct presence *presence = &roster->all[i];
		uint32_t group = group_of(asking, presence->c + source->base,
					  slot);

		r = make_cells(asking, presence->nr);
		if (r == 0)
			r = chunk_read_series(bytes, &kept, raw,
				roster->ticks + presence->first,
				roster->ms + presence->first, presence->nr,
				group == NO_GROUP ? NULL : asking->cells);
		*ret_nr += r == 0;
		if (r == 0 && group != NO_GROUP)
			r = fold_series(asking, source, &kept, presence, group,
					input);
	}
	return r;
}

/* Counts a part that cannot be read, and leaves a gap for it. */
static int tolerate(struct asking *asking, int r)
{
	if (r != -EBADMSG)
		return r;
	asking->damaged++;
	return 0;
}

/*
 * A metric that the span lacks, or that cannot be read, is unknown for as long
 * as containers were present.
 */
static int fold_absent(struct asking *asking, const struct source *source,
		       size_t input, unsigned int slot, size_t first)
{
	const struct roster *roster = &asking->roster;
	const struct kept kept = { .numerator = 1, .denominator = 1 };
	size_t i;
	int r = 0;

	for (i = first; i < roster->nr && r == 0; i++) {
		const struct presence *presence = &roster->all[i];
		uint32_t group = group_of(asking, presence->c + source->base,
					  slot);

		r = make_cells(asking, presence->nr);
		if (r < 0 || group == NO_GROUP)
			continue;
		memset(asking->cells, 0, presence->nr * sizeof(struct cell));
		r = fold_series(asking, source, &kept, presence, group, input);
	}
	return r;
}

static int read_input(struct asking *asking, const struct source *source,
		      sqlite3_stmt *statement, int64_t batch, size_t input,
		      unsigned int slot)
{
	struct reader bytes;
	size_t nr = 0;
	char metric[64];
	int r;

	metric_of(asking, input, slot, metric);
	sqlite3_bind_int64(statement, 1, source->span);
	sqlite3_bind_text(statement, 2, metric, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, batch);
	r = db_step(statement);
	if (r == 1) {
		r = unpack(asking->view->store->unpacker,
			   sqlite3_column_blob(statement, 0),
			   (size_t)sqlite3_column_bytes(statement, 0), &bytes);
		if (r == 0)
			r = read_chunk(asking, source, input, slot, &bytes,
				       &nr);
		r = tolerate(asking, r);
	}
	if (r == 0)
		r = fold_absent(asking, source, input, slot, nr);
	sqlite3_reset(statement);
	return r;
}

static bool is_anyone_wanted(const struct asking *asking,
			     const struct source *source, unsigned int slot)
{
	size_t i;

	for (i = 0; i < asking->roster.nr; i++) {
		int64_t c = asking->roster.all[i].c + source->base;

		if (group_of(asking, c, slot) != NO_GROUP)
			return true;
	}
	return false;
}

static int read_batch(struct asking *asking, const struct source *source,
		      sqlite3_stmt *rosters, sqlite3_stmt *chunks)
{
	int64_t batch = sqlite3_column_int64(rosters, 0);
	unsigned int slot = first_slot(asking);
	struct reader bytes;
	size_t i;
	int r = unpack(asking->view->store->unpacker,
		       sqlite3_column_blob(rosters, 1),
		       (size_t)sqlite3_column_bytes(rosters, 1), &bytes);

	if (r == 0)
		r = roster_read(&bytes, &asking->timeline, &asking->roster);
	if (r < 0)
		return tolerate(asking, r);
	for (; slot <= last_slot(asking) && r == 0; slot++) {
		if (!is_anyone_wanted(asking, source, slot))
			continue;
		for (i = 0; i < asking->nr_inputs && r == 0; i++)
			r = read_input(asking, source, chunks, batch, i, slot);
	}
	return r;
}

static int read_sealed(struct asking *asking, const struct source *source)
{
	_cleanup_statement_ sqlite3_stmt *rosters = NULL, *chunks = NULL;
	int r = gather_timeline(asking, source);

	if (r < 0)
		return tolerate(asking, r);
	r = db_prepare(asking->view->sqlite, "SELECT batch, numbers "
		       "FROM chunk WHERE span = ?1 AND metric = '' AND "
		       "(batch = 0) = ?2 ORDER BY batch", &rosters);
	if (r == 0)
		r = db_prepare(asking->view->sqlite, "SELECT numbers "
			       "FROM chunk WHERE span = ?1 AND metric = ?2 "
			       "AND batch = ?3", &chunks);
	if (r < 0)
		return r;
	sqlite3_bind_int64(rosters, 1, source->span);
	sqlite3_bind_int(rosters, 2, asking->query->is_system);
	while (r == 0 && (r = db_step(rosters)) == 1)
		r = read_batch(asking, source, rosters, chunks);
	return r;
}

/* Spans with frames */

/* @when: the moment, as far as its container was there */
static int fold_row(struct asking *asking, const struct layout *layout,
		    const int *places, const struct cell *cells, size_t first,
		    const struct when *when, uint32_t group)
{
	static const struct cell unknown;
	struct folded *part;
	size_t i;
	int r = fold_part(&asking->fold, gather_step(asking, when->t_ms), group,
			  &part);

	if (r <= 0)
		return r;
	for (i = 0; i < asking->nr_inputs; i++) {
		bool is_there = places[i] >= 0;

		fold_cell(&part[i], is_there ? &layout->all[places[i]] : NULL,
			  is_there ? &cells[(size_t)places[i] - first] :
				     &unknown, when->ms, when->end_seq);
	}
	return 0;
}

/* @places: index of each input in the layout, by slot */
static int fold_moment(struct asking *asking, const struct source *source,
		       int (*places)[HISTORY_MAX_INPUTS],
		       const struct frames *frames)
{
	const struct moment *moment = &frames->reader.moment;
	const struct when when = {
		moment->t_ms, moment->ticks, moment->ms, frames->end_seq };
	size_t i;
	int r = 0;

	if (!gather_wants(asking, source, &when))
		return 0;
	if (asking->query->is_system) {
		if (asking->titles.nr_groups == 0)
			return 0;
		return fold_row(asking, source->layout, places[0],
				moment->host, source->layout->nr_container,
				&when, 0);
	}
	for (i = 0; i < moment->nr && r == 0; i++) {
		const struct member *member = &moment->members[i];
		const struct titled *titled = titles_find(&asking->titles,
			member->c + source->base);
		const struct when its = { when.t_ms, member->ticks,
					  member->ms, when.end_seq };

		if (titled)
			r = fold_row(asking, source->layout,
				     places[titled->slot],
				     moment_cells(moment, i), 0, &its,
				     titled->group);
	}
	return r;
}

/* The first frame of a span that may be needed */
static int64_t first_moment(struct asking *asking, const struct source *source)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;

	if (db_prepare(asking->view->sqlite, "SELECT moment FROM frame "
		       "WHERE span = ?1 AND t_ms >= ?2 AND seq >= ?3 "
		       "ORDER BY moment LIMIT 1", &statement) < 0)
		return 0;
	sqlite3_bind_int64(statement, 1, source->span);
	sqlite3_bind_int64(statement, 2, asking->first_ms);
	sqlite3_bind_int64(statement, 3, (int64_t)source->first_seq);
	return db_step(statement) == 1 ? sqlite3_column_int64(statement, 0) :
					 INT64_MAX;
}

static void find_places(const struct asking *asking,
			const struct layout *layout, unsigned int slot,
			int *places, bool *wanted)
{
	char metric[64];
	size_t i;

	for (i = 0; i < asking->nr_inputs; i++) {
		metric_of(asking, i, slot, metric);
		places[i] = layout_find(layout, metric);
		if (places[i] >= 0)
			wanted[places[i]] = true;
	}
}

static uint32_t in_frame(const struct source *source, int64_t c)
{
	int64_t its = c - source->base;

	return its < 0 ? 0 : its > UINT32_MAX ? UINT32_MAX : (uint32_t)its;
}

struct c_range gather_range(const struct asking *asking,
			    const struct source *source)
{
	const struct titles *titles = &asking->titles;

	if (titles->nr == 0)
		return (struct c_range){ 0, 0 };
	return (struct c_range){
		in_frame(source, titles->all[0].c),
		in_frame(source, titles->all[titles->nr - 1].c),
	};
}

static void want_containers(const struct asking *asking,
			    const struct source *source,
			    struct frame_reader *reader)
{
	struct c_range range = gather_range(asking, source);

	if (asking->query->is_system || asking->titles.nr == 0)
		return;
	reader->first_c = range.first;
	reader->last_c = range.last;
}

int gather_frames(struct asking *asking, const struct source *source,
		  const bool *wanted, struct frames *ret)
{
	int r = frames_begin(ret, asking->view->sqlite, source->span,
			     first_moment(asking, source), source->layout,
			     source->tier == RAW, wanted,
			     asking->view->store->unpacker);

	if (r < 0)
		return r;
	frames_wait(ret, asking->view->waiting, asking->view->nr_waiting,
		    source->local, asking->view->seqs);
	want_containers(asking, source, &ret->reader);
	return 0;
}

static int read_frames(struct asking *asking, const struct source *source)
{
	const struct layout *layout = source->layout;
	_cleanup_free_ bool *wanted = calloc(layout->nr + 1, sizeof(*wanted));
	int places[STORE_OTHERS + 1][HISTORY_MAX_INPUTS];
	unsigned int slot = first_slot(asking);
	struct frames frames;
	int r;

	if (!wanted)
		return -ENOMEM;
	memset(places, -1, sizeof(places)); /* slots that nobody asks for */
	for (; slot <= last_slot(asking); slot++)
		find_places(asking, layout, slot, places[slot], wanted);
	r = gather_frames(asking, source, wanted, &frames);
	if (r < 0)
		return r;
	while (r >= 0 && (r = frames_next(&frames)) > 0)
		r = fold_moment(asking, source, places, &frames);
	asking->damaged += frames.damaged;
	frames_done(&frames);
	return r;
}

bool gather_is_past(const struct asking *asking, const struct source *source,
		    uint64_t first_step)
{
	return asking->first_ms + (int64_t)first_step *
	       asking->query->step_ms > source->end_ms;
}

/* Newest first: if not all rows fit, the oldest ones are missing. */
int gather(struct asking *asking)
{
	size_t i;
	int r = 0;

	for (i = asking->sources.nr; i-- > 0 && r == 0;) {
		const struct source *source = &asking->sources.all[i];

		/* None of its rows would be in the answer. */
		if (gather_is_past(asking, source, asking->fold.first_step))
			continue;
		if (tiers[source->tier].bucket_ms > asking->resolution_ms)
			asking->resolution_ms = tiers[source->tier].bucket_ms;
		r = source->layout ? read_frames(asking, source) :
				     read_sealed(asking, source);
	}
	return r;
}
