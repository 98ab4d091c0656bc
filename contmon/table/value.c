// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon.h"
#include "output.h"
#include "value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *rate_text(char text[CLI_TEXT_MAX], uint64_t bytes,
			     enum cli_unit unit)
{
	cli_format_bytes(text, bytes, unit);
	if (unit != CLI_UNIT_SHORT)
		strcat(text, "/s");
	return text;
}

const char *cli_value_text(enum cli_kind kind, const struct cli_value *value,
			   enum cli_unit unit, char text[CLI_TEXT_MAX])
{
	if (!value->known)
		return "-";
	switch (kind) {
	case CLI_KIND_TEXT:
		return value->text;
	case CLI_KIND_BOOL:
		return value->yes ? "yes" : "no";
	case CLI_KIND_ID:
	case CLI_KIND_COUNT:
		snprintf(text, CLI_TEXT_MAX, "%" PRId64, value->number);
		return text;
	case CLI_KIND_TIME:
		return cli_format_date_ms(text, value->number);
	case CLI_KIND_LIMIT:
		if (value->bytes == CONTMON_UNLIMITED)
			return "max";
		return cli_format_bytes(text, value->bytes, unit);
	case CLI_KIND_BYTES:
		return cli_format_bytes(text, value->bytes, unit);
	case CLI_KIND_RATE:
		return rate_text(text, value->bytes, unit);
	case CLI_KIND_SECONDS:
		return cli_format_duration(text, value->ns);
	case CLI_KIND_PERCENT:
		snprintf(text, CLI_TEXT_MAX, "%.1f%%", value->ratio * 100);
		return text;
	case CLI_KIND_CORES:
		if (isinf(value->ratio))
			return "max";
		snprintf(text, CLI_TEXT_MAX, "%.2f", value->ratio);
		return text;
	}
	return "";
}

json_t *cli_value_json(enum cli_kind kind, const struct cli_value *value)
{
	if (!value->known)
		return json_null();
	switch (kind) {
	case CLI_KIND_TEXT:
		return cli_json_text(value->text, strlen(value->text));
	case CLI_KIND_BOOL:
		return json_boolean(value->yes);
	case CLI_KIND_ID:
	case CLI_KIND_TIME:
	case CLI_KIND_COUNT:
		return json_integer(value->number);
	case CLI_KIND_BYTES:
	case CLI_KIND_LIMIT:	/* CONTMON_UNLIMITED becomes null */
	case CLI_KIND_RATE:
		return cli_json_u64(value->bytes);
	case CLI_KIND_SECONDS:
		return cli_json_real((double)value->ns /
				     (double)NS_PER_SECOND);
	case CLI_KIND_PERCENT:
		return cli_json_real(value->ratio * 100);
	case CLI_KIND_CORES:
		return isinf(value->ratio) ? json_null() :
					     cli_json_real(value->ratio);
	}
	return NULL;
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

int cli_value_compare(enum cli_kind kind, const struct cli_value *a,
		      const struct cli_value *b)
{
	switch (kind) {
	case CLI_KIND_TEXT:
		return strcmp(a->text, b->text);
	case CLI_KIND_BOOL:
		return ORDER(a->yes, b->yes);
	case CLI_KIND_ID:
	case CLI_KIND_TIME:
		return ORDER(a->number, b->number);
	case CLI_KIND_COUNT:
		return ORDER(b->number, a->number);
	case CLI_KIND_SECONDS:
		return ORDER(b->ns, a->ns);
	case CLI_KIND_PERCENT:
	case CLI_KIND_CORES:
		return ORDER(b->ratio, a->ratio);
	default:
		return ORDER(b->bytes, a->bytes);
	}
}

bool cli_value_is_above_0(enum cli_kind kind, const struct cli_value *value)
{
	switch (kind) {
	case CLI_KIND_TEXT:
	case CLI_KIND_BOOL:
	case CLI_KIND_ID:
	case CLI_KIND_TIME:
		return true;
	case CLI_KIND_COUNT:
		return value->number > 0;
	case CLI_KIND_SECONDS:
		return value->ns > 0;
	case CLI_KIND_PERCENT:
	case CLI_KIND_CORES:
		return value->ratio > 0;
	default:
		return value->bytes > 0;
	}
}
