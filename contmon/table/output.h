/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON and CSV on standard output. What is printed is taken over; it may be
 * NULL, which is reported as a lack of memory. Each function returns an exit
 * status and has reported the error.
 */
#ifndef CONTMON_TABLE_OUTPUT_H
#define CONTMON_TABLE_OUTPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "contmon/cli/options.h"

/* A number, or null if it is beyond the integers of JSON here */
json_t *cli_json_u64(uint64_t value);

/* A number that is not negative, with at most six digits after the point */
json_t *cli_json_real(double value);

/* Text of at most @size bytes, ended by NUL if shorter */
json_t *cli_json_text(const char *text, size_t size);

int cli_print_json(json_t *object);

/* Rows are an array of flat objects with the same keys; null is empty. */
int cli_print_csv(json_t *rows, const struct cli_options *options);

/* The keys of @row, for CSV without rows */
int cli_print_csv_keys(json_t *row, const struct cli_options *options);

/* By @options { "rows": @rows, "meta": @meta }, or CSV of @rows alone */
int cli_print_rows(json_t *rows, json_t *meta,
		   const struct cli_options *options);

/*
 * One row of an endless list, as a line of JSON or CSV that is written at
 * once. The @first row of CSV has the keys above it.
 */
int cli_print_streamed(json_t *row, const struct cli_options *options,
		       bool first);

#endif /* CONTMON_TABLE_OUTPUT_H */
