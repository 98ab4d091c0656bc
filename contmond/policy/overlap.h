/* SPDX-License-Identifier: GPL-2.0-only */
/* What terms have in common, whatever containers there are. Pure. */
#ifndef CONTMOND_POLICY_OVERLAP_H
#define CONTMOND_POLICY_OVERLAP_H

#include "policy.h"

/** overlap_is_plain() - has a pattern only one text? */
bool overlap_is_plain(const struct policy_pattern *pattern);

/** overlap_is_empty() - do other terms of @terms leave nothing of its @i-th? */
bool overlap_is_empty(const struct policy_terms *terms, size_t i);

/**
 * overlap_implies() - does @b match whatever @a matches?
 *
 * False if that is not certain.
 */
bool overlap_implies(const struct policy_term *a, const struct policy_term *b);

#endif /* CONTMOND_POLICY_OVERLAP_H */
