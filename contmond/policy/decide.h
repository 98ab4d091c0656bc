/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides which container which rule acts on. Pure: no clock, no file, no log.
 * The same ticks and calls give the same decisions, in dry run and otherwise:
 * whether something is done is not looked at.
 *
 * A decision takes effect here at once: it uses the budget, its container cools
 * down and counts as gone. policy_state_undone() takes back what nothing came
 * of.
 */
#ifndef CONTMOND_POLICY_DECIDE_H
#define CONTMOND_POLICY_DECIDE_H

#include "base/names_protocol.h"
#include "policy.h"

/* For a number that is not known: there are no such times. */
#define POLICY_NO_TIME INT64_MIN

/* And no such user */
#define POLICY_NO_USER INT64_C(-1)

enum policy_answer {
	POLICY_NO,
	POLICY_YES,
	POLICY_NOT_KNOWN,
};

/**
 * struct policy_candidate - one container as rules see it; all borrowed
 * @id: the runtime's, or the path of its cgroup; never NULL
 * @name: NULL when unknown; an id is no name
 * @row: its numbers, NAN when unknown, and its texts. Its started_ms, or
 *	created_ms if it never ran, is its identity together with @id; its
 *	uptime_seconds, while it runs, is its age
 * @labels: NULL without any
 * @user_id: whose it is; 0: root's. Only the same user's can be newer than it,
 *	or cool down together with it, and count for the minimum of a class
 *	together with it; root's count for everybody
 * @is_described: its engine has described it, or no engine owns it: a text that
 *	is NULL does not exist. Otherwise it is unknown, and it is protected
 * @ended_ms: epoch; NAN until it has ended
 * @anonymous_volumes: does it have any?
 * @is_own: contmond, or who asks, runs in it
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
 * struct policy_hold - no other rule acts on a container, or the same again
 * @id: of the candidate
 * @rule: whose decision it is; may be no rule of the policy any more
 * @user_id: of the candidate; POLICY_NO_USER when unknown
 */
struct policy_hold {
	const char *id;
	const char *rule;
	int64_t user_id;
};

/**
 * struct policy_tick - all containers at one moment; all borrowed
 * @t_ms: CLOCK_REALTIME
 * @boot_ms: CLOCK_BOOTTIME, for everything that lasts; never goes back
 * @longest_gap_ms: if the tick before is longer ago, nothing is known of the
 *	time in between, so every `for` begins anew; 0 for no limit
 * @is_past: conditions are followed, but nothing is decided
 * @begins_late: nothing is known of the time before it, although there was one:
 *	a condition with "until" may have become true in it
 * @lacks_ended: containers that have ended are not among the candidates
 * @ram_bytes, @swap_bytes: what the host has; 0 when unknown
 * @candidates: those that ended may be among them; in any order
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
 * enum policy_finding - what a rule says of a container
 *
 * Before POLICY_CHOSEN the rule does not fire. After it, it fires but the
 * container is spared; the first reason that applies, in this order.
 */
enum policy_finding {
	POLICY_NOT_SELECTED,
	POLICY_WRONG_STATE,	/* ended or running; the action is for others */
	POLICY_IS_NEWEST,	/* among the newest of its group */
	POLICY_NOT_OVER,
	POLICY_UNKNOWN,		/* something that the rule has to know */
	POLICY_TOO_BRIEF,	/* over, but not for long enough yet */
	POLICY_CHOSEN,
	POLICY_PROTECTED,
	POLICY_YOUNG,
	POLICY_GAVE_UP,		/* the rule, after actions that did not help */
	POLICY_TAKEN,		/* by an earlier rule, or not let go yet */
	POLICY_COOLING,		/* after an earlier action on it */
	POLICY_MINIMUM,		/* of its class */
	POLICY_BUDGET,
	POLICY_NR_FINDINGS,
};

/** policy_finding_name() - one word, for programs */
const char *policy_finding_name(enum policy_finding finding);

