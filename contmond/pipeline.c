// SPDX-License-Identifier: GPL-2.0-only
#include "pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/act_protocol.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/names.h"
#include "base/util.h"
#include "contmond/collect/names_client.h"
#include "contmond/collect/sampler.h"
#include "contmond/collect/udev.h"
#include "contmond/forward/forward.h"
#include "contmond/model/arrived.h"
#include "contmond/police.h"
#include "contmond/recorder.h"
#include "contmond/serve/http_kept.h"

/* Documented in contmond(8) */
#define MESSAGE_ID_NO_SAMPLES "12ac113f7b934824913ecf7b4416a72d"

/*
 * @lock: held for writing while @model, @status, @policing or @exposed change;
 *	see facts.h
 */
struct pipeline {
	pthread_rwlock_t lock;
	struct sampler *sampler;
	struct names_client *names_client;
	struct udev_watch *udev;
	struct names *names;
	struct store *store;
	struct recorder *recorder;
	struct forward *forward;
	struct targets targets;
	struct traffic traffic;
	struct http_kept kept;
	struct police *police;
	struct model model;
	struct status status;
	struct policing policing;
	struct exposed exposed;
	struct facts facts;
	pipeline_fn *changed;
	void *userdata;
};

static void begin_change(struct pipeline *pipeline)
{
	pthread_rwlock_wrlock(&pipeline->lock);
}

static void end_change(struct pipeline *pipeline)
{
	http_kept_renew(&pipeline->kept);
	pthread_rwlock_unlock(&pipeline->lock);
}

/*
 * Logs why there are no samples, unless already logged. Call it with the lock
 * held for writing.
 */
static void explain(struct pipeline *pipeline, const char *why)
{
	static const struct log_field fields[] = {
		{ "MESSAGE_ID", MESSAGE_ID_NO_SAMPLES }, { NULL, NULL },
	};
	struct status *status = &pipeline->status;

	if (strncmp(why, status->reason, sizeof(status->reason) - 1) != 0)
		log_with(LOG_WARNING, fields, "no samples: %s", why);
	snprintf(status->reason, sizeof(status->reason), "%s", why);
}

/* Nothing can be shown. Call it with the lock held for writing. */
static void degrade(struct pipeline *pipeline, const char *why)
{
	model_clear(&pipeline->model);
	recorder_gap(pipeline->recorder);
	explain(pipeline, why);
}

static void recover(struct pipeline *pipeline)
{
	if (pipeline->status.reason[0])
		log_info("samples are taken again");
	pipeline->status.reason[0] = '\0';
}

/* Samples */

static void on_opened(enum contmon_source source,
		      const struct contmon_get_info *info, const char *why,
		      void *userdata)
{
	struct pipeline *pipeline = userdata;
	struct status *status = &pipeline->status;

	begin_change(pipeline);
	status_opened(status, source, info, why);
	end_change(pipeline);
	if (source == CONTMON_SOURCE_DRIVER)
		log_info("driver %s, api version %u", status->driver_release,
			 info->api_version);
	else
		log_info("reading procfs and cgroupfs: %s", why);
}

static void note_sample(struct pipeline *pipeline, const struct sample *now,
			uint64_t missed)
{
	struct status *status = &pipeline->status;

	recover(pipeline);
	status->samples_missed_total += missed;
	status->runs_missed_total = sampler_missed_runs(pipeline->sampler);
	status->samples_total++;
	status->last_sample_ms = now->t_ms;
	status->last_sample_seconds =
		(double)(clock_boottime_ns() - now->boottime_ns) / 1e9;
	status->sample_seconds_total += status->last_sample_seconds;
	status_sampled(status, now->misses_emptied);
}

static void on_sampled(const struct sample *before, const struct sample *now,
		       uint64_t missed, void *userdata)
{
	struct pipeline *pipeline = userdata;
	int r;

	begin_change(pipeline);
	r = model_update(&pipeline->model, before, now, pipeline->names);
	end_change(pipeline);
	if (r == 0)
		r = recorder_tick(pipeline->recorder, &pipeline->model);
	if (r == 0)
		police_tick(pipeline->police, &pipeline->model);
	begin_change(pipeline);
	police_show(pipeline->police, &pipeline->policing);
	if (r < 0)
		degrade(pipeline, strerror(-r));
	else
		note_sample(pipeline, now, missed);
	end_change(pipeline);
	pipeline->changed(pipeline->userdata);
}

