/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The totals of the newest tick, from which the gains of the next one are
 * computed: a small part of the numbers that a moment has.
 */
#ifndef CONTMOND_STORE_LAST_TOTALS_H
#define CONTMOND_STORE_LAST_TOTALS_H

#include "moment.h"

/* No number of a tick is so low. */
#define TOTAL_UNKNOWN INT64_MIN

/**
 * struct last_totals - initialise with last_totals_init()
 * @layout: borrowed
 * @t_ms: of the tick
 * @nr_container, @nr_host: number of columns that are totals
 * @c: numbers of the containers, ascending
 * @values: the totals of each of them, in the order of the columns
 * @host: those of the host
 */
struct last_totals {
	const struct layout *layout;
	int64_t t_ms;
	size_t nr_container;
	size_t nr_host;
	size_t nr;
	size_t allocated;
	uint32_t *c;
	int64_t *values;
	int64_t *host;
};

/** last_totals_init() - after -ENOMEM it needs no last_totals_done() */
int last_totals_init(struct last_totals *last, const struct layout *layout);
void last_totals_done(struct last_totals *last);

/** last_totals_reserve() - make room for @nr containers, or return -ENOMEM */
int last_totals_reserve(struct last_totals *last, size_t nr);

/** last_totals_take() - those of a tick, for which there must be room */
void last_totals_take(struct last_totals *last, const struct moment *tick);

/** last_totals_find() - those of a container, or NULL */
const int64_t *last_totals_find(const struct last_totals *last, uint32_t c);

#endif /* CONTMOND_STORE_LAST_TOTALS_H */
