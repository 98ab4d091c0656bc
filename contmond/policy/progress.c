// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fate.h"
#include "pending.h"
#include "reason.h"

/* Ends. Each returns false, for progress(). */

static const struct policy_rule *rule_of(const struct enforce *enforce,
					 const struct pending *pending,
					 size_t *ret_index)
{
	const struct policy_rule *rule =
		policy_rule_find(enforce->policy, pending->rule);

	if (!rule || strcmp(rule->hash, pending->rule_hash) != 0)
		return NULL;
	*ret_index = (size_t)(rule - enforce->policy->rules);
	return rule;
}

static bool end(struct enforce *enforce, struct pending *pending,
		enum enforce_state state, const char *reason)
{
	json_t *detail = NULL;

	if (pending->steps_done)
		detail = json_pack("{s:O}", "steps", pending->steps_done);
	audit_move(enforce, pending, state, reason, detail);
	return false;
}

/*
 * Nothing was done: its container must not count as gone, after a start either.
 * The budget is for what was asked for.
 */
static bool end_undone(struct enforce *enforce, struct pending *pending,
		       enum enforce_state state, const char *reason)
{
	json_t *detail = json_pack("{s:b}", pending->was_acted ?
				   AUDIT_NOT_DONE : AUDIT_BUDGET_RETURNED, 1);

	if (pending->steps_done)
		json_object_set(detail, "steps", pending->steps_done);
	policy_state_undone(enforce->state, pending->rule, pending->id,
			    pending->user_id, pending->was_acted);
	audit_move(enforce, pending, state, reason, detail);
	return false;
}

/* If this makes the rule give up, an event says so. */
static void note_help(struct enforce *enforce, const struct pending *pending,
		      bool has_helped)
{
	size_t rule;
	bool before;

	if (!rule_of(enforce, pending, &rule))
		return;
	before = policy_state_gave_up(enforce->state, rule, pending->user_id);
	policy_state_helped(enforce->state, pending->rule, pending->user_id,
			    has_helped);
	if (!before &&
	    policy_state_gave_up(enforce->state, rule, pending->user_id))
		audit_gave_up(enforce, pending);
}

static bool fail(struct enforce *enforce, struct pending *pending,
		 const char *reason)
{
	enforce->failures_total++;
	note_help(enforce, pending, false);
	return end(enforce, pending, ENFORCE_FAILED, reason);
}

/* If the action had to be repeated, it did not help the last time. */
static bool verify(struct enforce *enforce, struct pending *pending,
		   const char *reason)
{
	json_t *detail = json_object();

	if (pending->steps_done)
		json_object_set(detail, "steps", pending->steps_done);
	if (!isnan(pending->memory_bytes))
		json_object_set_new(detail, "memory_freed_bytes", json_integer(
			(json_int_t)pending->memory_bytes));
	audit_move(enforce, pending, ENFORCE_VERIFIED, reason, detail);
	note_help(enforce, pending, !pending->is_again);
	return false;
}

/* The verdict may be about something not checked here, like a cool-down. */
static void write_recheck(const struct enforce *enforce, size_t rule,
			  size_t candidate, enum policy_finding finding,
			  char *text, size_t size)
{
	const struct policy_verdict *verdict =
		policy_verdict(&enforce->result, rule, candidate);
	struct buffer reason = { 0 };

	if (verdict->finding == finding)
		policy_write_reason(&reason, enforce->policy,
				    &enforce->policy->rules[rule], verdict,
				    enforce->boot_ms);
	snprintf(text, size, "checked again: %s",
		 reason.length > 0 && !reason.failed ? reason.text :
		 policy_finding_name(finding));
	buffer_done(&reason);
}

/* Why the current rules no longer want it, or NULL */
static const char *unwanted(const struct enforce *enforce,
			    const struct pending *pending, size_t *ret_rule)
{
	if (!rule_of(enforce, pending, ret_rule))
		return "its rule is not the same any more";
	return enforce->policy->dry_run && !pending->is_dry_run ?
	       "policies are a dry run by now" : NULL;
}

/* Why it must no longer be carried out, or NULL */
static const char *recheck(const struct enforce *enforce,
			   const struct pending *pending, size_t candidate,
			   char *text, size_t size)
{
	enum policy_finding finding;
	size_t rule = 0;
	const char *why = unwanted(enforce, pending, &rule);

	if (why)
		return why;
	finding = policy_recheck(enforce->state, rule, candidate);
	if (finding == POLICY_CHOSEN)
		return NULL;
	write_recheck(enforce, rule, candidate, finding, text, size);
	return text;
}

