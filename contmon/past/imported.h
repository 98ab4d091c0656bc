/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what `contmon export` and older monitors of containers write: a stream
 * of rows as JSON or CSV. A bad row costs only itself, and memory is bounded
 * for any input.
 */
#ifndef CONTMON_PAST_IMPORTED_H
#define CONTMON_PAST_IMPORTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "contmond/model/rows.h"

/* A row may be this long. */
#define CLI_IMPORTED_MAX (1024 * 1024)

#define CLI_IMPORTED_MAX_RATES 16

/**
 * struct cli_imported_rates - rates of a container, and their totals
 * @rate: each is made from the gain of the total with the same index
 * @in_percent: it is a share of all CPUs
 */
struct cli_imported_rates {
	struct {
		const struct column *rate, *total;
		bool in_percent;
	} v[CLI_IMPORTED_MAX_RATES];
	size_t nr;
};

void cli_imported_rates_init(struct cli_imported_rates *ret);

/**
 * struct cli_imported - one row; its texts are borrowed
 * @t_ms: INT64_MIN until it is known
 * @container: its title; NULL until it is known
 * @id, @command: NULL when unknown
 * @pid: of its first process, 0 when unknown
 * @has: for each column of the table of containers, whether the row has its
 *	key, be the number known or not
 * @numbers: only the metrics are used
 */
struct cli_imported {
	int64_t t_ms;
	const char *container, *id, *command;
	int64_t pid;
	bool has[256];
	struct container_row numbers;
};

/**
 * struct cli_imported_sink - gets what is read
 * @row: returns 0, or -errno to end
 * @bad: @why it is bad, and its first line
 */
struct cli_imported_sink {
	int (*row)(const struct cli_imported *row, void *userdata);
	void (*bad)(uint64_t line, const char *why, void *userdata);
	void *userdata;
};

/* Read all, but no unknown keys. 0, or -errno of reading or of @row */
int cli_imported_read(FILE *from, const struct cli_imported_sink *sink);

/* The parts of it */

/* Begin a row in which nothing is known. */
void cli_imported_init(struct cli_imported *row);

/* Set a number by its key; false if a row has no such number */
bool cli_imported_set(struct cli_imported *row, const char *key, double number);

/* NULL, or why @number is not a time */
const char *cli_imported_set_t(struct cli_imported *row, double number);

/* NULL, or what the row lacks */
const char *cli_imported_lacks(const struct cli_imported *row);

/* Fill in a row from an object. NULL, or why it is bad */
const char *cli_imported_from_json(struct cli_imported *row,
				   const json_t *object);

/* Both begin with the @nr bytes at @begin, which were already read. */
int cli_imported_read_json(FILE *from, const char *begin, size_t nr,
			   const struct cli_imported_sink *sink);
int cli_imported_read_csv(FILE *from, const char *begin, size_t nr,
			  const struct cli_imported_sink *sink);

#endif /* CONTMON_PAST_IMPORTED_H */
