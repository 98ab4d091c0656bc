/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a target has been served, and what it will never get. */
#ifndef CONTMOND_FORWARD_POSITION_H
#define CONTMOND_FORWARD_POSITION_H

#include "target.h"

/** position_find() - read from the store where the target continues */
int position_find(struct target *target);

/** position_save() - write the position to the store, as the cursor */
int position_save(struct target *target, uint64_t now_ns);

/**
 * position_look() - has the store written the cursor?
 *
 * The next request waits for that, so that at most one is repeated after
 * contmond was killed. The cursor may have been lost with a database that was
 * put aside.
 */
int position_look(struct target *target, uint64_t now_ns);

/**
 * position_leave_out() - skip what only a database has that was opened late
 *
 * If the cursor is older than the one that was saved last, the database was
 * opened after this target had begun. What the target lacks of that database is
 * skipped and counted as dropped: otherwise that would arrive after newer
 * ticks, or these would arrive twice. Returns whether there was one.
 */
bool position_leave_out(struct target *target);

/**
 * position_skip_gone() - advance past ticks that were deleted
 *
 * Otherwise a target that takes over this position, as after a reload, would
 * count them as dropped again.
 */
int position_skip_gone(struct target *target);

/** position_count_gone() - count ticks that were deleted or are unreadable */
void position_count_gone(struct target *target, uint64_t nr);

#endif /* CONTMOND_FORWARD_POSITION_H */
