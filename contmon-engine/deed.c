// SPDX-License-Identifier: GPL-2.0-only
#include "deed.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "place.h"

enum act_step deed_step(const struct deed *deed)
{
	return request_of(deed)->steps[deed->at];
}

bool deed_has_step(const struct deed *deed, enum act_step step)
{
	const struct act_request *request = request_of(deed);
	size_t i;

	for (i = 0; i < request->nr_steps; i++) {
		if (request->steps[i] == step)
			return true;
	}
	return false;
}

/* The target, as it is shown to people */
static const char *target_of(const struct deed *deed)
{
	const struct act_request *request = request_of(deed);

	return request->container ?: request->cgroup;
}

/* "pid 7 user 1000", in @text; NULL if it is not known */
static const char *write_asker(const struct asker *asker, char text[64])
{
	int length = 0;

	if (asker->uid == PLACE_NO_USER)
		return NULL;
	if (asker->pid > 0)
		length = sprintf(text, "pid %d ", (int)asker->pid);
	sprintf(text + length, "user %u", (unsigned int)asker->uid);
	return text;
}

static void log_answer(const struct deed *deed, const char *what,
		       enum act_result result, const char *why)
{
	const struct act_request *request = request_of(deed);
	bool bad = result == ACT_FAILED || result == ACT_REFUSED;
	char text[64];
	const char *asker = write_asker(&deed->asker, text);
	const struct log_field fields[] = {
		{ "CONTMON_DECISION", request->decision },
		{ "CONTMON_CONTAINER_ID", target_of(deed) },
		{ "CONTMON_RULE", request->rule ?: "" },
		{ "CONTMON_RESULT", act_result_name(result) },
		{ asker ? "CONTMON_ASKED_BY" : NULL, asker },
		{ NULL, NULL },
	};

	log_with(bad ? LOG_WARNING : LOG_INFO, fields,
		 "decision %s on %s: %s: %s%s%s (rule %s: %s; asked by %s)",
		 request->decision, target_of(deed), what,
		 act_result_name(result), *why ? ": " : "", why,
		 request->rule ?: "none", request->reason ?: "no reason given",
		 asker ?: "nobody who is known");
}

/* The end */

static void keep_last(struct deed *deed)
{
	struct buffer line = { 0 };

	act_write_answer(&line, &deed->draft);
	acts_say(deed->acts, deed->asker.client, &line);
	deed->last = line.failed ? strdup("") : line.text;
	if (line.failed)
		buffer_done(&line);
}

static void finish(struct deed *deed, enum act_result result,
		   enum act_code code, const char *why)
{
	struct act_answer *draft = &deed->draft;

	deed->poll = sd_event_source_disable_unref(deed->poll);
	deed->deadline = sd_event_source_disable_unref(deed->deadline);
	draft->kind = ACT_FINISHED;
	draft->decision = request_of(deed)->decision;
	draft->result = result;
	draft->code = code;
	draft->why = why;
	draft->http_status = deed->status;
	draft->populated = deed_populated(deed);
	hold_show(deed, draft);
	if (request_of(deed)->op == ACT_ACT)
		log_answer(deed, "finished", result, why);
	keep_last(deed);
	draft->why = draft->protected_by = NULL;
	if (deed->begun)
		acts_save(deed->acts);
	acts_settled(deed->acts);
}

