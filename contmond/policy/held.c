// SPDX-License-Identifier: GPL-2.0-only
#include "held.h"

#include <stdlib.h>
#include <string.h>

static void tell(struct enforce *enforce, struct pending *pending,
		 bool is_restored, const char *why)
{
	const char *noun = pending->steps & POLICY_PAUSE ? "pause" : "limit";
	char text[sizeof(pending->why) + 64];

	snprintf(text, sizeof(text), "its %s %s%s%s%s", noun, is_restored ?
		 "has ended" : "could not be ended", *why ? ": " : "", why,
		 is_restored ? "" : "; contmon-engine tries again");
	audit_move(enforce, pending,
		   is_restored ? ENFORCE_RESTORED : ENFORCE_HELD, text, NULL);
}

/* Without memory, its end is only in contmon-engine's log. */
void held_keep(struct enforce *enforce, struct pending *pending)
{
	struct pending **held;

	if (pending->is_restored) {
		tell(enforce, pending, true, pending->undone_why);
		pending_free(pending);
		return;
	}
	held = reallocarray(enforce->held, enforce->nr_held + 1,
			    sizeof(*held));
	if (!held) {
		pending_free(pending);
		return;
	}
	enforce->held = held;
	held[enforce->nr_held++] = pending;
	if (pending->is_stuck)
		tell(enforce, pending, false, pending->undone_why);
}

static void drop(struct enforce *enforce, size_t i)
{
	pending_free(enforce->held[i]);
	enforce->nr_held--;
	memmove(&enforce->held[i], &enforce->held[i + 1],
		(enforce->nr_held - i) * sizeof(*enforce->held));
}

void held_answer(struct enforce *enforce, struct pending *pending,
		 const struct act_answer *answer)
{
	bool is_restored = answer->result == ACT_DONE;
	size_t i;

	if (pending) {
		pending->is_restored = is_restored;
		pending->is_stuck = !is_restored;
		snprintf(pending->undone_why, sizeof(pending->undone_why),
			 "%s", answer->why ?: "");
		return;
	}
	for (i = 0; i < enforce->nr_held; i++) {
		if (strcmp(enforce->held[i]->decision, answer->decision) != 0)
			continue;
		tell(enforce, enforce->held[i], is_restored,
		     answer->why ?: "");
		if (is_restored)
			drop(enforce, i);
		return;
	}
}

/* It may have ended while contmon-engine was out of reach. */
void held_expire(struct enforce *enforce)
{
	size_t i;

	for (i = enforce->nr_held; i > 0; i--) {
		const struct pending *pending = enforce->held[i - 1];

		if (enforce->boot_ms - pending->acted_ms >
		    pending->hold_ms + ENFORCE_MEMORY_MS)
			drop(enforce, i - 1);
	}
}

void held_done(struct enforce *enforce)
{
	while (enforce->nr_held > 0)
		drop(enforce, enforce->nr_held - 1);
	free(enforce->held);
}