static void tell_policy(struct enforce *enforce, const struct pending *pending)
{
	const struct policy_action action = {
		.rule = pending->rule,
		.id = pending->id,
		.name = pending->name,
		.user_id = pending->user_id,
		.boot_ms = enforce->boot_ms,
		.cool_down_ms = pending->cool_down_ms,
		.steps = pending->steps,
	};

	/* If there is no memory, the cool-down counts from the decision. */
	policy_state_acted(enforce->state, &action);
}

/*
 * When, and what was measured when it was checked again; and what the budget
 * and the cool-down are made of again after a start, when no other row of it
 * may be left
 */
static json_t *acted_json(const struct enforce *enforce,
			  const struct pending *pending, size_t candidate)
{
	size_t rule = 0;
	bool has_rule = rule_of(enforce, pending, &rule);

	return json_pack("{s:I,s:s*,s:I,s:I,s:o*}", AUDIT_BOOT_MS,
			 (json_int_t)enforce->boot_ms, AUDIT_BOOT_ID,
			 enforce->sink.boot_id, AUDIT_USER_ID,
			 (json_int_t)pending->user_id, AUDIT_COOL_DOWN_MS,
			 (json_int_t)pending->cool_down_ms, "measures",
			 has_rule ? audit_measures(enforce, rule, candidate) :
				    NULL);
}

/*
 * A dry run cannot show whether an action helps. If the same run is over the
 * threshold again, that is because nothing was done; but a new run would have
 * been over it even after an action.
 */
static bool act_dry(struct enforce *enforce, struct pending *pending,
		    size_t candidate)
{
	tell_policy(enforce, pending);
	audit_move(enforce, pending, ENFORCE_ACTED,
		   "dry run: nothing was done",
		   acted_json(enforce, pending, candidate));
	if (!pending->is_again || pending->is_rerun)
		note_help(enforce, pending, !pending->is_rerun);
	return false;
}

static bool act_notify(struct enforce *enforce, struct pending *pending,
		       size_t candidate)
{
	tell_policy(enforce, pending);
	audit_move(enforce, pending, ENFORCE_ACTED,
		   "an event tells of it",
		   acted_json(enforce, pending, candidate));
	return verify(enforce, pending, "the event was recorded");
}

static const char *unable(const struct enforce *enforce)
{
	if (!enforce->sink.is_writable(enforce->sink.userdata))
		return "the audit cannot be written";
	if (!enforce->actor.is_ready(enforce->actor.userdata))
		return "contmon-engine does not answer, or may not act";
	return NULL;
}

static bool act(struct enforce *enforce, struct pending *pending,
		const struct policy_candidate *candidate, size_t index)
{
	const char *why = unable(enforce);
	json_t *detail, *request;

	if (why && enforce->boot_ms < pending->due_ms + ENFORCE_PATIENCE_MS)
		return true;
	if (why)
		return end_undone(enforce, pending, ENFORCE_EXPIRED, why);
	request = pending_request_json(pending);
	if (!request)
		return end_undone(enforce, pending, ENFORCE_SPARED,
				  "contmon-engine cannot be asked: the path "
				  "of its cgroup is not valid UTF-8");
	enforce->actions_total++;
	pending->acted_ms = enforce->boot_ms;
	pending->unsent_ms = pending->sent_ms = enforce->boot_ms;
	if (isnan(candidate->ended_ms) &&
	    pending->steps & (POLICY_STOP | POLICY_KILL))
		pending->memory_bytes = candidate->row->memory_current_bytes;
	detail = acted_json(enforce, pending, index);
	json_object_set_new(detail, "request", request);
	if (!isnan(pending->started_ms))
		json_object_set_new(detail, "started_ms", json_integer(
			(json_int_t)pending->started_ms));
	tell_policy(enforce, pending);
	audit_move(enforce, pending, ENFORCE_ACTED,
		   "contmon-engine is asked to do it", detail);
	return true;
}

/* Returns false if it has ended, because it must not be carried out. */
static bool is_still_wanted(struct enforce *enforce, struct pending *pending,
			    const struct enforce_tick *tick, size_t *ret_index)
{
	enum fate fate = fate_of(pending, tick, ret_index);
	const char *why;
	char text[256];

	if (fate != FATE_SAME)
		return end_undone(enforce, pending, ENFORCE_GONE,
				  fate_text(fate));
	if (enforce->boot_ms < pending->due_ms)
		return true;
	why = recheck(enforce, pending, *ret_index, text, sizeof(text));
	return !why || end_undone(enforce, pending, ENFORCE_SPARED, why);
}

