/* SPDX-License-Identifier: GPL-2.0-only */
/* Parameters shared by endpoints of the past: time range and row limit */
#ifndef CONTMOND_SERVE_RANGE_H
#define CONTMOND_SERVE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "reply.h"
#include "request.h"

/**
 * range_read_ms() - read a parameter in milliseconds
 * @value: changed if the parameter is present
 *
 * Returns false if it is not valid; then the reply has the error.
 */
bool range_read_ms(const struct request *request, struct reply *reply,
		   const char *key, int64_t *value);

/** range_read() - read from and to; false if the reply has an error */
bool range_read(const struct request *request, struct reply *reply,
		int64_t *from_ms, int64_t *to_ms);

/**
 * range_read_seq() - read the number of an event; false if the reply has an
 * error
 */
bool range_read_seq(const char *name, const char *text, struct reply *reply,
		    int64_t *seq);

/** range_read_limit() - read the row limit; false if the reply has an error */
bool range_read_limit(const struct request *request, struct reply *reply,
		      uint64_t *limit);

#endif /* CONTMOND_SERVE_RANGE_H */
