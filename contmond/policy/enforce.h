/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out what policy_decide() has decided: warns, waits for a veto, checks
 * again, has contmon-engine act, and looks whether it is so. Each state of a
 * decision is a row of the audit. Has no clock and no file: time comes with
 * ticks, and rows go to a sink, so the same code replays the past.
 *
 *	planned -> warned -> acted -> verified or failed
 *
 * Other ends: vetoed; expired (it could not be acted in time); spared (not over
 * any more when checked again, or refused by contmon-engine); gone (it ended by
 * itself, or is another one by now). A dry run ends with acted.
 *
 * A pause or a limit outlives its decision: after verified or failed, restored
 * says that it has ended, and held that it could not be ended yet.
 */
#ifndef CONTMOND_POLICY_ENFORCE_H
#define CONTMOND_POLICY_ENFORCE_H

#include "base/act_protocol.h"
#include "contmond/model/policing.h"
#include "contmond/store/store.h"
#include "decide.h"

/* How far back a decision matters: no cool-down is longer. */
#define ENFORCE_MEMORY_MS (24LL * 3600 * 1000)

/* How long an action may wait for contmon-engine, or for the audit */
#define ENFORCE_PATIENCE_MS (5 * 60 * 1000)

/* If an action takes longer than its grace and this, it has failed. */
#define ENFORCE_ACT_MS (2 * 60 * 1000)

/* After its answer, until samples show what was done */
#define ENFORCE_VERIFY_MS (30 * 1000)

/**
 * struct enforce_sink - where rows go
 * @is_writable: can the audit be written now? Nothing is done otherwise
 */
struct enforce_sink {
	void (*decision)(const struct store_decision *decision,
			 void *userdata);
	void (*event)(const struct store_event *event, void *userdata);
	bool (*is_writable)(void *userdata);
	void *userdata;
};

/**
 * struct enforce_actor - contmon-engine
 * @is_ready: is it connected?
 * @send: enforce_answer() gets the answer; a negative errno if it cannot be
 *	sent
 */
struct enforce_actor {
	bool (*is_ready)(void *userdata);
	int (*send)(const struct act_request *request, void *userdata);
	void *userdata;
};

/**
 * struct enforce_target - more about a candidate, to act on it
 * @cgroup_id: 0 when unknown
 * @engine_started_ms: as the engine says; 0 when it does not run
 * @has_engine: Docker or Podman owns it
 */
struct enforce_target {
	uint64_t cgroup_id;
	int64_t engine_started_ms;
	bool has_engine;
};

/**
 * struct enforce_tick
 * @tick: its holds are of decisions that are another's
 * @targets: of the tick's candidates, in their order
 */
struct enforce_tick {
	struct policy_tick tick;
	const struct enforce_target *targets;
};

/** struct enforce - opaque */
struct enforce;

/** enforce_new() - @policy is borrowed, the others are copied; or NULL */
struct enforce *enforce_new(const struct policy *policy,
			    const struct enforce_sink *sink,
			    const struct enforce_actor *actor);
void enforce_free(struct enforce *enforce);

/** enforce_reload() - go on with another policy; -ENOMEM keeps the old one */
int enforce_reload(struct enforce *enforce, const struct policy *policy);

/**
 * enforce_resume() - a row of the audit of an earlier run, the oldest first
 *
 * Before the first tick that decides.
 */
int enforce_resume(struct enforce *enforce,
		   const struct store_decision *decision);

/**
 * enforce_resumed() - that was the last one
 * @boot_ms: as @t_ms where boot times are not known
 * @is_whole: there were no others; else nothing is acted for an hour
 *
 * What was under way is taken up again; what was not is over, and so are
 * decisions that had not acted yet. Earlier actions cool down.
 */
int enforce_resumed(struct enforce *enforce, int64_t t_ms, int64_t boot_ms,
		    bool is_whole);

/**
 * enforce_give_up() - a rule had given up, and was not loaded again since
 * @of_users: on containers of users other than root, else on those of root
 */
void enforce_give_up(struct enforce *enforce, const char *rule, bool of_users);

/** enforce_tick() - decide, and take each decision further. -ENOMEM */
int enforce_tick(struct enforce *enforce, const struct enforce_tick *tick);

/** enforce_result() - what was said at the newest tick; NULL before */
const struct policy_result *enforce_result(const struct enforce *enforce);

/**
 * enforce_is_idle() - no decision is on its way, and no pause or limit of one
 * is in force
 */
bool enforce_is_idle(const struct enforce *enforce);

/** enforce_answer() - of contmon-engine; takes effect at the next tick */
void enforce_answer(struct enforce *enforce, const struct act_answer *answer);

/** enforce_disconnected() - requests without an answer must be sent again */
void enforce_disconnected(struct enforce *enforce);

/**
 * enforce_veto() - end a decision that has not acted
 * @who: for the audit
 *
 * -ENOENT when there is no such decision, -EALREADY when it has acted.
 */
int enforce_veto(struct enforce *enforce, const char *id, const char *who);

/** enforce_show() - for the API; free with policing_done(). -ENOMEM */
int enforce_show(const struct enforce *enforce, struct policing *ret);

#endif /* CONTMOND_POLICY_ENFORCE_H */
