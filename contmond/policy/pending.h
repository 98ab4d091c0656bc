/* SPDX-License-Identifier: GPL-2.0-only */
/* A decision under way; shared by the files of enforce.h */
#ifndef CONTMOND_POLICY_PENDING_H
#define CONTMOND_POLICY_PENDING_H

#include <jansson.h>
#include <sys/queue.h>

#include "enforce.h"

enum enforce_state {
	ENFORCE_PLANNED,
	ENFORCE_WARNED,
	ENFORCE_ACTED,
	ENFORCE_VERIFIED,	/* this and all below are ends */
	ENFORCE_FAILED,
	ENFORCE_VETOED,
	ENFORCE_EXPIRED,
	ENFORCE_SPARED,
	ENFORCE_GONE,
	ENFORCE_HELD,		/* these two come after an end */
	ENFORCE_RESTORED,
};

/* The end of a pause or limit, as contmon-engine says; stuck: it tries again */
enum undone {
	UNDONE_NOT_YET,
	UNDONE_STUCK,
	UNDONE_RESTORED,
	UNDONE_NEVER,
};

/**
 * struct pending - one decision; owns its strings
 * @rule, @rule_hash, @steps, @grace_ms, ...: as of the decision
 * @id, @name: of the candidate
 * @title: as it is shown to people
 * @user_id: the user to whom it belongs; POLICY_NO_USER if unknown
 * @started_ms: identity of the candidate, together with @id
 * @had_ended: the candidate had already ended
 * @is_again: the rule has acted on it before, so that did not help
 * @is_rerun: the last time it was another run of it, or another one
 * @was_acted: it has come into that state
 * @is_resumed: was acted by an earlier contmond
 * @is_sent: contmon-engine has the request, as far as is known
 * @was_sent: it may have begun it
 * @is_answered: and its answer is in @is_held and @result to @steps_done
 * @is_held: its pause or limit is in force
 * @undone, @undone_why: what became of that then
 * @is_end_asked: contmon-engine was asked to end it, should it not have ended
 * @planned_ms: CLOCK_REALTIME
 * @due_ms, @acted_ms, @answered_ms: CLOCK_BOOTTIME
 * @sent_ms: when contmon-engine was last asked; initially @acted_ms
 * @unsent_ms: since when it has been waiting to be sent; CLOCK_BOOTTIME
 * @memory_bytes: used when it was acted on; NAN if unknown
 * @steps_done: the result of each step
 */
struct pending {
	char decision[ACT_DECISION_MAX + 1];
	enum enforce_state state;
	bool is_dry_run;
	bool is_again;
	bool is_rerun;
	bool was_acted;
	bool is_resumed;
	bool is_sent;
	bool was_sent;
	bool is_answered;
	bool is_held;
	bool is_end_asked;
	bool had_ended;
	char *rule;
	char rule_hash[POLICY_HASH_LENGTH + 1];
	unsigned int steps;
	int64_t grace_ms;
	int64_t hold_ms;
	int64_t warn_ms;
	int64_t cool_down_ms;
	double limit_cpu_cores;
	double limit_memory_bytes;
	char *id;
	char *name;
	char *title;
	int64_t user_id;
	char *runtime;
	char *cgroup;
	char *reason;
	double started_ms;
	struct enforce_target target;
	int64_t planned_ms;
	int64_t due_ms;
	int64_t acted_ms;
	int64_t unsent_ms;
	int64_t sent_ms;
	int64_t answered_ms;
	double memory_bytes;
	enum act_result result;
	enum act_code code;
	char why[256];
	enum undone undone;
	char undone_why[256];
	json_t *steps_done;
};

/**
 * struct past_decision - the newest of what the audit says of a decision
 * @link: in the order in which they began
 * @pending: only what the rows say
 * @acted_ms: of the row that says "acted"; 0 without one; CLOCK_REALTIME
 * @boot_ms: of that row, or of the one that says "planned"; CLOCK_BOOTTIME; 0
 *	if unknown
 * @is_of_this_boot: that is a time of the current boot; false if unknown
 * @request: of that row; NULL in a dry run
 * @cool_down_ms: of the row that says "planned"; 0 if unknown
 * @has_begin: it has one of these rows
 * @is_undone: nothing was done; its container cools down
 * @is_forgotten: it does not even cool down
 */
