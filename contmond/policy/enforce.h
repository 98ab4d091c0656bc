/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out what policy_decide() has decided: warns, waits for a veto, checks
 * again, has contmon-engine act, and verifies the outcome. Each state of a
 * decision is a row of the audit. Uses no clock and no files: times come with
 * ticks, and rows go to a sink, so the same code can replay the past.
 *
 *	planned -> warned -> acted -> verified or failed
 *
 * Other ends: vetoed; expired (it could not be carried out in time); spared (a
 * repeated check found no reason any more, or contmon-engine refused); gone
 * (the container ended by itself, or is another one by now). A dry run ends
 * with acted.
 *
 * A pause or a limit outlives its decision: after verified or failed, restored
 * means that it has ended, and held that it could not be ended yet.
 * says that it has ended, and held that it could not be ended yet.
 */
#ifndef CONTMOND_POLICY_ENFORCE_H
#define CONTMOND_POLICY_ENFORCE_H

#include "base/act_protocol.h"
#include "contmond/model/policing.h"
#include "contmond/store/store.h"
#include "decide.h"

/* How long a decision matters; no cool-down is longer */
#define ENFORCE_MEMORY_MS (24LL * 3600 * 1000)

/* How long an action may wait for contmon-engine, or for the audit */
#define ENFORCE_PATIENCE_MS (5 * 60 * 1000)

/* An action has failed if it takes longer than its grace period and this. */
#define ENFORCE_ACT_MS (2 * 60 * 1000)

/* Time after the answer for samples to show the effect */
#define ENFORCE_VERIFY_MS (30 * 1000)

/**
 * struct enforce_sink - receives the rows of the audit
 * @boot_id: identifies the boot of the host; borrowed; NULL if it is unknown
 * @is_writable: can the audit be written now? If not, no action starts
 */
struct enforce_sink {
	const char *boot_id;
	void (*decision)(const struct store_decision *decision,
			 void *userdata);
	void (*event)(const struct store_event *event, void *userdata);
	bool (*is_writable)(void *userdata);
	void *userdata;
};

/**
 * struct enforce_actor - contmon-engine
 * @is_ready: is it connected?
 * @send: returns a negative errno if the request cannot be sent; otherwise
 *	enforce_answer() gets the answer
 */
struct enforce_actor {
	bool (*is_ready)(void *userdata);
	int (*send)(const struct act_request *request, void *userdata);
	void *userdata;
};

/**
 * struct enforce_target - what is needed to act on a candidate
 * @cgroup_id: 0 if unknown
 * @engine_started_ms: as the engine reports it; 0 if it is not running
 * @has_engine: Docker or Podman owns it
 */
struct enforce_target {
	uint64_t cgroup_id;
	int64_t engine_started_ms;
	bool has_engine;
};

/**
 * struct enforce_tick
 * @tick: its holds are only those of decisions made elsewhere
 * @targets: one for each candidate of @tick, in the same order
 */
struct enforce_tick {
	struct policy_tick tick;
	const struct enforce_target *targets;
};

/** struct enforce - opaque */
struct enforce;

/** enforce_new() - borrows @policy, copies the others; may return NULL */
struct enforce *enforce_new(const struct policy *policy,
			    const struct enforce_sink *sink,
			    const struct enforce_actor *actor);
void enforce_free(struct enforce *enforce);

/**
 * enforce_reload() - continue with another policy; -ENOMEM keeps the old one
 */
int enforce_reload(struct enforce *enforce, const struct policy *policy);

/**
 * enforce_resume() - pass on one row of an earlier run's audit, oldest first
 *
 * To be called before the first tick that decides.
 */
int enforce_resume(struct enforce *enforce,
		   const struct store_decision *decision);

/**
 * enforce_resumed() - that was the last one
 * @boot_ms: as @t_ms where boot times are not known
 * @is_whole: there were no others; else nothing is acted for an hour
 *
 * Actions under way are continued. Decisions that had not acted yet end as
 * expired. Earlier actions still cool down.
 */
int enforce_resumed(struct enforce *enforce, int64_t t_ms, int64_t boot_ms,
		    bool is_whole);

/**
 * enforce_give_up() - a rule had given up, and was not reloaded since
 * @of_users: on containers of users, otherwise on those of root
 */
void enforce_give_up(struct enforce *enforce, const char *rule, bool of_users);

/** enforce_tick() - decide, and advance each decision. Returns -ENOMEM */
int enforce_tick(struct enforce *enforce, const struct enforce_tick *tick);

/** enforce_result() - result of the newest tick; NULL before the first */
const struct policy_result *enforce_result(const struct enforce *enforce);

/**
 * enforce_is_idle() - no decision is under way, and no pause or limit is in
 * force
 */
bool enforce_is_idle(const struct enforce *enforce);

/**
 * enforce_answer() - answer of contmon-engine; takes effect at the next tick
 */
void enforce_answer(struct enforce *enforce, const struct act_answer *answer);

/** enforce_disconnected() - unanswered requests must be sent again */
void enforce_disconnected(struct enforce *enforce);

/**
 * enforce_veto() - end a decision that has not acted yet
 * @who: for the audit
 *
 * Returns -ENOENT if there is no such decision, -EALREADY if it has acted.
 */
int enforce_veto(struct enforce *enforce, const char *id, const char *who);

/** enforce_show() - for the API; free with policing_done(). Returns -ENOMEM */
int enforce_show(const struct enforce *enforce, struct policing *ret);

#endif /* CONTMOND_POLICY_ENFORCE_H */
