// SPDX-License-Identifier: GPL-2.0-only
#include "repeats.h"

#include <stddef.h>

static struct reported *all_of(struct repeats *repeats, uint32_t type)
{
	switch (type) {
	case CONTMON_EVENT_EXIT:
		return repeats->ended;
	case CONTMON_EVENT_OOM:
		return repeats->chosen;
	default:
		return NULL;
	}
}

bool repeats_note(struct repeats *repeats, const struct contmon_event *event)
{
	struct reported *all = all_of(repeats, event->type), *place;

	if (!all)
		return false;
	place = &all[(uint32_t)event->pid % REPEATS_PLACES];
	if (place->pid == event->pid &&
	    place->start_boottime_ns == event->start_boottime_ns)
		return true;
	place->pid = event->pid;
	place->start_boottime_ns = event->start_boottime_ns;
	return false;
}
