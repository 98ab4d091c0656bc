// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame consists of version, flags, time, ticks, ms, the members (unless they
 * are those of the previous frame), and for each column the length of its
 * section and the section: which cells are unknown (unless none is), then the
 * cells.
 */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"

#define VERSION 1
#define KEY 1
#define SAME_MEMBERS 2

/* Flags of a column */
#define ALL_KNOWN 1
#define ALL_FULL 2	/* in all ticks of their containers */

/* Writing */

void frame_writer_done(struct frame_writer *writer)
{
	free(writer->c);
	free(writer->v);
	free(writer->known);
	*writer = (struct frame_writer){ 0 };
}

static int reserve(struct frame_writer *writer, const struct layout *layout,
		   size_t nr)
{
	size_t cells = (nr + 1) * layout->nr;
	uint32_t *c;
	int64_t *v;
	bool *known;

	if (writer->v && nr <= writer->allocated)
		return 0;
	c = reallocarray(writer->c, nr + 1, sizeof(*c));
	if (c)
		writer->c = c;
	v = reallocarray(writer->v, cells, sizeof(*v));
	if (v)
		writer->v = v;
	known = reallocarray(writer->known, cells, sizeof(*known));
	if (known)
		writer->known = known;
	if (!c || !v || !known)
		return -ENOMEM;
	writer->allocated = nr;
	return 0;
}

static bool same_members(const struct frame_writer *writer,
			 const struct moment *moment)
{
	size_t i;

	for (i = 0; i < moment->nr && i < writer->nr; i++) {
		if (writer->c[i] != moment->members[i].c)
			return false;
	}
	return writer->nr == moment->nr;
}

/* Brings the values of the previous frame into the order of the new members. */
static int follow(struct frame_writer *writer, const struct moment *moment,
		  bool key)
{
	size_t columns = moment->layout->nr_container, i, j = 0;
	struct frame_writer old = *writer;

	if (same_members(writer, moment) && !key)
		return 0;
	*writer = (struct frame_writer){ .t_ms = old.t_ms };
	if (reserve(writer, moment->layout, moment->nr) < 0) {
		frame_writer_done(writer);
		*writer = old;
		return -ENOMEM;
	}
	memset(writer->known, 0, (moment->nr + 1) * moment->layout->nr);
	writer->nr = moment->nr;
	for (i = 0; i < moment->nr; i++) {
		writer->c[i] = moment->members[i].c;
		while (j < old.nr && old.c[j] < writer->c[i])
			j++;
		if (key || j == old.nr || old.c[j] != writer->c[i])
			continue;
		memcpy(writer->v + i * columns, old.v + j * columns,
		       columns * sizeof(*old.v));
		memcpy(writer->known + i * columns, old.known + j * columns,
		       columns * sizeof(*old.known));
	}
	if (!key) {
		size_t host = moment->layout->nr - columns;

		memcpy(writer->v + writer->nr * columns,
		       old.v + old.nr * columns, host * sizeof(*old.v));
		memcpy(writer->known + writer->nr * columns,
		       old.known + old.nr * columns,
		       host * sizeof(*old.known));
	}
	frame_writer_done(&old);
	return 0;
}

static void put_members(const struct moment *moment, bool raw, bool same,
			struct buffer *ret)
{
	uint32_t c = 0;
	size_t i;

	if (!same) {
		put_varint(ret, moment->nr);
		for (i = 0; i < moment->nr; i++) {
			put_varint(ret, moment->members[i].c - c);
			c = moment->members[i].c;
		}
	}
	for (i = 0; i < moment->nr && !raw; i++) {
		put_varint(ret, moment->ticks - moment->members[i].ticks);
		put_varint(ret, moment->ms - moment->members[i].ms);
	}
}

static bool is_full(const struct cell *cell, const struct kept *kept,
		    const struct member *member)
{
	return cell->n == 0 || (cell->n == member->ticks &&
		(kept->kind != KEPT_TOTAL || !cell->gained ||
		 cell->ms == member->ms));
}

/* Writes in how many of its container's ticks and ms the cell is known. */
static void put_part(const struct cell *cell, const struct member *member,
		     struct buffer *ret)
{
	put_varint(ret, member->ticks - cell->n);
	put_varint(ret, cell->gained ? member->ms - cell->ms : 0);
}

static void put_cell(const struct cell *cell, const struct kept *kept,
		     bool raw, int64_t *v, bool *known, struct buffer *ret)
{
	int64_t mean = cell_mean(cell, kept);
	bool follows = *known;

	put_signed(ret, follows ? delta(*v, mean) : mean);
	*v = mean;
	*known = true;
	if (kept->kind != KEPT_TOTAL) {
		if (!raw) {
			put_varint(ret, (uint64_t)delta(cell->lo, mean));
			put_varint(ret, (uint64_t)delta(mean, cell->hi));
		}
		return;
	}
	if (raw && follows)
		return;		/* readers use the difference as the gain */
	put_varint(ret, cell->gained ? (uint64_t)cell->gain + 1 : 0);
	if (!raw && cell->gained) {
		put_signed(ret, cell->lo);
		put_varint(ret, (uint64_t)delta(cell->lo, cell->hi));
	}
}

/* The cells of one column, @stride apart, and their containers */
struct column_cells {
	const struct kept *kept;
	const struct cell *cells;
	const struct member *members;
	size_t nr;
	size_t stride;
	bool raw;
};

