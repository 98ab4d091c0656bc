// SPDX-License-Identifier: GPL-2.0-only
#include "base/utf8.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/text.h"
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *cli_json_u64(uint64_t value)
{
	if (value > INT64_MAX)
		return json_null();
	return json_integer((json_int_t)value);
}

json_t *cli_json_real(double value)
{
	double millionths = value * 1e6;

	/* Larger ones have no more digits. */
	if (millionths < (double)(INT64_C(1) << 53))
		value = (double)(int64_t)(millionths + 0.5) / 1e6;
	return json_real(value);
}

json_t *cli_json_text(const char *text, size_t size)
{
	char *utf8 = utf8_dup(text, strnlen(text, size), SIZE_MAX);
	json_t *json = utf8 ? json_string(utf8) : NULL;

	free(utf8);
	return json;
}

/* Of real numbers, in JSON and CSV */
#define REAL_DIGITS 15

/* ASCII only: names may contain control sequences of terminals. */
static int print_json(json_t *object, size_t flags)
{
	int r;

	if (!object)
		return cli_failed("JSON", -ENOMEM);
	flags |= JSON_ENSURE_ASCII | JSON_REAL_PRECISION(REAL_DIGITS);
	r = json_dumpf(object, stdout, flags);
	json_decref(object);
	putchar('\n');

	/* main() reports errors of writing. */
	return r < 0 && !ferror(stdout) ? cli_failed("JSON", -ENOMEM) : CLI_OK;
}

int cli_print_json(json_t *object)
{
	return print_json(object, JSON_INDENT(2));
}

int cli_csv_text(FILE *to, const char *text)
{
	char *escaped = cli_escape(text, strlen(text));
	const char *p;

	if (!escaped)
		return -ENOMEM;
	/* Unquoted, an empty text would be null. Line ends are escaped. */
	if (*escaped && !strpbrk(escaped, ",\"")) {
		fputs(escaped, to);
	} else {
		putc('"', to);
		for (p = escaped; *p; p++) {
			if (*p == '"')
				putc('"', to);
			putc(*p, to);
		}
		putc('"', to);
	}
	free(escaped);
	return 0;
}

static int csv_value(const json_t *value)
{
	size_t i;

	if (json_is_string(value))
		return cli_csv_text(stdout, json_string_value(value));
	if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", stdout);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		printf("%.*g", REAL_DIGITS, json_real_value(value));
	for (i = 0; i < json_array_size(value); i++) {
		if (i)
			putchar(' ');
		csv_value(json_array_get(value, i));
	}
	return 0;
}

/* The keys of @row, or its values */
static int csv_line(json_t *row, bool keys)
{
	const char *key, *comma = "";
	json_t *value = NULL;
	int r = 0;

	json_object_foreach(row, key, value) {
		fputs(comma, stdout);
		comma = ",";
		r |= keys ? cli_csv_text(stdout, key) : csv_value(value);
	}
	/* Readers of CSV skip empty lines. */
	if (!keys && json_object_size(row) == 1 && json_is_null(value))
		fputs("\"\"", stdout);
	putchar('\n');
	return r;
}

int cli_print_csv(json_t *rows, const struct cli_options *options)
{
	size_t i;
	int r = 0;

	if (!rows)
		return cli_failed("CSV", -ENOMEM);
	if (json_array_size(rows) && !options->no_headings)
		r |= csv_line(json_array_get(rows, 0), true);
	for (i = 0; i < json_array_size(rows); i++)
		r |= csv_line(json_array_get(rows, i), false);
	json_decref(rows);
	return r < 0 ? cli_failed("CSV", -ENOMEM) : CLI_OK;
}

int cli_print_csv_keys(json_t *row, const struct cli_options *options)
{
	int r = row ? 0 : -ENOMEM;

	if (row && !options->no_headings)
		r = csv_line(row, true);
	json_decref(row);
	return r < 0 ? cli_failed("CSV", -ENOMEM) : CLI_OK;
}

int cli_print_rows(json_t *rows, json_t *meta,
		   const struct cli_options *options)
{
	json_t *both = NULL;

	if (options->csv) {
		json_decref(meta);
		return cli_print_csv(rows, options);
	}
	if (rows && meta)
		both = json_pack("{s:O,s:O}", "rows", rows, "meta", meta);
	json_decref(rows);
	json_decref(meta);
	return cli_print_json(both);
}

int cli_print_streamed(json_t *row, const struct cli_options *options,
		       bool first)
{
	struct cli_options how = *options;
	int status;

	how.no_headings |= !first;
	status = how.csv ? cli_print_csv(row ? json_pack("[o]", row) : NULL,
					 &how) :
			   print_json(row, JSON_COMPACT);
	fflush(stdout);
	return status;
}
