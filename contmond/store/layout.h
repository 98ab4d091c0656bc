/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which columns are kept, and how: as integers, in units that are precise
 * enough. Columns that can be computed from others are not kept.
 */
#ifndef CONTMOND_STORE_LAYOUT_H
#define CONTMOND_STORE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"

/* How the numbers of many ticks are combined */
enum kept_kind {
	KEPT_GAUGE,	/* their mean */
	KEPT_CODE,	/* the last */
	KEPT_TOTAL,	/* the last, and what was gained */
};

/**
 * struct kept - one column
 * @metric: its name: "cpu_seconds_total", "system_load1"
 * @numerator: the number is an integer times @numerator / @denominator
 * @source: its column in a row; NULL if this program has none
 * @slot: slot of the device that the row is about, from 1 to STORE_OTHERS; 0
 *	for the container's row
 */
struct kept {
	char metric[64];
	enum kept_kind kind;
	bool of_host;
	int64_t numerator;
	int64_t denominator;
	const struct column *source;
	unsigned int slot;
};

/**
 * struct layout - the columns of a frame
 * @all: first those of containers, then those of the host
 */
struct layout {
	struct kept *all;
	size_t nr;
	size_t nr_container;
};

/** layout_new() - the layout of this program's tables; NULL if no memory */
struct layout *layout_new(void);
void layout_free(struct layout *layout);

/*
 * SQL for the columns of span s if its frames are not sealed yet: an empty
 * string if row l of layout, which it refers to, is damaged; NULL if it is
 * sealed
 */
#define LAYOUT_OF_SPAN \
	"CASE WHEN s.layout IS NOT NULL THEN coalesce(l.columns, '') END"

/** layout_text() - one line for each column, as in the database; malloced */
char *layout_text(const struct layout *layout);

/** layout_parse() - parse that text. Returns -EBADMSG, -ENOMEM */
int layout_parse(const char *text, struct layout **ret);

/** layout_device_metric() - "device1_read_bytes_total", "others_..." */
void layout_device_metric(char ret[64], unsigned int slot, const char *key);

/** layout_find() - index of a metric, or -1 */
int layout_find(const struct layout *layout, const char *metric);

/** kept_integer() - returns false if @number is unknown or cannot be stored */
bool kept_integer(const struct kept *kept, double number, int64_t *ret);
double kept_number(const struct kept *kept, double integer);

/* How a metric that is not stored is computed from others */
enum derivation {
	DERIVED_NOT,
	DERIVED_RATE,		/* gain of @from per second */
	DERIVED_RATE_PERCENT,	/* that, in percent of all CPUs */
	DERIVED_PERCENT,	/* @from in percent of @of */
};

struct derived {
	enum derivation how;
	char from[64];
	char of[64];
};

/**
 * derived_find() - how a column of a container is computed, if it is derived
 */
struct derived derived_find(const char *metric);

#endif /* CONTMOND_STORE_LAYOUT_H */
