/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides which rule acts on which container. Pure: no clock, no file, no log.
 * The same ticks and calls give the same decisions, in a dry run or not:
 * whether an action is really carried out makes no difference.
 *
 * A decision takes effect here at once: it uses the budget, its container cools
 * down and counts as gone. policy_state_undone() takes back what nothing came
 * of.
 */
#ifndef CONTMOND_POLICY_DECIDE_H
#define CONTMOND_POLICY_DECIDE_H

#include "base/names_protocol.h"
#include "policy.h"

/* An unknown time; no real time has this value. */
#define POLICY_NO_TIME INT64_MIN

/* An unknown user */
#define POLICY_NO_USER INT64_C(-1)

enum policy_answer {
	POLICY_NO,
	POLICY_YES,
	POLICY_NOT_KNOWN,
};

/**
 * struct policy_candidate - one container as rules see it; all borrowed
 * @id: the runtime's id, or the path of its cgroup; never NULL
 * @name: NULL if unknown; an id is not a name
 * @row: its strings, and its numbers, NAN if unknown. @id together with
 *	started_ms, or created_ms if it never ran, is its identity;
 *	uptime_seconds, while it runs, is its age
 * @labels: NULL if there are none
 * @user_id: the user to whom it belongs; 0 for root. Newer containers,
 *	cool-downs and class minimums of one user do not affect those of
 *	another, except that root's containers count for everybody's minimum
 * @is_described: its engine has described it, or no engine owns it, so a string
 *	that is NULL does not exist. Otherwise such a string is unknown, and the
 *	container is protected
 * @ended_ms: epoch; NAN until it has ended
 * @anonymous_volumes: does it have any?
 * @is_own: contmond, or the program that asks, runs in it
 */
struct policy_candidate {
	const char *id;
	const char *name;
	const struct container_row *row;
	const struct name_label *labels;
	size_t nr_labels;
	int64_t user_id;
	bool is_described;
	double ended_ms;
	enum policy_answer anonymous_volumes;
	bool is_own;
};

/**
 * struct policy_hold - keeps rules, including @rule, from acting on a container
 * @id: of the candidate
 * @rule: the rule that decided; the policy may no longer have it
 * @user_id: of the candidate; POLICY_NO_USER if unknown
 */
struct policy_hold {
	const char *id;
	const char *rule;
	int64_t user_id;
};

/**
 * struct policy_tick - all containers at one moment; all borrowed
 * @t_ms: CLOCK_REALTIME
 * @boot_ms: CLOCK_BOOTTIME, for durations; never goes back
 * @longest_gap_ms: after a longer gap between ticks nothing is known about the
 *	time in between, so every `for` starts over; 0 for no limit
 * @is_past: follow the conditions, but decide nothing
 * @begins_late: earlier ticks existed, but nothing is known about them: a
 *	condition with "until" may have become true in them
 * @lacks_ended: the candidates do not include ended containers
 * @ram_bytes, @swap_bytes: the host's; 0 if unknown
 * @candidates: in any order; may include ended containers
 * @holds: decisions of earlier ticks that have not ended
 */
struct policy_tick {
	int64_t t_ms;
	int64_t boot_ms;
	int64_t longest_gap_ms;
	bool is_past;
	bool begins_late;
	bool lacks_ended;
	double ram_bytes;
	double swap_bytes;
	const struct policy_candidate *candidates;
	size_t nr_candidates;
	const struct policy_hold *holds;
	size_t nr_holds;
};

/**
 * enum policy_finding - what a rule says about a container
 *
 * Before POLICY_CHOSEN the rule does not fire. After it, the rule fires but
 * spares the container, for the first of these reasons that applies.
 */
enum policy_finding {
	POLICY_NOT_SELECTED,
	POLICY_WRONG_STATE,	/* the action is for running, or ended, ones */
	POLICY_IS_NEWEST,	/* among the newest of its group */
	POLICY_NOT_OVER,
	POLICY_UNKNOWN,		/* something that the rule needs to know */
	POLICY_TOO_BRIEF,	/* over, but not for long enough yet */
	POLICY_CHOSEN,
	POLICY_PROTECTED,
	POLICY_YOUNG,
	POLICY_GAVE_UP,		/* the rule's actions did not help */
	POLICY_TAKEN,		/* by an earlier rule or an earlier decision */
	POLICY_COOLING,		/* cooling down after an earlier action */
	POLICY_MINIMUM,		/* its class is at its minimum */
	POLICY_BUDGET,
	POLICY_NR_FINDINGS,
};

/** policy_finding_name() - as a word, for programs */
const char *policy_finding_name(enum policy_finding finding);

/**
 * struct policy_measure - what a condition has measured
 * @value: now; NAN if unknown
 * @since_ms: boot time since which it has been true without interruption;
 *	POLICY_NO_TIME while it is not true
 * @is_unsure: it may have been true since before the first tick, and may still
 *	be because of "until"; then @since_ms is the latest possible time
 * @lowest, @mean, @highest: since then; NAN while it is not true
 */
struct policy_measure {
	double value;
	int64_t since_ms;
	bool is_unsure;
	double lowest;
	double mean;
	double highest;
};

/**
 * struct policy_verdict - what one rule says about one container
 * @why: depends on @finding: what protects it, the rule that has taken it, its
 *	class, who has used up the budget, what is unknown, or what may still
 *	protect a chosen one; else NULL
 * @measures: for the rule's `all`, then its `any`; NULL if not selected
 */
struct policy_verdict {
	enum policy_finding finding;
	const char *why;
	const struct policy_measure *measures;
};

