// SPDX-License-Identifier: GPL-2.0-only
/* Pauses and limits, which end whatever happens meanwhile */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "cgroup_files.h"

#define SLOW_MS 60000
#define MIN_RETRY_MS 1000
#define MAX_RETRY_MS 60000

static enum act_step step_of(const struct operation *operation)
{
	return request_of(operation)->steps[0];
}

void hold_show(const struct operation *operation, struct act_answer *answer)
{
	uint64_t until_ms = operation->hold.until_ms;

	answer->held = until_ms > 0;
	answer->held_until_ms = answer->held ?
		clock_realtime_ms(until_ms * NS_PER_MS) : 0;
}

static void tell(struct operation *operation, enum act_result result,
		 const char *why)
{
	struct act_answer answer = {
		.kind = ACT_UNDONE,
		.decision = request_of(operation)->decision,
		.step = step_of(operation),
		.result = result,
		.code = result == ACT_FAILED ? ACT_ERROR : ACT_NO_CODE,
		.why = why,
		.populated = -1,
		.anonymous_volumes = -1,
		.auto_remove = -1,
	};
	const struct acts_listener *listener = &operation->acts->listener;
	struct hold *hold = &operation->hold;
	struct buffer line = { 0 };

	hold_show(operation, &answer);
	act_write_answer(&line, &answer);
	if (listener->tell)
		listener->tell(&line, listener->userdata);
	buffer_done(&line);
	if (!hold->asked)
		return;
	hold->asked = false;
	answer.kind = ACT_FINISHED;
	act_write_answer(&line, &answer);
	acts_say(operation->acts, hold->asker.client, &line);
	buffer_done(&line);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static void set_timer(struct operation *operation, uint64_t ms)
{
	struct hold *hold = &operation->hold;
	int r = 0;

	if (!hold->timer)
		r = sd_event_add_time(operation->acts->event, &hold->timer,
				      CLOCK_BOOTTIME, UINT64_MAX, 1000,
				      on_timer, operation);
	if (r >= 0)
		r = sd_event_source_set_time_relative(hold->timer, ms * 1000);
	if (r >= 0)
		r = sd_event_source_set_enabled(hold->timer,
						SD_EVENT_ONESHOT);
	if (r < 0)
		log_err("decision %s: no timer for its end: %s",
			request_of(operation)->decision, strerror(-r));
}

void hold_done(struct hold *hold)
{
	order_cancel(hold->order);
	hold->order = NULL;
	hold->timer = sd_event_source_disable_unref(hold->timer);
}

/* A pause that has not taken effect yet cannot be undone: try again later. */
static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct operation *operation = userdata;

	(void)source;
	(void)usec;
	if (operation_finished(operation))
		hold_undo(operation, NULL);
	else
		set_timer(operation, MIN_RETRY_MS);
	return 0;
}

/* The end */

static void is_over(struct operation *operation, const char *why)
{
	struct hold *hold = &operation->hold;

	hold_done(hold);
	hold->until_ms = 0;
	log_info("decision %s: its %s has ended%s%s",
		 request_of(operation)->decision,
		 act_step_name(step_of(operation)), *why ? ": " : "", why);
	tell(operation, ACT_DONE, why);
	acts_save(operation->acts);
	acts_settled(operation->acts);
}

/*
 * A user's engine may report forever that a pause has not ended, and a user may
 * deny access to the directory of a cgroup. Neither may use up the places of
 * others.
 */
static bool may_let_go(const struct operation *operation)
{
	return acts_is_about_users(operation) &&
	       acts_now_ms() >= operation->hold.until_ms + ACT_LET_GO_MS;
}

static void let_go(struct operation *operation, const char *why)
{
	struct hold *hold = &operation->hold;

	hold_done(hold);
	hold->until_ms = 0;
	log_warn("decision %s: its %s could not be ended: %s; given up, "
		 "because its container is a user's",
		 request_of(operation)->decision,
		 act_step_name(step_of(operation)), why);
	tell(operation, ACT_FAILED, why);
	acts_save(operation->acts);
	acts_settled(operation->acts);
}

/* Logged once, tried again for ever: nothing else would undo it. */
static void has_failed(struct operation *operation, const char *why)
{
	struct hold *hold = &operation->hold;
	uint64_t ms = MIN_RETRY_MS;
	unsigned int i;

	if (may_let_go(operation)) {
		let_go(operation, why);
		return;
	}
	for (i = 0; i < hold->nr_failures && ms < MAX_RETRY_MS; i++)
		ms *= 2;
	if (hold->nr_failures++ == 0)
		log_warn("decision %s: its %s cannot be ended: %s; trying "
			 "again", request_of(operation)->decision,
			 act_step_name(step_of(operation)), why);
	if (hold->nr_failures == 1 || hold->asked)
		tell(operation, ACT_FAILED, why);
	hold->unpaused = false;
	set_timer(operation, ms < MAX_RETRY_MS ? ms : MAX_RETRY_MS);
}

/* Pauses by an engine */

/* The engine may never return. A container without processes is not paused. */
static void has_no_answer(struct operation *operation, const char *why)
{
	if (operation_populated(operation) == 0)
		is_over(operation, "nothing of it runs any more");
	else
		has_failed(operation, why);
}

static void inspect(struct operation *operation);

