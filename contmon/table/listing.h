/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_LISTING_H
#define CONTMON_TABLE_LISTING_H

#include "layout.h"
#include "contmon/cli/options.h"

/**
 * struct cli_listing - options for listing rows
 * @none: what a table without rows says instead; NULL: nothing
 */
struct cli_listing {
	struct cli_options options;
	struct cli_layout layout;
	const char *none;
};

/* Options of the commands that list rows */
enum { CLI_OPT_SORT = CLI_OPT_UNITS + 1, CLI_OPT_TREE, CLI_OPT_LISTING_END };

#define CLI_LISTING_OPTIONS						\
	{ "columns", required_argument, NULL, 'o' },			\
	{ "sort", required_argument, NULL, CLI_OPT_SORT },		\
	{ "reverse", no_argument, NULL, 'r' },				\
	{ "tree", no_argument, NULL, CLI_OPT_TREE },			\
	CLI_COMMON_OPTIONS

#define CLI_LISTING_LETTERS "o:rh"

#define CLI_LISTING_HELP						\
	"  -o, --columns LIST  show these columns, separated by\n"	\
	"                      commas; help lists all of them\n"	\
	"      --sort COLUMN   the largest number first, or the smallest\n" \
	"                      text; +COLUMN smallest, -COLUMN largest\n" \
	"  -r, --reverse       reverse the order\n"			\
	"      --tree          show children below their parents\n"	\
	CLI_COMMON_HELP

/* Like cli_option(), including these options */
int cli_listing_option(int opt, char **argv, const char *help,
		       struct cli_listing *listing);

/* Sort the rows and make a tree of them if wanted. Returns 0 or -ENOMEM */
int cli_listing_order(const struct cli_listing *listing,
		      struct cli_rows *rows);

/* Print a table. Returns an exit status; errors are reported. */
int cli_listing_print(const struct cli_listing *listing,
		      const struct cli_rows *rows);

/*
 * The same as JSON or CSV. Takes over @meta.
 * @none: a row without values, for the keys of CSV without rows
 */
int cli_listing_output(const struct cli_listing *listing,
		       const struct cli_rows *rows, const struct cli_row *none,
		       json_t *meta);

#endif /* CONTMON_TABLE_LISTING_H */
