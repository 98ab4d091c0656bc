// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define KIB 1024.0
#define DATE "%Y-%m-%d %H:%M:%S"

/*
 * Uses the first unit in which the rounded number is less than the next unit.
 */
static char *format_auto(char text[CLI_TEXT_MAX], uint64_t bytes, bool shortly)
{
	static const char units[] = "KMGTPE";
	const char *blank = shortly ? "" : " ";
	double value = (double)bytes / KIB;
	size_t i = 0;

	if (bytes < 1024) {
		snprintf(text, CLI_TEXT_MAX, "%" PRIu64 "%sB", bytes, blank);
		return text;
	}
	while (value >= 1023.95 && units[i + 1]) {
		value /= KIB;
		i++;
	}
	snprintf(text, CLI_TEXT_MAX, "%.1f%s%c%s", value, blank, units[i],
		 shortly ? "" : "iB");
	return text;
}

char *cli_format_bytes(char text[CLI_TEXT_MAX], uint64_t bytes,
		       enum cli_unit unit)
{
	switch (unit) {
	case CLI_UNIT_KIB:
		snprintf(text, CLI_TEXT_MAX, "%.0f KiB", (double)bytes / KIB);
		return text;
	case CLI_UNIT_MIB:
		snprintf(text, CLI_TEXT_MAX, "%.1f MiB",
			 (double)bytes / KIB / KIB);
		return text;
	case CLI_UNIT_BYTES:
		snprintf(text, CLI_TEXT_MAX, "%" PRIu64, bytes);
		return text;
	default:
		return format_auto(text, bytes, unit == CLI_UNIT_SHORT);
	}
}

char *cli_format_duration(char text[CLI_TEXT_MAX], uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND;
	uint64_t fraction_ns = ns % NS_PER_SECOND;
	unsigned int centiseconds = (unsigned int)(fraction_ns / 10000000);
	unsigned int seconds = (unsigned int)(s % 60);
	unsigned int minutes = (unsigned int)(s / 60 % 60);
	unsigned int hours = (unsigned int)(s / 3600 % 24);

	if (s >= 86400)
		snprintf(text, CLI_TEXT_MAX, "%" PRIu64 "d %02u:%02u:%02u",
			 s / 86400, hours, minutes, seconds);
	else if (s >= 3600)
		snprintf(text, CLI_TEXT_MAX, "%u:%02u:%02u", hours, minutes,
			 seconds);
	else
		snprintf(text, CLI_TEXT_MAX, "%u:%02u.%02u", minutes, seconds,
			 centiseconds);
	return text;
}

char *cli_format_percent(char text[CLI_TEXT_MAX], uint64_t part,
			 uint64_t whole)
{
	if (whole == 0)
		snprintf(text, CLI_TEXT_MAX, "-");
	else
		snprintf(text, CLI_TEXT_MAX, "%.1f%%",
			 (double)part * 100 / (double)whole);
	return text;
}

static char *format_time(char text[CLI_TEXT_MAX], time_t t,
			 const char *format)
{
	struct tm tm;

	if (!localtime_r(&t, &tm) ||
	    strftime(text, CLI_TEXT_MAX, format, &tm) == 0)
		snprintf(text, CLI_TEXT_MAX, "-");
	return text;
}

char *cli_format_date(char text[CLI_TEXT_MAX], uint64_t realtime_ns)
{
	return format_time(text, (time_t)(realtime_ns / NS_PER_SECOND), DATE);
}

char *cli_format_date_ms(char text[CLI_TEXT_MAX], int64_t t_ms)
{
	return format_time(text, t_ms / 1000 - (t_ms % 1000 < 0), DATE);
}

char *cli_format_clock(char text[CLI_TEXT_MAX], uint64_t realtime_ns)
{
	return format_time(text, (time_t)(realtime_ns / NS_PER_SECOND),
			   "%H:%M:%S");
}

char *cli_format_exit(char text[CLI_TEXT_MAX], uint32_t exit_code)
{
	int status = (int)exit_code, signal = WTERMSIG(status);

	if (WIFSIGNALED(status))
		snprintf(text, CLI_TEXT_MAX, "killed by signal %d (%s)", signal,
			 strsignal(signal));
	else
		snprintf(text, CLI_TEXT_MAX, "exit status %d",
			 WEXITSTATUS(status));
	return text;
}
