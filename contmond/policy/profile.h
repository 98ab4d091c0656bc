/* SPDX-License-Identifier: GPL-2.0-only */
/* What a container's strings say: its class, protection and rules. Pure. */
#ifndef CONTMOND_POLICY_PROFILE_H
#define CONTMOND_POLICY_PROFILE_H

#include "known.h"

/**
 * profile_update() - call at every tick; cheap while the strings do not change
 *
 * Returns -ENOMEM.
 */
int profile_update(struct known *known, const struct policy *policy,
		   const struct ledger *ledger, const struct policy_tick *tick,
		   const struct policy_candidate *candidate);

#endif /* CONTMOND_POLICY_PROFILE_H */
