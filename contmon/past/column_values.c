// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#define PART(part) part
#include "columns.h"

#include <math.h>

struct cli_value cli_past_value(enum cli_kind kind, double number)
{
	struct cli_value value = { .known = !isnan(number) };

	if (!value.known)
		return value;
	switch (kind) {
	case CLI_KIND_COUNT:
		value.number = llround(number);
		break;
	case CLI_KIND_SECONDS:
		value.ns = (uint64_t)llround(number * (double)NS_PER_SECOND);
		break;
	case CLI_KIND_PERCENT:
		value.ratio = number / 100;
		break;
	case CLI_KIND_CORES:
		value.ratio = number;
		break;
	default:
		value.bytes = (uint64_t)llround(number);
		break;
	}
	return value;
}

struct cli_value cli_past_get_t(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .number = cli_past_of(row)->t_ms } };
}

struct cli_value cli_past_get_container(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .text = cli_past_of(row)->container } };
}
