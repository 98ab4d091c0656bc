/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_STREAM_H
#define CONTMON_TOP_STREAM_H

#include "contmon/cli/options.h"
#include "model.h"

/*
 * Print the rows of the screen as lines of JSON or CSV after each interval,
 * @count times, or without end if it is 0. Returns an exit status.
 */
int top_stream(struct contmon *c, struct top_model *model,
	       const struct cli_options *options, uint64_t interval_ns,
	       uint64_t count);

#endif /* CONTMON_TOP_STREAM_H */
