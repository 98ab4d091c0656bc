/* SPDX-License-Identifier: GPL-2.0-only */
/* The range of an answer over time, and the width of its steps */
#ifndef CONTMOND_SERVE_STEPS_H
#define CONTMOND_SERVE_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts.h"
#include "reply.h"
#include "request.h"

/**
 * struct steps - set the first six members
 * @containers: one for each row of a step, comma-separated; NULL: all
 * @is_system: there is only one row in a step
 * @has_host: all are the containers and the host
 * @max_rows: as many fit
 * @max_steps: as many may be chosen
 * @round: rounds the width of a step up to one that may be chosen
 * @is_chosen: the request leaves the width to us
 * @is_widened: it was chosen, and is wider than the interval
 */
struct steps {
	const char *containers;
	bool is_system;
	bool has_host;
	size_t max_rows;
	size_t max_steps;
	int64_t (*round)(int64_t width_ms);
	int64_t from_ms;
	int64_t to_ms;
	int64_t step_ms;
	bool is_chosen;
	bool is_widened;
};

/**
 * steps_read() - read from, to and step, or choose the step
 *
 * Returns false if they are not valid; then the reply has the error.
 */
bool steps_read(struct steps *steps, const struct facts *facts,
		const struct request *request, struct reply *reply);

/**
 * steps_widen() - choose a step with which the rows that did not fit may fit
 * @nr_titles: rows of a step
 * @had_ms: the time of which the rows fitted
 *
 * Returns false if there is none, or the request had a step.
 */
bool steps_widen(struct steps *steps, size_t nr_titles, int64_t had_ms);

/**
 * steps_write() - what meta has of them
 * @is_first: of its keys
 */
void steps_write(const struct steps *steps, int64_t resolution_ms,
		 bool is_first, struct buffer *body);

#endif /* CONTMOND_SERVE_STEPS_H */
