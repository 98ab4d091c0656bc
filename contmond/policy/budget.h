/* SPDX-License-Identifier: GPL-2.0-only */
/* How much may be acted in a minute and an hour, and for whom. Pure. */
#ifndef CONTMOND_POLICY_BUDGET_H
#define CONTMOND_POLICY_BUDGET_H

#include "internal.h"

/**
 * budget_spare() - POLICY_BUDGET if there is none left for a container
 * @ret_why: of that, if there is more to say
 *
 * Else POLICY_CHOSEN.
 */
enum policy_finding budget_spare(const struct policy_state *state,
				 const struct known *known,
				 const char **ret_why);

#endif /* CONTMOND_POLICY_BUDGET_H */