struct past_decision {
	TAILQ_ENTRY(past_decision) link;
	struct pending *pending;
	bool has_begin;
	bool is_undone;
	bool is_forgotten;
	int64_t acted_ms;
	int64_t boot_ms;
	bool is_of_this_boot;
	json_t *request;
	int64_t cool_down_ms;
};

/**
 * struct enforce
 * @result: of the newest tick
 * @t_ms, @boot_ms: of the newest tick
 * @held: ended decisions whose pause or limit is in force; see held.h
 * @past: decisions read from the audit, until enforce_resumed(); not
 *	initialised without any
 * @past_by_decision: the same as a tsearch(3) tree
 * @decisions_of: number of decisions of each rule of the policy
 */
struct enforce {
	const struct policy *policy;
	struct policy_state *state;
	struct enforce_sink sink;
	struct enforce_actor actor;
	struct policy_result result;
	bool has_result;
	int64_t t_ms;
	int64_t boot_ms;
	struct pending **all;
	size_t nr;
	struct pending **held;
	size_t nr_held;
	TAILQ_HEAD(, past_decision) past;
	void *past_by_decision;
	size_t nr_past;
	uint64_t *decisions_of;
	uint64_t decisions_total;
	uint64_t actions_total;
	uint64_t failures_total;
};

/* Members of a row's detail that a later contmond reads */
#define AUDIT_BUDGET_RETURNED "budget_returned"
#define AUDIT_NOT_DONE "not_done"
#define AUDIT_USER_ID "user_id"
#define AUDIT_COOL_DOWN_MS "cool_down_ms"
#define AUDIT_COOLS_DOWN "cools_down"
#define AUDIT_BOOT_MS "boot_ms"
#define AUDIT_BOOT_ID "boot_id"

void pending_free(struct pending *pending);

/** pending_add() - takes ownership; frees it on failure */
int pending_add(struct enforce *enforce, struct pending *pending);

/** pending_request() - the request for contmon-engine; borrows its strings */
void pending_request(const struct pending *pending, struct act_request *ret);

/**
 * pending_request_json() - the same for the audit, from which it can be sent
 * again after a crash
 *
 * Returns NULL if it cannot be represented, or if there is no memory.
 */
json_t *pending_request_json(const struct pending *pending);

/**
 * pending_is_overdue() - should contmon-engine have answered by now?
 *
 * The request may have waited for minutes before it was sent. But a connection
 * that keeps breaking must not postpone the end for ever.
 */
bool pending_is_overdue(const struct pending *pending, int64_t boot_ms);

/**
 * audit_move() - enter a state: writes a row of the audit, and perhaps an event
 * @reason: a sentence without a full stop
 * @detail: consumed; NULL for none
 */
void audit_move(struct enforce *enforce, struct pending *pending,
		enum enforce_state state, const char *reason, json_t *detail);

/** audit_planned() - write the first row: the values and the candidates */
void audit_planned(struct enforce *enforce, struct pending *pending,
		   const struct policy_tick *tick,
		   const struct policy_decision *decision);

/** audit_measures() - what a rule measures on a container, for a detail */
json_t *audit_measures(const struct enforce *enforce, size_t rule,
		       size_t candidate);

/** audit_gave_up() - write an event: the rule of a decision gives up */
void audit_gave_up(struct enforce *enforce, const struct pending *pending);

/** audit_state_name() - the name of a state in the audit */
const char *audit_state_name(enum enforce_state state);

/** audit_state_find() - returns -EINVAL for an unknown name */
int audit_state_find(const char *name, enum enforce_state *ret);

#endif /* CONTMOND_POLICY_PENDING_H */
