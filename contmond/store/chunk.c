// SPDX-License-Identifier: GPL-2.0-only
#include "chunk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1

/* Flags of a series */
#define SOME_UNKNOWN 1
#define NONE_KNOWN 2
#define SOME_PARTIAL 4
#define ALL_FLAGS 7

/* Grows arrays of the same length. */
static int grow(size_t *allocated, void **array, size_t size)
{
	void *grown = reallocarray(*array, *allocated, size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

/* Times */

int timeline_add(struct timeline *timeline, const struct when *when)
{
	size_t allocated = timeline->allocated * 2 ?: 64;

	if (timeline->nr == timeline->allocated) {
		if (grow(&allocated, (void **)&timeline->all,
			 sizeof(*timeline->all)) < 0)
			return -ENOMEM;
		timeline->allocated = allocated;
	}
	timeline->all[timeline->nr++] = *when;
	return 0;
}

void timeline_write(const struct timeline *timeline, uint64_t begin_seq,
		    struct buffer *ret)
{
	struct when before = { .end_seq = begin_seq };
	size_t i;

	put_varint(ret, VERSION);
	put_varint(ret, timeline->nr);
	for (i = 0; i < timeline->nr; i++) {
		const struct when *when = &timeline->all[i];

		put_signed(ret, delta(before.t_ms, when->t_ms));
		put_signed(ret, (int64_t)when->ticks - before.ticks);
		put_signed(ret, (int64_t)when->ms - before.ms);
		/* Number of lost ticks before this moment */
		put_varint(ret, when->end_seq - before.end_seq - when->ticks);
		before = *when;
	}
}

int timeline_read(struct reader *bytes, uint64_t begin_seq,
		  struct timeline *ret)
{
	struct when when = { .end_seq = begin_seq };
	uint64_t version = get_varint(bytes);
	uint32_t nr = get_count(bytes, CHUNK_MAX_MOMENTS), i;
	int r = 0;

	if (version != VERSION)
		return -EBADMSG;
	ret->nr = 0;
	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		when.t_ms = add_delta(when.t_ms, get_signed(bytes));
		when.ticks += (uint32_t)get_signed(bytes);
		when.ms += (uint32_t)get_signed(bytes);
		when.end_seq += get_varint(bytes) + when.ticks;
		r = timeline_add(ret, &when);
	}
	return bytes->failed ? -EBADMSG : r;
}

/* Containers */

void roster_done(struct roster *roster)
{
	free(roster->all);
	free(roster->moments);
	free(roster->ticks);
	free(roster->ms);
	*roster = (struct roster){ 0 };
}

int roster_begin(struct roster *roster, uint32_t c)
{
	size_t allocated = roster->allocated * 2 ?: 16;

	if (roster->nr == roster->allocated) {
		if (grow(&allocated, (void **)&roster->all,
			 sizeof(*roster->all)) < 0)
			return -ENOMEM;
		roster->allocated = allocated;
	}
	roster->all[roster->nr++] = (struct presence){
		.c = c, .first = roster->nr_moments };
	return 0;
}

static int make_room(struct roster *roster)
{
	size_t allocated = roster->allocated_moments * 2 ?: 1024;

	if (roster->nr_moments < roster->allocated_moments)
		return 0;
	if (grow(&allocated, (void **)&roster->moments, sizeof(uint32_t)) < 0 ||
	    grow(&allocated, (void **)&roster->ticks, sizeof(uint32_t)) < 0 ||
	    grow(&allocated, (void **)&roster->ms, sizeof(uint32_t)) < 0)
		return -ENOMEM;
	roster->allocated_moments = allocated;
	return 0;
}

int roster_add(struct roster *roster, uint32_t moment, uint32_t ticks,
	       uint32_t ms)
{
	if (make_room(roster) < 0)
		return -ENOMEM;
	roster->moments[roster->nr_moments] = moment;
	roster->ticks[roster->nr_moments] = ticks;
	roster->ms[roster->nr_moments] = ms;
	roster->nr_moments++;
	roster->all[roster->nr - 1].nr++;
	return 0;
}

static void write_presence(const struct roster *roster,
			   const struct presence *presence,
			   const struct timeline *timeline,
			   struct buffer *ret)
{
	const uint32_t *moments = roster->moments + presence->first;
	uint32_t i, next = 0, missing = 0;

	put_varint(ret, presence->nr);
	/* Usually each moment directly follows the previous one. */
	for (i = 0; i < presence->nr; i++) {
		put_varint(ret, moments[i] - next);
		next = moments[i] + 1;
	}
	for (i = 0; i < presence->nr; i++) {
		const struct when *when = &timeline->all[moments[i]];

		missing |= (when->ticks - roster->ticks[presence->first + i]) |
			   (when->ms - roster->ms[presence->first + i]);
	}
	put_varint(ret, missing != 0);
	for (i = 0; i < presence->nr && missing; i++) {
		const struct when *when = &timeline->all[moments[i]];

		put_varint(ret, when->ticks -
			   roster->ticks[presence->first + i]);
		put_varint(ret, when->ms - roster->ms[presence->first + i]);
	}
}

void roster_write(const struct roster *roster, const struct timeline *timeline,
		  struct buffer *ret)
{
	uint32_t c = 0;
	size_t i;

	put_varint(ret, VERSION);
	put_varint(ret, roster->nr);
	for (i = 0; i < roster->nr; i++) {
		put_varint(ret, roster->all[i].c - c);
		c = roster->all[i].c;
		write_presence(roster, &roster->all[i], timeline, ret);
	}
}

static int read_presence(struct reader *bytes, const struct timeline *timeline,
			 struct roster *ret)
{
	uint32_t nr = get_count(bytes, (uint32_t)timeline->nr), i, next = 0;
	struct presence *presence = &ret->all[ret->nr - 1];
	int r = 0;

	for (i = 0; i < nr && r == 0; i++) {
		uint32_t moment = next + get_count(bytes,
			(uint32_t)timeline->nr);

		if (moment >= timeline->nr || bytes->failed)
			return -EBADMSG;
		next = moment + 1;
		r = roster_add(ret, moment, timeline->all[moment].ticks,
			       timeline->all[moment].ms);
	}
	if (r < 0 || !get_varint(bytes))
		return r;
	for (i = 0; i < nr; i++) {
		ret->ticks[presence->first + i] -= get_count(bytes, UINT32_MAX);
		ret->ms[presence->first + i] -= get_count(bytes, UINT32_MAX);
	}
	return 0;
}

int roster_read(struct reader *bytes, const struct timeline *timeline,
		struct roster *ret)
{
	uint64_t version = get_varint(bytes);
	uint32_t nr = get_count(bytes, CHUNK_MAX_MEMBERS), i, c = 0;
	int r = 0;

	if (version != VERSION)
		return -EBADMSG;
	ret->nr = 0;
	ret->nr_moments = 0;
	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		c += get_count(bytes, UINT32_MAX - c);
		r = roster_begin(ret, c);
		if (r == 0)
			r = read_presence(bytes, timeline, ret);
	}
	return bytes->failed ? -EBADMSG : r;
}

