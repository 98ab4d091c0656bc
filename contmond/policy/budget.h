/* SPDX-License-Identifier: GPL-2.0-only */
/* How many actions a minute and an hour allow, and for whom. Pure. */
#ifndef CONTMOND_POLICY_BUDGET_H
#define CONTMOND_POLICY_BUDGET_H

#include "internal.h"

/**
 * budget_spare() - is there any budget left for an action on a container?
 * @ret_why: set if there is more to say about why there is none
 *
 * Returns POLICY_BUDGET if there is none, else POLICY_CHOSEN.
 */
enum policy_finding budget_spare(const struct policy_state *state,
				 const struct known *known,
				 const char **ret_why);

#endif /* CONTMOND_POLICY_BUDGET_H */
