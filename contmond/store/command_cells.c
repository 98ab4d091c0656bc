// SPDX-License-Identifier: GPL-2.0-only
#include "command_cells.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

#define MANY_CELLS 1024

void command_cells_done(struct command_cells *cells)
{
	free(cells->all);
	free(cells->names);
	free(cells->order);
	*cells = (struct command_cells){ 0 };
}

/* Cells */

static int by_step(const void *a, const void *b)
{
	const struct command_cell *x = a, *y = b;

	return (x->step > y->step) - (x->step < y->step);
}

static int by_place(const void *a, const void *b)
{
	const struct command_cell *x = a, *y = b;

	if (x->group != y->group)
		return x->group > y->group ? 1 : -1;
	if (x->name != y->name)
		return x->name > y->name ? 1 : -1;
	return by_step(a, b);
}

/* Adds up those from @first on. */
static void settle(struct command_cells *cells, size_t first)
{
	size_t i, last = first;

	if (cells->nr == first)
		return;
	qsort(cells->all + first, cells->nr - first, sizeof(*cells->all),
	      by_place);
	for (i = first + 1; i < cells->nr; i++) {
		struct command_cell *sum = &cells->all[last];

		if (by_place(sum, &cells->all[i]) == 0) {
			sum->living_ms += cells->all[i].living_ms;
			sum->exited_ms += cells->all[i].exited_ms;
		} else {
			cells->all[++last] = cells->all[i];
		}
	}
	cells->nr = last + 1;
}

void command_cells_settle(struct command_cells *cells)
{
	settle(cells, 0);
	cells->run = cells->nr;
}

/*
 * The moments of a step come one after another: if they have many cells, these
 * are added up before there are more.
 */
static void begin_step(struct command_cells *cells, uint64_t step)
{
	if (cells->run < cells->nr && cells->all[cells->run].step == step)
		return;
	if (cells->nr - cells->run >= MANY_CELLS)
		settle(cells, cells->run);
	cells->run = cells->nr;
}

/* Makes room; of a step all cells are given up, or none. */
static void trim(struct command_cells *cells)
{
	size_t i, cut;

	command_cells_settle(cells);
	if (cells->nr <= MAX_COMMAND_CELLS / 2)
		return;
	qsort(cells->all, cells->nr, sizeof(*cells->all), by_step);
	cut = cells->nr - MAX_COMMAND_CELLS / 2;
	cells->first_step = cells->all[cut - 1].step + 1;
	for (i = cut; i < cells->nr; i++) {
		if (cells->all[i].step >= cells->first_step)
			break;
	}
	cells->nr -= i;
	cells->run = cells->nr;
	memmove(cells->all, cells->all + i, cells->nr * sizeof(*cells->all));
}

static int grow(struct command_cells *cells)
{
	size_t allocated = cells->allocated * 2 ?: 256;
	struct command_cell *all;

	if (cells->allocated == MAX_COMMAND_CELLS) {
		trim(cells);
		return 0;
	}
	all = reallocarray(cells->all, allocated, sizeof(*all));
	if (!all)
		return -ENOMEM;
	cells->all = all;
	cells->allocated = allocated;
	return 0;
}

int command_cells_add(struct command_cells *cells,
		      const struct command_cell *cell)
{
	begin_step(cells, cell->step);
	if (cells->nr == cells->allocated && grow(cells) < 0)
		return -ENOMEM;
	if (cell->step >= cells->first_step)
		cells->all[cells->nr++] = *cell;
	return 0;
}

const struct command_cell *
command_cells_find(const struct command_cells *cells, uint64_t step,
		   uint32_t group, uint32_t name)
{
	const struct command_cell key = { step, group, name, 0, 0 };

	return cells->nr == 0 ? NULL :
	       bsearch(&key, cells->all, cells->nr, sizeof(key), by_place);
}

/* Names */

struct sought {
	const struct command_cells *cells;
	const char *comm;
};

static int compare(const void *key, const void *element)
{
	const struct sought *sought = key;

	return strcmp(sought->comm,
		      sought->cells->names[*(const uint32_t *)element]);
}

static int grow_names(struct command_cells *cells)
{
	size_t allocated = cells->allocated_names * 2 ?: 64;
	void *names, *order;

	names = reallocarray(cells->names, allocated, sizeof(*cells->names));
	if (!names)
		return -ENOMEM;
	cells->names = names;
	order = reallocarray(cells->order, allocated, sizeof(*cells->order));
	if (!order)
		return -ENOMEM;
	cells->order = order;
	cells->allocated_names = allocated;
	return 0;
}

int command_cells_number(struct command_cells *cells, const char *comm,
			 uint32_t *ret)
{
	const struct sought sought = { cells, comm };
	bool found;
	size_t at = sorted_place(&sought, cells->order, cells->nr_names,
				 sizeof(*cells->order), compare, &found);

	if (found) {
		*ret = cells->order[at] + FIRST_NAME;
		return 1;
	}
	if (cells->nr_names == MAX_COMMAND_NAMES)
		return 0;
	if (cells->nr_names == cells->allocated_names &&
	    grow_names(cells) < 0)
		return -ENOMEM;
	memmove(cells->order + at + 1, cells->order + at,
		(cells->nr_names - at) * sizeof(*cells->order));
	cells->order[at] = (uint32_t)cells->nr_names;
	snprintf(cells->names[cells->nr_names], sizeof(*cells->names), "%s",
		 comm);
	*ret = (uint32_t)cells->nr_names++ + FIRST_NAME;
	return 1;
}

const char *command_cells_name(const struct command_cells *cells,
			       uint32_t name)
{
	return cells->names[name - FIRST_NAME];
}
