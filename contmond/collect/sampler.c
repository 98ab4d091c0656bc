// SPDX-License-Identifier: GPL-2.0-only
#include "sampler.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"

#define RETRY_USEC (5 * 1000 * 1000)
#define ACCURACY_USEC 1000

/*
 * Two samples are kept: the rows are made from the newer one, and the next is
 * read into the place of the older.
 */
struct sampler {
	struct sampler_outputs outputs;
	sd_event_source *timer;
	char *device;
	uint64_t interval_usec;
	uint64_t last_tick_usec;	/* CLOCK_MONOTONIC, 0 for none */
	struct sample_source source;
	struct sample samples[2];
	unsigned int newest;
	bool has_previous;
	bool told_shortage;
};

static uint64_t monotonic_usec(void)
{
	return clock_monotonic_ns() / NS_PER_USEC;
}

/* A timer that fires this early has fired for the tick that follows. */
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
	uint64_t passed = (elapsed_usec + early) / interval_usec;

	return (struct sampler_tick){
		.missed = passed > 1 ? passed - 1 : 0,
		.delay_usec = (tick + 1) * interval_usec - real_usec,
	};
}

/* The device */

/* Say it in the log when it is new. */
__attribute__((format(printf, 2, 3)))
static void degrade(struct sampler *sampler, const char *format, ...)
{
	struct status *status = sampler->outputs.status;
	char reason[sizeof(status->reason)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	if (strcmp(reason, status->reason) == 0)
		return;
	memcpy(status->reason, reason, sizeof(reason));
	log_warn("no samples: %s", reason);
}

static void close_device(struct sampler *sampler)
{
	struct sample_source *source = &sampler->source;

	model_clear(sampler->outputs.model);
	sample_clear(&sampler->samples[0]);
	sample_clear(&sampler->samples[1]);
	scope_map_free(source->scopes);
	contmon_paths_free(source->cgroups);
	contmon_close(source->device);
	source->scopes = NULL;
	source->cgroups = NULL;
	source->device = NULL;
	sampler->has_previous = false;
	sampler->last_tick_usec = 0;
	sampler->outputs.status->device_open = false;
}

static const char *open_hint(int error)
{
	switch (error) {
	case -ENOENT:
		return "; is the module loaded? (modprobe contmon)";
	case -EACCES:
		return "; contmond's user must be in the device's group";
	case -EPROTO:
		return "; the module is older than this program";
	default:
		return "";
	}
}

static int open_device(struct sampler *sampler)
{
	struct sample_source *source = &sampler->source;
	const char *path = sampler->device ?: CONTMON_DEVICE;
	struct contmon_get_info info;
	int r;

	r = contmon_open(path, &source->device);
	if (r == 0)
		r = contmon_get_info(source->device, &info);
	if (r < 0) {
		degrade(sampler, "%s: %s%s", path, strerror(-r), open_hint(r));
		return r;
	}
	r = contmon_paths_new(NULL, &source->cgroups);
	if (r < 0) {
		degrade(sampler, "the cgroup v2 hierarchy: %s", strerror(-r));
		return r;
	}
	r = scope_map_new(source->cgroups, &source->scopes);
	if (r < 0) {
		degrade(sampler, "%s", strerror(-r));
		return r;
	}
	status_driver(sampler->outputs.status, &info);
	log_info("%s: driver %s, api version %u", path,
		 sampler->outputs.status->driver_release, info.api_version);
	return 0;
}

/* Samples */

static int keep(struct sampler *sampler)
{
	const struct model *model = sampler->outputs.model;
	_cleanup_free_ const struct container_row **rows = NULL;
	size_t i;

	rows = calloc(model->nr_containers + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (i = 0; i < model->nr_containers; i++)
		rows[i] = &model_container(model, i)->row;
	return ring_push(sampler->outputs.ring, &model->system, rows,
			 model->nr_containers);
}

static int take(struct sampler *sampler)
{
	struct sample *previous = &sampler->samples[sampler->newest];
	struct sample *next = &sampler->samples[!sampler->newest];
	int r;

	r = sample_take(&sampler->source, next);
	if (r < 0)
		return r;
	r = model_update(sampler->outputs.model,
			 sampler->has_previous ? previous : NULL, next,
			 sampler->outputs.names);
	if (r < 0)
		return r;
	sampler->newest = !sampler->newest;
	sampler->has_previous = true;
	return keep(sampler);
}

static void tell_shortage(struct sampler *sampler)
{
	int shortage = sampler->source.shortage;

	if (shortage < 0 && !sampler->told_shortage)
		log_warn("files of some cgroups cannot be read: %s",
			 strerror(-shortage));
	sampler->told_shortage = shortage < 0;
}

static void tick(struct sampler *sampler)
{
	struct status *status = sampler->outputs.status;
	uint64_t begin = monotonic_usec();
	int r;

	if (!sampler->source.device && open_device(sampler) < 0) {
		close_device(sampler);
		return;
	}
	r = take(sampler);
	if (r < 0) {
		degrade(sampler, "reading the device: %s", strerror(-r));
		close_device(sampler);
		return;
	}
	if (status->reason[0])
		log_info("samples are taken again");
	status->reason[0] = '\0';
	status->samples_total++;
	status->last_sample_ms = sampler->samples[sampler->newest].t_ms;
	status->last_sample_seconds =
		(double)(monotonic_usec() - begin) / 1e6;
	tell_shortage(sampler);
}

static int on_timer(sd_event_source *timer, uint64_t due_usec, void *userdata)
{
	struct sampler *sampler = userdata;
	uint64_t now = monotonic_usec();
	uint64_t last = sampler->last_tick_usec;
	struct sampler_tick next;
	int r;

	(void)due_usec;
	next = sampler_schedule(clock_realtime_ns() / NS_PER_USEC,
				last ? now - last : 0, sampler->interval_usec);
	sampler->outputs.status->samples_missed_total += next.missed;
	sampler->last_tick_usec = now;
	tick(sampler);
	sampler->outputs.ticked(sampler->outputs.userdata);
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
		const struct sampler_outputs *outputs, struct sampler **ret)
{
	struct sampler *sampler = calloc(1, sizeof(*sampler));
	int r;

	if (!sampler)
		return -ENOMEM;
	sampler->outputs = *outputs;
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
	close_device(sampler);
	sample_done(&sampler->samples[0]);
	sample_done(&sampler->samples[1]);
	cgroupfs_buffer_done(&sampler->source.buffer);
	free(sampler->device);
	free(sampler);
}

int sampler_set_interval(struct sampler *sampler, uint64_t interval_ms)
{
	if (sampler->interval_usec == interval_ms * 1000)
		return 0;
	sampler->interval_usec = interval_ms * 1000;
	sampler->last_tick_usec = 0;
	return tick_now(sampler);
}

void sampler_device(struct sampler *sampler, bool present)
{
	int r;

	if (!present)
		close_device(sampler);
	else if (sampler->source.device)
		return;
	r = tick_now(sampler);
	if (r < 0)
		log_warn("cannot set the timer: %s", strerror(-r));
}

void sampler_renamed(struct sampler *sampler)
{
	struct model *model = sampler->outputs.model;
	size_t i;
	int r;

	if (!model->sample)
		return;
	r = model_name(model, sampler->outputs.names);
	for (i = 0; r == 0 && i < model->nr_containers; i++)
		r = ring_rename(sampler->outputs.ring,
				&model->containers[i].row);
	if (r < 0) {
		log_warn("naming containers: %s", strerror(-r));
		model_clear(model);
	}
}
