// SPDX-License-Identifier: GPL-2.0-only
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "frame_format.h"

static bool wants_none(const struct layout *layout, const bool *wanted)
{
	return wanted && !memchr(wanted, true, layout->nr_container);
}

int frame_reader_init(struct frame_reader *reader,
		      const struct layout *layout, bool raw,
		      const bool *wanted)
{
	*reader = (struct frame_reader){
		.wanted = wanted,
		.is_bare = wants_none(layout, wanted),
		.last_c = UINT32_MAX,
		.raw = raw,
	};
	return moment_init(&reader->moment, layout);
}

void frame_reader_done(struct frame_reader *reader)
{
	moment_done(&reader->moment);
	*reader = (struct frame_reader){ 0 };
}

/*
 * Room is made for what the bytes can hold: of each member at least its number,
 * and a bit in each column.
 */
static bool can_hold(const struct reader *bytes, const struct layout *layout,
		     uint32_t nr)
{
	size_t left = (size_t)(bytes->end - bytes->at);

	return nr <= left && nr * layout->nr_container <= 8 * left;
}

/* Keeps cells of the previous frame, unless @key; new members have no ticks. */
static int get_new_members(struct frame_reader *reader, struct reader *bytes,
			   bool key)
{
	struct moment *moment = &reader->moment;
	size_t row = reader->is_bare ? 0 :
		     moment->layout->nr_container * sizeof(struct cell);
	struct moment old = key ? (struct moment){ 0 } : *moment;
	uint32_t nr = get_count(bytes, CHUNK_MAX_MEMBERS), c = 0;
	size_t i, j = 0;

	if (bytes->failed || !can_hold(bytes, moment->layout, nr))
		return -EBADMSG;
	if (!key) {
		moment->members = NULL;
		moment->cells = NULL;
		moment->allocated = 0;
	}
	if (moment_reserve(moment, nr) < 0) {
		if (!key) {
			free(moment->members);
			*moment = old;
		}
		return -ENOMEM;
	}
	moment->nr = nr;
	for (i = 0; i < nr; i++) {
		c += get_count(bytes, UINT32_MAX - c);
		moment->members[i] = (struct member){ c, key, 0 };
		memset(moment_cells(moment, i), 0, row);
		while (j < old.nr && old.members[j].c < c)
			j++;
		if (j == old.nr || old.members[j].c != c)
			continue;
		moment->members[i].ticks = 1;
		memcpy(moment_cells(moment, i), moment_cells(&old, j), row);
	}
	free(old.members);
	free(old.cells);
	return 0;
}

/* Of a tick, a key frame does not tell which of its members are new. */
static void get_presence(struct frame_reader *reader, struct reader *bytes)
{
	struct moment *moment = &reader->moment;
	size_t i;

	for (i = 0; i < moment->nr; i++) {
		struct member *member = &moment->members[i];

		member->ms = reader->raw && !member->ticks ? 0 : moment->ms;
		member->ticks = moment->ticks;
		if (reader->raw)
			continue;
		member->ticks -= get_count(bytes, moment->ticks);
		member->ms -= get_count(bytes, moment->ms);
	}
}

static void get_cell(struct reader *bytes, const struct kept *kept, bool raw,
		     uint32_t ticks, uint32_t ms, struct cell *cell)
{
	bool follows = cell->n > 0;
	int64_t by = get_signed(bytes);
	struct cell read = { .n = ticks };
	uint64_t gain;

	read.v = follows ? add_delta(cell->v, by) : by;
	if (kept->kind != KEPT_TOTAL) {
		read.lo = raw ? read.v :
			  add_delta(read.v, -(int64_t)get_varint(bytes));
		read.hi = raw ? read.v :
			  add_delta(read.v, (int64_t)get_varint(bytes));
	} else if (raw) {
		if (!follows)
			by = (int64_t)get_varint(bytes) - 1;
		cell_gain(&read, by, ms);
	} else {
		gain = get_varint(bytes);
		if (gain > 0) {
			read.ms = ms;
			read.gain = (int64_t)(gain - 1);
			read.lo = get_signed(bytes);
			read.hi = add_delta(read.lo,
					    (int64_t)get_varint(bytes));
		}
	}
	*cell = read;
}

