// SPDX-License-Identifier: GPL-2.0-only
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frame_format.h"

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

static bool is_full(const struct cell *cell, const struct member *member)
{
	return cell->n == 0 || (cell->n == member->ticks &&
		(cell->ms == 0 || cell->ms == member->ms));
}

/* Writes in how many of its container's ticks and ms the cell is known. */
static void put_part(const struct cell *cell, const struct member *member,
		     struct buffer *ret)
{
	put_varint(ret, member->ticks - cell->n);
	put_varint(ret, cell->ms > 0 ? member->ms - cell->ms : 0);
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
	put_varint(ret, cell->ms > 0 ? (uint64_t)cell->gain + 1 : 0);
	if (!raw && cell->ms > 0) {
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
	unsigned int flags = FRAME_ALL_KNOWN | FRAME_ALL_FULL;
	size_t i;

	for (i = 0; i < column->nr; i++) {
		const struct cell *cell = &column->cells[i * column->stride];

		if (cell->n == 0)
			flags &= ~(unsigned int)FRAME_ALL_KNOWN;
		if (!column->raw &&
		    !is_full(cell, &column->members[i]))
			flags &= ~(unsigned int)FRAME_ALL_FULL;
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
	if (!(flags & FRAME_ALL_KNOWN))
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
		if (!(flags & FRAME_ALL_FULL))
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
	put_varint(ret, FRAME_VERSION);
	put_varint(ret, (key ? FRAME_KEY : 0U) |
			(same ? FRAME_SAME_MEMBERS : 0U));
	put_signed(ret, key ? moment->t_ms :
			      delta(writer->t_ms, moment->t_ms));
	put_varint(ret, moment->ticks);
	put_varint(ret, moment->ms);
	writer->t_ms = moment->t_ms;
	put_members(moment, raw, same, ret);
	put_columns(writer, moment, raw, ret);
	return ret->failed ? -ENOMEM : 0;
}
