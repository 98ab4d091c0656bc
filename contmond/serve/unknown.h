/* SPDX-License-Identifier: GPL-2.0-only */
/* What the source of the samples cannot know, by the names of API.md. */
#ifndef CONTMOND_SERVE_UNKNOWN_H
#define CONTMOND_SERVE_UNKNOWN_H

#include <stddef.h>

#include "facts.h"

#define UNKNOWN_MAX 32

/**
 * unknown_names() - keys, with their endpoint and a point, that are null in all
 * rows or in some of them
 *
 * Also kinds of events that never come. Returns how many; with the driver, and
 * without any source, there are none.
 */
size_t unknown_names(const struct facts *facts, const char *ret[UNKNOWN_MAX]);

#endif /* CONTMOND_SERVE_UNKNOWN_H */