void deed_end(struct deed *deed, enum act_result result, enum act_code code,
	      const char *format, ...)
{
	char why[DEED_WHY_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	deed->hold.until_ms = 0;
	finish(deed, result, code, why);
}

void deed_end_inspect(struct deed *deed, enum act_result result,
		      const char *protected_by)
{
	deed->draft.protected_by = protected_by;
	finish(deed, result, ACT_NO_CODE, "");
}

bool deed_begin(struct deed *deed)
{
	char why[DEED_WHY_MAX];

	if (deed->begun)
		return true;
	deed->of_users = acts_is_about_users(deed);
	if (!acts_spend(deed, why, sizeof(why))) {
		deed_refuse(deed, ACT_BUDGET, "%s", why);
		return false;
	}
	deed->begun = true;
	if (acts_save(deed->acts) == 0)
		return true;
	/* An act that is not recorded could be repeated, or never be undone. */
	deed->begun = false;
	deed_refuse(deed, ACT_ERROR, "%s: cannot be written",
		    deed->acts->config.file);
	return false;
}

/* Steps */

static void say_step(struct deed *deed, enum act_result result,
		     enum act_code code, const char *why)
{
	const struct act_answer answer = {
		.kind = ACT_STEP,
		.decision = request_of(deed)->decision,
		.step = deed_step(deed),
		.result = result,
		.code = code,
		.why = why,
		.http_status = deed->status,
	};
	struct buffer line = { 0 };

	act_write_answer(&line, &answer);
	buffer_append(&deed->said, &line);
	acts_say(deed->acts, deed->asker.client, &line);
	buffer_done(&line);
	log_answer(deed, act_step_name(answer.step), result, why);
}

/* After a stop that failed, kill is still tried. */
static bool goes_on(const struct deed *deed, enum act_result result)
{
	const struct act_request *request = request_of(deed);

	if (deed->at + 1 >= request->nr_steps)
		return false;
	return result == ACT_DONE || result == ACT_SKIPPED ||
	       (result == ACT_FAILED &&
		request->steps[deed->at + 1] == ACT_KILL);
}

/* If the outcome is unknown, the pause may still happen, and must be undone. */
static void forget_hold(struct deed *deed, enum act_result result,
			enum act_code code)
{
	if (result != ACT_DONE && code != ACT_UNKNOWN_OUTCOME &&
	    code != ACT_TIMEOUT && !deed->hold.is_stuck)
		deed->hold.until_ms = 0;
}

void deed_end_step(struct deed *deed, enum act_result result,
		   enum act_code code, const char *format, ...)
{
	char why[DEED_WHY_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	forget_hold(deed, result, code);
	say_step(deed, result, code, why);
	if (!goes_on(deed, result)) {
		finish(deed, result == ACT_SKIPPED ? ACT_DONE : result, code,
		       why);
		return;
	}
	deed->at++;
	deed->sent = deed->resumed = false;
	deed->patient = false;
	deed->error = 0;
	deed->status = 0;
	acts_save(deed->acts);
	deed_start(deed);
}

/* Time */

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct deed *deed = userdata;

	(void)source;
	(void)usec;
	deed->due = true;
	return 0;
}

static int on_poll(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct deed *deed = userdata;

	(void)source;
	(void)usec;
	if (request_of(deed)->container)
		deed_look(deed);
	else
		deed_act_on_cgroup(deed);
	return 0;
}

/* Without a timer the step would never end, so it ends at once. */
static int set_timer(struct deed *deed, sd_event_source **timer, int64_t ms,
		     sd_event_time_handler_t fn)
{
	int r = 0;

	if (!*timer)
		r = sd_event_add_time(deed->acts->event, timer,
				      CLOCK_MONOTONIC, UINT64_MAX, 1000, fn,
				      deed);
	if (r >= 0)
		r = sd_event_source_set_time_relative(*timer,
						      (uint64_t)ms * 1000);
	return r < 0 ? r : sd_event_source_set_enabled(*timer,
						       SD_EVENT_ONESHOT);
}

void deed_wait(struct deed *deed, int64_t ms)
{
	deed->due = set_timer(deed, &deed->deadline, ms, on_deadline) < 0;
}

/* It stands still while the host sleeps, as the container does. */
static uint64_t now_ms(void)
{
	return clock_monotonic_ns() / NS_PER_MS;
}

uint64_t deed_grace_end_ms(const struct deed *deed)
{
	return now_ms() + (uint64_t)request_of(deed)->grace_ms;
}

bool deed_is_in_grace(const struct deed *deed)
{
	return now_ms() < deed->kill_from_ms;
}

void deed_poll(struct deed *deed, int64_t ms)
{
	int r = set_timer(deed, &deed->poll, ms, on_poll);

	if (r < 0)
		deed_end_step(deed, ACT_FAILED, ACT_ERROR, "%s", strerror(-r));
}

/* Lifecycle */

void deed_start(struct deed *deed)
{
	deed->due = false;
	deed->deadline = sd_event_source_disable_unref(deed->deadline);
	if (request_of(deed)->container)
		deed_look(deed);
	else
		deed_act_on_cgroup(deed);
}

int deed_new(struct acts *acts, struct act_parsed *parsed, const char *line,
	     size_t length, struct deed **ret)
{
	const struct act_answer unknown = ACT_ANSWER_UNKNOWN;
	struct deed *deed = calloc(1, sizeof(*deed));

	if (!deed) {
		act_parsed_done(parsed);
		return -ENOMEM;
	}
	deed->acts = acts;
	deed->parsed = *parsed;
	parsed->json = NULL;
	deed->parsed.request.decision = deed->parsed.decision;
	deed->draft = unknown;
	deed->line = strndup(line, length);
	if (deed->line && request_of(deed)->cgroup &&
	    !request_of(deed)->container) {
		deed->cgroup = strdup(request_of(deed)->cgroup);
		deed->cgroup_id = request_of(deed)->cgroup_id;
	}
	if (!deed->line || (!deed->cgroup && !request_of(deed)->container)) {
		deed_free(deed);
		return -ENOMEM;
	}
	*ret = deed;
	return 0;
}

void deed_free(struct deed *deed)
{
	if (!deed)
		return;
	order_cancel(deed->order);
	sd_event_source_disable_unref(deed->poll);
	sd_event_source_disable_unref(deed->deadline);
	hold_done(&deed->hold);
	act_parsed_done(&deed->parsed);
	buffer_done(&deed->said);
	free(deed->engine);
	free(deed->cgroup);
	free(deed->line);
	free(deed->last);
	json_decref(deed->kept);
	free(deed);
}
