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

static bool kill_follows(const struct deed *deed)
{
	const struct act_request *request = request_of(deed);

	return deed->at + 1 < request->nr_steps &&
	       request->steps[deed->at + 1] == ACT_KILL;
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
static void write_what(const struct deed *deed, const struct facts *facts,
		       char *to, size_t size)
{
	int64_t grace_s = (request_of(deed)->grace_ms + 999) / 1000;

	switch (deed_step(deed)) {
	case ACT_STOP:
		if (kill_follows(deed))
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
		snprintf(to, size, "/%s", act_step_name(deed_step(deed)));
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
	struct deed *deed = userdata;
	bool only_signal = deed_step(deed) == ACT_STOP && !kill_follows(deed);

	deed->order = NULL;
	deed->error = error;
	deed->status = status;
	facts_message(text, length, deed->message, sizeof(deed->message));
	deed->patient = error < 0;
	deed_wait(deed, error < 0 ? PATIENCE_MS : only_signal ?
		  request_of(deed)->grace_ms : EFFECT_MS);
	deed_look(deed);
}

static void send_step(struct deed *deed, const struct facts *facts)
{
	bool removes = deed_step(deed) == ACT_REMOVE;
	char what[128];
	int r;

	if (deed_step(deed) == ACT_PAUSE)
		hold_begin(deed);
	if (deed_step(deed) == ACT_STOP)
		deed->kill_from_ms = deed_grace_end_ms(deed);
	if (!deed_begin(deed))
		return;
	write_what(deed, facts, what, sizeof(what));
	deed->sent = true;
	r = deed_send(deed, removes ? "DELETE" : "POST", what,
		      request_of(deed)->grace_ms + SLOW_MS, on_sent, deed,
		      &deed->order);
	if (r < 0)
		deed_end_step(deed, ACT_FAILED, ACT_NO_ENGINE, "%s",
			      strerror(-r));
}

/* Before a step */

static bool is_same_start(const struct deed *deed, const struct view *view)
{
	return view->facts.started_ms == request_of(deed)->started_ms;
}

/* Anonymous volumes are lost with their container, whoever removes it. */
static bool volumes_allow(struct deed *deed, const struct facts *facts)
{
	int64_t volumes = facts->description.name.anonymous_volumes;
	bool removes = deed_has_step(deed, ACT_REMOVE);

	if (deed_has_step(deed, ACT_STOP) || deed_has_step(deed, ACT_KILL))
		removes |= facts->auto_remove != 0;
	if (!removes || volumes == 0 ||
	    request_of(deed)->anonymous_volumes_ok)
		return true;
	deed_refuse(deed, ACT_VOLUMES, "%s%s", volumes > 0 ?
		    "it has anonymous volumes" :
		    "it may have anonymous volumes",
		    deed_has_step(deed, ACT_REMOVE) ? "" :
		    ", and its engine removes it when it ends");
	return false;
}

/* Nothing was done yet, so the deed can still be refused. */
static bool may_begin(struct deed *deed, const struct view *view)
{
	const char *why = act_protection(deed->acts, &view->facts,
					 &deed->asker);
	bool removes = deed_step(deed) == ACT_REMOVE;

	if (why)
		deed_refuse(deed, ACT_PROTECTED, "it is protected: %s", why);
	else if (removes && view->alive)
		deed_refuse(deed, ACT_UNSUPPORTED, "it is running: only what "
			    "has ended is removed");
	else if (deed_step(deed) == ACT_PAUSE && view->facts.paused)
		deed_refuse(deed, ACT_UNSUPPORTED, "it is paused already");
	else
		return volumes_allow(deed, &view->facts);
	return false;
}

static void begin_limit(struct deed *deed)
{
	if (!deed->cgroup)
		deed_refuse(deed, ACT_UNSUPPORTED,
			    "its cgroup is not known");
	else
		deed_limit(deed);
}

/*
 * The engine may remove a container as soon as it ends. If that was to be the
 * next step, it is done.
 */
static void begin_with_none(struct deed *deed)
{
	if (deed->at == 0)
		deed_end_step(deed, ACT_GONE, ACT_NO_CODE,
			      "there is no such container");
	else
		deed_end_step(deed, deed_step(deed) == ACT_REMOVE ?
			      ACT_DONE : ACT_SKIPPED, ACT_NO_CODE,
			      "its engine has removed it");
}

/* An engine that refuses to stop it, or ends meanwhile, shortens no grace. */
static void wait_for_grace(struct deed *deed)
{
	deed->patient = false;
	deed_poll(deed, POLL_MS);
}

static void begin_step(struct deed *deed, const struct view *view)
{
	enum act_step step = deed_step(deed);
	bool first = deed->at == 0;

	if (view->gone) {
		begin_with_none(deed);
	} else if ((view->alive || request_of(deed)->started_ms) &&
		   !is_same_start(deed, view)) {
		deed_end_step(deed, ACT_REPLACED, ACT_NO_CODE,
			      "it was started again");
	} else if (!view->alive && step != ACT_REMOVE) {
		deed_end_step(deed, first ? ACT_GONE : ACT_SKIPPED,
			      ACT_NO_CODE, "%s", first ?
			      "it has ended already" : "it has ended");
	} else if (step == ACT_KILL && deed_is_in_grace(deed)) {
		wait_for_grace(deed);
	} else if (!deed->begun && !may_begin(deed, view)) {
		return;
	} else if (step == ACT_LIMIT) {
		begin_limit(deed);
	} else {
		send_step(deed, &view->facts);
	}
}

/* After a step */

static bool has_effect(const struct deed *deed, const struct view *view)
{
	switch (deed_step(deed)) {
	case ACT_STOP:
	case ACT_KILL:
		return view->gone || !view->alive;
	case ACT_REMOVE:
		return view->gone;
	case ACT_RESTART:
		return view->alive && !is_same_start(deed, view);
	case ACT_PAUSE:
		return view->facts.paused && is_same_start(deed, view);
	case ACT_LIMIT:
		break;
	}
	return false;
}

/* A kill by the engine at the end of the grace period is the next step. */
static bool was_killed(const struct deed *deed, const struct view *view)
{
	return deed_step(deed) == ACT_STOP && kill_follows(deed) &&
	       !deed->resumed && view->known &&
	       view->facts.description.name.exit_code == KILLED &&
	       !deed_is_in_grace(deed);
}

static void end_with_effect(struct deed *deed, const struct view *view)
{
	if (was_killed(deed, view)) {
		deed_end_step(deed, ACT_FAILED, ACT_TIMEOUT,
			      "it did not end within %" PRIi64 " ms, and its "
			      "engine killed it", request_of(deed)->grace_ms);
		return;
	}
	deed_end_step(deed, ACT_DONE, ACT_NO_CODE, "%s",
		      deed->error < 0 ? "its engine did not answer, but the "
		      "step has taken effect" : "");
}

/* Is the engine still working on the step? 409 means a removal goes on. */
static bool is_under_way(const struct deed *deed)
{
	if (deed->due || deed->error < 0)
		return false;
	return deed->status < 400 ||
	       (deed->status == 409 && deed_step(deed) == ACT_REMOVE);
}

static void end_without_effect(struct deed *deed, const struct view *view)
{
	const char *state = view->facts.description.name.state;

	if (is_under_way(deed))
		deed_poll(deed, POLL_MS);
	else if (deed->error < 0)
		deed_end_step(deed, ACT_FAILED, ACT_ERROR, "its engine: %s; "
			      "the container is %s", strerror(-deed->error),
			      state);
	else if (deed->status >= 400)
		deed_end_step(deed, ACT_FAILED, ACT_ERROR, "its engine: %s",
			      deed->message);
	else
		deed_end_step(deed, ACT_FAILED, ACT_TIMEOUT,
			      "the container is still %s", state);
}

/*
 * The engine continues a restart that an earlier process requested. A second
 * request would restart the container twice.
 */
static bool wait_for_restart(struct deed *deed, const struct view *view)
{
	if (deed_step(deed) != ACT_RESTART || (deed->due && view->alive))
		return false;
	if (!deed->deadline || deed->patient)
		deed_wait(deed, request_of(deed)->grace_ms + EFFECT_MS);
	deed->patient = false;
	if (deed->due)
		deed_end_step(deed, ACT_FAILED, ACT_UNKNOWN_OUTCOME,
			      "it has ended, and was not started again");
	else
		deed_poll(deed, POLL_MS);
	return true;
}

static void check_step(struct deed *deed, const struct view *view)
{
	if (view->gone && deed->status == 404) {
		deed_end_step(deed, ACT_GONE, ACT_NO_CODE,
			      "there is no such container");
	} else if (has_effect(deed, view)) {
		end_with_effect(deed, view);
	} else if (view->gone) {
		deed_end_step(deed, ACT_GONE, ACT_NO_CODE,
			      "it was removed meanwhile");
	} else if (deed->resumed && wait_for_restart(deed, view)) {
		return;
	} else if (deed->resumed) {
		deed->sent = deed->resumed = false;
		begin_step(deed, view);
	} else if (view->alive && !is_same_start(deed, view)) {
		deed_end_step(deed, ACT_REPLACED, ACT_NO_CODE,
			      "it was started again");
	} else {
		end_without_effect(deed, view);
	}
}

/* Looking */

static char *find_cgroup(struct deed *deed, int64_t pid)
{
	const struct engine_docker *docker = deed_docker(deed);
	char *cgroup = container_cgroup(pid, request_of(deed)->container);

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
static void note_cgroup(struct deed *deed, const struct view *view,
			char *cgroup)
{
	const struct act_request *request = request_of(deed);
	bool is_same = request->cgroup && is_same_start(deed, view) &&
		       strcmp(request->cgroup, cgroup) == 0;

	free(deed->cgroup);
	deed->cgroup = cgroup;
	deed->cgroup_id = is_same ? request->cgroup_id : 0;
}

static void note_facts(struct deed *deed, const struct view *view)
{
	const struct facts *facts = &view->facts;
	const struct description *description = &facts->description;
	struct act_answer *draft = &deed->draft;
	char *cgroup;

	if (!view->known)
		return;
	snprintf(deed->state, sizeof(deed->state), "%s",
		 description->name.state);
	snprintf(deed->restart_policy, sizeof(deed->restart_policy), "%s",
		 facts->restart_policy ?: "");
	draft->state = deed->state;
	draft->restart_policy = deed->restart_policy;
	draft->started_ms = view->alive ? facts->started_ms : 0;
	draft->anonymous_volumes =
		(int)facts->description.name.anonymous_volumes;
	draft->auto_remove = facts->auto_remove;
	cgroup = find_cgroup(deed, description->pid);
	if (cgroup)
		note_cgroup(deed, view, cgroup);
}

/* Without an answer, a deed that has not begun is refused. */
static void wait_for_engine(struct deed *deed, int error)
{
	if (!deed->begun) {
		deed_refuse(deed, ACT_NO_ENGINE, "no engine: %s",
			    strerror(-error));
		return;
	}
	if (!deed->patient)
		deed_wait(deed, PATIENCE_MS);
	deed->patient = true;
	if (deed->due)
		deed_end_step(deed, ACT_FAILED, ACT_UNKNOWN_OUTCOME,
			      "its engine does not answer any more: %s",
			      strerror(-error));
	else
		deed_poll(deed, RETRY_MS);
}

static void tell_facts(struct deed *deed, const struct view *view)
{
	if (view->gone) {
		deed_end_inspect(deed, ACT_GONE, NULL);
		return;
	}
	deed_end_inspect(deed, ACT_DONE, act_protection(
		deed->acts, &view->facts, &deed->asker));
}

static void read_view(const struct deed *deed, const char *text,
		      size_t length, struct view *ret)
{
	if (facts_read(text, length, &ret->facts) < 0)
		return;
	ret->known = facts_are_of(&ret->facts, request_of(deed)->container);
	ret->gone = !ret->known;
	ret->alive = ret->known && ret->facts.description.alive;
	if (ret->gone)
		facts_done(&ret->facts);
}

static void on_look(int error, long status, const char *text, size_t length,
		    void *userdata)
{
	struct deed *deed = userdata;
	struct view view = { .gone = error == 0 && status == 404 };

	deed->order = NULL;
	if (error == 0 && status == 200 && text)
		read_view(deed, text, length, &view);
	note_facts(deed, &view);
	if (!view.known && !view.gone)
		wait_for_engine(deed, error ?: -EBADMSG);
	else if (request_of(deed)->op == ACT_INSPECT)
		tell_facts(deed, &view);
	else if (deed->sent)
		check_step(deed, &view);
	else
		begin_step(deed, &view);
	if (view.known)
		facts_done(&view.facts);
}

void deed_look(struct deed *deed)
{
	int r = deed_inspect(deed, on_look, deed, &deed->order);

	if (r < 0)
		wait_for_engine(deed, r);
}
