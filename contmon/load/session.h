/* SPDX-License-Identifier: GPL-2.0-only */
/* A load: containers, their image, and a timer that makes more of them. */
#ifndef CONTMON_LOAD_SESSION_H
#define CONTMON_LOAD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "contmon/cli/options.h"
#include "mix.h"
#include "plan.h"

/* Containers of a load at a time, running or not */
#define LOAD_CONTAINERS_MAX 200

/**
 * struct load - what is wanted, and how far it is
 * @engine: NULL: the one that answers
 * @add: the session to add a round to, instead of a new one, or NULL
 * @class: of containers, or NULL
 * @for_ms, @every_ms: 0: until it is stopped; once
 * @timer: systemd makes the rounds after the first
 *
 * @with: the engine of @session
 * @nr_lines: printed for programs
 * @stopping: by a signal, at the end of its time, or nobody reads the output
 */
struct load {
	struct cli_options options;
	const char *engine;
	const char *add;
	const char *class;
	const char *prefix;
	const char *mix_text;
	struct load_mix mix;
	uint64_t count;
	int64_t for_ms;
	int64_t every_ms;
	bool timer;

	enum load_engine with;
	char session[LOAD_SESSION_LENGTH + 1];
	uint64_t deadline_ns;
	uint64_t nr_lines;
	bool stopping;
};

/* These return an exit status after reporting errors. */

/* Make the load, and remove it when it is to stop */
int load_session_run(struct load *load);

/* Add a round to the session @load->add */
int load_session_add(struct load *load);

/* Remove all loads, of each engine or of the one of @load */
int load_session_clean(struct load *load);

#endif /* CONTMON_LOAD_SESSION_H */
