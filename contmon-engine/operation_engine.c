// SPDX-License-Identifier: GPL-2.0-only
/* Steps that an engine carries out on its own containers */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "cgroup.h"

#define POLL_MS 250
#define RETRY_MS 1000

/* Time for an accepted request to take effect */
#define EFFECT_MS 15000

/* Time for an engine that has stopped to return */
#define PATIENCE_MS 60000

/* Time for the answer to a request, beyond any grace period */
#define SLOW_MS 60000

#define KILLED 137

/**
 * struct view - what an inspection has shown
 * @known: @facts are valid
 * @gone: there is no such container
 */
struct view {
	bool known;
	bool gone;
	bool alive;
	struct facts facts;
};

/* Requests */

static bool kill_follows(const struct operation *operation)
{
	const struct act_request *request = request_of(operation);

	return operation->at + 1 < request->nr_steps &&
	       request->steps[operation->at + 1] == ACT_KILL;
}

/* Escapes the '+' of names like SIGRTMIN+3, which means a space in a URL. */
static void write_signal(const char *name, char *to, size_t size)
{
	size_t length = strcspn(name, "+");
	const char *rest = name[length] ? name + length + 1 : NULL;

	snprintf(to, size, "/kill?signal=%.*s%s%s", (int)length, name,
		 rest ? "%2B" : "", rest ?: "");
}

/* An engine's own stop also kills: if no kill follows, it gets a signal. */
static void write_what(const struct operation *operation,
		       const struct facts *facts, char *to, size_t size)
{
	int64_t grace_s = (request_of(operation)->grace_ms + 999) / 1000;

	switch (operation_step(operation)) {
	case ACT_STOP:
		if (kill_follows(operation))
			snprintf(to, size, "/stop?t=%" PRIi64, grace_s);
		else
			write_signal(facts->stop_signal ?: "SIGTERM", to,
				     size);
		break;
	case ACT_RESTART:
		snprintf(to, size, "/restart?t=%" PRIi64, grace_s);
		break;
	case ACT_KILL:
	case ACT_PAUSE:
		snprintf(to, size, "/%s",
			 act_step_name(operation_step(operation)));
		break;
	case ACT_REMOVE:
	case ACT_LIMIT:
		*to = '\0';
		break;
	}
}

static void on_sent(int error, long status, const char *text, size_t length,
		    void *userdata)
{
	struct operation *operation = userdata;
	bool only_signal = operation_step(operation) == ACT_STOP &&
			   !kill_follows(operation);

	operation->order = NULL;
	operation->error = error;
	operation->status = status;
	facts_message(text, length, operation->message,
		      sizeof(operation->message));
	operation->patient = error < 0;
	operation_wait(operation, error < 0 ? PATIENCE_MS : only_signal ?
		       request_of(operation)->grace_ms : EFFECT_MS);
	operation_look(operation);
}

static void send_step(struct operation *operation, const struct facts *facts)
{
	bool removes = operation_step(operation) == ACT_REMOVE;
	char what[128];
	int r;

	if (operation_step(operation) == ACT_PAUSE)
		hold_begin(operation);
	if (operation_step(operation) == ACT_STOP)
		operation->kill_from_ms = operation_grace_end_ms(operation);
	if (!operation_begin(operation))
		return;
	write_what(operation, facts, what, sizeof(what));
	operation->sent = true;
	r = operation_send(operation, removes ? "DELETE" : "POST", what,
			   request_of(operation)->grace_ms + SLOW_MS, on_sent,
			   operation, &operation->order);
	if (r < 0)
		operation_end_step(operation, ACT_FAILED, ACT_NO_ENGINE, "%s",
				   strerror(-r));
}

/* Before a step */

static bool is_same_start(const struct operation *operation,
			  const struct view *view)
{
	return view->facts.started_ms == request_of(operation)->started_ms;
}

/* Anonymous volumes are lost with their container, whoever removes it. */
static bool volumes_allow(struct operation *operation,
			  const struct facts *facts)
{
	int64_t volumes = facts->description.name.anonymous_volumes;
	bool removes = operation_has_step(operation, ACT_REMOVE);

	if (operation_has_step(operation, ACT_STOP) ||
	    operation_has_step(operation, ACT_KILL))
		removes |= facts->auto_remove != 0;
	if (!removes || volumes == 0 ||
	    request_of(operation)->anonymous_volumes_ok)
		return true;
	operation_refuse(operation, ACT_VOLUMES, "%s%s", volumes > 0 ?
			 "it has anonymous volumes" :
			 "it may have anonymous volumes",
			 operation_has_step(operation, ACT_REMOVE) ? "" :
			 ", and its engine removes it when it ends");
	return false;
}

/* Nothing was done yet, so the operation can still be refused. */
static bool may_begin(struct operation *operation, const struct view *view)
{
	const char *why = act_protection(operation, &view->facts);
	bool removes = operation_step(operation) == ACT_REMOVE;

	if (why)
		operation_refuse(operation, ACT_PROTECTED,
				 "it is protected: %s", why);
	else if (removes && view->alive)
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "it is running: only what "
				 "has ended is removed");
	else if (operation_step(operation) == ACT_PAUSE && view->facts.paused)
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "it is paused already");
	else
		return volumes_allow(operation, &view->facts);
	return false;
}

