/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What contmond recorded at one moment: the host, containers, processes,
 * commands.
 */
#ifndef CONTMON_PAST_MOMENT_H
#define CONTMON_PAST_MOMENT_H

#include "rows.h"

/** struct cli_past_process - one of the busiest; it owns its texts */
struct cli_past_process {
	struct cli_row row;	/* first */
	char *container;
	char *comm;
	int64_t pid, start_ms;
	double cpu_cores, rss_bytes;
};

/**
 * struct cli_past_command - one of the busiest; it owns its texts
 * @living_cores: of processes that were alive
 * @exited_cores: of processes that ended; NAN if unknown
 */
struct cli_past_command {
	struct cli_row row;	/* first */
	char *container;
	char *comm;
	double living_cores, exited_cores;
};

/**
 * struct cli_moment - zero-initialise; owns its memory
 * @t_ms: when it begins
 * @width_ms: its duration, 0 for a single sample
 * @host: its texts are NULL
 * @processes: the busiest of each container, the busiest first
 * @commands: those of each container that used the most CPU, likewise
 * @commands_known: otherwise there are none, because they are not known
 */
struct cli_moment {
	int64_t t_ms, width_ms;
	struct system_row host;
	struct cli_past_rows containers;
	struct cli_past_process *processes;
	size_t nr_processes;
	struct cli_past_command *commands;
	size_t nr_commands;
	bool commands_known;
};

/*
 * Read the moment at @t_ms, in the finest resolution that is still stored.
 * @containers: as in struct history_query. Returns 0, -ENOENT when nothing was
 * recorded then, or -errno.
 */
int cli_moment_read(struct store *store, int64_t t_ms, const char *containers,
		    struct cli_moment *ret);
void cli_moment_done(struct cli_moment *moment);

/*
 * The time of the moment before or after @t_ms, across gaps in the recording.
 * @t_ms is the beginning of a moment. -ENOENT when there is none.
 */
int cli_moment_before(struct store *store, int64_t t_ms, int64_t *ret_ms);
int cli_moment_after(struct store *store, int64_t t_ms, int64_t *ret_ms);

/* "1 min", or "one sample"; returns @text */
const char *cli_moment_width(const struct cli_moment *moment,
			     char text[CLI_TEXT_MAX]);

void cli_offer_past_process_columns(struct cli_layout *layout);
void cli_offer_past_command_columns(struct cli_layout *layout);

#endif /* CONTMON_PAST_MOMENT_H */
