/* SPDX-License-Identifier: GPL-2.0-only */
/* Follows the conditions of one rule on one container over time. Pure. */
#ifndef CONTMOND_POLICY_WATCH_H
#define CONTMOND_POLICY_WATCH_H

#include "decide.h"

struct probe;

/**
 * struct watch - one rule on one container that it selects
 * @notified_ms: boot time of the last notification
 * @nr: conditions of the rule: `all`, then `any`
 * @probes: what each has to remember
 */
struct watch {
	int64_t notified_ms;
	size_t nr;
	struct policy_measure *measures;
	struct probe *probes;
};

/** watch_new() - NULL without memory */
struct watch *watch_new(const struct policy_rule *rule);
void watch_free(struct watch *watch);

/** watch_reset() - nothing is known of the time before now */
void watch_reset(struct watch *watch);

/**
 * watch_rerun() - its container was started again
 *
 * Totals that go on are followed further, and a notification is not repeated
 * for that. Returns false if there is no such total.
 */
bool watch_rerun(struct watch *watch, const struct policy_rule *rule);

/**
 * watch_update() - take the numbers of a tick
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
 * @ret_leading: index of the first condition that holds; @nr of the watch when
 *	none does
 *
 * Returns POLICY_CHOSEN if they do, else POLICY_NOT_OVER, POLICY_UNKNOWN or
 * POLICY_TOO_BRIEF.
 */
enum policy_finding watch_finding(const struct watch *watch,
				  const struct policy_rule *rule,
				  int64_t boot_ms, size_t *ret_leading);

#endif /* CONTMOND_POLICY_WATCH_H */
