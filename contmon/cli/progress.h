/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows on stderr how far a command is, for people who wait for it */
#ifndef CONTMON_CLI_PROGRESS_H
#define CONTMON_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct cli_progress - zero-initialise
 * @width: of the longest text that was shown; 0 if none was
 */
struct cli_progress {
	uint64_t next_ns;
	int width;
};

/* Nothing is shown for some seconds, and never if stderr is not a terminal. */
void cli_progress_begin(struct cli_progress *progress);

/* Is it time to call cli_progress_show()? */
bool cli_progress_is_due(struct cli_progress *progress);

/* Shows what is being done and how far that is, in a few words. */
__attribute__((format(printf, 2, 3)))
void cli_progress_show(struct cli_progress *progress, const char *format, ...);

/* Clear the line. */
void cli_progress_end(struct cli_progress *progress);

#endif /* CONTMON_CLI_PROGRESS_H */
