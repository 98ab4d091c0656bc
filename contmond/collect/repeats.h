/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver may report again that a process has ended, or that the OOM killer
 * has chosen it: once for each of the threads that end, or are chosen, together
 * (see <linux/contmon.h>). Only the first report counts.
 */
#ifndef CONTMOND_COLLECT_REPEATS_H
#define CONTMOND_COLLECT_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

#include <contmon.h>

/*
 * The reports of a process are a moment apart. Its id is not given to another
 * one meanwhile, and ids are given in order, so another process takes its place
 * only after so many were started.
 */
#define REPEATS_PLACES 2048

struct reported {
	uint64_t start_boottime_ns;
	int32_t pid;
};

/**
 * struct repeats - zero-initialise
 * @ended: the last process that ended, by its id modulo REPEATS_PLACES
 * @chosen: by the OOM killer, likewise
 *
 * Large, but only the part that is in use needs memory if it was allocated by
 * calloc().
 */
struct repeats {
	struct reported ended[REPEATS_PLACES];
	struct reported chosen[REPEATS_PLACES];
};

/**
 * repeats_note() - remember the process of an EXIT or OOM event
 *
 * Returns whether the same was reported before. Events of other types are never
 * repeated.
 */
bool repeats_note(struct repeats *repeats, const struct contmon_event *event);

#endif /* CONTMOND_COLLECT_REPEATS_H */
