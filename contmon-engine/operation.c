// SPDX-License-Identifier: GPL-2.0-only
#include "operation.h"

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
#include "socket_path.h"

enum act_step operation_step(const struct operation *operation)
{
	return request_of(operation)->steps[operation->at];
}

bool operation_has_step(const struct operation *operation, enum act_step step)
{
	const struct act_request *request = request_of(operation);
	size_t i;

	for (i = 0; i < request->nr_steps; i++) {
		if (request->steps[i] == step)
			return true;
	}
	return false;
}

/* The target, as it is shown to people */
static const char *target_of(const struct operation *operation)
{
	const struct act_request *request = request_of(operation);

	return request->container ?: request->cgroup;
}

/* "pid 7 user 1000", in @text; NULL if it is not known */
static const char *write_asker(const struct asker *asker, char text[64])
{
	int length = 0;

	if (asker->uid == SOCKET_PATH_NO_USER)
		return NULL;
	if (asker->pid > 0)
		length = sprintf(text, "pid %d ", (int)asker->pid);
	sprintf(text + length, "user %u", (unsigned int)asker->uid);
	return text;
}

static void log_answer(const struct operation *operation, const char *what,
		       enum act_result result, const char *why)
{
	const struct act_request *request = request_of(operation);
	bool bad = result == ACT_FAILED || result == ACT_REFUSED;
	char text[64];
	const char *asker = write_asker(&operation->asker, text);
	const struct log_field fields[] = {
		{ "CONTMON_DECISION", request->decision },
		{ "CONTMON_CONTAINER_ID", target_of(operation) },
		{ "CONTMON_RULE", request->rule ?: "" },
		{ "CONTMON_RESULT", act_result_name(result) },
		{ asker ? "CONTMON_ASKED_BY" : NULL, asker },
		{ NULL, NULL },
	};

	log_with(bad ? LOG_WARNING : LOG_INFO, fields,
		 "decision %s on %s: %s: %s%s%s (rule %s: %s; asked by %s)",
		 request->decision, target_of(operation), what,
		 act_result_name(result), *why ? ": " : "", why,
		 request->rule ?: "none", request->reason ?: "no reason given",
		 asker ?: "nobody who is known");
}

/* The end */

static void keep_last(struct operation *operation)
{
	struct buffer line = { 0 };

	act_write_answer(&line, &operation->draft);
	acts_say(operation->acts, operation->asker.client, &line);
	operation->last = line.failed ? strdup("") : line.text;
	if (line.failed)
		buffer_done(&line);
}

static void finish(struct operation *operation, enum act_result result,
		   enum act_code code, const char *why)
{
	struct act_answer *draft = &operation->draft;

	operation->poll = sd_event_source_disable_unref(operation->poll);
	operation->deadline =
		sd_event_source_disable_unref(operation->deadline);
	draft->kind = ACT_FINISHED;
	draft->decision = request_of(operation)->decision;
	draft->result = result;
	draft->code = code;
	draft->why = why;
	draft->http_status = operation->status;
	draft->populated = operation_populated(operation);
	hold_show(operation, draft);
	if (request_of(operation)->op == ACT_ACT)
		log_answer(operation, "finished", result, why);
	keep_last(operation);
	draft->why = draft->protected_by = NULL;
	if (operation->begun)
		acts_save(operation->acts);
	acts_settled(operation->acts);
}

void operation_end(struct operation *operation, enum act_result result,
		   enum act_code code, const char *format, ...)
{
	char why[OPERATION_WHY_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	operation->hold.until_ms = 0;
	finish(operation, result, code, why);
}

void operation_end_inspect(struct operation *operation, enum act_result result,
			   const char *protected_by)
{
	operation->draft.protected_by = protected_by;
	finish(operation, result, ACT_NO_CODE, "");
}

bool operation_begin(struct operation *operation)
{
	char why[OPERATION_WHY_MAX];

	if (operation->begun)
		return true;
	operation->of_users = acts_is_about_users(operation);
	if (!acts_spend(operation, why, sizeof(why))) {
		operation_refuse(operation, ACT_BUDGET, "%s", why);
		return false;
	}
	operation->begun = true;
	if (acts_save(operation->acts) == 0)
		return true;
	/* An act that is not recorded could be repeated, or never be undone. */
	operation->begun = false;
	operation_refuse(operation, ACT_ERROR, "%s: cannot be written",
			 operation->acts->config.file);
	return false;
}

/* Steps */

static void say_step(struct operation *operation, enum act_result result,
		     enum act_code code, const char *why)
{
	const struct act_answer answer = {
		.kind = ACT_STEP,
		.decision = request_of(operation)->decision,
		.step = operation_step(operation),
		.result = result,
		.code = code,
		.why = why,
		.http_status = operation->status,
	};
	struct buffer line = { 0 };

