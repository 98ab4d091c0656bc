/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the spans with the numbers of a time range: in the tier that fits; in
 * finer ones for the time that it does not cover yet; and in coarser ones for
 * the time that was already deleted from it. Ticks are numbered, so each counts
 * once even if the clock was set.
 */
#ifndef CONTMOND_STORE_SOURCES_H
#define CONTMOND_STORE_SOURCES_H

#include "internal.h"

/**
 * struct source - a span, and the ticks that are read from it
 * @layout: of its frames; NULL if it is sealed
 * @owned: @layout belongs to the source
 * @base: added to its numbers of containers
 * @local: its number in waiting frames; 0 if it has none
 * @first_seq, @end_seq: range of the wanted ticks
 * @end_ms: none of its moments is later
 */
struct source {
	int64_t span;
	unsigned int tier;
	struct layout *layout;
	bool owned;
	int64_t base;
	int64_t local;
	uint64_t begin_seq;
	uint64_t first_seq;
	uint64_t end_seq;
	int64_t end_ms;
};

/** struct sources - zero-initialise; in order of time */
struct sources {
	struct source *all;
	size_t nr;
	size_t allocated;
};

/**
 * sources_find() - find the sources of the moments in [from_ms, to_ms)
 * @step_ms: width of a step of the answer
 */
int sources_find(struct sources *sources, struct view *view, int64_t from_ms,
		 int64_t to_ms, int64_t step_ms);
void sources_done(struct sources *sources);

#endif /* CONTMOND_STORE_SOURCES_H */
