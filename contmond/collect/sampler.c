// SPDX-License-Identifier: GPL-2.0-only
#include "sampler.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "parents.h"
#include "repeats.h"

#define RETRY_USEC (5 * 1000 * 1000)
#define ACCURACY_USEC 1000

/* Without the driver: maximum age of a process's record, in seconds */
#define TASK_AGE 10

#define WHY_MAX_BYTES 256

/*
 * Two samples are kept: the listener uses the newer one, and the next one
 * overwrites the older.
 */
struct sampler {
	struct sampler_listener listener;
	sd_event_source *timer;
	const struct names *names;
	char *device;
	uint64_t interval_usec;
	uint64_t last_due_usec;		/* CLOCK_MONOTONIC, 0: no sample yet */
	struct sample_source source;
	struct parents *parents;	/* NULL: @source has events */
	struct repeats repeats;
	uint64_t missed_runs;		/* of sources that were closed */
	struct sample samples[2];
	unsigned int newest;
	bool has_newest;
	bool had_access;	/* when @source was opened */
	bool logged_shortage;
};

static uint64_t monotonic_usec(void)
{
	return clock_monotonic_ns() / NS_PER_USEC;
}

/* A timer that fires this much too early has fired for the next tick. */
static uint64_t tolerance(uint64_t interval_usec)
{
	return interval_usec / 20;
}

struct sampler_tick sampler_schedule(uint64_t real_usec,
				     uint64_t elapsed_usec,
				     uint64_t interval_usec)
{
	uint64_t early = tolerance(interval_usec);
	uint64_t tick = (real_usec + early) / interval_usec;
	int64_t late = (int64_t)(real_usec - tick * interval_usec);
	/* Whole intervals, unless the wall clock was set */
	int64_t between = (int64_t)elapsed_usec - late;
	int64_t half = (int64_t)interval_usec / 2;
	int64_t passed = (between + half) / (int64_t)interval_usec;

	return (struct sampler_tick){
		.missed = passed > 1 ? (uint64_t)passed - 1 : 0,
		.late_usec = late,
		.delay_usec = (tick + 1) * interval_usec - real_usec,
	};
}

/* The source */

static void close_source(struct sampler *sampler)
{
	struct sample_source *source = &sampler->source;

	events_free(source->events);
	parents_free(sampler->parents);
	sampler->missed_runs += runs_missed(source->runs);
	runs_free(source->runs);
	exits_free(source->exits);
	scope_map_free(source->scopes);
	contmon_limits_free(source->limits);
	contmon_cgroup1_free(source->cgroup1);
	cgroups_free(source->cgroups);
	contmon_close(source->device);
	source->events = NULL;
	sampler->parents = NULL;
	source->runs = NULL;
	source->exits = NULL;
	source->scopes = NULL;
	source->limits = NULL;
	source->cgroup1 = NULL;
	source->cgroups = NULL;
	source->device = NULL;
}

static bool is_stale(const struct sampler *sampler)
{
	const struct sample *newest = &sampler->samples[sampler->newest];

	return !sampler->has_newest || clock_boottime_ns() -
	       newest->boottime_ns >
	       sample_stale_ns(sampler->interval_usec / 1000);
}

/*
 * The newest sample is kept for a while: it is still what is known, and the
 * next one has rates relative to it.
 */