static void begin_limit(struct operation *operation)
{
	if (!operation->cgroup)
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "its cgroup is not known");
	else
		operation_limit(operation);
}

/*
 * The engine may remove a container as soon as it ends. If that was to be the
 * next step, it is done.
 */
static void begin_with_none(struct operation *operation)
{
	if (operation->at == 0)
		operation_end_step(operation, ACT_GONE, ACT_NO_CODE,
				   "there is no such container");
	else
		operation_end_step(operation,
				   operation_step(operation) == ACT_REMOVE ?
				   ACT_DONE : ACT_SKIPPED, ACT_NO_CODE,
				   "its engine has removed it");
}

/* An engine that refuses to stop it, or ends meanwhile, shortens no grace. */
static void wait_for_grace(struct operation *operation)
{
	operation->patient = false;
	operation_poll(operation, POLL_MS);
}

static void begin_step(struct operation *operation, const struct view *view)
{
	enum act_step step = operation_step(operation);
	bool first = operation->at == 0;

	if (view->gone) {
		begin_with_none(operation);
	} else if ((view->alive || request_of(operation)->started_ms) &&
		   !is_same_start(operation, view)) {
		operation_end_step(operation, ACT_REPLACED, ACT_NO_CODE,
				   "it was started again");
	} else if (!view->alive && step != ACT_REMOVE) {
		operation_end_step(operation, first ? ACT_GONE : ACT_SKIPPED,
				   ACT_NO_CODE, "%s", first ?
				   "it has ended already" : "it has ended");
	} else if (step == ACT_KILL && operation_is_in_grace(operation)) {
		wait_for_grace(operation);
	} else if (!operation->begun && !may_begin(operation, view)) {
		return;
	} else if (step == ACT_LIMIT) {
		begin_limit(operation);
	} else {
		send_step(operation, &view->facts);
	}
}

/* After a step */

static bool has_effect(const struct operation *operation,
		       const struct view *view)
{
	switch (operation_step(operation)) {
	case ACT_STOP:
	case ACT_KILL:
		return view->gone || !view->alive;
	case ACT_REMOVE:
		return view->gone;
	case ACT_RESTART:
		return view->alive && !is_same_start(operation, view);
	case ACT_PAUSE:
		return view->facts.paused && is_same_start(operation, view);
	case ACT_LIMIT:
		break;
	}
	return false;
}

/* A kill by the engine at the end of the grace period is the next step. */
static bool was_killed(const struct operation *operation,
		       const struct view *view)
{
	return operation_step(operation) == ACT_STOP &&
	       kill_follows(operation) && !operation->resumed && view->known &&
	       view->facts.description.name.exit_code == KILLED &&
	       !operation_is_in_grace(operation);
}

static void end_with_effect(struct operation *operation,
			    const struct view *view)
{
	if (was_killed(operation, view)) {
		operation_end_step(operation, ACT_FAILED, ACT_TIMEOUT,
				   "it did not end within %" PRIi64 " ms, and "
				   "its engine killed it",
				   request_of(operation)->grace_ms);
		return;
	}
	operation_end_step(operation, ACT_DONE, ACT_NO_CODE, "%s",
			   operation->error < 0 ?
			   "its engine did not answer, but the "
			   "step has taken effect" : "");
}

/* Is the engine still working on the step? 409 means a removal goes on. */
static bool is_under_way(const struct operation *operation)
{
	if (operation->due || operation->error < 0)
		return false;
	return operation->status < 400 ||
	       (operation->status == 409 &&
		operation_step(operation) == ACT_REMOVE);
}

static void end_without_effect(struct operation *operation,
			       const struct view *view)
{
	const char *state = view->facts.description.name.state;

	if (is_under_way(operation))
		operation_poll(operation, POLL_MS);
	else if (operation->error < 0)
		operation_end_step(operation, ACT_FAILED, ACT_ERROR,
				   "its engine: %s; the container is %s",
				   strerror(-operation->error), state);
	else if (operation->status >= 400)
		operation_end_step(operation, ACT_FAILED, ACT_ERROR,
				   "its engine: %s", operation->message);
	else
		operation_end_step(operation, ACT_FAILED, ACT_TIMEOUT,
				   "the container is still %s", state);
}

/*
 * The engine continues a restart that an earlier process requested. A second
 * request would restart the container twice.
 */
static bool wait_for_restart(struct operation *operation,
			     const struct view *view)
{
	if (operation_step(operation) != ACT_RESTART ||
	    (operation->due && view->alive))
		return false;
	if (!operation->deadline || operation->patient)
		operation_wait(operation, request_of(operation)->grace_ms +
			       EFFECT_MS);
	operation->patient = false;
	if (operation->due)
		operation_end_step(operation, ACT_FAILED, ACT_UNKNOWN_OUTCOME,
				   "it has ended, and was not started again");
	else
		operation_poll(operation, POLL_MS);
	return true;
}