/**
 * struct policy_measure - what a condition has measured
 * @value: now; NAN when unknown
 * @since_ms: boot time since when it has been true without a break;
 *	POLICY_NO_TIME while it is not
 * @is_unsure: it may be true since before the first tick, and so still be, by
 *	"until"; then @since_ms is the latest time that is possible
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
 * struct policy_verdict - what one rule says of one container
 * @why: what protects it, the rule that has taken it, its class, who has used
 *	the budget up, why it is unknown, or what may still protect one that is
 *	chosen; else NULL
 * @measures: of the rule's `all`, then of its `any`; NULL if it is not selected
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
 * struct policy_profile - what is known of a container, whatever the rule
 * @class, @type: NULL without one, or when unknown
 * @protection: what protects it; NULL: nothing
 * @is_young: younger than min_age, or its age is unknown
 * @is_running: in the tick, whatever was decided
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
 * @dry_run: of the rule or of the whole policy
 * @is_again: the rule has acted on it, or on one of that name, in the last hour
 * @is_rerun: the last time on another run of it, or on another one
 */
struct policy_decision {
	size_t rule;
	size_t candidate;
	bool dry_run;
	bool is_again;
	bool is_rerun;
};

/**
 * struct policy_result - of one tick; belongs to the state, until the next tick
 * @decisions: in the order in which they were made
 * @profiles: for each candidate
 * @verdicts: for each rule those of all candidates: see policy_verdict()
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

/** policy_state_new() - @policy is borrowed; NULL without memory */
struct policy_state *policy_state_new(const struct policy *policy);
void policy_state_free(struct policy_state *state);

/**
 * policy_state_reload() - continue with another policy
 *
 * A rule of the same name and hash goes on where it was; those that gave up
 * begin again. Actions are remembered. The result of the last tick is void.
 * Returns -ENOMEM and keeps the old one.
 */
int policy_state_reload(struct policy_state *state,
			const struct policy *policy);

/**
 * policy_decide() - what every rule says at a tick, and what is to be done
 *
 * Rules decide in their order. Of the containers that a rule fires for, it
 * takes the worst first: by the first condition that holds and its value, then
 * the oldest, then by id. After -ENOMEM nothing was decided, and the state is
 * only good to be freed.
 */
int policy_decide(struct policy_state *state, const struct policy_tick *tick,
		  struct policy_result *ret);

/** enum policy_ended - what a rule has to do with containers that have ended */
enum policy_ended {
	POLICY_ENDED_IGNORED,
	POLICY_ENDED_COUNTED,	/* among the newest of their group */
	POLICY_ENDED_ACTED,	/* it may choose them, too */
};

/** policy_ended_of() - the last of these that applies to a rule */
enum policy_ended policy_ended_of(const struct policy_rule *rule);

/**
 * policy_recheck() - may what was decided in an earlier tick still be done?
 * @rule, @candidate: indices in the newest tick
 *
 * Returns POLICY_CHOSEN, or why not; cool-down and budget do not matter.
 */
enum policy_finding policy_recheck(const struct policy_state *state,
				   size_t rule, size_t candidate);

/**
 * struct policy_action - an action that was carried out; texts are copied
 * @user_id: of its candidate; POLICY_NO_USER when unknown
 * @name: NULL when unknown
 * @started_ms: epoch; 0 when unknown. A later run of the same id is another
 * @boot_ms: negative if the host was booted since
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
 * Cool-down and budget count from it instead of from its decision. After a
 * start, earlier actions are told in the same way. Returns -ENOMEM.
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
 * policy_state_helped() - whether an action of a rule did any good
 * @user_id: whose container it was on
 */
void policy_state_helped(struct policy_state *state, const char *rule,
			 int64_t user_id, bool has_helped);

/**
 * policy_state_gave_up() - has the rule given up?
 * @user_id: on containers of root, or of the other users
 */
bool policy_state_gave_up(const struct policy_state *state, size_t rule,
			  int64_t user_id);

/** policy_state_used() - actions in the time before the newest tick */
unsigned int policy_state_used(const struct policy_state *state,
			       int64_t window_ms);

#endif /* CONTMOND_POLICY_DECIDE_H */