static void on_killed(const struct contmon_event *event,
		      const struct scope *scope,
		      const struct cgroup_stats *memory, void *userdata)
{
	const struct pipeline *pipeline = userdata;

	recorder_kill(pipeline->recorder, &pipeline->model, event, scope,
		      memory);
}

static void on_began(const struct run *run, void *userdata)
{
	struct pipeline *pipeline = userdata;
	int r;

	begin_change(pipeline);
	ended_note_next(&pipeline->model, run->scope,
			clock_realtime_ms(run->made_boottime_ns));
	r = arrived_add(&pipeline->model, run->scope, pipeline->names);
	if (r < 0)
		degrade(pipeline, strerror(-r));
	end_change(pipeline);
	if (r == 0)
		recorder_begin(pipeline->recorder, &pipeline->model, run);
}

static void on_ended(const struct run *run, void *userdata)
{
	struct pipeline *pipeline = userdata;

	recorder_end(pipeline->recorder, &pipeline->model, run);
	begin_change(pipeline);
	arrived_remove(&pipeline->model, run->scope->cgroup_id);
	end_change(pipeline);
}

static void on_lost(const char *why, bool is_stale, void *userdata)
{
	struct pipeline *pipeline = userdata;

	begin_change(pipeline);
	pipeline->status.source = NULL;
	if (is_stale)
		degrade(pipeline, why);
	else
		explain(pipeline, why);
	end_change(pipeline);
	pipeline->changed(pipeline->userdata);
}

static void on_device(bool present, void *userdata)
{
	struct pipeline *pipeline = userdata;

	sampler_device(pipeline->sampler, present);
}

/* Names */

static void take_engines(struct pipeline *pipeline, bool connected)
{
	struct status *status = &pipeline->status;
	const struct name_engine *engines;
	size_t nr;

	engines = names_engines(pipeline->names, &nr);
	status->nr_engines = connected ? nr : 0;
	memcpy(status->engines, engines, nr * sizeof(*engines));
}

static void on_names(bool connected, void *userdata)
{
	struct pipeline *pipeline = userdata;
	int r = 0;

	begin_change(pipeline);
	take_engines(pipeline, connected);
	if (pipeline->model.sample)
		r = model_name(&pipeline->model, pipeline->names);
	if (r < 0)
		degrade(pipeline, strerror(-r));
	end_change(pipeline);
	if (pipeline->model.sample)
		recorder_rename(pipeline->recorder, &pipeline->model);
}

static int on_heard(const struct container_info *name, void *userdata)
{
	struct pipeline *pipeline = userdata;

	recorder_hear(pipeline->recorder, name);
	return 0;
}

static bool was_roots(uint64_t cgroup_id, void *userdata)
{
	return store_is_roots(userdata, cgroup_id);
}

/* Start and stop */

static int set_up_state(struct pipeline *pipeline,
			const struct pipeline_options *options)
{
	struct store_options store = {
		.path = options->store_path,
		.boot_id = pipeline->status.boot_id,
		.max_bytes = options->store_max_bytes,
	};
	int r;

	status_init(&pipeline->status);
	pipeline->status.interval_ms = options->interval_ms;
	pipeline->exposed = options->exposed;
	r = store_open(&store, &pipeline->store);
	if (r < 0)
		return r;
	pipeline->model.was_roots = was_roots;
	pipeline->model.userdata = pipeline->store;
	pipeline->names = names_new();
	pipeline->recorder = recorder_new(pipeline->store,
					  pipeline->names);
	pipeline->forward = forward_new(pipeline->store,
					pipeline->status.host,
					&pipeline->targets);
	if (!pipeline->names || !pipeline->recorder || !pipeline->forward)
		return -ENOMEM;
	pipeline->facts = (struct facts){
		.model = &pipeline->model,
		.store = pipeline->store,
		.status = &pipeline->status,
		.targets = &pipeline->targets,
		.traffic = &pipeline->traffic,
		.policing = &pipeline->policing,
		.exposed = &pipeline->exposed,
		.lock = &pipeline->lock,
		.kept = &pipeline->kept,
	};
	return 0;
}

