// SPDX-License-Identifier: GPL-2.0-only
/*
 * Continues after a start with what the audit says about earlier decisions. A
 * decision that was acted on gets its end; if contmon-engine has carried it
 * out, it repeats its answer.
 */
#include <errno.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/user_slice.h"
#include "contmond/model/title.h"
#include "held.h"
#include "pending.h"
#include "progress.h"

/* Decisions by their ids */

static int compare(const void *a, const void *b)
{
	const struct past_decision *one = a, *other = b;

	return strcmp(one->pending->decision, other->pending->decision);
}

static struct past_decision *find_past(const struct enforce *enforce,
				       const char *decision)
{
	struct pending pending;
	const struct past_decision key = { .pending = &pending };
	void *found;

	snprintf(pending.decision, sizeof(pending.decision), "%s", decision);
	found = tfind(&key, &enforce->past_by_decision, compare);
	return found ? *(struct past_decision **)found : NULL;
}

static void free_past(struct past_decision *past)
{
	pending_free(past->pending);
	json_decref(past->request);
	free(past);
}

static int keep(struct enforce *enforce, struct past_decision *past)
{
	if (!tsearch(past, &enforce->past_by_decision, compare))
		return -ENOMEM;
	if (enforce->nr_past++ == 0)
		TAILQ_INIT(&enforce->past);
	TAILQ_INSERT_TAIL(&enforce->past, past, link);
	return 0;
}

static void drop(struct enforce *enforce, struct past_decision *past)
{
	tdelete(past, &enforce->past_by_decision, compare);
	TAILQ_REMOVE(&enforce->past, past, link);
	enforce->nr_past--;
	free_past(past);
}

/* The list frees them. */
static void leave(void *past)
{
	(void)past;
}

void resume_forget(struct enforce *enforce)
{
	struct past_decision *past;

	tdestroy(enforce->past_by_decision, leave);
	enforce->past_by_decision = NULL;
	for (; enforce->nr_past > 0; enforce->nr_past--) {
		past = TAILQ_FIRST(&enforce->past);
		TAILQ_REMOVE(&enforce->past, past, link);
		free_past(past);
	}
}

/* Rows of the audit */

static unsigned int read_action(const char *action)
{
	unsigned int step, steps = 0;

	for (step = POLICY_NOTIFY; step <= POLICY_REMOVE; step <<= 1) {
		const char *name = policy_step_name(step);
		const char *at = strstr(action, name);
		size_t length = strlen(name);

		if (at && (at == action || at[-1] == ' ') &&
		    (at[length] == ' ' || !at[length]))
			steps |= step;
	}
	return steps;
}

/* From the title, unless that is just the short id */
static char *name_of(const struct store_decision *row)
{
	char short_id[SHORT_ID_LENGTH + 1];
	char *name;

	if (!row->container || !row->container_id)
		return NULL;
	title_short_id(short_id, row->container_id);
	name = strndup(row->container,
		       title_name_length(row->container, row->container_id,
					 POLICY_NO_USER));
	if (name && strlen(row->container_id) > SHORT_ID_LENGTH &&
	    strcmp(short_id, name) == 0) {
		free(name);
		return NULL;
	}
	return name;
}

static struct past_decision *add(struct enforce *enforce,
				 const struct store_decision *row)
{
	struct past_decision *past = calloc(1, sizeof(*past));
	struct pending *pending = calloc(1, sizeof(*pending));

	if (!past || !pending) {
		free(past);
		free(pending);
		return NULL;
	}
	past->pending = pending;
	snprintf(pending->decision, sizeof(pending->decision), "%s",
		 row->decision);
	snprintf(pending->rule_hash, sizeof(pending->rule_hash), "%s",
		 row->rule_hash ?: "");
	pending->is_resumed = pending->was_sent = true;
	pending->user_id = POLICY_NO_USER;
	pending->is_dry_run = row->dry_run != 0;
	pending->steps = read_action(row->action ?: "");
	pending->rule = strdup(row->rule ?: "");
	pending->id = strdup(row->container_id ?: "");
	pending->title = row->container ? strdup(row->container) : NULL;
	pending->name = name_of(row);
	pending->reason = strdup(row->reason ?: "");
	pending->planned_ms = (int64_t)row->t_ms;
	pending->started_ms = pending->memory_bytes = NAN;
	pending->limit_cpu_cores = pending->limit_memory_bytes = NAN;
	if (keep(enforce, past) == 0)
		return past;
	free_past(past);
	return NULL;
}

/*
 * A finished notification neither cools down nor uses budget. There may be a
 * hundred thousand a day, so they are dropped.
 */
static bool is_past_notice(const struct pending *pending)
{
	return pending->steps == POLICY_NOTIFY &&
	       (pending->state > ENFORCE_ACTED ||
		(pending->state == ENFORCE_ACTED && pending->is_dry_run));
}