static unsigned int column_flags(const struct column_cells *column)
{
	unsigned int flags = ALL_KNOWN | ALL_FULL;
	size_t i;

	for (i = 0; i < column->nr; i++) {
		const struct cell *cell = &column->cells[i * column->stride];

		if (cell->n == 0)
			flags &= ~(unsigned int)ALL_KNOWN;
		if (!column->raw &&
		    !is_full(cell, column->kept, &column->members[i]))
			flags &= ~(unsigned int)ALL_FULL;
	}
	return flags;
}

static void put_known(const struct column_cells *column, struct buffer *ret)
{
	size_t i, j;

	for (i = 0; i < column->nr; i += 8) {
		unsigned int bits = 0;

		for (j = i; j < column->nr && j < i + 8; j++)
			bits |= (unsigned int)
				(column->cells[j * column->stride].n > 0) <<
				(j - i);
		buffer_putc(ret, (char)bits);
	}
}

static void put_column(const struct column_cells *column, int64_t *v,
		       bool *known, struct buffer *ret)
{
	unsigned int flags = column_flags(column);
	size_t i;

	put_varint(ret, flags);
	if (!(flags & ALL_KNOWN))
		put_known(column, ret);
	for (i = 0; i < column->nr; i++) {
		size_t at = i * column->stride;
		const struct cell *cell = &column->cells[at];

		if (cell->n == 0) {
			known[at] = false;
			continue;
		}
		put_cell(cell, column->kept, column->raw, &v[at], &known[at],
			 ret);
		if (!(flags & ALL_FULL))
			put_part(cell, &column->members[i], ret);
	}
}

static void put_columns(struct frame_writer *writer,
			const struct moment *moment, bool raw,
			struct buffer *ret)
{
	const struct layout *layout = moment->layout;
	const struct member host = { 0, moment->ticks, moment->ms };
	size_t columns = layout->nr_container, i;
	struct buffer section = { 0 };

	for (i = 0; i < layout->nr; i++) {
		bool of_host = i >= columns;
		size_t at = of_host ? writer->nr * columns + i - columns : i;
		const struct column_cells column = {
			.kept = &layout->all[i],
			.cells = of_host ? moment->host + i - columns :
					   moment->cells + i,
			.members = of_host ? &host : moment->members,
			.nr = of_host ? 1 : moment->nr,
			.stride = columns,
			.raw = raw,
		};

		section.length = 0;
		put_column(&column, writer->v + at, writer->known + at,
			   &section);
		put_varint(ret, section.length);
		buffer_append(ret, &section);
	}
	buffer_done(&section);
}

int frame_write(struct frame_writer *writer, const struct moment *moment,
		bool raw, bool key, struct buffer *ret)
{
	bool same = !key && same_members(writer, moment);

	if (follow(writer, moment, key) < 0)
		return -ENOMEM;
	put_varint(ret, VERSION);
	put_varint(ret, (key ? KEY : 0U) | (same ? SAME_MEMBERS : 0U));
	put_signed(ret, key ? moment->t_ms :
			      delta(writer->t_ms, moment->t_ms));
	put_varint(ret, moment->ticks);
	put_varint(ret, moment->ms);
	writer->t_ms = moment->t_ms;
	put_members(moment, raw, same, ret);
	put_columns(writer, moment, raw, ret);
	return ret->failed ? -ENOMEM : 0;
}

/* Reading */

int frame_reader_init(struct frame_reader *reader,
		      const struct layout *layout, bool raw,
		      const bool *wanted)
{
	*reader = (struct frame_reader){ .wanted = wanted, .raw = raw };
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
	size_t row = moment->layout->nr_container * sizeof(struct cell);
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
		read.gained = gain > 0;
		if (read.gained) {
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

static void get_column(struct frame_reader *reader, struct reader *bytes,
		       const struct kept *kept, struct cell *cells, size_t nr)
{
	struct moment *moment = &reader->moment;
	const struct member host = { 0, moment->ticks, moment->ms };
	size_t stride = moment->layout->nr_container, i;
	uint64_t flags = get_varint(bytes);
	const uint8_t *bits = flags & ALL_KNOWN ? NULL :
			      get_bytes(bytes, (nr + 7) / 8);

	for (i = 0; i < nr && !bytes->failed; i++) {
		const struct member *its = kept->of_host ? &host :
					   &moment->members[i];

		if (bits && !(bits[i / 8] >> (i % 8) & 1)) {
			cells[i * stride].n = 0;
			continue;
		}
		get_cell(bytes, kept, reader->raw, its->ticks, its->ms,
			 &cells[i * stride]);
		if (!(flags & ALL_FULL))
			get_part(bytes, &cells[i * stride]);
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
	bool key = flags & KEY;
	int64_t t_ms = get_signed(bytes);
	int r;

	if (version != VERSION || bytes->failed)
		return -EBADMSG;
	if (!key && !reader->ready)
		return -ENODATA;
	if (key)
		memset(moment->host, 0, sizeof(struct cell) *
		       (moment->layout->nr - moment->layout->nr_container));
	moment->t_ms = key ? t_ms : add_delta(moment->t_ms, t_ms);
	moment->ticks = get_count(bytes, UINT32_MAX);
	moment->ms = get_count(bytes, UINT32_MAX);
	if (!(flags & SAME_MEMBERS)) {
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
