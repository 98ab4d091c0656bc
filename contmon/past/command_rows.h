/* SPDX-License-Identifier: GPL-2.0-only */
/* What commands used over time, and its columns */
#ifndef CONTMON_PAST_COMMAND_ROWS_H
#define CONTMON_PAST_COMMAND_ROWS_H

#include "contmond/store/command_history.h"
#include "rows.h"

/* More would be too many lines for each step. */
#define CLI_PAST_COMMANDS 5

/** struct cli_command_row - @point: belongs to the rows */
struct cli_command_row {
	struct cli_row row;	/* first */
	const struct command_row *point;
};

/**
 * struct cli_command_rows - zero-initialise; owns its memory
 * @are_kept: of some step it is known what commands used
 */
struct cli_command_rows {
	struct command_history history;
	struct cli_command_row *v;
	bool are_kept;
};

/*
 * Of one container, or of the host, the commands that used the most CPU in the
 * range, in each step. Returns 0 or -errno.
 */
int cli_command_rows_read(struct store *store,
			  const struct cli_past_range *range,
			  struct cli_command_rows *ret);
void cli_command_rows_done(struct cli_command_rows *rows);

void cli_offer_command_row_columns(struct cli_layout *layout);

#endif /* CONTMON_PAST_COMMAND_ROWS_H */
