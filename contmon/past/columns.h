/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes columns of the past from lists of
 *
 * METRIC(key, name, kind, heading, rank, help)
 * RANGE(the same, with the rank of its maximum after its own): a gauge or rate
 * that also has columns for its smallest and largest number
 *
 * Before it is included, PART(part) must be the member of struct cli_past_row
 * for part: mean, least, most.
 */
#ifndef CONTMON_PAST_COLUMNS_H
#define CONTMON_PAST_COLUMNS_H

#include "rows.h"

static inline const struct cli_past_row *cli_past_of(const struct cli_row *row)
{
	return (const struct cli_past_row *)row;
}

/* A number of the store, which has the units of the API */
struct cli_value cli_past_value(enum cli_kind kind, double number);

/* When the step begins, and the container's title */
struct cli_value cli_past_get_t(const struct cli_row *row);
struct cli_value cli_past_get_container(const struct cli_row *row);

#define CLI_PAST_T							\
	{ .name = "t", .heading = "TIME", .kind = CLI_KIND_TIME,	\
	  .help = "when the step begins", .width = 19,			\
	  .get = cli_past_get_t }

#define CLI_PAST_CONTAINER						\
	{ .name = "container", .heading = "CONTAINER",			\
	  .kind = CLI_KIND_TEXT,					\
	  .help = "name of the container, else 12 digits of its id",	\
	  .width = 18, .least = 12, .most = 24, .color = "cyan",	\
	  .get = cli_past_get_container }

#define GET(part, key, kind)						\
	static struct cli_value part##_##key(const struct cli_row *row)	\
	{								\
		return cli_past_value(CLI_KIND_##kind,			\
				cli_past_of(row)->PART(part).key);	\
	}
#define GET_METRIC(key, name, kind, heading, rank, help)	\
	GET(mean, key, kind)
#define GET_RANGE(key, name, kind, heading, rank, max_rank, help)	\
	GET(mean, key, kind)						\
	GET(least, key, kind)						\
	GET(most, key, kind)

/* For fixed widths of columns: "100.0M" and the headings fit. */
#define WIDTH(heading) (sizeof(heading) > 8 ? (int)sizeof(heading) - 1 : 7)

#define COLUMN_OF(part, key, its_name, its_kind, its_heading, its_rank,	\
		  its_help)						\
	{ .name = its_name, .heading = its_heading,			\
	  .kind = CLI_KIND_##its_kind, .help = its_help,		\
	  .rank = its_rank, .width = WIDTH(its_heading),		\
	  .get = part##_##key },
#define COLUMN_METRIC(key, name, kind, heading, rank, help)	\
	COLUMN_OF(mean, key, name, kind, heading, rank, help)
#define COLUMN_RANGE(key, name, kind, heading, rank, max_rank, help)	\
	COLUMN_OF(mean, key, name, kind, heading, rank, help)		\
	COLUMN_OF(least, key, "min-" name, kind, "MIN " heading,	\
		  max_rank + 1, "the smallest " name)			\
	COLUMN_OF(most, key, "max-" name, kind, "MAX " heading,		\
		  max_rank, "the largest " name)

#endif /* CONTMON_PAST_COLUMNS_H */