__attribute__((format(printf, 2, 3)))
static void lose(struct sampler *sampler, const char *format, ...)
{
	const bool is_last_stale = is_stale(sampler);
	char why[WHY_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	sampler->listener.lost(why, is_last_stale, sampler->listener.userdata);
	close_source(sampler);
	if (!is_last_stale)
		return;
	sample_clear(&sampler->samples[0]);
	sample_clear(&sampler->samples[1]);
	sampler->has_newest = false;
}

static const char *open_hint(int error)
{
	switch (error) {
	case -ENOENT:
		return "; is the module loaded? Try: modprobe contmon";
	case -EACCES:
	case -EPERM:
		return "; contmond's user must be in the device's group";
	case -EPROTO:
		return "; the module is older than this program";
	default:
		return "";
	}
}

/* The device node may appear before udev has set its group. */
static bool has_access(void)
{
	return access(CONTMON_DEVICE, R_OK | W_OK) == 0;
}

static bool is_procfs(const struct sampler *sampler)
{
	return contmon_source(sampler->source.device) ==
	       CONTMON_SOURCE_PROCFS;
}

static void killed(struct sampler *sampler, const struct contmon_event *event)
{
	const struct sampler_listener *listener = &sampler->listener;
	struct sample_source *source = &sampler->source;
	struct cgroup_stats memory;
	const struct scope *scope;

	scope = victims_count(event, source->scopes, source->runs);
	victims_memory(scope, &source->buffer, &memory);
	listener->killed(event, scope, &memory, listener->userdata);
}

static void dropped(const struct contmon_event *event, void *userdata)
{
	const struct sampler *sampler = userdata;
	const struct sample_source *source = &sampler->source;

	if (event->type == CONTMON_EVENT_EXIT) {
		exits_drop(source->exits);
		runs_lose_exits(source->runs);
	} else if (event->type != CONTMON_EVENT_OOM) {
		exits_miss_runs(source->exits);
	}
}

static void happened(const struct contmon_event *event, void *userdata)
{
	struct sampler *sampler = userdata;
	const struct sample_source *source = &sampler->source;

	if (repeats_note(&sampler->repeats, event))
		return;
	if (event->type == CONTMON_EVENT_EXIT)
		exits_happened(source->exits, event,
			       runs_find(source->runs, event->cgroup_id));
	if (event->type == CONTMON_EVENT_OOM)
		killed(sampler, event);
	else
		runs_happened(source->runs, event);
}

/* Events of the driver, or those about cgroups from inotify */
static int open_events(struct sampler *sampler)
{
	struct sample_source *source = &sampler->source;
	sd_event *event = sd_event_source_get_event(sampler->timer);
	const struct events_listener listener = {
		happened, dropped, sampler
	};

	if (!is_procfs(sampler)) {
		source->exits = exits_new();
		return events_new(event, source->device, &listener,
				  &source->events);
	}
	return parents_new(event, source->cgroups, happened, sampler,
			   &sampler->parents);
}

/* Without events there are still samples. */
static void watch(struct sampler *sampler)
{
	struct sample_source *source = &sampler->source;
	const struct runs_listener listener = {
		.began = sampler->listener.began,
		.ended = sampler->listener.ended,
		.userdata = sampler->listener.userdata,
	};
	int r;

	if (is_procfs(sampler) && !cgroups_paths(source->cgroups))
		return;
	r = runs_new(source->cgroups, !is_procfs(sampler), &listener,
		     &source->runs);
	if (r == 0)
		r = open_events(sampler);
	if (r == 0)
		return;
	log_warn("only samples show what begins and ends: %s", strerror(-r));
	runs_free(source->runs);
	exits_free(source->exits);
	source->runs = NULL;
	source->exits = NULL;
}

static void lose_unopened(struct sampler *sampler, int error)
{
	if (error == -EINVAL && !sampler->device)
		lose(sampler, "CONTMON_SOURCE: \"%s\" is neither driver nor "
		     "procfs", getenv("CONTMON_SOURCE") ?: "");
	else
		lose(sampler, "%s: %s%s", sampler->device ?: CONTMON_DEVICE,
		     strerror(-error), open_hint(error));
}

static bool is_source_chosen(void)
{
	const char *chosen = getenv("CONTMON_SOURCE");

	return chosen && *chosen;
}

/*
 * Someone who may not open the device, such as a user who runs contmond --once,
 * can still use procfs.
 */
static int open_device(struct sampler *sampler, char why[WHY_MAX_BYTES])
{
	struct contmon **ret = &sampler->source.device;
	int r = contmon_open(sampler->device, ret), refused = r;

	why[0] = '\0';
	if ((r == -EACCES || r == -EPERM) && !sampler->device &&
	    !is_source_chosen())
		r = contmon_open(CONTMON_PROCFS, ret);
	if (r < 0)
		return r;
	if (refused < 0)
		snprintf(why, WHY_MAX_BYTES, "%s: %s%s", CONTMON_DEVICE,
			 strerror(-refused), open_hint(refused));
	else if (is_procfs(sampler))
		snprintf(why, WHY_MAX_BYTES, "%s", is_source_chosen() ?
			 "CONTMON_SOURCE chooses procfs" :
			 "the driver is not loaded");
	return 0;
}

static int open_source(struct sampler *sampler)
{
	const struct sampler_listener *listener = &sampler->listener;
	struct sample_source *source = &sampler->source;
	struct contmon_get_info info;
	char why[WHY_MAX_BYTES];
	int r;

	sampler->had_access = has_access();
	r = open_device(sampler, why);
	if (r == 0)
		r = contmon_reuse(source->device, TASK_AGE * NS_PER_SECOND);
	if (r == 0)
		r = contmon_get_info(source->device, &info);
	if (r < 0) {
		lose_unopened(sampler, r);
		return r;
	}
	r = cgroups_new(sampler->names, &source->cgroups);
	if (r == 0)
		r = contmon_cgroup1_new(&source->cgroup1);
	/* Without any hierarchy there are still a host and processes. */
	if (r < 0 && r != -ENOENT) {
		lose(sampler, "finding cgroup hierarchies: %s", strerror(-r));
		return r;
	}
	r = scope_map_new(source->cgroups, sampler->names, &source->scopes);
	if (r < 0) {
		lose(sampler, "%s", strerror(-r));
		return r;
	}
	watch(sampler);
	listener->opened(contmon_source(source->device), &info,
			 why[0] ? why : NULL, listener->userdata);
	return 0;
}

static bool is_open(struct sampler *sampler)
{
	return sampler->source.device || open_source(sampler) == 0;
}

/*
 * The device, or permission to open it, may appear without an event from udev.
 */
static bool is_outdated(const struct sampler *sampler)
{
	return sampler->source.device && is_procfs(sampler) &&
	       !sampler->had_access && has_access();
}

/* Samples */

static void log_shortage(struct sampler *sampler)
{
	int shortage = sampler->source.shortage;

	if (shortage < 0 && !sampler->logged_shortage)
		log_warn("files of some cgroups cannot be read: %s",
			 strerror(-shortage));
	sampler->logged_shortage = shortage < 0;
}

/* Returns whether a sample was taken. */
static bool tick(struct sampler *sampler, uint64_t missed)
{
	const struct sampler_listener *listener = &sampler->listener;
	const struct sample *before = &sampler->samples[sampler->newest];
	struct sample *now = &sampler->samples[!sampler->newest];
	int r;

	if (is_outdated(sampler))
		close_source(sampler);
	if (!is_open(sampler))
		return false;
	r = sample_take(&sampler->source, now);
	if (r < 0) {
		/*
		 * The device may be gone, and another source may be available.
		 */
		close_source(sampler);
		if (!is_open(sampler))
			return false;
		r = sample_take(&sampler->source, now);
	}
	if (r < 0) {
		lose(sampler, "reading %s: %s",
		     is_procfs(sampler) ? "procfs" : "the device",
		     strerror(-r));
		return false;
	}
	parents_sampled(sampler->parents, now);
	listener->sampled(sampler->has_newest ? before : NULL, now, missed,
			  listener->userdata);
	sampler->newest = !sampler->newest;
	sampler->has_newest = true;
	log_shortage(sampler);
	return true;
}

static int on_timer(sd_event_source *timer, uint64_t due_usec, void *userdata)
{
	struct sampler *sampler = userdata;
	/* In this order a pause between them makes a tick late, never early. */
	uint64_t real = clock_realtime_ns() / NS_PER_USEC;
	uint64_t now = monotonic_usec();
	uint64_t last = sampler->last_due_usec;
	struct sampler_tick next;
	int r;

	(void)due_usec;
	next = sampler_schedule(real, last ? now - last : 0,
				sampler->interval_usec);
	if (tick(sampler, next.missed))
		sampler->last_due_usec = now - (uint64_t)next.late_usec;
	if (!sampler->source.device && next.delay_usec > RETRY_USEC)
		next.delay_usec = RETRY_USEC;
	r = sd_event_source_set_time(timer, now + next.delay_usec);
	return r < 0 ? r : sd_event_source_set_enabled(timer,
						       SD_EVENT_ONESHOT);
}

static int tick_now(struct sampler *sampler)
{
	int r = sd_event_source_set_time(sampler->timer, 0);

	return r < 0 ? r : sd_event_source_set_enabled(sampler->timer,
						       SD_EVENT_ONESHOT);
}

int sampler_new(sd_event *event, const char *device, uint64_t interval_ms,
		const struct names *names,
		const struct sampler_listener *listener, struct sampler **ret)
{
	struct sampler *sampler = calloc(1, sizeof(*sampler));
	int r;

	if (!sampler)
		return -ENOMEM;
	netdev_init(&sampler->source.host_netdev);
	sampler->names = names;
	sampler->listener = *listener;
	sampler->interval_usec = interval_ms * 1000;
	if (device) {
		sampler->device = strdup(device);
		if (!sampler->device) {
			sampler_free(sampler);
			return -ENOMEM;
		}
	}
	r = sd_event_add_time(event, &sampler->timer, CLOCK_MONOTONIC, 0,
			      ACCURACY_USEC, on_timer, sampler);
	if (r < 0) {
		sampler_free(sampler);
		return r;
	}
	*ret = sampler;
	return 0;
}

void sampler_free(struct sampler *sampler)
{
	if (!sampler)
		return;
	sd_event_source_disable_unref(sampler->timer);
	close_source(sampler);
	sample_done(&sampler->samples[0]);
	sample_done(&sampler->samples[1]);
	cgroupfs_buffer_done(&sampler->source.buffer);
	netdev_close(&sampler->source.host_netdev);
	free(sampler->device);
	free(sampler);
}

int sampler_set_interval(struct sampler *sampler, uint64_t interval_ms)
{
	if (sampler->interval_usec == interval_ms * 1000)
		return 0;
	sampler->interval_usec = interval_ms * 1000;
	sampler->last_due_usec = 0;
	return tick_now(sampler);
}

uint64_t sampler_missed_runs(const struct sampler *sampler)
{
	return sampler->missed_runs + runs_missed(sampler->source.runs);
}

void sampler_device(struct sampler *sampler, bool present)
{
	int r;

	if (sampler->source.device && is_procfs(sampler) == !present)
		return;
	close_source(sampler);
	r = tick_now(sampler);
	if (r < 0)
		log_warn("cannot set the timer: %s", strerror(-r));
}
