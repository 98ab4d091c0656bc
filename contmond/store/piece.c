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

	for (i = 0; i < piece->nr_listed && r == 0; i++) {
		const struct batch_member *member = piece->of_host ? NULL :
			&piece->members[piece->first_listed + i];
		size_t nr = member ? member->nr_moments : nr_timeline;

		r = roster_begin(roster, member ? member->c : 0);
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

static void note_presence(struct roster *roster, size_t i, uint32_t at,
			  const struct member *member)
{
	struct presence *presence = &roster->all[i];
	size_t place = presence->first + presence->nr++;

	roster->moments[place] = at;
	roster->ticks[place] = member->ticks;
	roster->ms[place] = member->ms;
}

/* @cells: those of the piece's i-th member in the moment @at */
static void add_member(struct piece *piece, size_t i, uint32_t at, bool raw,
		       const struct member *member, const struct cell *cells)
{
	struct series *series = piece->series + i * piece->nr_columns;
	size_t j;

	if (i >= piece->first_listed &&
	    i - piece->first_listed < piece->nr_listed)
		note_presence(&piece->roster, i - piece->first_listed, at,
			      member);
	for (j = 0; j < piece->nr_columns; j++)
		series_add(&series[j], &piece->columns[j], raw,
			   &cells[piece->first_column + j], member->ticks,
			   member->ms);
}

/* The members of the piece and those of the moment are in ascending order. */
void piece_add(struct piece *piece, const struct moment *moment, uint32_t at,
	       bool raw)
{
	const struct member host = { 0, moment->ticks, moment->ms };
	size_t i = 0, j;

	if (piece->of_host) {
		add_member(piece, 0, at, raw, &host, moment->host);
		return;
	}
	for (j = 0; j < moment->nr && i < piece->nr; j++) {
		const struct member *member = &moment->members[j];

		while (i < piece->nr && piece->members[i].c < member->c)
			i++;
		if (i < piece->nr && piece->members[i].c == member->c)
			add_member(piece, i, at, raw, member,
				   moment_cells(moment, j));
	}
}
