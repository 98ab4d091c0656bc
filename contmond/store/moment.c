// SPDX-License-Identifier: GPL-2.0-only
#include "moment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

int moment_init(struct moment *moment, const struct layout *layout)
{
	*moment = (struct moment){ .layout = layout };
	moment->host = calloc(layout->nr - layout->nr_container + 1,
			      sizeof(*moment->host));
	return moment->host ? 0 : -ENOMEM;
}

void moment_done(struct moment *moment)
{
	free(moment->members);
	free(moment->cells);
	free(moment->host);
	*moment = (struct moment){ 0 };
}

void moment_clear(struct moment *moment)
{
	const struct layout *layout = moment->layout;

	moment->t_ms = 0;
	moment->ticks = 0;
	moment->ms = 0;
	moment->nr = 0;
	memset(moment->host, 0,
	       (layout->nr - layout->nr_container) * sizeof(*moment->host));
}

int moment_reserve(struct moment *moment, size_t nr)
{
	size_t columns = moment->layout->nr_container + 1;
	size_t allocated = moment->allocated;
	struct member *members;
	struct cell *cells;

	if (nr <= allocated)
		return 0;
	allocated = nr < allocated + allocated / 2 ?
		    allocated + allocated / 2 : nr + 8;
	members = reallocarray(moment->members, allocated, sizeof(*members));
	if (!members)
		return -ENOMEM;
	moment->members = members;
	cells = reallocarray(moment->cells, allocated * columns,
			     sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	moment->cells = cells;
	moment->allocated = allocated;
	return 0;
}

static int compare(const void *key, const void *element)
{
	uint32_t x = *(const uint32_t *)key;
	uint32_t y = ((const struct member *)element)->c;

	return (x > y) - (x < y);
}

int moment_find(const struct moment *moment, uint32_t c)
{
	bool found;
	size_t place = sorted_place(&c, moment->members, moment->nr,
				    sizeof(*moment->members), compare, &found);

	return found ? (int)place : -1;
}

void cell_set(struct cell *cell, const struct kept *kept, int64_t v)
{
	*cell = (struct cell){ .v = v, .n = 1 };
	if (kept->kind != KEPT_TOTAL)
		cell->lo = cell->hi = v;
}

void cell_gain(struct cell *cell, int64_t gain, uint32_t ms)
{
	if (gain < 0 || ms == 0)
		return;
	cell->gain = gain;
	cell->ms = ms;
	cell->lo = gain / ms * 1000 + gain % ms * 1000 / ms;
	cell->hi = cell->lo + (gain % ms * 1000 % ms != 0);
}

int64_t cell_mean(const struct cell *cell, const struct kept *kept)
{
	int64_t half = (int64_t)cell->n / 2;

	if (kept->kind != KEPT_GAUGE || cell->n <= 1)
		return cell->v;
	return (cell->v + (cell->v < 0 ? -half : half)) / (int64_t)cell->n;
}

/* Saturates, so that no number from the kernel can cause an overflow. */
static int64_t add_signed(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static void widen(struct cell *to, const struct cell *from)
{
	if (from->lo < to->lo)
		to->lo = from->lo;
	if (from->hi > to->hi)
		to->hi = from->hi;
}

static void add_gain(struct cell *to, const struct cell *from)
{
	if (from->ms == 0)
		return;
	if (to->ms > 0) {
		widen(to, from);
	} else {
		to->lo = from->lo;
		to->hi = from->hi;
	}
	to->gain = add_signed(to->ms > 0 ? to->gain : 0, from->gain);
	to->ms += from->ms;
}

static void add_cell(struct cell *to, const struct cell *from,
		     enum kept_kind kind)
{
	if (from->n == 0)
		return;
	if (to->n == 0) {
		*to = *from;
		return;
	}
	to->n += from->n;
	if (kind == KEPT_TOTAL) {
		to->v = from->v;
		add_gain(to, from);
		return;
	}
	widen(to, from);
	to->v = kind == KEPT_GAUGE ?
		add_signed(to->v, from->v) : from->v;
}

static bool same_members(const struct moment *a, const struct moment *b)
{
	size_t i;

	if (a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++) {
		if (a->members[i].c != b->members[i].c)
			return false;
	}
	return true;
}

size_t moment_missing(const struct moment *to, const struct moment *from)
{
	size_t i, missing = 0;

	if (same_members(to, from))
		return 0;
	for (i = 0; i < from->nr; i++) {
		if (moment_find(to, from->members[i].c) < 0)
			missing++;
	}
	return missing;
}

/* Makes room for each member that @to lacks, from the end backwards. */
static int make_places(struct moment *to, const struct moment *from)
{
	size_t columns = to->layout->nr_container;
	size_t missing = moment_missing(to, from);
	size_t i = to->nr, j = from->nr, k;

	if (moment_reserve(to, to->nr + missing) < 0)
		return -ENOMEM;
	k = to->nr + missing;
	to->nr = k;
	while (missing > 0) {
		bool is_new = i == 0 || (j > 0 && from->members[j - 1].c >
						  to->members[i - 1].c);

		k--;
		if (is_new) {
			to->members[k] = (struct member){
				.c = from->members[--j].c };
			memset(moment_cells(to, k), 0,
			       columns * sizeof(struct cell));
			missing--;
			continue;
		}
		j -= j > 0 && from->members[j - 1].c == to->members[i - 1].c;
		i--;
		to->members[k] = to->members[i];
		memmove(moment_cells(to, k), moment_cells(to, i),
			columns * sizeof(struct cell));
	}
	return 0;
}

int moment_add(struct moment *to, const struct moment *from)
{
	const struct layout *layout = to->layout;
	size_t i, j, at = 0;

	if (make_places(to, from) < 0)
		return -ENOMEM;
	for (i = 0; i < from->nr; i++, at++) {
		const struct member *member = &from->members[i];

		while (to->members[at].c != member->c)
			at++;
		to->members[at].ticks += member->ticks;
		to->members[at].ms += member->ms;
		for (j = 0; j < layout->nr_container; j++)
			add_cell(&moment_cells(to, at)[j],
				 &moment_cells(from, i)[j],
				 layout->all[j].kind);
	}
	for (j = layout->nr_container; j < layout->nr; j++)
		add_cell(&to->host[j - layout->nr_container],
			 &from->host[j - layout->nr_container],
			 layout->all[j].kind);
	to->ticks += from->ticks;
	to->ms += from->ms;
	return 0;
}
