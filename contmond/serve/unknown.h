/* SPDX-License-Identifier: GPL-2.0-only */
/* What the source of the samples cannot know, by the names in API.md */
#ifndef CONTMOND_SERVE_UNKNOWN_H
#define CONTMOND_SERVE_UNKNOWN_H

#include <stddef.h>

#include "facts.h"

#define UNKNOWN_MAX 32

/**
 * unknown_names() - keys that are null in all or some rows, as ENDPOINT.KEY
 *
 * Includes kinds of events that never happen. Returns their number; with the
 * driver, and without any source, there are none.
 */
size_t unknown_names(const struct facts *facts, const char *ret[UNKNOWN_MAX]);

#endif /* CONTMOND_SERVE_UNKNOWN_H */
