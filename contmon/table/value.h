/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_VALUE_H
#define CONTMON_TABLE_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "contmon/cli/format.h"

/* The kind of a value decides how it is shown and sorted */
enum cli_kind {
	CLI_KIND_TEXT,		/* smallest first */
	CLI_KIND_BOOL,
	CLI_KIND_ID,
	CLI_KIND_TIME,		/* ms since 1970 */
	CLI_KIND_COUNT,		/* this and all below: largest first */
	CLI_KIND_BYTES,
	CLI_KIND_LIMIT,		/* bytes or CONTMON_UNLIMITED */
	CLI_KIND_RATE,		/* bytes per second */
	CLI_KIND_SECONDS,	/* kept in ns */
	CLI_KIND_PERCENT,	/* kept as a ratio: 1 is 100 % */
	CLI_KIND_CORES,		/* CPUs; INFINITY without a limit */
};

struct cli_value {
	bool known;
	union {
		const char *text;	/* may contain any bytes */
		bool yes;
		int64_t number;		/* ID, TIME, COUNT */
		uint64_t bytes;		/* BYTES, LIMIT, RATE */
		uint64_t ns;
		double ratio;		/* PERCENT, CORES */
	};
};

/* For people; @text is a buffer for texts that are formatted */
const char *cli_value_text(enum cli_kind kind, const struct cli_value *value,
			   enum cli_unit unit, char text[CLI_TEXT_MAX]);

/* For programs: in the unit of the column's name. NULL without memory */
json_t *cli_value_json(enum cli_kind kind, const struct cli_value *value);

/* Negative if @a comes first; both must be known. */
int cli_value_compare(enum cli_kind kind, const struct cli_value *a,
		      const struct cli_value *b);

/* Is it a number above 0, or not a number at all? */
bool cli_value_is_above_0(enum cli_kind kind, const struct cli_value *value);

#endif /* CONTMON_TABLE_VALUE_H */
