/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares terms, independently of existing containers. Pure. */
#ifndef CONTMOND_POLICY_OVERLAP_H
#define CONTMOND_POLICY_OVERLAP_H

#include "policy.h"

/** overlap_is_plain() - does a pattern match a single text only? */
bool overlap_is_plain(const struct policy_pattern *pattern);

/**
 * overlap_is_empty() - do the other terms exclude all that the @i-th matches?
 */
bool overlap_is_empty(const struct policy_terms *terms, size_t i);

/**
 * overlap_implies() - does @b match everything that @a matches?
 *
 * False if that is not certain.
 */
bool overlap_implies(const struct policy_term *a, const struct policy_term *b);

#endif /* CONTMOND_POLICY_OVERLAP_H */
