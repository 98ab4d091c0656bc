// SPDX-License-Identifier: GPL-2.0-only
/* OPERAND COMPARISON VALUE [until VALUE], ... */
#include "parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define BLANKS " \t"
#define ENDED "ended_seconds"
#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Larger than any number of a container */
#define MAX_NUMBER 1e18

static const struct {
	const char *name;
	enum policy_reading reading;
} readings[] = {
	{ "share", POLICY_SHARE },
	{ "rate", POLICY_RATE },
	{ "gain", POLICY_GAIN },
	{ "growth", POLICY_GROWTH },
};

/* Longer ones first */
static const struct {
	const char *text;
	enum policy_comparison comparison;
} comparisons[] = {
	{ ">=", POLICY_MORE_OR_EQUAL },
	{ "<=", POLICY_LESS_OR_EQUAL },
	{ ">", POLICY_MORE },
	{ "<", POLICY_LESS },
};

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, BLANKS);
}

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int check_reading(enum policy_reading reading,
			 const struct column *column, struct buffer *why)
{
	bool is_total = column_is_total(column);

	if (reading == POLICY_LEVEL)
		return 0;
	if (reading == POLICY_SHARE) {
		if (column->unit == UNIT_BYTES && !is_total &&
		    (begins_with(column->key, "memory_") ||
		     begins_with(column->key, "swap_")))
			return 0;
		buffer_printf(why, "%s is not bytes of memory or swap: it has "
			      "no share()", column->key);
		return -EINVAL;
	}
	if (is_total == (reading != POLICY_GROWTH))
		return 0;
	buffer_printf(why, is_total ? "%s is a total: use rate() or gain()" :
		      "%s is not a total: use growth()", column->key);
	return -EINVAL;
}

static int set_column(struct policy_condition *condition, const char *key,
		      struct buffer *why)
{
	const struct column *column = table_find(&container_table, key);

	if (strcmp(key, ENDED) == 0) {
		if (condition->reading == POLICY_LEVEL)
			return 0;
		buffer_puts(why, ENDED " has no share, rate, gain or growth");
		return -EINVAL;
	}
	if (!column || !column_is_metric(column)) {
		buffer_printf(why, "a container has no number '%s'", key);
		return -EINVAL;
	}
	condition->column = column;
	return check_reading(condition->reading, column, why);
}

/* Scans KEY or READING(KEY), and moves @at past it. */
static int scan_operand(const char **at, struct policy_condition *condition,
			struct buffer *why)
{
	size_t i, length = strspn(*at, KEY_LETTERS);
	const char *key = *at;
	_cleanup_free_ char *copy = NULL;

	for (i = 0; i < ARRAY_SIZE(readings); i++) {
		if (strlen(readings[i].name) == length && key[length] == '(' &&
		    strncmp(key, readings[i].name, length) == 0)
			break;
	}
	if (i < ARRAY_SIZE(readings)) {
		condition->reading = readings[i].reading;
		key = skip_blanks(key + length + 1);
		length = strspn(key, KEY_LETTERS);
	}
	*at = skip_blanks(key + length);
	if (length == 0 || (condition->reading != POLICY_LEVEL &&
			    *(*at)++ != ')')) {
		buffer_puts(why, "neither KEY, share(KEY), rate(KEY), "
			    "gain(KEY) nor growth(KEY)");
		return -EINVAL;
	}
	copy = strndup(key, length);
	return copy ? set_column(condition, copy, why) : -ENOMEM;
}

static int scan_comparison(const char **at,
			   struct policy_condition *condition,
			   struct buffer *why)
{
	size_t i;

	*at = skip_blanks(*at);
	for (i = 0; i < ARRAY_SIZE(comparisons); i++) {
		size_t length = strlen(comparisons[i].text);

		if (strncmp(*at, comparisons[i].text, length) != 0)
			continue;
		condition->comparison = comparisons[i].comparison;
		*at += length;
		return 0;
	}
	buffer_puts(why, "none of >, >=, < and <= after the number's key");
	return -EINVAL;
}

/*
 * A share is in percent, the rate of bytes in bytes per second, and their
 * growth in bytes per minute.
 */
static enum unit unit_of(const struct policy_condition *condition)
{
	enum unit unit = condition->column ? condition->column->unit :
					     UNIT_SECONDS;

	if (condition->reading == POLICY_SHARE)
		return UNIT_PERCENT;
	if (unit == UNIT_BYTES_PER_SECOND)
		return UNIT_BYTES;
	if (unit == UNIT_SECONDS && condition->reading == POLICY_RATE)
		return UNIT_COUNT;
	return unit;
}

static int scan_value(const char **at,
		      const struct policy_condition *condition, double *ret,
		      struct buffer *why)
{
	double min = condition->reading == POLICY_GROWTH ? -MAX_NUMBER : 0;
	const char *start = skip_blanks(*at);
	size_t length = strcspn(start, BLANKS ",");
	_cleanup_free_ char *copy = strndup(start, length);

	if (!copy)
		return -ENOMEM;
	*at = skip_blanks(start + length);
	return policy_parse_number(copy, unit_of(condition), min, MAX_NUMBER,
				   ret, why);
}

static bool is_upward(const struct policy_condition *condition)
{
	return condition->comparison == POLICY_MORE ||
	       condition->comparison == POLICY_MORE_OR_EQUAL;
}

static int scan_end(const char **at, struct policy_condition *condition,
		    struct buffer *why)
{
	static const char keyword[] = "until";
	size_t length = strlen(keyword);
	int r;

	if (strncmp(*at, keyword, length) != 0 ||
	    !(*at)[length] || !strchr(BLANKS, (*at)[length]))
		return 0;
	*at += length;
	r = scan_value(at, condition, &condition->end, why);
	if (r < 0)
		return r;
	if (is_upward(condition) ? condition->end <= condition->threshold :
				   condition->end >= condition->threshold)
		return 0;
	buffer_printf(why, "'until' is %s the threshold",
		      is_upward(condition) ? "above" : "below");
	return -EINVAL;
}

static int scan_condition(const char **at,
			  struct policy_condition *condition,
			  struct buffer *why)
{
	const char *start = *at = skip_blanks(*at);
	size_t length;
	int r;

	condition->end = NAN;
	r = scan_operand(at, condition, why);
	if (r == 0)
		r = scan_comparison(at, condition, why);
	if (r == 0)
		r = scan_value(at, condition, &condition->threshold, why);
	if (r == 0)
		r = scan_end(at, condition, why);
	if (r < 0)
		return r;
	if (**at && **at != ',') {
		buffer_printf(why, "'%s' is neither 'until VALUE' nor a comma",
			      *at);
		return -EINVAL;
	}
	length = (size_t)(*at - start);
	while (length > 0 && strchr(BLANKS, start[length - 1]))
		length--;
	condition->text = strndup(start, length);
	return condition->text ? 0 : -ENOMEM;
}

static int add_condition(const char **at, struct policy_conditions *to,
			 struct buffer *why)
{
	struct policy_condition *grown;

	if (to->nr == POLICY_MAX_TERMS) {
		buffer_printf(why, "more than %d conditions",
			      POLICY_MAX_TERMS);
		return -EINVAL;
	}
	grown = reallocarray(to->all, to->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	to->all = grown;
	grown[to->nr] = (struct policy_condition){ 0 };
	return scan_condition(at, &grown[to->nr++], why);
}

int policy_parse_conditions(const char *text, struct policy_conditions *to,
			    struct buffer *why)
{
	const char *at = text;
	int r;

	do {
		r = add_condition(&at, to, why);
	} while (r == 0 && *at++ == ',');
	return r;
}
