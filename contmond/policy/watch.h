/* SPDX-License-Identifier: GPL-2.0-only */
/* Follows the conditions of one rule on one container over time. Pure. */
#ifndef CONTMOND_POLICY_WATCH_H
#define CONTMOND_POLICY_WATCH_H

#include "decide.h"

struct probe;

/**
 * struct watch - one rule and one container that it selects
 * @notified_ms: boot time of the last notification
 * @nr: number of conditions of the rule: `all`, then `any`
 * @probes: what each condition remembers
 */
struct watch {
	int64_t notified_ms;
	size_t nr;
	struct policy_measure *measures;
	struct probe *probes;
};

/** watch_new() - returns NULL if there is no memory */
struct watch *watch_new(const struct policy_rule *rule);
void watch_free(struct watch *watch);

/** watch_reset() - forget everything measured so far */
void watch_reset(struct watch *watch);

/**
 * watch_rerun() - the container was started again
 *
 * Totals that survive a restart are followed further, and a notification about
 * them is not repeated. Returns false if there is no such total.
 */
bool watch_rerun(struct watch *watch, const struct policy_rule *rule);

/**
 * watch_update() - record the numbers of a tick
 * @ended_seconds: time since its end; NAN while it runs
 *
 * Returns -ENOMEM.
 */
int watch_update(struct watch *watch, const struct policy_rule *rule,
		 const struct policy_tick *tick,
		 const struct policy_candidate *candidate,
		 double ended_seconds);

/**
 * watch_finding() - do the conditions hold?
 * @ret_leading: index of the first condition that holds; @nr of the watch if
 *	none does
 *
 * Returns POLICY_CHOSEN if they do, else POLICY_NOT_OVER, POLICY_UNKNOWN or
 * POLICY_TOO_BRIEF.
 */
enum policy_finding watch_finding(const struct watch *watch,
				  const struct policy_rule *rule,
				  int64_t boot_ms, size_t *ret_leading);

#endif /* CONTMOND_POLICY_WATCH_H */
