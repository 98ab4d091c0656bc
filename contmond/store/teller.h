/* SPDX-License-Identifier: GPL-2.0-only */
/* A query of ticks that is being answered */
#ifndef CONTMOND_STORE_TELLER_H
#define CONTMOND_STORE_TELLER_H

#include "internal.h"
#include "moment.h"
#include "ticks.h"

/* How many numbers to read at once, because readers wait for each other */
#define TELLER_MAX_NUMBERS 65536

/**
 * struct teller_column - a column of the query
 * @metric: the stored metric that it is computed from
 * @is_rate: it is the gain of that metric per second
 */
struct teller_column {
	char metric[80];
	bool is_rate;
};

/** struct known_owner - an owner that was read */
struct known_owner {
	int64_t c;
	struct tick_owner owner;
};

/**
 * struct teller - set @view to @userdata, zero-initialise the rest
 * @columns: first those of containers, then those of the host
 * @owners: in ascending order of @c
 * @rows: of the current tick
 * @nr_numbers: how many were passed on
 * @stopped: the query is answered
 */
struct teller {
	struct view *view;
	const struct ticks_query *query;
	tick_fn *fn;
	void *userdata;
	struct teller_column *columns;
	sqlite3_stmt *find_owner;
	struct known_owner **owners;
	size_t nr_owners;
	struct tick_row *rows;
	size_t nr_rows;
	size_t allocated;
	size_t nr_numbers;
	uint64_t damaged;
	bool stopped;
};

/** struct teller_span - a span of ticks; @layout is NULL if it is sealed */
struct teller_span {
	int64_t span;
	int64_t base;
	int64_t begin_seq;
	const char *layout;
};

/** teller_width() - number of values of a row */
size_t teller_width(const struct teller *teller, bool is_host);

/** teller_columns() - the columns of a row */
const struct teller_column *teller_columns(const struct teller *teller,
					   bool is_host);

/** teller_value() - the number of a column; NAN if unknown */
double teller_value(const struct teller_column *column,
		    const struct kept *kept, const struct cell *cell);

/**
 * teller_add() - add a row to the current tick
 * @c: number of the container; 0 for the host
 * @values: must stay valid until teller_tell()
 */
int teller_add(struct teller *teller, int64_t c, const double *values);

/** teller_tell() - pass on the tick whose rows were added */
int teller_tell(struct teller *teller, uint64_t stored_seq, int64_t t_ms);

/** teller_read_sealed() - pass on the wanted ticks of a sealed span */
int teller_read_sealed(struct teller *teller, const struct teller_span *span);

#endif /* CONTMOND_STORE_TELLER_H */
