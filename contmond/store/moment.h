/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of one tick, or of all ticks of one bucket of a tier: a cell for
 * each column of each container, and of the host.
 */
#ifndef CONTMOND_STORE_MOMENT_H
#define CONTMOND_STORE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

/**
 * struct cell - the numbers of one column, of which there are thousands
 * @v: gauge: the mean, or the sum while ticks are added; otherwise the last
 * @lo: minimum; of a total: of its gain per second, rounded down
 * @hi: maximum; of a total: of its gain per second, rounded up
 * @gain: of a total, in the ticks that have a predecessor
 * @n: number of ticks with a known number; 0: the cell is unknown
 * @ms: of a total: time in which @gain was gained; 0: it is unknown, and so are
 *	@lo and @hi. Of a gauge: 0
 */
struct cell {
	int64_t v;
	int64_t lo;
	int64_t hi;
	int64_t gain;
	uint32_t n;
	uint32_t ms;
};

/**
 * struct member - a container in a moment
 * @c: its number
 * @ticks: number of ticks in which it was present
 * @ms: total time between those of its ticks that have a predecessor, and that
 *	predecessor
 */
struct member {
	uint32_t c;
	uint32_t ticks;
	uint32_t ms;
};

/**
 * struct moment - initialise with moment_init()
 * @t_ms: CLOCK_REALTIME; for a bucket: its beginning
 * @ticks: number of ticks
 * @ms: time since the tick before them
 * @members: in ascending order of @c
 * @cells: for each member the columns of containers
 * @host: the columns of the host
 */
struct moment {
	const struct layout *layout;
	int64_t t_ms;
	uint32_t ticks;
	uint32_t ms;
	size_t nr;
	size_t allocated;
	struct member *members;
	struct cell *cells;
	struct cell *host;
};

/** moment_init() - after -ENOMEM it needs no moment_done() */
int moment_init(struct moment *moment, const struct layout *layout);
void moment_done(struct moment *moment);

/** moment_clear() - remove all ticks; the memory is kept */
void moment_clear(struct moment *moment);

/** moment_reserve() - make room for @nr members, or return -ENOMEM */
int moment_reserve(struct moment *moment, size_t nr);

/** moment_cells() - the cells of the @i-th member */
static inline struct cell *moment_cells(const struct moment *moment, size_t i)
{
	return moment->cells + i * moment->layout->nr_container;
}

/** moment_find() - index of a container, or -1 */
int moment_find(const struct moment *moment, uint32_t c);

/**
 * cell_set() - set the number of one tick
 * cell_gain() - set the gain of a total since the previous tick
 */
void cell_set(struct cell *cell, const struct kept *kept, int64_t v);
void cell_gain(struct cell *cell, int64_t gain, uint32_t ms);

/** cell_mean() - the number that represents all ticks of a cell */
int64_t cell_mean(const struct cell *cell, const struct kept *kept);

/** moment_missing() - number of the members of @from that @to lacks */
size_t moment_missing(const struct moment *to, const struct moment *from);

/**
 * moment_add() - add the ticks of a later moment, whose gauges must be sums
 *
 * After -ENOMEM nothing was added.
 */
int moment_add(struct moment *to, const struct moment *from);

#endif /* CONTMOND_STORE_MOMENT_H */
