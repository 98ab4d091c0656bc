/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the numbers of a time are: in spans of the tier that fits; in those of
 * the finer ones where that is not complete yet; in those of the coarser ones
 * where it has been deleted. Ticks are numbered, so each counts once, whatever
 * the clock did.
 */
#ifndef CONTMOND_STORE_SOURCES_H
#define CONTMOND_STORE_SOURCES_H

#include "internal.h"

/**
 * struct source - a span, and the ticks that are to be taken from it
 * @layout: of its frames; NULL when it is sealed
 * @owned: @layout is the source's own
 * @base: to be added to its numbers of containers
 * @local: its number in waiting frames, 0 for none
 * @first_seq, @end_seq: of the ticks that are wanted
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

/** struct sources - zero-initialise; in the order of time */
struct sources {
	struct source *all;
	size_t nr;
	size_t allocated;
};

/**
 * sources_find() - for the moments in [from_ms, to_ms)
 * @step_ms: that they are for
 */
int sources_find(struct sources *sources, struct view *view, int64_t from_ms,
		 int64_t to_ms, int64_t step_ms);
void sources_done(struct sources *sources);

#endif /* CONTMOND_STORE_SOURCES_H */
