// SPDX-License-Identifier: GPL-2.0-only
#include "batch.h"

#include <errno.h>
#include <stdlib.h>

/* Reserves entries for each member, whose number of moments is known. */
static int make_roster(struct batch *batch, size_t nr_timeline)
{
	struct roster *roster = &batch->roster;
	size_t i, j;
	int r = 0;

	for (i = 0; i < batch->nr && r == 0; i++) {
		uint32_t nr = batch->number == 0 ? (uint32_t)nr_timeline :
						   batch->members[i].nr_moments;

		r = roster_begin(roster, batch->number == 0 ? 0 :
					 batch->members[i].c);
		for (j = 0; j < nr && r == 0; j++)
			r = roster_add(roster, 0, 0, 0);
		if (r == 0)
			roster->all[i].nr = 0;
	}
	return r;
}

int batch_init(struct batch *batch, size_t nr_moments)
{
	batch->series = calloc(batch->nr * batch->nr_columns + 1,
			       sizeof(*batch->series));
	return batch->series ? make_roster(batch, nr_moments) : -ENOMEM;
}

void batch_done(struct batch *batch)
{
	size_t i;

	for (i = 0; batch->series && i < batch->nr * batch->nr_columns; i++)
		series_done(&batch->series[i]);
	free(batch->series);
	roster_done(&batch->roster);
}

static void add_cells(struct batch *batch, size_t i, bool raw,
		      const struct cell *cells, uint32_t ticks, uint32_t ms)
{
	size_t j;

	for (j = 0; j < batch->nr_columns; j++)
		series_add(&batch->series[i * batch->nr_columns + j],
			   &batch->columns[j], raw,
			   &cells[batch->first_column + j], ticks, ms);
}

/* Adds the members of the batch in the moment; both are in ascending order. */
static void add_all(struct batch *batch, const struct moment *moment, bool raw)
{
	size_t i = 0, j;

	if (batch->number == 0) {
		add_cells(batch, 0, raw, moment->host, moment->ticks,
			  moment->ms);
		return;
	}
	for (j = 0; j < moment->nr && i < batch->nr; j++) {
		const struct member *member = &moment->members[j];

		while (i < batch->nr && batch->members[i].c < member->c)
			i++;
		if (i < batch->nr && batch->members[i].c == member->c)
			add_cells(batch, i, raw, moment_cells(moment, j),
				  member->ticks, member->ms);
	}
}

static void note_presence(struct batch *batch, size_t i, uint32_t at,
			  uint32_t ticks, uint32_t ms)
{
	struct presence *presence = &batch->roster.all[i];
	size_t place = presence->first + presence->nr++;

	batch->roster.moments[place] = at;
	batch->roster.ticks[place] = ticks;
	batch->roster.ms[place] = ms;
}

static void note_members(struct batch *batch, const struct moment *moment,
			 uint32_t at)
{
	size_t i = 0, j;

	if (batch->number == 0) {
		note_presence(batch, 0, at, moment->ticks, moment->ms);
		return;
	}
	for (j = 0; j < moment->nr && i < batch->nr; j++) {
		const struct member *member = &moment->members[j];

		while (i < batch->nr && batch->members[i].c < member->c)
			i++;
		if (i < batch->nr && batch->members[i].c == member->c)
			note_presence(batch, i, at, member->ticks, member->ms);
	}
}

void batch_add(struct batch *batch, const struct moment *moment, uint32_t at,
	       bool raw)
{
	note_members(batch, moment, at);
	add_all(batch, moment, raw);
}
