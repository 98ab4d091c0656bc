/* SPDX-License-Identifier: GPL-2.0-only */
/* The state, shared by the files that decide */
#ifndef CONTMOND_POLICY_INTERNAL_H
#define CONTMOND_POLICY_INTERNAL_H

#include "known.h"

/**
 * struct firing - a container that a rule fires for
 * @leading: the first condition that holds
 * @value: its number, negated if less is worse
 */
struct firing {
	size_t candidate;
	const struct known *known;
	size_t leading;
	double value;
};

/**
 * struct member - for finding the newest of each group of each user
 * @made_ms: creation time
 */
struct member {
	size_t candidate;
	int64_t user_id;
	const char *group;
	const char *id;
	double made_ms;
};

/**
 * struct policy_state
 * @useless: for each rule, the number of successive actions that did not help,
 *	on root's containers [0] and on those of users [1]; the rule gives up
 *	separately for the two
 * @alive: for each class, the number of root's containers that count for its
 *	minimum
 * @has_roots: some of root's containers run
 * @unknown_until_ms: before that it is not known what used the budget
 * @verdicts, @profiles, @firing, @members: of the newest tick
 */
struct policy_state {
	const struct policy *policy;
	struct ledger ledger;
	struct known_list known;
	unsigned int (*useless)[2];
	size_t *alive;
	bool has_roots;
	int64_t boot_ms;
	int64_t unknown_until_ms;
	struct policy_decision *decisions;
	size_t nr_decisions;
	size_t max_decisions;
	struct policy_verdict *verdicts;
	struct policy_profile *profiles;
	struct firing *firing;
	struct member *members;
	size_t nr_candidates;
	size_t max_candidates;
	size_t max_verdicts;
};

/** policy_state_reserve() - allocate for a tick; returns -ENOMEM */
int policy_state_reserve(struct policy_state *state, size_t nr_candidates);

#endif /* CONTMOND_POLICY_INTERNAL_H */
