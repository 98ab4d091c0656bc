// SPDX-License-Identifier: GPL-2.0-only
/*
 * The row of a request is written before contmon-engine is asked, and the
 * request waits for the next tick. So even after a kill -9 the audit has every
 * request that may have been sent, and it can be sent again: contmon-engine
 * carries out a decision only once.
 */
#include "enforce.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fate.h"
#include "held.h"
#include "pending.h"
#include "progress.h"
#include "reason.h"

struct enforce *enforce_new(const struct policy *policy,
			    const struct enforce_sink *sink,
			    const struct enforce_actor *actor)
{
	struct enforce *enforce = calloc(1, sizeof(*enforce));

	if (!enforce)
		return NULL;
	enforce->policy = policy;
	enforce->sink = *sink;
	enforce->actor = *actor;
	enforce->state = policy_state_new(policy);
	enforce->decisions_of = calloc(policy->nr_rules + 1,
				       sizeof(*enforce->decisions_of));
	if (enforce->state && enforce->decisions_of)
		return enforce;
	enforce_free(enforce);
	return NULL;
}

void enforce_free(struct enforce *enforce)
{
	size_t i;

	if (!enforce)
		return;
	for (i = 0; i < enforce->nr; i++)
		pending_free(enforce->all[i]);
	free(enforce->all);
	held_done(enforce);
	resume_forget(enforce);
	policy_state_free(enforce->state);
	free(enforce->decisions_of);
	free(enforce);
}

int enforce_reload(struct enforce *enforce, const struct policy *policy)
{
	uint64_t *decisions_of = calloc(policy->nr_rules + 1,
					sizeof(*decisions_of));
	int r = decisions_of ? policy_state_reload(enforce->state, policy) :
			       -ENOMEM;

	if (r < 0) {
		free(decisions_of);
		return r;
	}
	free(enforce->decisions_of);
	enforce->decisions_of = decisions_of;
	enforce->policy = policy;
	enforce->has_result = false;	/* its indices are no longer valid */
	return 0;
}

const struct policy_result *enforce_result(const struct enforce *enforce)
{
	return enforce->has_result ? &enforce->result : NULL;
}

bool enforce_is_idle(const struct enforce *enforce)
{
	return enforce->nr == 0 && enforce->nr_held == 0;
}

/* New decisions */

/* Short, and sorts by time: the tick in base 36, and a number */
static void name_decision(char *ret, size_t size, int64_t t_ms, size_t i)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	uint64_t rest = (uint64_t)t_ms;
	char text[16];
	size_t at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = digits[rest % 36];
		rest /= 36;
	} while (rest > 0);
	snprintf(ret, size, "%s-%zu", text + at, i + 1);
}

static char *reason_of(const struct enforce *enforce,
		       const struct policy_decision *decision)
{
	struct buffer text = { 0 };

	policy_write_reason(&text, enforce->policy,
			    &enforce->policy->rules[decision->rule],
			    policy_verdict(&enforce->result, decision->rule,
					   decision->candidate),
			    enforce->boot_ms);
	if (text.failed)
		buffer_done(&text);
	return text.text;
}

static void take_rule(struct pending *pending, const struct policy_rule *rule,
		      bool *failed)
{
	pending->rule = text_copy(rule->name, failed);
	snprintf(pending->rule_hash, sizeof(pending->rule_hash), "%s",
		 rule->hash);
	pending->steps = rule->steps;
	pending->grace_ms = rule->grace_ms;
	pending->hold_ms = rule->hold_ms;
	/* A notification needs no warning. */
	pending->warn_ms = rule->steps == POLICY_NOTIFY ? 0 : rule->warn_ms;
	pending->cool_down_ms = rule->cool_down_ms;
	pending->limit_cpu_cores = rule->limit_cpu_cores;
	pending->limit_memory_bytes = rule->limit_memory_bytes;
}

static struct pending *make_pending(const struct enforce *enforce,
				    const struct enforce_tick *tick, size_t i)
{
	const struct policy_decision *decision =
		&enforce->result.decisions[i];
	const struct policy_candidate *candidate =
		&tick->tick.candidates[decision->candidate];
	struct pending *pending = calloc(1, sizeof(*pending));
	bool failed = false;

	if (!pending)
		return NULL;
	name_decision(pending->decision, sizeof(pending->decision),
		      enforce->t_ms, i);
	take_rule(pending, &enforce->policy->rules[decision->rule], &failed);
	pending->is_dry_run = decision->dry_run;
	pending->is_again = decision->is_again;
	pending->is_rerun = decision->is_rerun;
	pending->id = text_copy(candidate->id, &failed);
	pending->name = text_copy(candidate->name, &failed);
	pending->title = text_copy(candidate->row->container, &failed);
	pending->user_id = candidate->user_id;
	pending->runtime = text_copy(candidate->row->runtime, &failed);
	pending->cgroup = text_copy(candidate->row->cgroup, &failed);
	pending->reason = reason_of(enforce, decision);
	pending->started_ms = fate_start_of(candidate);
	pending->had_ended = !isnan(candidate->ended_ms);
	if (pending->had_ended && pending->steps != POLICY_NOTIFY)
		pending->steps = POLICY_REMOVE;	/* it has no process to stop */
	pending->target = tick->targets[decision->candidate];
	pending->planned_ms = enforce->t_ms;
	pending->due_ms = enforce->boot_ms + pending->warn_ms;
	pending->memory_bytes = NAN;
	if (!failed && pending->reason)
		return pending;
	pending_free(pending);
	return NULL;
}

