// SPDX-License-Identifier: GPL-2.0-only
#include "command_gather.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/util.h"
#include "busy_spans.h"

/*
 * @wanted: containers whose commands are needed, and the host
 * @list: of the moment that is being read; its memory is used again
 */
struct reading {
	struct asking *asking;
	const struct source *source;
	uint32_t host;
	struct c_range wanted;
	struct command_uses *uses;
	struct busy_commands list;
};

static int add(struct reading *reading, const struct when *when,
	       uint32_t group, uint32_t name, double living_ms,
	       double exited_ms)
{
	const struct step_use use = {
		gather_step(reading->asking, when->t_ms), group, name,
		living_ms, exited_ms,
	};

	return command_uses_add(reading->uses, &use);
}

static uint32_t group_of(const struct reading *reading, uint32_t c)
{
	return c == 0 ? reading->host :
	       titles_group(&reading->asking->titles,
			    c + reading->source->base);
}

/* Commands beyond the limit of names are among the others. */
static int add_use(struct reading *reading, const struct when *when,
		   uint32_t group, const struct command_use *use)
{
	uint32_t name;
	int r = command_uses_number(reading->uses, use->comm, &name);

	if (r < 0)
		return r;
	if (r == 0)
		return add(reading, when, group, NAME_OTHERS, 0, 0);
	return add(reading, when, group, name, use->living_ms < 0 ?
		   (double)NAN : (double)use->living_ms,
		   (double)use->exited_ms);
}

/* The uses of one container: if as many as are kept, others may be missing. */
static int add_uses(struct reading *reading, const struct when *when,
		    const struct command_use *uses, size_t nr)
{
	uint32_t group = group_of(reading, uses[0].c);
	size_t nr_known = 0, i;
	int r = 0;

	for (i = 0; i < nr && r == 0 && group != NO_GROUP; i++) {
		nr_known += uses[i].living_ms >= 0;
		r = add_use(reading, when, group, &uses[i]);
	}
	if (r == 0 && group != NO_GROUP &&
	    (nr_known >= MAX_BUSY_COMMANDS ||
	     nr - nr_known >= MAX_BUSY_COMMANDS))
		r = add(reading, when, group, NAME_OTHERS, 0, 0);
	return r;
}

static int add_list(struct reading *reading, const struct when *when)
{
	const struct busy_commands *list = &reading->list;
	size_t first = 0, i;
	int r = 0;

	for (i = 1; i <= list->nr && r == 0; i++) {
		if (i < list->nr && list->all[i].c == list->all[first].c)
			continue;
		r = add_uses(reading, when, list->all + first, i - first);
		first = i;
	}
	for (i = 0; i < list->nr_unseen && r == 0; i++) {
		uint32_t group = group_of(reading, list->unseen[i]);

		if (group != NO_GROUP)
			r = add(reading, when, group, NAME_UNSEEN, 0, 0);
	}
	return r;
}

/*
 * The host has a row in each step of which there is any moment. The first tick
 * of a run covers no time, and its list is empty.
 */
static int add_time(struct reading *reading, const struct when *when)
{
	struct asking *asking = reading->asking;
	struct folded *part;
	int r = when->ms == 0 ? 0 :
		add(reading, when, ALL_GROUPS, NAME_TIME, 0, when->ms);

	if (r == 0 && reading->host != NO_GROUP)
		r = fold_part(&asking->fold, gather_step(asking, when->t_ms),
			      reading->host, &part);
	return r < 0 ? r : 0;
}

static int add_unknown(struct reading *reading, const struct when *when)
{
	return add(reading, when, ALL_GROUPS, NAME_UNKNOWN, 0, 0);
}

static bool is_wanted(const struct reading *reading, const struct when *when)
{
	return gather_wants(reading->asking, reading->source, when) &&
	       gather_step(reading->asking, when->t_ms) >=
	       reading->uses->first_step;
}

/* Sealed spans */

/* From the first to the last moment that is wanted; false: there is none */
static bool find_range(const struct reading *reading, size_t *ret_first,
		       size_t *ret_last)
{
	const struct timeline *timeline = &reading->asking->timeline;
	bool found = false;
	size_t i;

	*ret_first = *ret_last = 0;
	for (i = 0; i < timeline->nr; i++) {
		if (!is_wanted(reading, &timeline->all[i]))
			continue;
		if (!found)
			*ret_first = i;
		*ret_last = i;
		found = true;
	}
	return found;
}

