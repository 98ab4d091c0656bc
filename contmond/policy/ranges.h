/* SPDX-License-Identifier: GPL-2.0-only */
/* The ranges of numbers for which conditions hold. Pure. */
#ifndef CONTMOND_POLICY_RANGES_H
#define CONTMOND_POLICY_RANGES_H

#include "policy.h"

/**
 * struct range - numbers from @low to @high
 * @is_above, @is_below: excludes @low, or @high, itself
 */
struct range {
	double low;
	double high;
	bool is_above;
	bool is_below;
};

/** range_of() - the numbers for which a condition becomes true */
struct range range_of(const struct policy_condition *condition);

/**
 * range_held() - those for which it is true or, because of "until", may stay so
 */
struct range range_held(const struct policy_condition *condition);

/** range_possible() - the numbers that a container can have at all */
struct range range_possible(const struct policy_condition *condition);

bool range_is_empty(struct range range);
struct range range_meet(struct range a, struct range b);

/** range_is_within() - is each number of @inner in @outer? */
bool range_is_within(struct range inner, struct range outer);

/** range_same_number() - are both conditions about the same number? */
bool range_same_number(const struct policy_condition *a,
		       const struct policy_condition *b);

/**
 * range_implies() - does @b hold whenever @a does?
 * @is_same_for: their rules have the same `for`; otherwise that of @a is longer
 */
bool range_implies(const struct policy_condition *a,
		   const struct policy_condition *b, bool is_same_for);

#endif /* CONTMOND_POLICY_RANGES_H */
