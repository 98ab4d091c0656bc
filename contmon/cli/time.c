// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "error.h"
#include "time.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS 1000
#define MAX_SECONDS 99999999999	/* 11 digits; as ms, it was 1973 */
#define MAX_MS 9999999999999999

/* Durations */

static int64_t unit_seconds(const char *unit)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
		      { "d", 86400 }, { "w", 604800 } };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].unit) == 0)
			return units[i].seconds;
	return 0;
}

static int read_span(const char *text, int64_t *ret_ms)
{
	size_t nr_digits = strspn(text, "0123456789");
	int64_t seconds = unit_seconds(text + nr_digits);

	/* Ten digits are enough, even for weeks. */
	if (nr_digits < 1 || nr_digits > 10 || seconds == 0)
		return -EINVAL;
	*ret_ms = strtoll(text, NULL, 10) * seconds * MS;
	return 0;
}

int cli_parse_span(const char *option, const char *text, int64_t *ret_ms)
{
	int64_t ms;

	if (read_span(text, &ms) == 0 && ms > 0) {
		*ret_ms = ms;
		return CLI_GO_ON;
	}
	cli_error("%s %s: not a time such as 90, 90s, 5m, 2h or 1d", option,
		  text);
	return CLI_USAGE;
}

/* Times */

/*
 * Reads the time zone after a time: nothing, Z, or an offset such as +01:00 or
 * -0330.
 */
static int read_zone(const char *text, bool *ret_local, int64_t *ret_seconds)
{
	const char *colon = strchr(text, ':') ? ":" : "";
	int hours, minutes, length = -1;
	char sign;

	*ret_local = !*text;
	*ret_seconds = 0;
	if (!*text || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return 0;
	if (sscanf(text, *colon ? "%c%2d:%2d%n" : "%c%2d%2d%n", &sign, &hours,
		   &minutes, &length) < 3 || length < 0 || text[length] ||
	    (sign != '+' && sign != '-') || hours < 0 || hours > 23 ||
	    minutes < 0 || minutes > 59)
		return -EINVAL;
	*ret_seconds = (hours * 60 + minutes) * 60;
	if (sign == '-')
		*ret_seconds = -*ret_seconds;
	return 0;
}

/* Fractions of seconds are accepted and ignored. */
static const char *read_clock(const char *text, struct tm *tm)
{
	const char *end = strptime(text, "%H:%M:%S", tm);

	if (!end) {
		tm->tm_sec = 0;
		return strptime(text, "%H:%M", tm);
	}
	if (*end == '.' && end[1] >= '0' && end[1] <= '9')
		end += 1 + strspn(end + 1, "0123456789");
	return end;
}

static long offset_at(time_t t)
{
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

static bool is_local(time_t t, const struct tm *want)
{
	struct tm tm;

	return localtime_r(&t, &tm) && tm.tm_mday == want->tm_mday &&
	       tm.tm_hour == want->tm_hour && tm.tm_min == want->tm_min;
}

/*
 * If clocks are set back, some local times occur twice: the first one counts.
 * If they are set ahead, some do not occur: returns -ERANGE, and the time as if
 * clocks were set ahead later. mktime() chooses either. @want is normalised.
 */
static int make_local(const struct tm *want, time_t *ret)
{
	const time_t day = 86400;
	struct tm copy = *want;
	time_t utc = timegm(&copy);
	time_t before = utc - offset_at(utc - day);
	time_t after = utc - offset_at(utc + day);

	*ret = before < after ? before : after;
	if (is_local(*ret, want))
		return 0;
	*ret = before < after ? after : before;
	return is_local(*ret, want) ? 0 : -ERANGE;
}

/* timegm() turns February 30 into a day of March. */
static int make_time(struct tm *tm, bool local, time_t *ret)
{
	int r = 0, day = tm->tm_mday, seconds = tm->tm_sec;

	tm->tm_sec = 0;		/* it may be 60 */
	*ret = timegm(tm);
	if (tm->tm_mday != day)
		return -EINVAL;
	if (local)
		r = make_local(tm, ret);
	*ret += seconds;
	return r;
}

int cli_read_date(const char *text, int64_t *ret_ms)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	bool local = true, is_day = end && !*end;
	int64_t offset = 0;
	time_t t;
	int r;

	if (!end)
		return -EINVAL;
	if (*end) {
		if (!strchr("Tt ", *end))
			return -EINVAL;
		end = read_clock(end + 1, &tm);
		if (!end || read_zone(end + (*end == ' '), &local,
				      &offset) < 0)
			return -EINVAL;
	}
	r = make_time(&tm, local, &t);
	/* A day without a midnight starts later. */
	if (r < 0 && !(r == -ERANGE && is_day))
		return r;
	*ret_ms = (t - offset) * MS;
	return 0;
}

/* Today; or yesterday if the time is still to come, or does not occur, today */
static int read_time_of_day(const char *text, int64_t now_ms, int64_t *ret_ms)
{
	time_t now = (time_t)(now_ms / MS), t;
	struct tm today, yesterday;
	const char *end;
	int r;

	if (!localtime_r(&now, &today))
		return -EINVAL;
	end = read_clock(text, &today);
	if (!end || *end)
		return -EINVAL;
	yesterday = today;
	r = make_time(&today, true, &t);
	if (r < 0 || t > now) {
		yesterday.tm_mday--;
		timegm(&yesterday);
		r = make_time(&yesterday, true, &t);
	}
	*ret_ms = (int64_t)t * MS;
	return r;
}

static int read_number(const char *text, int64_t *ret_ms)
{
	uint64_t number;

	if (text_to_u64(text, 0, MAX_MS, &number) < 0)
		return -EINVAL;
	*ret_ms = (int64_t)number * (number > MAX_SECONDS ? 1 : MS);
	return 0;
}

static int read_ago(const char *text, int64_t now_ms, int64_t *ret_ms)
{
	int64_t ms = 0;

	if (strcmp(text, "now") != 0 &&
	    (*text != '-' || read_span(text + 1, &ms) < 0))
		return -EINVAL;
	*ret_ms = now_ms - ms;
	return 0;
}

static int read_time(const char *text, int64_t now_ms, int64_t *ret_ms)
{
	int r;

	if (read_ago(text, now_ms, ret_ms) == 0 ||
	    read_number(text, ret_ms) == 0)
		return 0;
	r = cli_read_date(text, ret_ms);
	return r == -EINVAL ? read_time_of_day(text, now_ms, ret_ms) : r;
}

int cli_parse_time(const char *option, const char *text, int64_t now_ms,
		   int64_t *ret_ms)
{
	int r = read_time(text, now_ms, ret_ms);

	if (r == 0)
		return CLI_GO_ON;
	if (r == -ERANGE)
		cli_error("%s %s: there is no such time, because clocks are "
			  "set ahead then", option, text);
	else
		cli_error("%s %s: not a time such as \"2026-01-31 07:00\", "
			  "07:00, -2h or 1769842800", option, text);
	return CLI_USAGE;
}
