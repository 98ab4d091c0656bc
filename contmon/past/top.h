/* SPDX-License-Identifier: GPL-2.0-only */
/* `contmon top --at`: shows a moment of the past, and leads to others. */
#ifndef CONTMON_PAST_TOP_H
#define CONTMON_PAST_TOP_H

#include "contmon/cli/options.h"
#include "moment.h"

/* The pages of a moment, in the order of the key Tab */
enum past_page { PAST_CONTAINERS, PAST_PROCESSES, PAST_COMMANDS,
		 PAST_NR_PAGES };

/**
 * struct past_top - zero-initialise, then past_top_begin()
 * @path: of the store
 * @containers: as in struct history_query; NULL for all
 * @layouts: columns of each page
 * @rows: of each page
 * @page: the page shown
 * @first: row below the headings; @height: rows on the screen
 */
struct past_top {
	struct cli_options options;
	const char *path;
	struct store *store;
	const char *containers;
	struct cli_moment moment;
	struct cli_layout layouts[PAST_NR_PAGES];
	struct cli_rows rows[PAST_NR_PAGES];
	enum past_page page;
	size_t first, height;
};

void past_top_begin(struct past_top *top);
void past_top_done(struct past_top *top);

/* Go to the moment at @t_ms; on failure nothing changes. 0 or -errno */
int past_top_go(struct past_top *top, int64_t t_ms);

/* Shown of a page that has no rows */
const char *past_top_none(const struct past_top *top, enum past_page page);

/* Print the moment. Returns an exit status. */
int past_top_print(const struct past_top *top);

/*
 * Arguments of the command line; @path and @container may be NULL. With
 * @only_commands no other page is printed.
 */
int cli_top_past(const struct cli_options *options, const char *path,
		 const char *at, const char *container, bool only_commands);

#endif /* CONTMON_PAST_TOP_H */
