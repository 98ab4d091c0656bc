/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a target has come, and what it has not got of that. */
#ifndef CONTMOND_FORWARD_POSITION_H
#define CONTMOND_FORWARD_POSITION_H

#include "target.h"

/** position_find() - where it goes on after a start */
int position_find(struct target *target);

/** position_save() - write it to the store */
int position_save(struct target *target, uint64_t now_ns);

/**
 * position_look() - is it written?
 *
 * Only then is the next request made: so at most one is repeated after contmond
 * was killed. The cursor may have gone with a database that was put aside.
 */
int position_look(struct target *target, uint64_t now_ns);

/**
 * position_leave_out() - leave out what is only in a file that came late
 *
 * An older cursor than at last is that of a file that was opened after this
 * target had begun. Numbers of a run begin with 1: what it has not got of that
 * file is left out, else that would come late, or the rest twice. Returns
 * whether there was such a file.
 */
bool position_leave_out(struct target *target);

/**
 * position_skip_gone() - go behind what is gone before the parcel
 *
 * It need not be looked for again, nor what is not wanted: whoever follows this
 * target would count it again, too.
 */
int position_skip_gone(struct target *target);

/** position_count_gone() - so many were deleted, or could not be read */
void position_count_gone(struct target *target, uint64_t nr);

#endif /* CONTMOND_FORWARD_POSITION_H */
