/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds what was busiest at a moment of the past. */
#ifndef CONTMOND_STORE_BUSY_AT_H
#define CONTMOND_STORE_BUSY_AT_H

#include "base/words.h"
#include "busy.h"
#include "past.h"
#include "titles.h"

enum busy_kind {
	BUSY_PROCESSES,
	BUSY_COMMANDS,
};

/**
 * struct busy_at - the newest moment that is not after the one looked for
 * @ms: time since the ticks before its own, in which the CPU was used
 * @busy: only what was looked for is complete; containers have the numbers of
 *	the database
 * @damaged: number of parts of all tiers that could not be read, which leave
 *	gaps
 * @width_ms: bucket width of its tier; 0 for a tick
 * @words, @titles: the containers that are wanted
 */
struct busy_at {
	int64_t t_ms;
	uint64_t ms;
	struct busy busy;
	bool found;
	uint64_t damaged;
	int64_t width_ms;
	struct words words;
	struct titles titles;
};

/** busy_at_title() - title of a container, or of the host; NULL: not wanted */
const char *busy_at_title(const struct busy_at *found, uint32_t c);

/**
 * busy_at_cores() - CPUs kept busy during the moment; NAN if it covers no time
 */
double busy_at_cores(const struct busy_at *found, int64_t cpu_ms);

/** busy_at_fn - called with the moment that was found; an error is returned */
typedef int busy_at_fn(const struct busy_at *found, void *userdata);

/**
 * busy_at() - call @fn with the moment at @t_ms
 *
 * Uses the finest tier that still has it. Returns -ENOENT if nothing was
 * recorded at that time.
 */
int busy_at(struct store *store, enum busy_kind kind, int64_t t_ms,
	    const char *containers, busy_at_fn *fn, void *userdata,
	    struct past_moment *ret);

#endif /* CONTMOND_STORE_BUSY_AT_H */
