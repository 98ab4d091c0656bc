/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON and CSV on standard output. The functions take over what they print.
 * NULL is reported as a lack of memory. They return an exit status after
 * reporting errors.
 */
#ifndef CONTMON_TABLE_OUTPUT_H
#define CONTMON_TABLE_OUTPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "contmon/cli/options.h"

/* A number, or null if it is too large for JSON integers */
json_t *cli_json_u64(uint64_t value);

/* A number that is not negative, with at most six digits after the point */
json_t *cli_json_real(double value);

/* Text of at most @size bytes, NUL-terminated if shorter */
json_t *cli_json_text(const char *text, size_t size);

/* A field of CSV, escaped as in tables. 0 or -ENOMEM */
int cli_csv_text(FILE *to, const char *text);

int cli_print_json(json_t *object);

/*
 * @rows: array of flat objects with the same keys; null becomes an empty field.
 */
int cli_print_csv(json_t *rows, const struct cli_options *options);

/* The keys of @row, for CSV without rows */
int cli_print_csv_keys(json_t *row, const struct cli_options *options);

/* Depending on @options, { "rows": @rows, "meta": @meta }, or CSV of @rows */
int cli_print_rows(json_t *rows, json_t *meta,
		   const struct cli_options *options);

/*
 * One row of an endless list, as a line of JSON or CSV that is written at once.
 * For CSV the @first row comes after a line of keys.
 */
int cli_print_streamed(json_t *row, const struct cli_options *options,
		       bool first);

#endif /* CONTMON_TABLE_OUTPUT_H */
