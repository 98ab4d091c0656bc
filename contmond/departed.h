/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers that come and go from tick to tick. Of one that has gone the
 * engine knows the exit code, but perhaps not yet: it is asked for a while.
 */
#ifndef CONTMOND_DEPARTED_H
#define CONTMOND_DEPARTED_H

#include <stdbool.h>

#include "base/names.h"
#include "contmond/model/model.h"
#include "contmond/store/store.h"

struct departed_container {
	uint64_t cgroup_id;
	char *id;
	uint64_t gone_boottime_ns;
};

/**
 * struct departed - zero-initialise
 * @has_tick: there was a tick; those of the first one had come before it
 * @present: of the newest tick, in ascending order of their cgroups
 * @gone: containers whose end the engine has not reported
 */
struct departed {
	bool has_tick;
	struct departed_container *present;
	size_t nr_present;
	struct departed_container *gone;
	size_t nr_gone;
};

void departed_done(struct departed *departed);

/**
 * departed_tick() - compare the newest sample with the one before
 * @store: gets an event of each that has come or gone
 * @ret_new: some are there that were not
 *
 * Returns -ENOMEM, and then nothing has changed.
 */
int departed_tick(struct departed *departed, const struct model *model,
		  struct store *store, bool *ret_new);

/** departed_report() - to the store, what the engine knows by now */
void departed_report(struct departed *departed, struct store *store,
		     const struct names *names, uint64_t boottime_ns);

#endif /* CONTMOND_DEPARTED_H */