static void on_unpaused(int error, long status, const char *text,
			size_t length, void *userdata)
{
	struct operation *operation = userdata;

	(void)error;
	(void)status;
	(void)text;
	(void)length;
	operation->hold.order = NULL;
	operation->hold.unpaused = true;
	inspect(operation);
}

static void unpause(struct operation *operation)
{
	int r;

	if (operation->hold.unpaused) {
		has_failed(operation, "it is still paused");
		return;
	}
	r = operation_send(operation, "POST", "/unpause", SLOW_MS, on_unpaused,
			   operation, &operation->hold.order);
	if (r < 0)
		has_failed(operation, strerror(-r));
}

static void on_inspected(int error, long status, const char *text,
			 size_t length, void *userdata)
{
	struct operation *operation = userdata;
	struct facts facts;
	bool ours;

	operation->hold.order = NULL;
	if (error == 0 && status == 404) {
		is_over(operation, "there is no such container");
		return;
	}
	if (error < 0 || status != 200 || !text ||
	    facts_read(text, length, &facts) < 0) {
		has_no_answer(operation, error < 0 ? strerror(-error) :
			      "its engine gave no valid answer");
		return;
	}
	ours = facts_are_of(&facts, request_of(operation)->container) &&
	       facts.paused && facts.started_ms ==
		       request_of(operation)->started_ms;
	facts_done(&facts);
	if (ours)
		unpause(operation);
	else
		is_over(operation, operation->hold.unpaused ? "" :
			"it is not paused");
}

static void inspect(struct operation *operation)
{
	int r = operation_inspect(operation, on_inspected, operation,
				  &operation->hold.order);

	if (r < 0)
		has_no_answer(operation, strerror(-r));
}

/* Files of cgroups */

/*
 * Restores a value, unless somebody else has changed it since. Then @limit is
 * forgotten: if the value that was set is there later, it is not ours.
 *
 * @ret_why: set if there is something to report
 */
static int restore(int fd, const char *file, struct limit *limit,
		   const char **ret_why)
{
	char now[CGROUP_VALUE_MAX];
	int r;

	if (!*limit->set)
		return 0;
	r = cgroup_get(fd, file, now, sizeof(now));
	if (r == 0 && strcmp(now, limit->set) == 0)
		r = cgroup_set(fd, file, limit->before);
	else if (r == 0)
		*ret_why = "left as somebody else has changed it";
	if (r < 0 && r != -ENOENT && r != -ENODEV)
		return r;
	*limit = (struct limit){ 0 };
	return 0;
}

/* If restoring one fails, the other is still restored. */
static int restore_limits(int fd, struct hold *hold, const char **ret_why)
{
	int cpu = restore(fd, "cpu.max", &hold->cpu, ret_why);
	int memory = restore(fd, "memory.high", &hold->memory, ret_why);

	return cpu < 0 ? cpu : memory;
}

static int undo_in_cgroup(struct operation *operation, const char **ret_why)
{
	const char *root = operation->acts->config.cgroups;
	_cleanup_close_ int fd = -1;

	if (!root || !operation->cgroup)
		return -EOPNOTSUPP;
	fd = cgroup_open(root, operation->cgroup, operation->cgroup_id, NULL);
	if (fd == -ENOENT || fd == -ESTALE) {
		*ret_why = "its cgroup is gone";
		return 0;
	}
	if (fd < 0)
		return fd;
	if (step_of(operation) == ACT_PAUSE)
		return cgroup_set(fd, "cgroup.freeze", "0");
	return restore_limits(fd, &operation->hold, ret_why);
}

void hold_abandon(struct operation *operation)
{
	struct hold *hold = &operation->hold;
	const char *why = "";
	int r = undo_in_cgroup(operation, &why);

	hold->until_ms = r < 0 ? acts_now_ms() : 0;
	hold->is_stuck = r < 0;
	if (r < 0)
		has_failed(operation, strerror(-r));
}

/* Lifecycle */

void hold_begin(struct operation *operation)
{
	int64_t ms = request_of(operation)->hold_ms;

	operation->hold.until_ms = acts_now_ms() + (uint64_t)ms;
	set_timer(operation, (uint64_t)ms);
}

/* The saved end may be damaged, so it is limited to the longest possible. */
void hold_continue(struct operation *operation)
{
	uint64_t now_ms = acts_now_ms();
	uint64_t last_ms = now_ms + (uint64_t)request_of(operation)->hold_ms;
	struct hold *hold = &operation->hold;

	if (hold->until_ms > last_ms)
		hold->until_ms = last_ms;
	set_timer(operation, hold->until_ms > now_ms ? hold->until_ms - now_ms :
		  0);
}

void hold_undo(struct operation *operation, const struct asker *asker)
{
	struct hold *hold = &operation->hold;
	const char *why = "";
	int r;

	if (asker) {
		hold->asked = true;
		hold->asker = *asker;
	}
	if (hold->order || hold->until_ms == 0)
		return;
	if (step_of(operation) == ACT_PAUSE &&
	    request_of(operation)->container) {
		inspect(operation);
		return;
	}
	r = undo_in_cgroup(operation, &why);
	if (r == 0) {
		is_over(operation, why);
		return;
	}
	acts_save(operation->acts);	/* a part of it may be restored */
	has_failed(operation, strerror(-r));
}