static bool progress_warned(struct enforce *enforce, struct pending *pending,
			    const struct enforce_tick *tick)
{
	size_t i = 0;

	if (!is_still_wanted(enforce, pending, tick, &i))
		return false;
	if (enforce->boot_ms < pending->due_ms)
		return true;
	if (pending->is_dry_run)
		return act_dry(enforce, pending, i);
	if (pending->steps == POLICY_NOTIFY)
		return act_notify(enforce, pending, i);
	return act(enforce, pending, &tick->tick.candidates[i], i);
}

/* After acting */

/*
 * Sends the request at the tick after its row was written, or again after the
 * connection broke. Until contmon-engine may have started it, the decision is
 * checked again each time, because minutes may have passed.
 */
static bool progress_sending(struct enforce *enforce, struct pending *pending,
			     const struct enforce_tick *tick)
{
	struct act_request request;
	const char *why;
	char text[128];
	size_t i = 0;

	if (pending->acted_ms == enforce->boot_ms)
		return true;
	if (!pending->was_sent &&
	    !is_still_wanted(enforce, pending, tick, &i))
		return false;
	why = unable(enforce);
	if (!why) {
		pending_request(pending, &request);
		pending->is_sent = enforce->actor.send(
			&request, enforce->actor.userdata) == 0;
		pending->was_sent |= pending->is_sent;
		why = "contmon-engine accepts no request";
	}
	if (pending->is_sent)
		pending->sent_ms = enforce->boot_ms;
	if (pending->is_sent ||
	    enforce->boot_ms < pending->unsent_ms + ENFORCE_PATIENCE_MS)
		return true;
	if (!pending->was_sent)
		return end_undone(enforce, pending, ENFORCE_EXPIRED, why);
	snprintf(text, sizeof(text), "%s, so it is unknown what was done",
		 why);
	return fail(enforce, pending, text);
}

/* @candidate: NULL if it is not there */
static bool is_done(const struct pending *pending, enum fate fate,
		    const struct policy_candidate *candidate)
{
	if (pending->steps & POLICY_LIMIT)
		return true;	/* samples do not show a limit */
	if (pending->steps & POLICY_PAUSE)
		return candidate && candidate->row->state &&
		       strcmp(candidate->row->state, "paused") == 0;
	if (pending->steps & POLICY_RESTART)
		return fate == FATE_AGAIN;
	if (pending->had_ended)	/* and was to be removed */
		return !candidate;
	return fate != FATE_SAME;
}

static bool progress_done(struct enforce *enforce, struct pending *pending,
			  const struct enforce_tick *tick)
{
	size_t i = SIZE_MAX;
	enum fate fate = fate_of(pending, tick, &i);
	const struct policy_candidate *candidate = i == SIZE_MAX ? NULL :
		&tick->tick.candidates[i];

	if (!is_done(pending, fate, candidate)) {
		if (enforce->boot_ms < pending->answered_ms +
				       ENFORCE_VERIFY_MS)
			return true;
		return fail(enforce, pending, "contmon-engine did it, but "
			    "samples do not show it");
	}
	if (pending->steps & (POLICY_LIMIT | POLICY_PAUSE | POLICY_RESTART))
		return verify(enforce, pending, "it is done");
	if (pending->had_ended)
		return verify(enforce, pending, "it is not there any more");
	if (fate == FATE_AGAIN)
		return verify(enforce, pending, "it ended, and was started "
			      "again by something else since");
	if (fate == FATE_OTHER)
		return verify(enforce, pending, "it ended, and another "
			      "container has its name since");
	return verify(enforce, pending, "nothing of it runs any more");
}

static bool may_retry(const struct enforce *enforce,
		      const struct pending *pending)
{
	return (pending->code == ACT_BUSY || pending->code == ACT_NO_ENGINE) &&
	       enforce->boot_ms < pending->acted_ms + ENFORCE_PATIENCE_MS;
}

/*
 * A refused request has done nothing. For most reasons it would be refused
 * again; only some are worth a retry.
 */
