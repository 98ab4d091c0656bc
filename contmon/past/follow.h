/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens from now on, from a contmond that runs. */
#ifndef CONTMON_PAST_FOLLOW_H
#define CONTMON_PAST_FOLLOW_H

#include <jansson.h>
#include <stdint.h>

#include "contmond.h"

/**
 * struct cli_follow - which events
 * @kinds: separated by commas; NULL for all
 * @from_ms: also those that happened since then; CLI_NO_TIME for none
 */
struct cli_follow {
	const char *kinds;
	int64_t from_ms;
};

/*
 * Gets a row of /api/v1/events, not to keep. Returns CLI_GO_ON, or an exit
 * status to stop.
 */
typedef int cli_follow_fn(json_t *event, void *userdata);

/* Called about once a second, or more often. Returns the same. */
typedef int cli_follow_tick_fn(void *userdata);

/*
 * Until @fn or @tick stops it, or contmond does not answer at the beginning. If
 * it stops answering later, this waits for it, and goes on after the last
 * event. Returns an exit status; errors are reported.
 */
int cli_follow(const struct cli_contmond *contmond,
	       const struct cli_follow *what, cli_follow_fn *fn,
	       cli_follow_tick_fn *tick, void *userdata);

#endif /* CONTMON_PAST_FOLLOW_H */
