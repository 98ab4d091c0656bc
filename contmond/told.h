/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of containers as an engine reports them, which may remove the containers
 * at once. They wait for a sample that was taken later and is without the
 * container: then all that has seen it has been heard, too.
 */
#ifndef CONTMOND_TOLD_H
#define CONTMOND_TOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "contmond/store/store.h"
#include "departed.h"

/* At most so many wait; more take the oldest ones' place. */
#define TOLD_MAX 256

/**
 * struct told_end
 * @name: referenced
 * @heard_boottime_ns: when it was reported
 */
struct told_end {
	const struct name *name;
	uint64_t heard_boottime_ns;
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
 * Other engines than root's are not believed: there is no cgroup any more that
 * would show whose the container was. Without memory it is not heard.
 */
void told_hear(struct told *told, const struct departed *departed,
	       const struct name *name, uint64_t boottime_ns);

/**
 * told_tick() - a sample was taken, and @departed has it
 * @boottime_ns: when
 * @store: gets what the engine said of those that have ended, and records of
 *	those that nobody has seen
 */
void told_tick(struct told *told, struct departed *departed,
	       struct store *store, uint64_t boottime_ns);

#endif /* CONTMOND_TOLD_H */