/* When it was, whose container it is about, and for how long that cools down */
static void note_facts(const struct enforce *enforce,
		       struct past_decision *past, const json_t *detail)
{
	const char *boot_id = json_string_value(json_object_get(detail,
								AUDIT_BOOT_ID));
	const json_t *boot_ms = json_object_get(detail, AUDIT_BOOT_MS);
	const json_t *user_id = json_object_get(detail, AUDIT_USER_ID);
	const json_t *cool_down_ms = json_object_get(detail,
						     AUDIT_COOL_DOWN_MS);

	if (json_is_integer(boot_ms))
		past->boot_ms = json_integer_value(boot_ms);
	past->is_of_this_boot = boot_id && enforce->sink.boot_id &&
				strcmp(boot_id, enforce->sink.boot_id) == 0;
	if (json_is_integer(user_id))
		past->pending->user_id = json_integer_value(user_id);
	if (json_is_integer(cool_down_ms))
		past->cool_down_ms = json_integer_value(cool_down_ms);
}

static void note_request(const struct enforce *enforce,
			 struct past_decision *past, const char *detail)
{
	json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;
	const char *cgroup;

	json_decref(past->request);
	past->request = json_incref(json_object_get(json, "request"));
	cgroup = json_string_value(json_object_get(past->request, "cgroup"));
	if (cgroup && past->pending->user_id == POLICY_NO_USER)
		past->pending->user_id = user_of_cgroup(cgroup);
	past->pending->started_ms = NAN;
	if (json_is_number(json_object_get(json, "started_ms")))
		past->pending->started_ms = json_number_value(
			json_object_get(json, "started_ms"));
	note_facts(enforce, past, json);
	json_decref(json);
}

/* The rule and the container as they were then */
static void note_plan(const struct enforce *enforce,
		      struct past_decision *past, const char *detail)
{
	json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;

	note_facts(enforce, past, json);
	json_decref(json);
}

static void note_end(struct past_decision *past, const char *detail)
{
	json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;

	past->is_undone = json_is_true(json_object_get(json, AUDIT_NOT_DONE)) ||
		json_is_true(json_object_get(json, AUDIT_BUDGET_RETURNED));
	past->is_forgotten = json_is_false(json_object_get(json,
							   AUDIT_COOLS_DOWN));
	json_decref(json);
}

int enforce_resume(struct enforce *enforce, const struct store_decision *row)
{
	struct past_decision *past = find_past(enforce, row->decision);
	enum enforce_state state;

	if (audit_state_find(row->state, &state) < 0)
		return 0;	/* from a newer contmond */
	if (!past)
		past = add(enforce, row);
	if (!past || !past->pending->rule || !past->pending->id ||
	    !past->pending->reason)
		return -ENOMEM;
	past->pending->state = state;
	past->has_begin |= state == ENFORCE_PLANNED || state == ENFORCE_ACTED;
	if (is_past_notice(past->pending)) {
		drop(enforce, past);
		return 0;
	}
	if (state == ENFORCE_PLANNED && past->pending->steps != POLICY_NOTIFY)
		note_plan(enforce, past, row->detail);
	if (state == ENFORCE_ACTED) {
		past->pending->was_acted = true;
		past->acted_ms = (int64_t)row->t_ms;
		note_request(enforce, past, row->detail);
	}
	if (state > ENFORCE_ACTED)
		note_end(past, row->detail);
	return 0;
}

/* Restores what is needed to send the request again. */
static int take_request(struct pending *pending, json_t *json)
{
	_cleanup_free_ char *text = json ? json_dumps(json, JSON_COMPACT) :
					   NULL;
	struct act_parsed parsed = { 0 };
	int r = text ? act_read_request(text, strlen(text), &parsed) :
		       -EBADMSG;
	const struct act_request *request = &parsed.request;

	if (r == 0) {
		pending->target.has_engine = request->container;
		pending->target.cgroup_id = request->cgroup_id;
		pending->target.engine_started_ms = request->started_ms;
		pending->had_ended = pending->steps == POLICY_REMOVE;
		pending->grace_ms = request->grace_ms;
		pending->hold_ms = request->hold_ms;
		if (request->cpu_cores > 0)
			pending->limit_cpu_cores = request->cpu_cores;
		if (request->memory_bytes > 0)
			pending->limit_memory_bytes =
				(double)request->memory_bytes;
		if (request->cgroup)
			pending->cgroup = strdup(request->cgroup);
		if (request->runtime)
			pending->runtime = strdup(request->runtime);
	}
	if (text)
		act_parsed_done(&parsed);
	return r;
}

static int take_up(struct enforce *enforce, struct past_decision *past,
		   int64_t age_ms)
{
	struct pending *pending = past->pending;

	pending->acted_ms = pending->sent_ms = enforce->boot_ms - age_ms;
	pending->unsent_ms = enforce->boot_ms;
	/*
	 * It is too late to carry this out; only its end is recorded. After a
	 * boot no process of it is left, but another cgroup may have its path,
	 * and even its id.
	 */
	if (take_request(pending, past->request) < 0 || pending->acted_ms < 0)
		pending->acted_ms -= ENFORCE_PATIENCE_MS;
	past->pending = NULL;
	return pending_add(enforce, pending);
}

