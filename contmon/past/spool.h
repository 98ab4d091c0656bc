/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows on their way into a store: a file may have them in any order, but the
 * store gets all containers of a moment at once, one moment after the other.
 */
#ifndef CONTMON_PAST_SPOOL_H
#define CONTMON_PAST_SPOOL_H

#include "imported.h"

/**
 * struct cli_spool_life - a container of the rows
 * @number: of all, from 1
 * @last: its numbers when it was passed on last, at @last_ms; INT64_MIN: never
 */
struct cli_spool_life {
	uint64_t number;
	char *title, *id, *command;
	int64_t pid;
	int64_t last_ms;
	struct container_row last;
};

/**
 * struct cli_spool_row - a row, without its numbers
 * @nr: its place in the temporary file
 * @rates: bits for the rates whose keys it has
 * @skip: it is not wanted
 */
struct cli_spool_row {
	int64_t t_ms;
	struct cli_spool_life *life;
	uint64_t nr;
	uint16_t rates;
	bool skip;
};

/** struct cli_spool - begin with cli_spool_init(); numbers are in a file */
struct cli_spool {
	FILE *file;
	struct cli_imported_rates rates;
	struct cli_spool_row *rows;
	size_t nr, allocated;
	void *lives;	/* tsearch(3) */
	size_t nr_lives;
};

void cli_spool_init(struct cli_spool *spool);
void cli_spool_done(struct cli_spool *spool);

/* 0 or -errno: of the temporary file, or -ENOMEM */
int cli_spool_add(struct cli_spool *spool, const struct cli_imported *row);

/* Put the rows in the order of time, then title; then as they were added. */
int cli_spool_sort(struct cli_spool *spool);

/* The numbers of a row; after sorting. 0 or -errno */
int cli_spool_read(const struct cli_spool *spool,
		   const struct cli_spool_row *row, struct container_row *ret);

/* Call @fn for each container. */
void cli_spool_each_life(const struct cli_spool *spool,
			 void (*fn)(struct cli_spool_life *life,
				    void *userdata), void *userdata);

#endif /* CONTMON_PAST_SPOOL_H */
