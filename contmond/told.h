/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of containers that an engine has reported. An engine may remove a
 * container as soon as it has ended, so the report is kept. It waits for a
 * later sample that lacks the container: by then, everything else that has
 * seen the container has been processed, and it is known whether a record
 * exists.
 */
#ifndef CONTMOND_TOLD_H
#define CONTMOND_TOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "contmond/store/store.h"
#include "departed.h"

/* Reports that may wait; a further one takes the place of the oldest. */
#define TOLD_MAX 256

/**
 * struct told_end
 * @name: referenced
 * @heard_boottime_ns: when it was reported
 * @ended_boottime_ns: departed_end_of() then
 */
struct told_end {
	const struct container_info *name;
	uint64_t heard_boottime_ns;
	uint64_t ended_boottime_ns;
};

/** struct told - the oldest first; zero-initialise */
struct told {
	struct told_end all[TOLD_MAX];
	size_t nr;
};

void told_done(struct told *told);

/**
 * told_hear() - an engine has reported a container, which may have ended
 *
 * Only root's engines are believed, because the cgroup that would show who
 * owned the container is gone. If there is no memory, the report is ignored.
 */
void told_hear(struct told *told, const struct departed *departed,
	       const struct container_info *name, uint64_t boottime_ns);

/**
 * told_tick() - a sample was taken, and @departed has been updated
 * @boottime_ns: when the sample was taken
 * @store: gets what the engine reported about containers that have ended, and
 *	a record for each container that no sample and no event has shown
 */
void told_tick(struct told *told, struct departed *departed,
	       struct store *store, uint64_t boottime_ns);

#endif /* CONTMOND_TOLD_H */