static void check_step(struct operation *operation, const struct view *view)
{
	if (view->gone && operation->status == 404) {
		operation_end_step(operation, ACT_GONE, ACT_NO_CODE,
				   "there is no such container");
	} else if (has_effect(operation, view)) {
		end_with_effect(operation, view);
	} else if (view->gone) {
		operation_end_step(operation, ACT_GONE, ACT_NO_CODE,
				   "it was removed meanwhile");
	} else if (operation->resumed && wait_for_restart(operation, view)) {
		return;
	} else if (operation->resumed) {
		operation->sent = operation->resumed = false;
		begin_step(operation, view);
	} else if (view->alive && !is_same_start(operation, view)) {
		operation_end_step(operation, ACT_REPLACED, ACT_NO_CODE,
				   "it was started again");
	} else {
		end_without_effect(operation, view);
	}
}

/* Looking */

static char *find_cgroup(struct operation *operation, int64_t pid)
{
	const struct engine_docker *docker = operation_docker(operation);
	char *cgroup = container_cgroup(pid, request_of(operation)->container);

	if (!cgroup || !docker ||
	    cgroup_is_believed(cgroup, engine_docker_user(docker)))
		return cgroup;
	free(cgroup);
	return NULL;
}

/*
 * The container may be restarted between this inspection and the act, and then
 * the path belongs to another cgroup. So the id that the asker gave is used.
 */
static void note_cgroup(struct operation *operation, const struct view *view,
			char *cgroup)
{
	const struct act_request *request = request_of(operation);
	bool is_same = request->cgroup && is_same_start(operation, view) &&
		       strcmp(request->cgroup, cgroup) == 0;

	free(operation->cgroup);
	operation->cgroup = cgroup;
	operation->cgroup_id = is_same ? request->cgroup_id : 0;
}

static void note_facts(struct operation *operation, const struct view *view)
{
	const struct facts *facts = &view->facts;
	const struct description *description = &facts->description;
	struct act_answer *draft = &operation->draft;
	char *cgroup;

	if (!view->known)
		return;
	snprintf(operation->state, sizeof(operation->state), "%s",
		 description->name.state);
	snprintf(operation->restart_policy, sizeof(operation->restart_policy),
		 "%s", facts->restart_policy ?: "");
	draft->state = operation->state;
	draft->restart_policy = operation->restart_policy;
	draft->started_ms = view->alive ? facts->started_ms : 0;
	draft->anonymous_volumes =
		(int)facts->description.name.anonymous_volumes;
	draft->auto_remove = facts->auto_remove;
	cgroup = find_cgroup(operation, description->pid);
	if (cgroup)
		note_cgroup(operation, view, cgroup);
}

/* Without an answer, an operation that has not begun is refused. */
static void wait_for_engine(struct operation *operation, int error)
{
	if (!operation->begun) {
		operation_refuse(operation, ACT_NO_ENGINE, "no engine: %s",
				 strerror(-error));
		return;
	}
	if (!operation->patient)
		operation_wait(operation, PATIENCE_MS);
	operation->patient = true;
	if (operation->due)
		operation_end_step(operation, ACT_FAILED, ACT_UNKNOWN_OUTCOME,
				   "its engine does not answer any more: %s",
				   strerror(-error));
	else
		operation_poll(operation, RETRY_MS);
}

static void tell_facts(struct operation *operation, const struct view *view)
{
	if (view->gone) {
		operation_end_inspect(operation, ACT_GONE, NULL);
		return;
	}
	operation_end_inspect(operation, ACT_DONE,
			      act_protection(operation, &view->facts));
}

static void read_view(const struct operation *operation, const char *text,
		      size_t length, struct view *ret)
{
	if (facts_read(text, length, &ret->facts) < 0)
		return;
	ret->known = facts_are_of(&ret->facts,
				  request_of(operation)->container);
	ret->gone = !ret->known;
	ret->alive = ret->known && ret->facts.description.alive;
	if (ret->gone)
		facts_done(&ret->facts);
}

static void on_look(int error, long status, const char *text, size_t length,
		    void *userdata)
{
	struct operation *operation = userdata;
	struct view view = { .gone = error == 0 && status == 404 };

	operation->order = NULL;
	if (error == 0 && status == 200 && text)
		read_view(operation, text, length, &view);
	note_facts(operation, &view);
	if (!view.known && !view.gone)
		wait_for_engine(operation, error ?: -EBADMSG);
	else if (request_of(operation)->op == ACT_INSPECT)
		tell_facts(operation, &view);
	else if (operation->sent)
		check_step(operation, &view);
	else
		begin_step(operation, &view);
	if (view.known)
		facts_done(&view.facts);
}

void operation_look(struct operation *operation)
{
	int r = operation_inspect(operation, on_look, operation,
				  &operation->order);

	if (r < 0)
		wait_for_engine(operation, r);
}
