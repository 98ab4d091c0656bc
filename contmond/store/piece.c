// SPDX-License-Identifier: GPL-2.0-only
#include "piece.h"

#include <errno.h>
#include <stdlib.h>

/* Reserves entries for each member, whose number of moments is known. */
static int make_roster(struct piece *piece, size_t nr_timeline)
{
	struct roster *roster = &piece->roster;
	size_t i, j;
	int r = 0;

	for (i = 0; i < piece->nr && r == 0; i++) {
		uint32_t nr = piece->number == 0 ? (uint32_t)nr_timeline :
						   piece->members[i].nr_moments;

		r = roster_begin(roster, piece->number == 0 ? 0 :
					 piece->members[i].c);
		for (j = 0; j < nr && r == 0; j++)
			r = roster_add(roster, 0, 0, 0);
		if (r == 0)
			roster->all[i].nr = 0;
	}
	return r;
}

int piece_init(struct piece *piece, size_t nr_moments)
{
	piece->series = calloc(piece->nr * piece->nr_columns + 1,
			       sizeof(*piece->series));
	return piece->series ? make_roster(piece, nr_moments) : -ENOMEM;
}

void piece_done(struct piece *piece)
{
	size_t i;

	for (i = 0; piece->series && i < piece->nr * piece->nr_columns; i++)
		series_done(&piece->series[i]);
	free(piece->series);
	roster_done(&piece->roster);
}

static void add_cells(struct piece *piece, size_t i, bool raw,
		      const struct cell *cells, uint32_t ticks, uint32_t ms)
{
	size_t j;

	for (j = 0; j < piece->nr_columns; j++)
		series_add(&piece->series[i * piece->nr_columns + j],
			   &piece->columns[j], raw,
			   &cells[piece->first_column + j], ticks, ms);
}

/* Adds the members of the piece in the moment; both are in ascending order. */
static void add_all(struct piece *piece, const struct moment *moment, bool raw)
{
	size_t i = 0, j;

	if (piece->number == 0) {
		add_cells(piece, 0, raw, moment->host, moment->ticks,
			  moment->ms);
		return;
	}
	for (j = 0; j < moment->nr && i < piece->nr; j++) {
		const struct member *member = &moment->members[j];

		while (i < piece->nr && piece->members[i].c < member->c)
			i++;
		if (i < piece->nr && piece->members[i].c == member->c)
			add_cells(piece, i, raw, moment_cells(moment, j),
				  member->ticks, member->ms);
	}
}

static void note_presence(struct piece *piece, size_t i, uint32_t at,
			  uint32_t ticks, uint32_t ms)
{
	struct presence *presence = &piece->roster.all[i];
	size_t place = presence->first + presence->nr++;

	piece->roster.moments[place] = at;
	piece->roster.ticks[place] = ticks;
	piece->roster.ms[place] = ms;
}

static void note_members(struct piece *piece, const struct moment *moment,
			 uint32_t at)
{
	size_t i = 0, j;

	if (piece->number == 0) {
		note_presence(piece, 0, at, moment->ticks, moment->ms);
		return;
	}
	for (j = 0; j < moment->nr && i < piece->nr; j++) {
		const struct member *member = &moment->members[j];

		while (i < piece->nr && piece->members[i].c < member->c)
			i++;
		if (i < piece->nr && piece->members[i].c == member->c)
			note_presence(piece, i, at, member->ticks, member->ms);
	}
}

void piece_add(struct piece *piece, const struct moment *moment, uint32_t at,
	       bool raw)
{
	note_members(piece, moment, at);
	add_all(piece, moment, raw);
}
