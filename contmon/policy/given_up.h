/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rules had given up at a moment, as the recorded past tells. */
#ifndef CONTMON_POLICY_GIVEN_UP_H
#define CONTMON_POLICY_GIVEN_UP_H

#include <stdbool.h>
#include <stdint.h>

struct policy;
struct store;

/**
 * cli_given_up() - @ret: for each rule of @policy, set if it had
 *
 * First for containers of root, then for those of other users.
 * A rule says so in an event, and begins again when contmond is started or
 * loads its rules. That is known from the next decision, or from other rules
 * than @policy. 0 or -errno
 */
int cli_given_up(struct store *store, const struct policy *policy,
		 int64_t at_ms, bool (*ret)[2]);

#endif /* CONTMON_POLICY_GIVEN_UP_H */