static bool progress_refused(struct enforce *enforce, struct pending *pending)
{
	char text[sizeof(pending->why) + 64];

	if (may_retry(enforce, pending)) {
		pending->is_sent = pending->was_sent = false;
		pending->is_answered = false;
		return true;
	}
	snprintf(text, sizeof(text), "contmon-engine refused: %s",
		 pending->why[0] ? pending->why :
				   act_code_name(pending->code));
	if (pending->code == ACT_PROTECTED || pending->code == ACT_VOLUMES ||
	    pending->code == ACT_BUDGET)
		return end_undone(enforce, pending, ENFORCE_SPARED, text);
	if (pending->code == ACT_BUSY || pending->code == ACT_NO_ENGINE)
		return end_undone(enforce, pending, ENFORCE_EXPIRED, text);
	return fail(enforce, pending, text);
}

static bool has_ended(const struct pending *pending,
		      const struct enforce_tick *tick)
{
	size_t i = SIZE_MAX;

	return pending->steps & (POLICY_STOP | POLICY_KILL) &&
	       fate_of(pending, tick, &i) != FATE_SAME;
}

static bool progress_failed(struct enforce *enforce, struct pending *pending,
			    const struct enforce_tick *tick)
{
	char text[sizeof(pending->why) + 64];

	/* contmon-engine does not know the outcome, but samples show it. */
	if (pending->code == ACT_UNKNOWN_OUTCOME && has_ended(pending, tick))
		return verify(enforce, pending, "nothing of it runs any more, "
			      "although the engine did not say so");
	snprintf(text, sizeof(text), "contmon-engine failed: %s",
		 pending->why[0] ? pending->why :
				   act_code_name(pending->code));
	return fail(enforce, pending, text);
}

/* It was requested too long ago to be carried out now. */
static bool progress_late(struct enforce *enforce, struct pending *pending,
			  const struct enforce_tick *tick)
{
	if (has_ended(pending, tick))
		return verify(enforce, pending, "nothing of it runs any more; "
			      "contmond did not run when it ended");
	return fail(enforce, pending, "contmond did not run, so it is "
		    "unknown what was done");
}

/*
 * contmon-engine may have the request. Asking again could make it start now, so
 * it is not asked, and samples show the outcome.
 */
static bool progress_unwanted(struct enforce *enforce, struct pending *pending,
			      const struct enforce_tick *tick, const char *why)
{
	char text[128];

	if (has_ended(pending, tick)) {
		snprintf(text, sizeof(text), "nothing of it runs any more; %s",
			 why);
		return verify(enforce, pending, text);
	}
	if (!pending_is_overdue(pending, enforce->boot_ms))
		return true;
	snprintf(text, sizeof(text), "%s, so contmon-engine was not asked "
		 "again what it did", why);
	return fail(enforce, pending, text);
}

static bool progress_acted(struct enforce *enforce, struct pending *pending,
			   const struct enforce_tick *tick)
{
	const char *why = NULL;
	size_t rule;

	if (pending->is_resumed && !pending->is_sent &&
	    enforce->boot_ms >= pending->acted_ms + ENFORCE_PATIENCE_MS)
		return progress_late(enforce, pending, tick);
	if (!pending->is_sent && pending->was_sent)
		why = unwanted(enforce, pending, &rule);
	if (why)
		return progress_unwanted(enforce, pending, tick, why);
	if (!pending->is_sent)
		return progress_sending(enforce, pending, tick);
	if (!pending->is_answered) {
		if (!pending_is_overdue(pending, enforce->boot_ms))
			return true;
		return fail(enforce, pending,
			    "contmon-engine gave no answer in time");
	}
	switch (pending->result) {
	case ACT_DONE:
	case ACT_SKIPPED:
		return progress_done(enforce, pending, tick);
	case ACT_GONE:
		return end_undone(enforce, pending, ENFORCE_GONE,
				  "it had ended before anything was done");
	case ACT_REPLACED:
		return end(enforce, pending, ENFORCE_GONE,
			   "it has been replaced by now");
	case ACT_REFUSED:
		return progress_refused(enforce, pending);
	case ACT_FAILED:
		break;
	}
	return progress_failed(enforce, pending, tick);
}

bool progress(struct enforce *enforce, struct pending *pending,
	      const struct enforce_tick *tick)
{
	if (pending->state < ENFORCE_ACTED)
		return progress_warned(enforce, pending, tick);
	if (pending->state == ENFORCE_ACTED)
		return progress_acted(enforce, pending, tick);
	return false;	/* vetoed since the last tick */
}