	act_write_answer(&line, &answer);
	buffer_append(&operation->said, &line);
	acts_say(operation->acts, operation->asker.client, &line);
	buffer_done(&line);
	log_answer(operation, act_step_name(answer.step), result, why);
}

/* After a stop that failed, kill is still tried. */
static bool goes_on(const struct operation *operation, enum act_result result)
{
	const struct act_request *request = request_of(operation);

	if (operation->at + 1 >= request->nr_steps)
		return false;
	return result == ACT_DONE || result == ACT_SKIPPED ||
	       (result == ACT_FAILED &&
		request->steps[operation->at + 1] == ACT_KILL);
}

/* If the outcome is unknown, the pause may still happen, and must be undone. */
static void forget_hold(struct operation *operation, enum act_result result,
			enum act_code code)
{
	if (result != ACT_DONE && code != ACT_UNKNOWN_OUTCOME &&
	    code != ACT_TIMEOUT && !operation->hold.is_stuck)
		operation->hold.until_ms = 0;
}

void operation_end_step(struct operation *operation, enum act_result result,
			enum act_code code, const char *format, ...)
{
	char why[OPERATION_WHY_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	forget_hold(operation, result, code);
	say_step(operation, result, code, why);
	if (!goes_on(operation, result)) {
		finish(operation, result == ACT_SKIPPED ? ACT_DONE : result,
		       code, why);
		return;
	}
	operation->at++;
	operation->sent = operation->resumed = false;
	operation->patient = false;
	operation->error = 0;
	operation->status = 0;
	acts_save(operation->acts);
	operation_start(operation);
}

/* Time */

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct operation *operation = userdata;

	(void)source;
	(void)usec;
	operation->due = true;
	return 0;
}

static int on_poll(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct operation *operation = userdata;

	(void)source;
	(void)usec;
	if (request_of(operation)->container)
		operation_look(operation);
	else
		operation_act_on_cgroup(operation);
	return 0;
}

/* Without a timer the step would never end, so it ends at once. */
static int set_timer(struct operation *operation, sd_event_source **timer,
		     int64_t ms, sd_event_time_handler_t fn)
{
	int r = 0;

	if (!*timer)
		r = sd_event_add_time(operation->acts->event, timer,
				      CLOCK_MONOTONIC, UINT64_MAX, 1000, fn,
				      operation);
	if (r >= 0)
		r = sd_event_source_set_time_relative(*timer,
						      (uint64_t)ms * 1000);
	return r < 0 ? r : sd_event_source_set_enabled(*timer,
						       SD_EVENT_ONESHOT);
}

void operation_wait(struct operation *operation, int64_t ms)
{
	operation->due = set_timer(operation, &operation->deadline, ms,
				   on_deadline) < 0;
}

/* It stands still while the host sleeps, as the container does. */
static uint64_t now_ms(void)
{
	return clock_monotonic_ns() / NS_PER_MS;
}

uint64_t operation_grace_end_ms(const struct operation *operation)
{
	return now_ms() + (uint64_t)request_of(operation)->grace_ms;
}

bool operation_is_in_grace(const struct operation *operation)
{
	return now_ms() < operation->kill_from_ms;
}

void operation_poll(struct operation *operation, int64_t ms)
{
	int r = set_timer(operation, &operation->poll, ms, on_poll);

	if (r < 0)
		operation_end_step(operation, ACT_FAILED, ACT_ERROR, "%s",
				   strerror(-r));
}

/* Lifecycle */

void operation_start(struct operation *operation)
{
	operation->due = false;
	operation->deadline =
		sd_event_source_disable_unref(operation->deadline);
	if (request_of(operation)->container)
		operation_look(operation);
	else
		operation_act_on_cgroup(operation);
}

int operation_new(struct acts *acts, struct act_parsed *parsed,
		  const char *line, size_t length, struct operation **ret)
{
	const struct act_answer unknown = ACT_ANSWER_UNKNOWN;
	struct operation *operation = calloc(1, sizeof(*operation));

	if (!operation) {
		act_parsed_done(parsed);
		return -ENOMEM;
	}
	operation->acts = acts;
	operation->parsed = *parsed;
	parsed->json = NULL;
	operation->parsed.request.decision = operation->parsed.decision;
	operation->draft = unknown;
	operation->line = strndup(line, length);
	if (operation->line && request_of(operation)->cgroup &&
	    !request_of(operation)->container) {
		operation->cgroup = strdup(request_of(operation)->cgroup);
		operation->cgroup_id = request_of(operation)->cgroup_id;
	}
	if (!operation->line ||
	    (!operation->cgroup && !request_of(operation)->container)) {
		operation_free(operation);
		return -ENOMEM;
	}
	*ret = operation;
	return 0;
}

void operation_free(struct operation *operation)
{
	if (!operation)
		return;
	order_cancel(operation->order);
	sd_event_source_disable_unref(operation->poll);
	sd_event_source_disable_unref(operation->deadline);
	hold_done(&operation->hold);
	act_parsed_done(&operation->parsed);
	buffer_done(&operation->said);
	free(operation->engine);
	free(operation->cgroup);
	free(operation->line);
	free(operation->last);
	json_decref(operation->kept);
	free(operation);
}
