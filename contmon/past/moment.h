/* SPDX-License-Identifier: GPL-2.0-only */
/* What contmond recorded of one moment: the host, containers, processes. */
#ifndef CONTMON_PAST_MOMENT_H
#define CONTMON_PAST_MOMENT_H

#include "rows.h"

/** struct cli_past_process - one of the busiest; its texts are its own */
struct cli_past_process {
	struct cli_row row;	/* first */
	char *container;
	char *comm;
	int64_t pid, start_ms;
	double cpu_cores, rss_bytes;
};

/**
 * struct cli_moment - zero-initialise; owns its memory
 * @t_ms: when it begins
 * @width_ms: for how long it stands, 0 for one sample
 * @host: its texts are NULL
 * @processes: the busiest of each container, the busiest first
 */
struct cli_moment {
	int64_t t_ms, width_ms;
	struct system_row host;
	struct cli_past_rows containers;
	struct cli_past_process *processes;
	size_t nr_processes;
};

/*
 * The moment of @t_ms, as fine as it is still kept. @containers as in struct
 * history_query. 0, -ENOENT when nothing was recorded then, or -errno.
 */
int cli_moment_read(struct store *store, int64_t t_ms, const char *containers,
		    struct cli_moment *ret);
void cli_moment_done(struct cli_moment *moment);

/*
 * When the moment before @t_ms was, or the one after it, over gaps in what was
 * recorded. @t_ms is when a moment begins. -ENOENT when there is none.
 */
int cli_moment_before(struct store *store, int64_t t_ms, int64_t *ret_ms);
int cli_moment_after(struct store *store, int64_t t_ms, int64_t *ret_ms);

/* "1 min", or "one sample"; returns @text */
const char *cli_moment_width(const struct cli_moment *moment,
			     char text[CLI_TEXT_MAX]);

void cli_offer_past_process_columns(struct cli_layout *layout);

#endif /* CONTMON_PAST_MOMENT_H */
