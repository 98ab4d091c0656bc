/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends every tick, event or decision of the store to targets, in a thread of
 * its own: see FORWARD.md. The store is the queue, and has a cursor for each
 * target.
 */
#ifndef CONTMOND_FORWARD_FORWARD_H
#define CONTMOND_FORWARD_FORWARD_H

#include "contmond/model/targets.h"
#include "contmond/store/store.h"
#include "options.h"

/** struct forward - opaque */
struct forward;

/** struct forward_plan - opaque: targets that are ready to be used */
struct forward_plan;

/**
 * forward_new() - without targets; there is no thread before there are any
 * @host: label of this host
 * @status: where to write the state of the targets
 *
 * All are borrowed. Returns NULL if there is no memory.
 */
struct forward *forward_new(struct store *store, const char *host,
			    struct targets *status);

/** forward_free() - waits some seconds for answers; accepts NULL */
void forward_free(struct forward *forward);

/** forward_plan() - prepare new targets. Returns -ENOMEM, -EAGAIN, -ENOPKG */
int forward_plan(struct forward *forward, const struct target_options *options,
		 size_t nr, struct forward_plan **ret);
void forward_plan_free(struct forward_plan *plan);

/**
 * forward_use() - use these targets and no others; takes ownership of the plan
 *
 * A target with unchanged settings continues undisturbed; one with the same
 * name continues where the old one stopped. Waits some seconds for the old
 * one's answer.
 */
void forward_use(struct forward *forward, struct forward_plan *plan);

#endif /* CONTMOND_FORWARD_FORWARD_H */
