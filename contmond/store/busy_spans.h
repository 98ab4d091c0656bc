/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds what was busiest at a moment in the spans of a tier. */
#ifndef CONTMOND_STORE_BUSY_SPANS_H
#define CONTMOND_STORE_BUSY_SPANS_H

#include "busy_at.h"
#include "internal.h"

/**
 * busy_spans() - find the newest moment of a tier that is not after @t_ms
 * @found: nothing was found yet
 *
 * Several moments with the time of the same bucket are combined.
 */
int busy_spans(struct view *view, enum busy_kind kind, unsigned int tier,
	       int64_t t_ms, struct busy_at *found);

#endif /* CONTMOND_STORE_BUSY_SPANS_H */