static int set_up_police(struct pipeline *pipeline, sd_event *event,
			 const struct pipeline_options *options)
{
	const struct police_options police = {
		.store = pipeline->store,
		.names = pipeline->names,
		.boot_id = pipeline->status.boot_id,
		.store_path = options->store_path,
		.act_socket = ACT_SOCKET,
		.interval_ms = options->interval_ms,
	};
	struct policy *policy = options->policy ?: calloc(1, sizeof(*policy));

	return policy ? police_new(event, &police, policy, &pipeline->police) :
			-ENOMEM;
}

static int set_up_sources(struct pipeline *pipeline, sd_event *event,
			  uint64_t interval_ms)
{
	const struct sampler_listener listener = {
		.opened = on_opened,
		.sampled = on_sampled,
		.killed = on_killed,
		.began = on_began,
		.ended = on_ended,
		.lost = on_lost,
		.userdata = pipeline,
	};
	const struct names_listener engines = {
		.heard = on_heard,
		.changed = on_names,
		.userdata = pipeline,
	};
	int r;

	r = sampler_new(event, NULL, interval_ms, pipeline->names, &listener,
			&pipeline->sampler);
	if (r < 0)
		return r;
	r = names_client_new(event, NAMES_SOCKET, pipeline->names, &engines,
			     &pipeline->names_client);
	if (r < 0)
		return r;
	/* Without udev the sampler still looks for the device periodically. */
	r = udev_watch_new(event, on_device, pipeline, &pipeline->udev);
	if (r < 0)
		log_warn("cannot listen to udev: %s", strerror(-r));
	return 0;
}

/* Writers have priority, so that successive answers do not delay a sample. */
static void init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(
		&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

int pipeline_new(sd_event *event, const struct pipeline_options *options,
		 pipeline_fn *changed, void *userdata, struct pipeline **ret)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	if (!pipeline) {
		policy_free(options->policy);
		return -ENOMEM;
	}
	init_lock(&pipeline->lock);
	http_kept_init(&pipeline->kept);
	pthread_mutex_init(&pipeline->targets.lock, NULL);
	pipeline->changed = changed;
	pipeline->userdata = userdata;
	r = set_up_state(pipeline, options);
	if (r < 0)
		policy_free(options->policy);
	else
		r = set_up_police(pipeline, event, options);
	if (r == 0)
		r = set_up_sources(pipeline, event, options->interval_ms);
	if (r < 0) {
		pipeline_free(pipeline);
		return r;
	}
	*ret = pipeline;
	return 0;
}

void pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	udev_watch_free(pipeline->udev);
	names_client_free(pipeline->names_client);
	model_clear(&pipeline->model);
	sampler_free(pipeline->sampler);
	police_free(pipeline->police);
	policing_done(&pipeline->policing);
	recorder_free(pipeline->recorder);
	forward_free(pipeline->forward);
	store_close(pipeline->store);
	names_free(pipeline->names);
	pthread_mutex_destroy(&pipeline->targets.lock);
	http_kept_done(&pipeline->kept);
	pthread_rwlock_destroy(&pipeline->lock);
	free(pipeline);
}

int pipeline_set_options(struct pipeline *pipeline,
			 const struct pipeline_options *options)
{
	int r = sampler_set_interval(pipeline->sampler, options->interval_ms);

	if (r < 0)
		return r;
	begin_change(pipeline);
	pipeline->status.interval_ms = options->interval_ms;
	pipeline->exposed = options->exposed;
	end_change(pipeline);
	police_set_interval(pipeline->police, options->interval_ms);
	return 0;
}

int pipeline_set_policy(struct pipeline *pipeline, struct policy *policy,
			struct policy **ret_old)
{
	int r = police_set(pipeline->police, policy, ret_old);

	if (r == 0)
		police_set_error(pipeline->police, NULL);
	return r;
}

void pipeline_refuse_policy(struct pipeline *pipeline, const char *why)
{
	police_set_error(pipeline->police, why);
}

const struct facts *pipeline_facts(const struct pipeline *pipeline)
{
	return &pipeline->facts;
}

struct forward *pipeline_forward(const struct pipeline *pipeline)
{
	return pipeline->forward;
}
