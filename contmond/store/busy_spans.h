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

/**
 * busy_spans_lists() - prepare a statement for the lists of a sealed span
 * @ret: unchanged if there are none; else, with the span as ?1, it returns the
 *	chunks that may have lists of the moments from ?2 to ?3: the first
 *	moment of each, and its lists, packed
 */
int busy_spans_lists(struct view *view, enum busy_kind kind,
		     sqlite3_stmt **ret);

#endif /* CONTMOND_STORE_BUSY_SPANS_H */
