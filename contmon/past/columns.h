/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes columns of the past from lists of metrics. What a metric is called and
 * its unit are those of the API.
 */
#ifndef CONTMON_PAST_COLUMNS_H
#define CONTMON_PAST_COLUMNS_H

#include "rows.h"

/**
 * struct cli_past_metric - how a metric is shown
 * @key: in the API; the name of its column has - instead of _
 * @rank: as in struct cli_column
 * @range_rank: 0, or it is a gauge or rate that also has columns for its
 *	largest number, with this rank, and for its smallest, with the next one
 */
struct cli_past_metric {
	const char *key;
	const char *heading;
	unsigned int rank;
	unsigned int range_rank;
	const char *help;
};

/**
 * struct cli_past_column - a column that was made, and its texts
 * @metric: the member of a row that it shows
 * @offset: of that row in struct cli_past_row
 */
struct cli_past_column {
	struct cli_column column;
	const struct column *metric;
	size_t offset;
	char name[CLI_KEY_MAX];
	char heading[16];
	char help[80];
};

/**
 * struct cli_past_list - the columns of one kind of row
 * @table: of the API
 * @fractions: counts whose keys begin with it are no whole numbers; or NULL
 * @columns: room for those that are made, as long as they are in use
 */
struct cli_past_list {
	const struct table *table;
	const char *fractions;
	const struct cli_past_metric *metrics;
	size_t nr;
	struct cli_past_column (*columns)[CLI_COLUMNS_MAX];
};

/* Of containers, of their IO on a device, and of the host */
extern const struct cli_past_list cli_past_containers, cli_past_devices,
	cli_past_host;

/* The list of what a range has */
static inline const struct cli_past_list *
cli_past_list_of(const struct cli_past_range *range)
{
	if (range->is_host)
		return &cli_past_host;
	return range->device ? &cli_past_devices : &cli_past_containers;
}

/* All numbers that the API has of them; min-X and max-X of many */
void cli_past_offer(struct cli_layout *layout,
		    const struct cli_past_list *list);

#endif /* CONTMON_PAST_COLUMNS_H */
