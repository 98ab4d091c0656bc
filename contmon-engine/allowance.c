// SPDX-License-Identifier: GPL-2.0-only
#include "allowance.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/names_engines.h"
#include "base/util.h"
#include "socket_path.h"

#define INTERVAL_NS (NS_PER_SECOND / ALLOWANCE_PER_SECOND)

/*
 * @full_ns: from this time on, the user has the whole burst again. It outlives
 *	the user's engines, so that recreating an engine does not reset it.
 */
static struct allowance {
	uid_t user;
	uint64_t full_ns;
} all[2 * NAME_ENGINES_MAX];

/* A new user replaces the one whose allowance is the fullest. */
static struct allowance *of_user(uid_t user)
{
	struct allowance *least = &all[0];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].full_ns > 0 && all[i].user == user)
			return &all[i];
		if (all[i].full_ns < least->full_ns)
			least = &all[i];
	}
	*least = (struct allowance){ .user = user };
	return least;
}

uint64_t allowance_take(uid_t user, uint64_t now_ns)
{
	struct allowance *allowance;
	uint64_t full_ns;

	if (socket_path_is_trusted(user))
		return 0;
	allowance = of_user(user);
	full_ns = allowance->full_ns > now_ns ? allowance->full_ns : now_ns;
	full_ns += INTERVAL_NS;
	if (full_ns > now_ns + ALLOWANCE_BURST * INTERVAL_NS)
		return full_ns - ALLOWANCE_BURST * INTERVAL_NS;
	allowance->full_ns = full_ns;
	return 0;
}
