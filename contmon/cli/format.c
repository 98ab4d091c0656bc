// SPDX-License-Identifier: GPL-2.0-only
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <wchar.h>

#define KIB 1024.0
#define NS_PER_S 1000000000ULL

/* The first unit in which one decimal does not round up to the next */
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
	uint64_t s = ns / NS_PER_S;
	unsigned int centiseconds = (unsigned int)(ns % NS_PER_S / 10000000);
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

char *cli_format_date(char text[CLI_TEXT_MAX], uint64_t realtime_ns)
{
	time_t t = (time_t)(realtime_ns / NS_PER_S);
	struct tm tm;

	if (!localtime_r(&t, &tm) ||
	    strftime(text, CLI_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(text, CLI_TEXT_MAX, "-");
	return text;
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

static int parse_digits(const char *text, const char **ret_end, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	/* strtoull() would take blanks, signs and turn -1 into a lot. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return -ERANGE;
	*ret_end = end;
	*ret = value;
	return 0;
}

int cli_parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	const char *end;
	uint64_t value;
	int r;

	r = parse_digits(text, &end, &value);
	if (r < 0)
		return r;
	if (*end)
		return -EINVAL;
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* K, KB and KiB are all 1024 here, as memory is; -1 for no unit */
static int parse_shift(const char *unit)
{
	static const struct {
		char letter;
		int shift;
	} units[] = { { 'K', 10 }, { 'M', 20 }, { 'G', 30 }, { 'T', 40 } };
	size_t i;

	if (*unit == 0 || strcmp(unit, "B") == 0)
		return 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if ((unit[0] & ~0x20) == units[i].letter &&
		    (!unit[1] || !strcmp(unit + 1, "B") ||
		     !strcmp(unit + 1, "iB")))
			return units[i].shift;
	return -1;
}

int cli_parse_size(const char *text, uint64_t *ret_bytes)
{
	const char *unit;
	uint64_t value;
	int shift, r;

	r = parse_digits(text, &unit, &value);
	if (r < 0)
		return r;
	shift = parse_shift(unit);
	if (shift < 0)
		return -EINVAL;
	if (value > UINT64_MAX >> shift)
		return -ERANGE;
	*ret_bytes = value << shift;
	return 0;
}

int cli_parse_unit(const char *text, enum cli_unit *ret)
{
	static const char *const names[] = {
		[CLI_UNIT_AUTO] = "auto",
		[CLI_UNIT_KIB] = "KiB",
		[CLI_UNIT_MIB] = "MiB",
		[CLI_UNIT_BYTES] = "bytes",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(text, names[i]) == 0) {
			*ret = (enum cli_unit)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Most of what is shown: a byte and a column, whatever the locale */
static bool is_plain(char byte)
{
	return byte >= ' ' && byte <= '~';
}

/*
 * Bytes of one harmless character at @s, or 0. What takes no column is not
 * harmless: controls, but also marks that turn the direction of writing.
 */
static size_t printable(const char *s, size_t length, mbstate_t *state)
{
	wchar_t c;
	size_t n = mbrtowc(&c, s, length, state);

	if (n == 0 || n > length || wcwidth(c) < 1)
		return 0;
	return n;
}

char *cli_escape(const char *bytes, size_t length)
{
	char *text = malloc(length * 4 + 1);
	char *to = text;

	if (!text)
		return NULL;

	while (length) {
		mbstate_t state = { 0 };
		size_t n = is_plain(*bytes) ? 1 :
			   printable(bytes, length, &state);

		if (n) {
			memcpy(to, bytes, n);
			to += n;
		} else {
			n = 1;
			to += sprintf(to, "\\x%02x", (unsigned char)*bytes);
		}
		bytes += n;
		length -= n;
	}
	*to = 0;
	return text;
}

size_t cli_text_width(const char *text)
{
	mbstate_t state = { 0 };
	size_t n, width = 0;
	wchar_t c;

	for (; *text; text += n) {
		int w = 1;

		if (is_plain(*text)) {
			n = 1;
		} else if ((n = mbrtowc(&c, text, MB_CUR_MAX, &state)) >
			   MB_CUR_MAX) {	/* not of this locale: a byte a column */
			state = (mbstate_t){ 0 };
			n = 1;
		} else {
			w = wcwidth(c);
		}
		width += w > 0 ? (size_t)w : 0;
	}
	return width;
}

int cli_text_cut(const char *text, int width, int *ret_width)
{
	int used = 0, bytes = 0;

	while (text[bytes]) {
		char one[MB_LEN_MAX + 1] = "";
		int n = 1, w = 1;

		if (!is_plain(text[bytes])) {
			n = mblen(text + bytes, MB_CUR_MAX);
			if (n < 1)
				n = 1;
			memcpy(one, text + bytes, (size_t)n);
			w = (int)cli_text_width(one);
		}
		if (used + w > width)
			break;
		used += w;
		bytes += n;
	}
	*ret_width = used;
	return bytes;
}