static int tell_earlier(struct enforce *enforce,
			const struct past_decision *past, int64_t age_ms)
{
	const struct pending *pending = past->pending;
	const struct policy_rule *rule = policy_rule_find(enforce->policy,
							  pending->rule);
	int64_t cool_down_ms = rule ? rule->cool_down_ms :
				      enforce->policy->cool_down_ms;
	const struct policy_action action = {
		.rule = pending->rule,
		.id = pending->id,
		.name = pending->name,
		.user_id = pending->user_id,
		.boot_ms = enforce->boot_ms - age_ms,
		.cool_down_ms = past->cool_down_ms > 0 ? past->cool_down_ms :
							 cool_down_ms,
		.steps = pending->steps,
	};

	return policy_state_acted(enforce->state, &action);
}

/*
 * Is the decision's pause or limit in force, or could its end have been missed?
 * Even a failed action may have left one in force.
 */
static bool is_held(const struct past_decision *past, int64_t age_ms)
{
	const struct pending *pending = past->pending;
	int64_t hold_ms = json_integer_value(json_object_get(past->request,
							     "hold_ms"));

	return pending->steps & (POLICY_PAUSE | POLICY_LIMIT) &&
	       (pending->state == ENFORCE_HELD ||
		((pending->state == ENFORCE_VERIFIED ||
		  pending->state == ENFORCE_FAILED) &&
		 age_ms < hold_ms + ENFORCE_PATIENCE_MS));
}

static void take_up_held(struct enforce *enforce, struct past_decision *past,
			 int64_t age_ms)
{
	struct pending *pending = past->pending;

	past->pending = NULL;
	pending->acted_ms = enforce->boot_ms - age_ms;
	if (take_request(pending, past->request) < 0)
		pending_free(pending);
	else
		held_keep(enforce, pending);
}

/*
 * The wall clock may have been set since, for example at the boot of a host
 * whose clock stops. A boot time in the future is from before the last boot,
 * and what happened since the boot is as old as that clock says.
 */
static int64_t age_of(const struct enforce *enforce,
		      const struct past_decision *past)
{
	int64_t since_ms = past->acted_ms > 0 ? past->acted_ms :
						past->pending->planned_ms;
	int64_t age_ms = enforce->t_ms > since_ms ? enforce->t_ms - since_ms :
						    0;
	int64_t least_ms = enforce->boot_ms - past->boot_ms;

	if (past->is_of_this_boot && least_ms >= 0)
		return least_ms;
	if (past->boot_ms == 0 || enforce->boot_ms == enforce->t_ms)
		return age_ms;
	if (least_ms < 0)
		least_ms = enforce->boot_ms + 1;
	return age_ms > least_ms ? age_ms : least_ms;
}

static int resume(struct enforce *enforce, struct past_decision *past)
{
	struct pending *pending = past->pending;
	int64_t age_ms = age_of(enforce, past);
	int r;

	if (pending->state < ENFORCE_ACTED) {
		audit_move(enforce, pending, ENFORCE_EXPIRED,
			   "contmond was started again before it acted",
			   json_pack("{s:b,s:b}", AUDIT_BUDGET_RETURNED, 1,
				     AUDIT_COOLS_DOWN, 0));
		return 0;
	}
	/*
	 * The other rows are more than a day old, but a pause or limit ended
	 * later.
	 */
	if (past->is_forgotten || !past->has_begin)
		return 0;
	r = tell_earlier(enforce, past, age_ms);
	if (r == 0 && past->is_undone)
		policy_state_undone(enforce->state, pending->rule, pending->id,
				    pending->user_id, pending->was_acted);
	if (r == 0 && pending->state == ENFORCE_ACTED && !pending->is_dry_run)
		r = take_up(enforce, past, age_ms);
	else if (r == 0 && is_held(past, age_ms))
		take_up_held(enforce, past, age_ms);
	return r;
}

int enforce_resumed(struct enforce *enforce, int64_t t_ms, int64_t boot_ms,
		    bool is_whole)
{
	struct past_decision *past;
	int r = 0;

	enforce->t_ms = t_ms;
	enforce->boot_ms = boot_ms;
	if (!is_whole)
		policy_state_forget(enforce->state, boot_ms);
	for (past = enforce->nr_past > 0 ? TAILQ_FIRST(&enforce->past) : NULL;
	     past && r == 0; past = TAILQ_NEXT(past, link))
		r = resume(enforce, past);
	resume_forget(enforce);
	return r;
}

void enforce_give_up(struct enforce *enforce, const char *rule, bool of_users)
{
	unsigned int i;

	for (i = 0; i < enforce->policy->give_up_after; i++)
		policy_state_helped(enforce->state, rule, of_users, false);
}