/* Numbers */

/* Runs of known and unknown cells alternate; the first is of known ones. */
static void count_run(struct series *series, bool unknown)
{
	if (series->unknown != unknown) {
		put_varint(&series->runs, series->run);
		series->run = 0;
		series->unknown = unknown;
	}
	series->run++;
}

void series_add(struct series *series, const struct kept *kept, bool raw,
		const struct cell *cell, uint32_t ticks, uint32_t ms)
{
	int64_t by = delta(series->v, cell->v);

	count_run(series, cell->n == 0);
	if (cell->n == 0)
		return;
	if (!raw) {
		uint32_t missing_ms = cell->ms > 0 ? ms - cell->ms : 0;

		put_varint(&series->parts, ticks - cell->n);
		put_varint(&series->parts, missing_ms);
		series->partial |= cell->n != ticks || missing_ms != 0;
	}
	put_signed(&series->means, by);
	if (kept->kind == KEPT_TOTAL) {
		if (cell->ms == 0)
			put_varint(&series->gains, 0);
		else
			put_varint(&series->gains, 1 + zigzag(delta(
				series->follows ? by : 0, cell->gain)));
		if (!raw && cell->ms > 0) {
			put_signed(&series->los, delta(series->lo, cell->lo));
			put_varint(&series->his,
				   (uint64_t)delta(cell->lo, cell->hi));
			series->lo = cell->lo;
		}
	} else if (!raw) {
		put_varint(&series->los, (uint64_t)delta(cell->lo, cell->v));
		put_varint(&series->his, (uint64_t)delta(cell->v, cell->hi));
	}
	series->v = cell->v;
	series->follows = true;
}

void series_write(struct series *series, struct buffer *ret)
{
	bool some_unknown = series->runs.length > 0 || series->unknown;
	struct buffer body = { 0 };

	if (!series->follows) {
		put_varint(&body, NONE_KNOWN);
	} else {
		put_varint(&body, (some_unknown ? SOME_UNKNOWN : 0U) |
			   (series->partial ? SOME_PARTIAL : 0U));
		if (some_unknown) {
			put_varint(&series->runs, series->run);
			buffer_append(&body, &series->runs);
		}
		if (series->partial)
			buffer_append(&body, &series->parts);
		buffer_append(&body, &series->means);
		buffer_append(&body, &series->gains);
		buffer_append(&body, &series->los);
		buffer_append(&body, &series->his);
	}
	put_varint(ret, body.length);
	buffer_append(ret, &body);
	buffer_done(&body);
	series->v = series->lo = 0;
	series->follows = series->unknown = series->partial = false;
	series->run = 0;
	series->runs.length = series->means.length = series->gains.length = 0;
	series->los.length = series->his.length = series->parts.length = 0;
}

void series_done(struct series *series)
{
	buffer_done(&series->runs);
	buffer_done(&series->parts);
	buffer_done(&series->means);
	buffer_done(&series->gains);
	buffer_done(&series->los);
	buffer_done(&series->his);
}

