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
 * struct piece - fill @number to @first_column, then call piece_init()
 * @number: 0 for the host
 * @members: in ascending order; the host has none, and then @nr is 1
 * @columns: @nr_columns columns, starting with a member's @first_column-th cell
 * @series: for each member the series of its columns
 */
struct piece {
	uint32_t number;
	const struct batch_member *members;
	size_t nr;
	const struct kept *columns;
	size_t nr_columns;
	size_t first_column;
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
