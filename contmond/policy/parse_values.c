// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"

struct suffix {
	char letter;
	double factor;
};

static const struct suffix bytes[] = {
	{ 'K', 0x1p10 }, { 'M', 0x1p20 }, { 'G', 0x1p30 }, { 'T', 0x1p40 },
	{ '\0', 1 },
};

static const struct suffix seconds[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { '\0', 0 },
};

static const struct suffix percent[] = { { '%', 1 }, { '\0', 1 } };
static const struct suffix plain[] = { { '\0', 1 } };

/* The last one has no letter; its factor is 0 if a letter is required. */
static const struct suffix *suffixes_of(enum unit unit)
{
	switch (unit) {
	case UNIT_BYTES:
		return bytes;
	case UNIT_SECONDS:
		return seconds;
	case UNIT_PERCENT:
		return percent;
	default:
		return plain;
	}
}

/* Digits with at most one decimal point, and a sign only if @is_signed */
static bool scan_number(const char *text, bool is_signed, double *ret,
			const char **ret_end)
{
	const char *at = text + (is_signed && *text == '-');
	size_t digits = strspn(at, "0123456789");
	const char *end = at + digits;

	if (*end == '.') {
		size_t decimals = strspn(end + 1, "0123456789");

		digits = decimals > 0 ? digits : 0;
		end += 1 + decimals;
	}
	*ret = strtod(text, NULL);
	*ret_end = end;
	return digits > 0;
}

static bool scan_suffix(const char *text, enum unit unit, double *number)
{
	const struct suffix *suffix = suffixes_of(unit);

	while (suffix->letter && suffix->letter != *text)
		suffix++;
	if (*text && (!suffix->letter || text[1]))
		return false;
	if (suffix->factor == 0 && *number != 0)
		return false;
	*number *= suffix->factor;
	return true;
}

static void write_bytes(struct buffer *to, double number)
{
	static const char letters[] = "KMGT";
	size_t i = 0;

	while (i < 4 && number >= 1024 && fmod(number, 1024) == 0) {
		number /= 1024;
		i++;
	}
	buffer_number(to, number);
	if (i > 0)
		buffer_putc(to, letters[i - 1]);
}

static void write_number(struct buffer *to, enum unit unit, double number)
{
	if (unit == UNIT_BYTES)
		write_bytes(to, number);
	else if (unit == UNIT_SECONDS)
		policy_write_time(to, (int64_t)number * MS_PER_SECOND);
	else
		buffer_number(to, number);
}

static const char *name_of(enum unit unit)
{
	switch (unit) {
	case UNIT_BYTES:
		return "a number, which may end in K, M, G or T";
	case UNIT_SECONDS:
		return "a number that ends in s, m, h or d";
	case UNIT_PERCENT:
		return "a number, which may end in %";
	default:
		return "a number";
	}
}

static int refuse_number(const char *text, enum unit unit, double min,
			 double max, struct buffer *why)
{
	buffer_printf(why, "'%s' is not %s, ", text, name_of(unit));
	if (max >= 1e18) {
		buffer_puts(why, min < 0 ? "of any size" : "from 0 on");
		return -EINVAL;
	}
	buffer_puts(why, "from ");
	write_number(why, unit, min);
	buffer_puts(why, " to ");
	write_number(why, unit, max);
	return -EINVAL;
}

static bool read_number(const char *text, enum unit unit, double min,
			double max, double *ret)
{
	const char *end;
	double number;

	if (!scan_number(text, min < 0, &number, &end) ||
	    !scan_suffix(end, unit, &number) || number < min || number > max)
		return false;
	*ret = number;
	return true;
}

int policy_parse_number(const char *text, enum unit unit, double min,
			double max, double *ret, struct buffer *why)
{
	return read_number(text, unit, min, max, ret) ? 0 :
	       refuse_number(text, unit, min, max, why);
}

int policy_parse_time(const char *text, int64_t min_ms, int64_t max_ms,
		      int64_t *ret_ms, struct buffer *why)
{
	double number;

	if (!strchr(text, '.') &&
	    read_number(text, UNIT_SECONDS, (double)min_ms / 1e3,
			(double)max_ms / 1e3, &number)) {
		*ret_ms = (int64_t)number * MS_PER_SECOND;
		return 0;
	}
	buffer_puts(why, "not a time from ");
	policy_write_time(why, min_ms);
	buffer_puts(why, " to ");
	policy_write_time(why, max_ms);
	buffer_puts(why, ", a whole number with s, m, h or d");
	return -EINVAL;
}

int policy_parse_count(const char *text, unsigned int min, unsigned int max,
		       unsigned int *ret, struct buffer *why)
{
	uint64_t value;

	if (text_to_u64(text, min, max, &value) < 0) {
		buffer_printf(why, "not a number from %u to %u", min, max);
		return -EINVAL;
	}
	*ret = (unsigned int)value;
	return 0;
}

int policy_parse_bool(const char *text, bool *ret, struct buffer *why)
{
	bool is_yes = strcmp(text, "yes") == 0;

	if (!is_yes && strcmp(text, "no") != 0) {
		buffer_puts(why, "neither 'yes' nor 'no'");
		return -EINVAL;
	}
	*ret = is_yes;
	return 0;
}

static unsigned int step_of(const char *word, size_t length)
{
	unsigned int step;

	for (step = POLICY_NOTIFY; step <= POLICY_REMOVE; step <<= 1) {
		const char *name = policy_step_name(step);

		if (strlen(name) == length && strncmp(name, word, length) == 0)
			return step;
	}
	return 0;
}

int policy_parse_steps(const char *text, unsigned int *ret,
		       struct buffer *why)
{
	const char *at = text + strspn(text, " \t");
	unsigned int steps = 0;

	while (*at) {
		size_t length = strcspn(at, " \t");
		unsigned int step = step_of(at, length);

		/*
		 * In this order, and only stop, kill and remove can be combined
		 */
		if (!step || step <= steps || (steps && step < POLICY_KILL) ||
		    (steps && steps < POLICY_STOP))
			break;
		steps |= step;
		at += length + strspn(at + length, " \t");
	}
	if (!*at && steps) {
		*ret = steps;
		return 0;
	}
	buffer_puts(why, "neither notify, restart, pause, limit nor some of "
		    "stop, kill and remove in this order");
	return -EINVAL;
}

int policy_parse_per(const char *text, enum policy_field *ret,
		     struct buffer *why)
{
	enum policy_field field;
	size_t i;

	if (policy_parse_field(text, &field) && field != POLICY_LABEL) {
		*ret = field;
		return 0;
	}
	buffer_puts(why, "none of ");
	for (i = 0; i < POLICY_NR_FIELDS; i++) {
		if (i != POLICY_LABEL)
			buffer_printf(why, "%s%s", i ? ", " : "",
				      policy_field_name((enum policy_field)i));
	}
	return -EINVAL;
}

void policy_write_time(struct buffer *to, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *letter;
	} units[] = {
		{ MS_PER_DAY, "d" }, { MS_PER_HOUR, "h" },
		{ MS_PER_MINUTE, "m" }, { MS_PER_SECOND, "s" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units) - 1; i++) {
		if (ms >= units[i].ms && ms % units[i].ms == 0)
			break;
	}
	buffer_number(to, (double)ms / (double)units[i].ms);
	buffer_puts(to, units[i].letter);
}
