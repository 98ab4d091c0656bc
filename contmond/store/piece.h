/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is written at once: series of some containers of a span, or of the host
 */
#ifndef CONTMOND_STORE_PIECE_H
#define CONTMOND_STORE_PIECE_H

#include "chunk.h"

/** struct batch_member - a container of the span and its number of moments */
struct batch_member {
	uint32_t c;
	uint32_t nr_moments;
};

/**
 * struct piece - fill all but @series and @roster, then call piece_init()
 * @of_host: it has the host's columns; then it has no @members, and @nr is 1
 * @members: in ascending order
 * @columns: @nr_columns columns, starting with a member's @first_column-th cell
 * @first_listed, @nr_listed: the members that are in @roster
 * @series: for each member the series of its columns
 */
struct piece {
	bool of_host;
	const struct batch_member *members;
	size_t nr;
	const struct kept *columns;
	size_t nr_columns;
	size_t first_column;
	size_t first_listed;
	size_t nr_listed;
	struct series *series;
	struct roster roster;
};

/** piece_init() - @nr_moments: of the span. Returns 0 or -ENOMEM */
int piece_init(struct piece *piece, size_t nr_moments);
void piece_done(struct piece *piece);

/** piece_add() - add the moment @at, whose gauges are means */
void piece_add(struct piece *piece, const struct moment *moment, uint32_t at,
	       bool raw);

#endif /* CONTMOND_STORE_PIECE_H */