static inline bool policy_fires(const struct policy_verdict *verdict)
{
	return verdict->finding >= POLICY_CHOSEN;
}

/**
 * struct policy_profile - what is known about a container apart from the rules
 * @class, @type: NULL if it has none, or if unknown
 * @protection: what protects it; NULL if nothing does
 * @is_young: younger than min_age; an unknown age counts from the first tick
 * @is_running: at this tick, whatever was decided
 * @is_alive: runs and counts for the minimum of its class
 */
struct policy_profile {
	const char *class;
	const char *type;
	const char *protection;
	bool is_young;
	bool is_running;
	bool is_alive;
};

/**
 * struct policy_decision - a rule acts on a container
 * @rule: index into the policy's rules
 * @candidate: index into the tick's candidates
 * @dry_run: set by the rule or by the whole policy
 * @is_again: within the last hour, the rule has already acted on it, or on a
 *	container with its name
 * @is_rerun: that was another run of it, or another container
 */
struct policy_decision {
	size_t rule;
	size_t candidate;
	bool dry_run;
	bool is_again;
	bool is_rerun;
};

/**
 * struct policy_result - result of one tick; owned by the state, valid until
 * the next tick
 * @decisions: in the order in which they were made
 * @profiles: one for each candidate
 * @verdicts: for each rule, those of all candidates: see policy_verdict()
 */
struct policy_result {
	const struct policy_decision *decisions;
	size_t nr_decisions;
	const struct policy_profile *profiles;
	const struct policy_verdict *verdicts;
	size_t nr_candidates;
};

static inline const struct policy_verdict *
policy_verdict(const struct policy_result *result, size_t rule,
	       size_t candidate)
{
	return &result->verdicts[rule * result->nr_candidates + candidate];
}

/** struct policy_state - what is remembered between ticks; opaque */
struct policy_state;

/** policy_state_new() - borrows @policy; returns NULL if there is no memory */
struct policy_state *policy_state_new(const struct policy *policy);
void policy_state_free(struct policy_state *state);

/**
 * policy_state_reload() - continue with another policy
 *
 * A rule with the same name and hash continues where it was; rules that gave up
 * start over. Actions are remembered. The result of the last tick becomes
 * invalid. Returns -ENOMEM, and then keeps the old policy.
 */
int policy_state_reload(struct policy_state *state,
			const struct policy *policy);

/**
 * policy_decide() - evaluate all rules at a tick, and decide on actions
 *
 * Rules decide in their order. Of the containers that a rule fires for, it
 * takes the worst first: by the first condition that holds and its value, then
 * the oldest, then by id. After -ENOMEM nothing was decided, and the state can
 * only be freed.
 */
int policy_decide(struct policy_state *state, const struct policy_tick *tick,
		  struct policy_result *ret);

/** enum policy_ended - how a rule treats containers that have ended */
enum policy_ended {
	POLICY_ENDED_IGNORED,
	POLICY_ENDED_COUNTED,	/* among the newest of their group */
	POLICY_ENDED_ACTED,	/* and the rule may act on them, too */
};

/** policy_ended_of() - the last of these that applies to a rule */
enum policy_ended policy_ended_of(const struct policy_rule *rule);

/**
 * policy_recheck() - may an earlier decision still be carried out?
 * @rule, @candidate: indices in the newest tick
 *
 * Returns POLICY_CHOSEN, or why not. Ignores cool-down and budget.
 */
enum policy_finding policy_recheck(const struct policy_state *state,
				   size_t rule, size_t candidate);

/**
 * struct policy_action - an action that was carried out; strings are copied
 * @user_id: of its candidate; POLICY_NO_USER if unknown
 * @name: NULL if unknown
 * @started_ms: epoch; 0 if unknown. Distinguishes runs of the same id
 * @boot_ms: negative if it was before the last boot
 */
struct policy_action {
	const char *rule;
	const char *id;
	const char *name;
	int64_t user_id;
	double started_ms;
	int64_t boot_ms;
	int64_t cool_down_ms;
	unsigned int steps;
};

/**
 * policy_state_acted() - an action was carried out
 *
 * From now on cool-down and budget count from the action, not from the
 * decision. Also used after a start, for earlier actions. Returns -ENOMEM.
 */
int policy_state_acted(struct policy_state *state,
		       const struct policy_action *action);

/**
 * policy_state_undone() - the last decision of a rule on a container was not
 * carried out
 * @user_id: as it was told; POLICY_NO_USER when unknown
 * @was_asked: contmon-engine was asked for it
 *
 * The container counts as alive. The cool-down goes on, so that a veto lasts.
 * What was asked for has used the budget, whatever has come of it: else who
 * starts containers again and again would be acted on without end.
 */
void policy_state_undone(struct policy_state *state, const char *rule,
			 const char *id, int64_t user_id, bool was_asked);

/**
 * policy_state_forget() - it is not known what was acted before
 *
 * As much may have been as is allowed: for an hour there is no budget.
 */
void policy_state_forget(struct policy_state *state, int64_t boot_ms);

/**
 * policy_state_helped() - record whether an action of a rule helped
 * @user_id: the user to whom the container belongs
 */
void policy_state_helped(struct policy_state *state, const char *rule,
			 int64_t user_id, bool has_helped);

/**
 * policy_state_gave_up() - has the rule given up?
 * @user_id: 0 asks about root's containers, any other about those of users
 */
bool policy_state_gave_up(const struct policy_state *state, size_t rule,
			  int64_t user_id);

/**
 * policy_state_used() - number of actions in the time before the newest tick
 */
unsigned int policy_state_used(const struct policy_state *state,
			       int64_t window_ms);

#endif /* CONTMOND_POLICY_DECIDE_H */
