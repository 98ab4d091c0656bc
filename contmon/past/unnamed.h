/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of containers whose name contmond did not know when it told them: an
 * engine may report it after the start. contmond is asked for the name again.
 */
#ifndef CONTMON_PAST_UNNAMED_H
#define CONTMON_PAST_UNNAMED_H

#include <stdbool.h>

#include "contmon/http/http.h"
#include "contmond.h"
#include "follow.h"

#define CLI_UNNAMED_MAX 64

/**
 * struct cli_unnamed - zero-initialise
 * @all: such events, the oldest first, and when they came; the oldest are
 *	dropped if there are more
 * @asked_ns: when contmond was asked last
 * @http: opened at the first question
 */
struct cli_unnamed {
	struct {
		json_t *event;
		uint64_t since_ns;
	} all[CLI_UNNAMED_MAX];
	size_t nr;
	uint64_t asked_ns;
	struct cli_http http;
};

void cli_unnamed_done(struct cli_unnamed *unnamed);

/* Keeps an event if its container may still get a name, for up to a minute. */
void cli_unnamed_keep(struct cli_unnamed *unnamed, json_t *event);

/* Is an event of the container of @event kept? */
bool cli_unnamed_has(const struct cli_unnamed *unnamed, const json_t *event);

/*
 * Asks, and calls @fn for each event whose container has a name by now, the
 * oldest first: these are no longer kept. Returns CLI_GO_ON, or what @fn has
 * returned.
 */
int cli_unnamed_ask(struct cli_unnamed *unnamed,
		    const struct cli_contmond *contmond, cli_follow_fn *fn,
		    void *userdata);

/* As cli_unnamed_ask(), but only once a second, and if there is an event */
int cli_unnamed_tick(struct cli_unnamed *unnamed,
		     const struct cli_contmond *contmond, cli_follow_fn *fn,
		     void *userdata);

#endif /* CONTMON_PAST_UNNAMED_H */