static void get_part(struct reader *bytes, struct cell *cell)
{
	uint32_t ticks = get_count(bytes, cell->n - 1);
	uint32_t ms = get_count(bytes, cell->ms);

	cell->n -= ticks;
	cell->ms -= ms;
}

static void skip_varints(struct reader *bytes, size_t nr)
{
	while (nr-- > 0)
		get_varint(bytes);
}

/* Only whether it is known is kept of it: the next frame depends on that. */
static void skip_cell(struct reader *bytes, const struct kept *kept, bool raw,
		      bool full, struct cell *cell)
{
	bool follows = cell->n > 0;

	get_varint(bytes);
	if (kept->kind != KEPT_TOTAL)
		skip_varints(bytes, raw ? 0 : 2);
	else if (raw)
		skip_varints(bytes, follows ? 0 : 1);
	else if (get_varint(bytes) > 0)
		skip_varints(bytes, 2);
	if (!full)
		skip_varints(bytes, 2);
	cell->n = 1;
}

/* Stops at the last container that is needed. */
static void get_column(struct frame_reader *reader, struct reader *bytes,
		       const struct kept *kept, struct cell *cells, size_t nr)
{
	const struct moment *moment = &reader->moment;
	const struct member host = { reader->first_c, moment->ticks,
				     moment->ms };
	size_t stride = moment->layout->nr_container, i;
	uint64_t flags = get_varint(bytes);
	bool full = flags & FRAME_ALL_FULL;
	const uint8_t *bits = flags & FRAME_ALL_KNOWN ? NULL :
			      get_bytes(bytes, (nr + 7) / 8);

	for (i = 0; i < nr && !bytes->failed; i++) {
		const struct member *member = kept->of_host ? &host :
					      &moment->members[i];
		struct cell *cell = &cells[i * stride];

		if (member->c > reader->last_c)
			break;
		if (bits && !(bits[i / 8] >> (i % 8) & 1)) {
			*cell = (struct cell){ 0 };
			continue;
		}
		if (member->c < reader->first_c) {
			skip_cell(bytes, kept, reader->raw, full, cell);
			continue;
		}
		get_cell(bytes, kept, reader->raw, member->ticks, member->ms,
			 cell);
		if (!full)
			get_part(bytes, cell);
	}
}

static int get_columns(struct frame_reader *reader, struct reader *bytes)
{
	struct moment *moment = &reader->moment;
	const struct layout *layout = moment->layout;
	size_t i;

	for (i = 0; i < layout->nr; i++) {
		bool host = i >= layout->nr_container;
		size_t length = get_count(bytes, UINT32_MAX);
		const uint8_t *section = get_bytes(bytes, length);
		struct reader column = { section, section + length, false };

		if (!section)
			return -EBADMSG;
		if (reader->wanted && !reader->wanted[i])
			continue;
		get_column(reader, &column, &layout->all[i], host ?
			   moment->host + i - layout->nr_container :
			   moment->cells + i, host ? 1 : moment->nr);
		if (column.failed)
			return -EBADMSG;
	}
	return 0;
}

static int get_frame(struct frame_reader *reader, struct reader *bytes)
{
	struct moment *moment = &reader->moment;
	uint64_t version = get_varint(bytes), flags = get_varint(bytes);
	bool key = flags & FRAME_KEY;
	int64_t t_ms = get_signed(bytes);
	int r;

	if (version != FRAME_VERSION || bytes->failed)
		return -EBADMSG;
	if (!key && !reader->ready)
		return -ENODATA;
	if (key)
		memset(moment->host, 0, sizeof(struct cell) *
		       (moment->layout->nr - moment->layout->nr_container));
	moment->t_ms = key ? t_ms : add_delta(moment->t_ms, t_ms);
	moment->ticks = get_count(bytes, UINT32_MAX);
	moment->ms = get_count(bytes, UINT32_MAX);
	if (!(flags & FRAME_SAME_MEMBERS)) {
		r = get_new_members(reader, bytes, key);
		if (r < 0)
			return r;
	}
	get_presence(reader, bytes);
	return bytes->failed ? -EBADMSG : get_columns(reader, bytes);
}

int frame_read(struct frame_reader *reader, struct reader *bytes)
{
	int r = get_frame(reader, bytes);

	reader->ready = r == 0;
	return r;
}