/* @has_list: of each moment, whether it is in one of the chunks */
static int read_lists(struct reading *reading, struct reader *bytes,
		      size_t moment, size_t last, bool *has_list)
{
	const struct when *whens = reading->asking->timeline.all;
	int r = 0;

	for (; r == 0 && moment <= last && bytes->at < bytes->end; moment++) {
		busy_commands_clear(&reading->list);
		r = busy_commands_read(&reading->list, bytes,
				       &reading->wanted);
		if (r == 0 && is_wanted(reading, &whens[moment])) {
			has_list[moment] = true;
			r = add_list(reading, &whens[moment]);
		}
	}
	return r;
}

static int read_chunks(struct reading *reading, size_t first, size_t last,
		       bool *has_list)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct view *view = reading->asking->view;
	struct reader bytes;
	int r = busy_spans_lists(view, BUSY_COMMANDS, &statement);

	if (r < 0 || !statement)
		return r;
	sqlite3_bind_int64(statement, 1, reading->source->span);
	sqlite3_bind_int64(statement, 2, (int64_t)first);
	sqlite3_bind_int64(statement, 3, (int64_t)last);
	while (r == 0 && (r = db_step(statement)) == 1) {
		r = unpack(view->store->unpacker,
			   sqlite3_column_blob(statement, 1),
			   (size_t)sqlite3_column_bytes(statement, 1), &bytes);
		if (r == 0)
			r = read_lists(reading, &bytes, (size_t)
				       sqlite3_column_int64(statement, 0),
				       last, has_list);
		if (r != -EBADMSG)
			continue;
		reading->asking->damaged++;
		r = 0;
	}
	return r;
}

/* Moments whose commands are unknown have no list. */
static int read_moments(struct reading *reading, size_t first, size_t last)
{
	const struct timeline *timeline = &reading->asking->timeline;
	_cleanup_free_ bool *has_list = calloc(timeline->nr, 1);
	int r = has_list ? read_chunks(reading, first, last, has_list) :
			   -ENOMEM;
	size_t i;

	for (i = first; i <= last && r == 0; i++) {
		if (!is_wanted(reading, &timeline->all[i]))
			continue;
		r = add_time(reading, &timeline->all[i]);
		if (r == 0 && !has_list[i])
			r = add_unknown(reading, &timeline->all[i]);
	}
	return r;
}

static int read_sealed(struct reading *reading)
{
	size_t first, last;
	int r = gather_timeline(reading->asking, reading->source);

	/* Its containers are unknown as well: gather() has counted it. */
	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	return find_range(reading, &first, &last) ?
	       read_moments(reading, first, last) : 0;
}

/* Spans with frames */

static int read_frame(struct reading *reading, struct frames *frames)
{
	const struct moment *moment = &frames->reader.moment;
	const struct when when = {
		moment->t_ms, moment->ticks, moment->ms, frames->end_seq };
	int r;

	if (!is_wanted(reading, &when))
		return 0;
	busy_commands_clear(&reading->list);
	r = frames_commands(frames, &reading->wanted, &reading->list);
	if (r == -ENOMEM)
		return r;
	reading->asking->damaged += r < 0;
	r = add_time(reading, &when);
	if (r < 0)
		return r;
	return reading->list.unknown ? add_unknown(reading, &when) :
				       add_list(reading, &when);
}

static int read_frames(struct reading *reading)
{
	static const bool none[1000];
	struct frames frames;
	int r = gather_frames(reading->asking, reading->source, none, &frames);

	if (r < 0)
		return r;
	while (r >= 0 && (r = frames_next(&frames)) > 0)
		r = read_frame(reading, &frames);
	frames_done(&frames);
	return r;
}

int command_gather(struct asking *asking, uint32_t host,
		   struct command_uses *uses)
{
	struct reading reading = {
		.asking = asking, .host = host, .uses = uses,
	};
	size_t i;
	int r = 0;

	for (i = asking->sources.nr; i-- > 0 && r == 0;) {
		reading.source = &asking->sources.all[i];
		if (gather_is_past(asking, reading.source,
				   asking->fold.first_step) ||
		    gather_is_past(asking, reading.source, uses->first_step))
			continue;
		reading.wanted = gather_range(asking, reading.source);
		if (host != NO_GROUP)
			reading.wanted.first = 0;
		r = reading.source->layout ? read_frames(&reading) :
					     read_sealed(&reading);
	}
	busy_commands_done(&reading.list);
	return r;
}
