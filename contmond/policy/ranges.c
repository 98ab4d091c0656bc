// SPDX-License-Identifier: GPL-2.0-only
#include "ranges.h"

#include <math.h>
#include <string.h>

#include "sense.h"

static bool is_upward(const struct policy_condition *condition)
{
	return condition->comparison == POLICY_MORE ||
	       condition->comparison == POLICY_MORE_OR_EQUAL;
}

static struct range beyond(const struct policy_condition *condition, double at,
			   bool is_without)
{
	if (is_upward(condition))
		return (struct range){ at, INFINITY, is_without, false };
	return (struct range){ -INFINITY, at, false, is_without };
}

struct range range_of(const struct policy_condition *condition)
{
	return beyond(condition, condition->threshold,
		      condition->comparison == POLICY_MORE ||
		      condition->comparison == POLICY_LESS);
}

/* At the value of "until" a condition ends, unless it equals the threshold. */
struct range range_held(const struct policy_condition *condition)
{
	if (isnan(condition->end) || condition->end == condition->threshold)
		return range_of(condition);
	return beyond(condition, condition->end, true);
}

bool range_is_empty(struct range range)
{
	return range.low > range.high ||
	       (range.low == range.high && (range.is_above || range.is_below));
}

struct range range_meet(struct range a, struct range b)
{
	struct range both = a;

	if (b.low > a.low || (b.low == a.low && b.is_above)) {
		both.low = b.low;
		both.is_above = b.is_above;
	}
	if (b.high < a.high || (b.high == a.high && b.is_below)) {
		both.high = b.high;
		both.is_below = b.is_below;
	}
	return both;
}

bool range_is_within(struct range inner, struct range outer)
{
	bool low = inner.low > outer.low ||
		   (inner.low == outer.low &&
		    (inner.is_above || !outer.is_above));
	bool high = inner.high < outer.high ||
		    (inner.high == outer.high &&
		     (inner.is_below || !outer.is_below));

	return low && high;
}

/* Compressed pages may hold more bytes than the host has. */
static bool is_part(const struct column *column)
{
	return !sense_is_setting(column->key) &&
	       strcmp(column->key, "memory_zswapped_bytes") != 0;
}

static double most(const struct policy_condition *condition)
{
	const struct column *column = condition->column;

	if (condition->reading == POLICY_SHARE && is_part(column))
		return 100;
	if (condition->reading == POLICY_LEVEL && column &&
	    column->unit == UNIT_PERCENT)
		return 100;
	/* PSI totals grow by at most one second per second. */
	if (condition->reading == POLICY_RATE &&
	    strncmp(column->key, "psi_", strlen("psi_")) == 0)
		return 1;
	return INFINITY;
}

struct range range_possible(const struct policy_condition *condition)
{
	return (struct range){
		.low = condition->reading == POLICY_GROWTH ? -INFINITY : 0,
		.high = most(condition),
	};
}

bool range_same_number(const struct policy_condition *a,
		       const struct policy_condition *b)
{
	return a->column == b->column && a->reading == b->reading;
}

bool range_implies(const struct policy_condition *a,
		   const struct policy_condition *b, bool is_same_for)
{
	return range_same_number(a, b) &&
	       (is_same_for || !policy_looks_back(a)) &&
	       range_is_within(range_of(a), range_of(b)) &&
	       range_is_within(range_held(a), range_held(b));
}
