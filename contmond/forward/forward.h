/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends every tick of the store to targets, in a thread of its own: see
 * FORWARD.md. The store is the queue, and has a cursor for each target.
 */
#ifndef CONTMOND_FORWARD_FORWARD_H
#define CONTMOND_FORWARD_FORWARD_H

#include "contmond/model/targets.h"
#include "contmond/store/store.h"
#include "options.h"

/** struct forward - opaque */
struct forward;

/** struct forward_plan - opaque: targets that can be used without failing */
struct forward_plan;

/**
 * forward_new() - without targets, and without a thread until there are any
 * @host: the label of this host
 * @status: where the state of the targets is written
 *
 * All are borrowed. Returns NULL without memory.
 */
struct forward *forward_new(struct store *store, const char *host,
			    struct targets *status);

/** forward_free() - waits some seconds for answers; accepts NULL */
void forward_free(struct forward *forward);

/** forward_plan() - prepare for other targets; -ENOMEM, -EAGAIN, -ENOPKG */
int forward_plan(struct forward *forward, const struct target_options *options,
		 size_t nr, struct forward_plan **ret);
void forward_plan_free(struct forward_plan *plan);

/**
 * forward_use() - use these targets and no others; takes over the plan
 *
 * A target whose settings are the same continues undisturbed, one with the same
 * name where the old one has come. Waits some seconds for the old one's answer.
 */
void forward_use(struct forward *forward, struct forward_plan *plan);

#endif /* CONTMOND_FORWARD_FORWARD_H */