static int plan(struct enforce *enforce, const struct enforce_tick *tick,
		size_t i)
{
	const struct policy_decision *decision =
		&enforce->result.decisions[i];
	struct pending *pending = make_pending(enforce, tick, i);
	int r = pending ? pending_add(enforce, pending) : -ENOMEM;
	char text[256];

	if (r < 0)
		return r;
	enforce->decisions_total++;
	enforce->decisions_of[decision->rule]++;
	audit_planned(enforce, pending, &tick->tick, decision);
	if (pending->warn_ms > 0) {
		snprintf(text, sizeof(text), "%sacts in %g s unless it is "
			 "vetoed: contmon policy veto %s",
			 pending->is_dry_run ? "dry run: " : "",
			 (double)pending->warn_ms / 1e3, pending->decision);
		audit_move(enforce, pending, ENFORCE_WARNED, text,
			   json_pack("{s:I}", "acts_ms", (json_int_t)(
				     enforce->t_ms + pending->warn_ms)));
	}
	return 0;
}

/* Ticks */

static void drop_ended(struct enforce *enforce)
{
	size_t i, nr = 0;

	for (i = 0; i < enforce->nr; i++) {
		if (enforce->all[i])
			enforce->all[nr++] = enforce->all[i];
	}
	enforce->nr = nr;
}

/*
 * Decisions under way hold their containers. Notifications never do, because
 * they end within their tick.
 */
static int decide(struct enforce *enforce, const struct policy_tick *tick)
{
	struct policy_hold *holds = calloc(enforce->nr + tick->nr_holds + 1,
					   sizeof(*holds));
	struct policy_tick held = *tick;
	size_t i;
	int r;

	if (!holds)
		return -ENOMEM;
	for (i = 0; i < enforce->nr; i++)
		holds[i] = (struct policy_hold){
			enforce->all[i]->id, enforce->all[i]->rule,
			enforce->all[i]->user_id,
		};
	for (i = 0; i < tick->nr_holds; i++)
		holds[enforce->nr + i] = tick->holds[i];
	held.holds = holds;
	held.nr_holds = enforce->nr + tick->nr_holds;
	r = policy_decide(enforce->state, &held, &enforce->result);
	free(holds);
	return r;
}

int enforce_tick(struct enforce *enforce, const struct enforce_tick *tick)
{
	size_t i;
	int r;

	enforce->t_ms = tick->tick.t_ms;
	enforce->boot_ms = tick->tick.boot_ms;
	enforce->has_result = false;
	r = decide(enforce, &tick->tick);
	if (r < 0)
		return r;
	enforce->has_result = true;
	for (i = 0; i < enforce->result.nr_decisions && r == 0; i++)
		r = plan(enforce, tick, i);
	for (i = 0; i < enforce->nr; i++) {
		if (progress(enforce, enforce->all[i], tick))
			continue;
		if (held_may_be(enforce->all[i]))
			held_keep(enforce, enforce->all[i]);
		else
			pending_free(enforce->all[i]);
		enforce->all[i] = NULL;
	}
	drop_ended(enforce);
	held_ask(enforce);
	held_expire(enforce);
	return r;
}

/* From outside, between ticks */

static struct pending *find(const struct enforce *enforce, const char *id)
{
	size_t i;

	for (i = 0; i < enforce->nr; i++) {
		if (strcmp(enforce->all[i]->decision, id) == 0)
			return enforce->all[i];
	}
	return NULL;
}

int enforce_veto(struct enforce *enforce, const char *id, const char *who)
{
	struct pending *pending = find(enforce, id);
	char text[256];

	if (!pending)
		return -ENOENT;
	if (pending->state >= ENFORCE_ACTED)
		return -EALREADY;
	snprintf(text, sizeof(text), "vetoed by %s", who);
	audit_move(enforce, pending, ENFORCE_VETOED, text,
		   json_pack("{s:b}", AUDIT_BUDGET_RETURNED, 1));
	policy_state_undone(enforce->state, pending->rule, pending->id,
			    pending->user_id, false);
	return 0;
}

static void note_step(struct pending *pending, const struct act_answer *answer)
{
	json_t *step = json_pack("{s:s,s:s}", "step",
				 act_step_name(answer->step), "result",
				 act_result_name(answer->result));

	if (answer->http_status > 0)
		json_object_set_new(step, "http_status",
				    json_integer(answer->http_status));
	if (answer->why)
		json_object_set_new(step, "why", json_string(answer->why));
	if (!pending->steps_done)
		pending->steps_done = json_array();
	json_array_append_new(pending->steps_done, step);
}

void enforce_answer(struct enforce *enforce, const struct act_answer *answer)
{
	struct pending *pending = find(enforce, answer->decision);

	if (answer->kind == ACT_UNDONE)
		held_answer(enforce, pending, answer);
	if (answer->kind == ACT_FINISHED && !pending)
		held_finished(enforce, answer);
	if (!pending || pending->state != ENFORCE_ACTED ||
	    pending->is_answered)
		return;
	if (answer->kind == ACT_STEP)
		note_step(pending, answer);
	if (answer->kind != ACT_FINISHED)
		return;
	pending->is_answered = true;
	pending->is_held = answer->held;
	pending->answered_ms = enforce->boot_ms;
	pending->result = answer->result;
	pending->code = answer->code;
	snprintf(pending->why, sizeof(pending->why), "%s", answer->why ?: "");
}

/* contmon-engine will send the results of all steps again, too. */
void enforce_disconnected(struct enforce *enforce)
{
	size_t i;

	for (i = 0; i < enforce->nr; i++) {
		struct pending *pending = enforce->all[i];

		if (pending->is_answered)
			continue;
		if (pending->is_sent)
			pending->unsent_ms = enforce->boot_ms;
		pending->is_sent = false;
		json_decref(pending->steps_done);
		pending->steps_done = NULL;
	}
	held_disconnected(enforce);
}
