// SPDX-License-Identifier: GPL-2.0-only
#include "held.h"

#include <stdlib.h>
#include <string.h>

bool held_may_be(const struct pending *pending)
{
	return pending->is_held ||
	       (pending->state == ENFORCE_FAILED && pending->was_sent &&
		!pending->is_answered &&
		pending->steps & (POLICY_PAUSE | POLICY_LIMIT));
}

static void tell(struct enforce *enforce, struct pending *pending)
{
	static const char *const texts[][2] = {
		[UNDONE_RESTORED] = { "has ended", "" },
		[UNDONE_STUCK] = { "could not be ended",
				   "; contmon-engine tries again" },
		[UNDONE_NEVER] = { "could not be ended",
				   "; contmon-engine has given up" },
	};
	const char *const *text = texts[pending->undone];
	const char *why = pending->undone_why;
	char reason[sizeof(pending->undone_why) + 80];

	snprintf(reason, sizeof(reason), "its %s %s%s%s%s",
		 pending->steps & POLICY_PAUSE ? "pause" : "limit", text[0],
		 *why ? ": " : "", why, text[1]);
	audit_move(enforce, pending, pending->undone == UNDONE_RESTORED ?
		   ENFORCE_RESTORED : ENFORCE_HELD, reason, NULL);
}

static bool is_over(const struct pending *pending)
{
	return pending->undone == UNDONE_RESTORED ||
	       pending->undone == UNDONE_NEVER;
}

/* If there is no memory, only contmon-engine's log will show the end. */
void held_keep(struct enforce *enforce, struct pending *pending)
{
	struct pending **held;

	if (pending->undone != UNDONE_NOT_YET)
		tell(enforce, pending);
	held = is_over(pending) ? NULL :
		reallocarray(enforce->held, enforce->nr_held + 1,
			     sizeof(*held));
	if (!held) {
		pending_free(pending);
		return;
	}
	enforce->held = held;
	held[enforce->nr_held++] = pending;
}

static void drop(struct enforce *enforce, size_t i)
{
	pending_free(enforce->held[i]);
	enforce->nr_held--;
	memmove(&enforce->held[i], &enforce->held[i + 1],
		(enforce->nr_held - i) * sizeof(*enforce->held));
}

static size_t find(const struct enforce *enforce, const char *decision)
{
	size_t i;

	for (i = 0; i < enforce->nr_held; i++) {
		if (strcmp(enforce->held[i]->decision, decision) == 0)
			break;
	}
	return i;
}

static void note_undone(struct pending *pending,
			const struct act_answer *answer)
{
	pending->undone = answer->result == ACT_DONE ? UNDONE_RESTORED :
			  answer->held ? UNDONE_STUCK : UNDONE_NEVER;
	snprintf(pending->undone_why, sizeof(pending->undone_why), "%s",
		 answer->why ?: "");
}

void held_answer(struct enforce *enforce, struct pending *pending,
		 const struct act_answer *answer)
{
	size_t i = find(enforce, answer->decision);

	if (pending)
		note_undone(pending, answer);
	if (pending || i == enforce->nr_held)
		return;
	note_undone(enforce->held[i], answer);
	tell(enforce, enforce->held[i]);
	if (is_over(enforce->held[i]))
		drop(enforce, i);
}

void held_finished(struct enforce *enforce, const struct act_answer *answer)
{
	size_t i = find(enforce, answer->decision);
	struct pending *pending;

	if (i == enforce->nr_held || answer->held)
		return;
	pending = enforce->held[i];
	if (pending->is_end_asked && answer->result == ACT_REFUSED) {
		pending->is_end_asked = false;	/* it is still under way */
		return;
	}
	if (pending->is_end_asked && answer->result == ACT_DONE) {
		note_undone(pending, answer);
		tell(enforce, pending);
	}
	drop(enforce, i);
}

void held_ask(struct enforce *enforce)
{
	const struct enforce_actor *actor = &enforce->actor;
	size_t i;

	for (i = 0; i < enforce->nr_held; i++) {
		struct pending *pending = enforce->held[i];
		const struct act_request request = {
			.op = ACT_UNDO,
			.decision = pending->decision,
		};

		if (!pending->is_end_asked &&
		    enforce->boot_ms - pending->acted_ms >
		    pending->hold_ms + ENFORCE_PATIENCE_MS &&
		    actor->is_ready(actor->userdata))
			pending->is_end_asked =
				actor->send(&request, actor->userdata) == 0;
	}
}

void held_disconnected(struct enforce *enforce)
{
	size_t i;

	for (i = 0; i < enforce->nr_held; i++)
		enforce->held[i]->is_end_asked = false;
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
