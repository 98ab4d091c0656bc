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

static enum act_step step_of(const struct deed *deed)
{
	return request_of(deed)->steps[0];
}

void hold_show(const struct deed *deed, struct act_answer *answer)
{
	uint64_t until_ms = deed->hold.until_ms;

	answer->held = until_ms > 0;
	answer->held_until_ms = answer->held ?
		clock_realtime_ms(until_ms * NS_PER_MS) : 0;
}

static void tell(struct deed *deed, enum act_result result, const char *why)
{
	struct act_answer answer = {
		.kind = ACT_UNDONE,
		.decision = request_of(deed)->decision,
		.step = step_of(deed),
		.result = result,
		.code = result == ACT_FAILED ? ACT_ERROR : ACT_NO_CODE,
		.why = why,
		.populated = -1,
		.anonymous_volumes = -1,
		.auto_remove = -1,
	};
	const struct acts_listener *listener = &deed->acts->listener;
	struct hold *hold = &deed->hold;
	struct buffer line = { 0 };

	hold_show(deed, &answer);
	act_write_answer(&line, &answer);
	if (listener->tell)
		listener->tell(&line, listener->userdata);
	buffer_done(&line);
	if (!hold->asked)
		return;
	hold->asked = false;
	answer.kind = ACT_FINISHED;
	act_write_answer(&line, &answer);
	acts_say(deed->acts, hold->asker.client, &line);
	buffer_done(&line);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static void set_timer(struct deed *deed, uint64_t ms)
{
	struct hold *hold = &deed->hold;
	int r = 0;

	if (!hold->timer)
		r = sd_event_add_time(deed->acts->event, &hold->timer,
				      CLOCK_BOOTTIME, UINT64_MAX, 1000,
				      on_timer, deed);
	if (r >= 0)
		r = sd_event_source_set_time_relative(hold->timer, ms * 1000);
	if (r >= 0)
		r = sd_event_source_set_enabled(hold->timer,
						SD_EVENT_ONESHOT);
	if (r < 0)
		log_err("decision %s: no timer for its end: %s",
			request_of(deed)->decision, strerror(-r));
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
	struct deed *deed = userdata;

	(void)source;
	(void)usec;
	if (deed_finished(deed))
		hold_undo(deed, NULL);
	else
		set_timer(deed, MIN_RETRY_MS);
	return 0;
}

/* The end */

static void is_over(struct deed *deed, const char *why)
{
	struct hold *hold = &deed->hold;

	hold_done(hold);
	hold->until_ms = 0;
	log_info("decision %s: its %s has ended%s%s",
		 request_of(deed)->decision, act_step_name(step_of(deed)),
		 *why ? ": " : "", why);
	tell(deed, ACT_DONE, why);
	acts_save(deed->acts);
	acts_settled(deed->acts);
}

/*
 * A user's engine may report forever that a pause has not ended, and a user may
 * deny access to the folder of a cgroup. Neither may use up the places of
 * others.
 */
static bool may_let_go(const struct deed *deed)
{
	return acts_is_about_users(deed) &&
	       acts_now_ms() >= deed->hold.until_ms + ACT_LET_GO_MS;
}

static void let_go(struct deed *deed, const char *why)
{
	struct hold *hold = &deed->hold;

	hold_done(hold);
	hold->until_ms = 0;
	log_warn("decision %s: its %s could not be ended: %s; given up, "
		 "because its container is a user's",
		 request_of(deed)->decision, act_step_name(step_of(deed)), why);
	tell(deed, ACT_FAILED, why);
	acts_save(deed->acts);
	acts_settled(deed->acts);
}

/* Logged once, tried again for ever: nothing else would undo it. */
static void has_failed(struct deed *deed, const char *why)
{
	struct hold *hold = &deed->hold;
	uint64_t ms = MIN_RETRY_MS;
	unsigned int i;

	if (may_let_go(deed)) {
		let_go(deed, why);
		return;
	}
	for (i = 0; i < hold->nr_failures && ms < MAX_RETRY_MS; i++)
		ms *= 2;
	if (hold->nr_failures++ == 0)
		log_warn("decision %s: its %s cannot be ended: %s; trying "
			 "again", request_of(deed)->decision,
			 act_step_name(step_of(deed)), why);
	if (hold->nr_failures == 1 || hold->asked)
		tell(deed, ACT_FAILED, why);
	hold->unpaused = false;
	set_timer(deed, ms < MAX_RETRY_MS ? ms : MAX_RETRY_MS);
}

/* Pauses by an engine */

/* The engine may never return. A container without processes is not paused. */
static void has_no_answer(struct deed *deed, const char *why)
{
	if (deed_populated(deed) == 0)
		is_over(deed, "nothing of it runs any more");
	else
		has_failed(deed, why);
}

static void inspect(struct deed *deed);

static void on_unpaused(int error, long status, const char *text,
			size_t length, void *userdata)
{
	struct deed *deed = userdata;

	(void)error;
	(void)status;
	(void)text;
	(void)length;
	deed->hold.order = NULL;
	deed->hold.unpaused = true;
	inspect(deed);
}

static void unpause(struct deed *deed)
{
	int r;

	if (deed->hold.unpaused) {
		has_failed(deed, "it is still paused");
		return;
	}
	r = deed_send(deed, "POST", "/unpause", SLOW_MS, on_unpaused, deed,
		      &deed->hold.order);
	if (r < 0)
		has_failed(deed, strerror(-r));
}

static void on_inspected(int error, long status, const char *text,
			 size_t length, void *userdata)
{
	struct deed *deed = userdata;
	struct facts facts;
	bool ours;

	deed->hold.order = NULL;
	if (error == 0 && status == 404) {
		is_over(deed, "there is no such container");
		return;
	}
	if (error < 0 || status != 200 || !text ||
	    facts_read(text, length, &facts) < 0) {
		has_no_answer(deed, error < 0 ? strerror(-error) :
			      "its engine gave no valid answer");
		return;
	}
	ours = facts_are_of(&facts, request_of(deed)->container) &&
	       facts.paused && facts.started_ms == request_of(deed)->started_ms;
	facts_done(&facts);
	if (ours)
		unpause(deed);
	else
		is_over(deed, deed->hold.unpaused ? "" : "it is not paused");
}

static void inspect(struct deed *deed)
{
	int r = deed_inspect(deed, on_inspected, deed, &deed->hold.order);

	if (r < 0)
		has_no_answer(deed, strerror(-r));
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

static int undo_in_cgroup(struct deed *deed, const char **ret_why)
{
	const char *root = deed->acts->config.cgroups;
	_cleanup_close_ int fd = -1;

	if (!root || !deed->cgroup)
		return -EOPNOTSUPP;
	fd = cgroup_open(root, deed->cgroup, deed->cgroup_id, NULL);
	if (fd == -ENOENT || fd == -ESTALE) {
		*ret_why = "its cgroup is gone";
		return 0;
	}
	if (fd < 0)
		return fd;
	if (step_of(deed) == ACT_PAUSE)
		return cgroup_set(fd, "cgroup.freeze", "0");
	return restore_limits(fd, &deed->hold, ret_why);
}

void hold_abandon(struct deed *deed)
{
	struct hold *hold = &deed->hold;
	const char *why = "";
	int r = undo_in_cgroup(deed, &why);

	hold->until_ms = r < 0 ? acts_now_ms() : 0;
	hold->is_stuck = r < 0;
	if (r < 0)
		has_failed(deed, strerror(-r));
}

/* Lifecycle */

void hold_begin(struct deed *deed)
{
	int64_t ms = request_of(deed)->hold_ms;

	deed->hold.until_ms = acts_now_ms() + (uint64_t)ms;
	set_timer(deed, (uint64_t)ms);
}

/* The saved end may be damaged, so it is limited to the longest possible. */
void hold_continue(struct deed *deed)
{
	uint64_t now_ms = acts_now_ms();
	uint64_t last_ms = now_ms + (uint64_t)request_of(deed)->hold_ms;
	struct hold *hold = &deed->hold;

	if (hold->until_ms > last_ms)
		hold->until_ms = last_ms;
	set_timer(deed, hold->until_ms > now_ms ? hold->until_ms - now_ms : 0);
}

void hold_undo(struct deed *deed, const struct asker *asker)
{
	struct hold *hold = &deed->hold;
	const char *why = "";
	int r;

	if (asker) {
		hold->asked = true;
		hold->asker = *asker;
	}
	if (hold->order || hold->until_ms == 0)
		return;
	if (step_of(deed) == ACT_PAUSE && request_of(deed)->container) {
		inspect(deed);
		return;
	}
	r = undo_in_cgroup(deed, &why);
	if (r == 0) {
		is_over(deed, why);
		return;
	}
	acts_save(deed->acts);	/* a part of it may be restored */
	has_failed(deed, strerror(-r));
}