void chunk_write_head(const struct kept *kept, bool raw, struct buffer *ret)
{
	put_varint(ret, VERSION);
	put_varint(ret, kept->kind);
	put_varint(ret, raw);
	put_varint(ret, (uint64_t)kept->numerator);
	put_varint(ret, (uint64_t)kept->denominator);
}

int chunk_read_head(struct reader *bytes, struct kept *ret, bool *ret_raw)
{
	uint64_t version = get_varint(bytes);
	uint32_t kind = get_count(bytes, KEPT_TOTAL);

	*ret_raw = get_varint(bytes);
	ret->kind = (enum kept_kind)kind;
	ret->numerator = (int64_t)get_varint(bytes);
	ret->denominator = (int64_t)get_varint(bytes);
	return bytes->failed || version != VERSION || ret->numerator <= 0 ||
	       ret->denominator <= 0 ? -EBADMSG : 0;
}

/* Marks the known cells with their number of ticks. */
static int read_runs(struct reader *bytes, const uint32_t *ticks, uint32_t nr,
		     struct cell *cells)
{
	bool known = true;
	uint32_t i = 0, run;

	while (i < nr) {
		run = get_count(bytes, nr - i);
		if (bytes->failed || (run == 0 && i > 0))
			return -EBADMSG;
		for (; run > 0; run--, i++)
			cells[i].n = known ? ticks[i] : 0;
		known = !known;
	}
	return 0;
}

static void read_parts(struct reader *bytes, const uint32_t *ms, uint32_t nr,
		       struct cell *cells)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (cells[i].n == 0)
			continue;
		cells[i].n -= get_count(bytes, cells[i].n - 1);
		cells[i].ms -= get_count(bytes, ms[i]);
	}
}

static void read_gauge(struct reader *bytes, bool raw, uint32_t nr,
		       struct cell *cells)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		cells[i].ms = 0;
		if (cells[i].n > 0)
			cells[i].lo = raw ? cells[i].v : add_delta(cells[i].v,
				-(int64_t)get_varint(bytes));
	}
	for (i = 0; i < nr; i++) {
		if (cells[i].n > 0)
			cells[i].hi = raw ? cells[i].v : add_delta(cells[i].v,
				(int64_t)get_varint(bytes));
	}
}

static void read_gains(struct reader *bytes, bool raw, const uint32_t *ms,
		       uint32_t nr, struct cell *cells)
{
	int64_t before = 0;
	bool follows = false;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct cell *cell = &cells[i];
		uint64_t gain = cell->n > 0 ? get_varint(bytes) : 0;

		if (gain == 0)
			cell->ms = 0;
		if (cell->n == 0)
			continue;
		if (gain > 0)
			cell->gain = add_delta(follows ?
				delta(before, cell->v) : 0,
				unzigzag(gain - 1));
		if (gain > 0 && raw)
			cell_gain(cell, cell->gain, ms[i]);
		before = cell->v;
		follows = true;
	}
}

static void read_total(struct reader *bytes, bool raw, const uint32_t *ms,
		       uint32_t nr, struct cell *cells)
{
	int64_t lo = 0;
	uint32_t i;

	read_gains(bytes, raw, ms, nr, cells);
	if (raw)
		return;
	for (i = 0; i < nr; i++) {
		if (cells[i].ms > 0)
			lo = cells[i].lo = add_delta(lo, get_signed(bytes));
	}
	for (i = 0; i < nr; i++) {
		if (cells[i].ms > 0)
			cells[i].hi = add_delta(cells[i].lo,
						(int64_t)get_varint(bytes));
	}
}

int chunk_read_series(struct reader *bytes, const struct kept *kept, bool raw,
		      const uint32_t *ticks, const uint32_t *ms, uint32_t nr,
		      struct cell *ret)
{
	uint32_t length = get_count(bytes, UINT32_MAX), flags, i;
	const uint8_t *body = get_bytes(bytes, length);
	struct reader series = { body, body + length, false };
	int64_t v = 0;

	if (!body)
		return -EBADMSG;
	if (!ret)
		return 0;
	memset(ret, 0, nr * sizeof(*ret));
	flags = get_count(&series, ALL_FLAGS);
	if (flags & NONE_KNOWN)
		return 0;
	for (i = 0; i < nr; i++) {
		ret[i].n = ticks[i];
		ret[i].ms = ms[i];
	}
	if (flags & SOME_UNKNOWN && read_runs(&series, ticks, nr, ret) < 0)
		return -EBADMSG;
	if (flags & SOME_PARTIAL)
		read_parts(&series, ms, nr, ret);
	for (i = 0; i < nr; i++) {
		if (ret[i].n > 0)
			ret[i].v = v = add_delta(v, get_signed(&series));
	}
	if (kept->kind == KEPT_TOTAL)
		read_total(&series, raw, ms, nr, ret);
	else
		read_gauge(&series, raw, nr, ret);
	return series.failed ? -EBADMSG : 0;
}
