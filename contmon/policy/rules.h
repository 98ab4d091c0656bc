/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_POLICY_RULES_H
#define CONTMON_POLICY_RULES_H

#include <stddef.h>

#include "contmond/policy/load.h"

/*
 * Load rules from files and directories; none: those of contmond. Reports every
 * mistake. CLI_GO_ON, or the exit status.
 */
int cli_rules_load(const char *const *paths, size_t nr_paths,
		   struct policy **ret);

/* The longest time for which a condition must hold */
int64_t cli_rules_longest_ms(const struct policy *policy);

#endif /* CONTMON_POLICY_RULES_H */
