/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's accounts of processes that ended: what these used after they
 * were reported, and whether all were reported.
 */
#ifndef CONTMOND_COLLECT_EXIT_ACCOUNTS_H
#define CONTMOND_COLLECT_EXIT_ACCOUNTS_H

#include <contmon.h>

#include "scope.h"

struct sample;

/**
 * exit_accounts_compare() - compare them with the exits of @sample
 * @accounts: read before the events up to the sample were
 * @later: NULL if no event was dropped. Otherwise read after the sample's
 *	processes: containers of which an end may have been dropped lack exits
 *
 * Divides what was used late among the exits.
 */
void exit_accounts_compare(const struct contmon_cgroups *accounts,
			   const struct contmon_cgroups *later,
			   const struct scope_map *scopes,
			   struct sample *sample);

#endif /* CONTMOND_COLLECT_EXIT_ACCOUNTS_H */
