// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "base/text.h"
#include "error.h"
#include "format.h"
#include "parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int parse_digits(const char *text, const char **ret_end, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	/*
	 * strtoull() would accept blanks and signs, and wrap negative numbers.
	 */
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

/* K, KB and KiB are all 1024, as usual for memory; -1 for no unit */
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

int cli_parse_above_0(const char *option, const char *text, uint64_t max,
		      uint64_t *ret)
{
	if (text_to_u64(text, 1, max, ret) == 0)
		return CLI_GO_ON;
	cli_error("%s %s: not a number above 0", option, text);
	return CLI_USAGE;
}

int cli_parse_interval(const char *text, uint64_t *ret_ns)
{
	char *end;
	double s = strtod(text, &end);

	/* strtod() would accept hexadecimal numbers, too. */
	if (end == text || text[strspn(text, "0123456789.")] ||
	    !(s >= 0.1 && s <= 3600)) {
		cli_error("-n %s: not a number of seconds from 0.1 to 3600",
			  text);
		return CLI_USAGE;
	}
	*ret_ns = (uint64_t)(s * (double)NS_PER_SECOND);
	return CLI_GO_ON;
}

int cli_parse_pid(const char *text, int32_t *ret)
{
	uint64_t pid;

	if (text_to_u64(text, 1, INT32_MAX, &pid) < 0) {
		cli_error("pid %s: not a process id", text);
		return CLI_USAGE;
	}
	*ret = (int32_t)pid;
	return CLI_GO_ON;
}

int cli_parse_pids(int nr, char **words, int32_t **ret_pids, size_t *ret_nr)
{
	int i, status = CLI_GO_ON;

	*ret_nr = 0;
	*ret_pids = NULL;
	if (nr == 0)
		return CLI_GO_ON;
	*ret_pids = calloc((size_t)nr, sizeof(**ret_pids));
	if (!*ret_pids)
		return cli_failed("process ids", -ENOMEM);

	for (i = 0; status == CLI_GO_ON && i < nr; i++)
		status = cli_parse_pid(words[i], &(*ret_pids)[(*ret_nr)++]);
	return status;
}
