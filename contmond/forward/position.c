// SPDX-License-Identifier: GPL-2.0-only
#include "position.h"

#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "cursor.h"

/*
 * When to check whether the cursor was written, which takes milliseconds, or
 * hours if the disk is full; and how often to write it again
 */
#define FIRST_LOOK_NS (2 * NS_PER_MS)
#define LOOKS 8
#define SAVE_EVERY_NS NS_PER_SECOND

static void count_dropped(struct target *target, uint64_t dropped,
			  const char *why)
{
	if (dropped == 0)
		return;
	target->status.dropped_ticks += dropped;
	target->status.drop_reason = why;
	if (target_may_log(target))
		log_warn("forward %s: %llu %s are skipped: %s",
			 target->status.name, (unsigned long long)dropped,
			 options_noun(&target->options), why);
}

bool position_leave_out(struct target *target)
{
	int64_t cursor;

	if (!target->is_saved || target->saved < 1 ||
	    cursor_read(target->store, &target->options, &cursor) < 0 ||
	    cursor >= target->saved)
		return false;
	target->is_saved = false;
	count_dropped(target, cursor < 1 ? (uint64_t)(1 - cursor) : 0,
		      "the database that has them was opened too late");
	return true;
}

int position_save(struct target *target, uint64_t now_ns)
{
	position_leave_out(target);
	target->is_saved = false;
	target->save_ns = now_ns + SAVE_EVERY_NS;
	return cursor_write(target->store, &target->options, target->position);
}

int position_find(struct target *target)
{
	int64_t first;
	int r = cursor_read(target->store, &target->options,
			    &target->position);

	target->is_saved = r == 0;
	target->saved = target->position;
	if (r == -ENOENT) {
		r = cursor_range(target->store, &target->options, &first,
				 &target->position);
		if (r == 0)
			r = position_save(target, clock_monotonic_ns());
	}
	target->has_position = r == 0;
	return r;
}

/* Delays the notice of a write by at most an eighth of the time it took. */
static uint64_t look_after_ns(struct target *target, uint64_t now_ns)
{
	uint64_t after_ns;

	if (target->unsaved_ns == 0)
		target->unsaved_ns = now_ns;
	after_ns = (now_ns - target->unsaved_ns) / LOOKS;
	if (after_ns > SAVE_EVERY_NS)
		return SAVE_EVERY_NS;
	return after_ns > FIRST_LOOK_NS ? after_ns : FIRST_LOOK_NS;
}

int position_look(struct target *target, uint64_t now_ns)
{
	int64_t saved;
	int r = cursor_read(target->store, &target->options, &saved);

	target->is_saved = r == 0 && saved >= target->position;
	if (target->is_saved) {
		target->saved = saved;
		target->unsaved_ns = 0;
		return 0;
	}
	target->due_ns = now_ns + look_after_ns(target, now_ns);
	if (now_ns >= target->save_ns)
		r = position_save(target, now_ns);
	return r == -ENOENT ? 0 : r;
}

void position_count_gone(struct target *target, uint64_t nr)
{
	count_dropped(target, nr, "the database no longer has them");
}

int position_skip_gone(struct target *target)
{
	struct parcel *parcel = &target->parcel;
	bool is_empty = parcel->nr_ticks == 0;
	uint64_t *gone = is_empty ? &parcel->dropped :
				    &parcel->ticks[0].dropped;
	int64_t next = is_empty ? parcel->next_seq : parcel->ticks[0].tick.seq;

	if (next <= target->position || (!is_empty && *gone == 0))
		return 0;
	position_count_gone(target, *gone);
	*gone = 0;
	target->position = next;
	return position_save(target, clock_monotonic_ns());
}
