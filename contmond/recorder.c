// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each container, and for the host outside of all containers, only the
 * processes that lead by CPU or memory go to the store, and some of which it is
 * unknown whether they do: of a thousand processes, most do nothing in a
 * second.
 */
#include "recorder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "base/util.h"
#include "contmond/store/event_kinds.h"
#include "departed.h"
#include "final.h"
#include "labels.h"
#include "recorded_commands.h"
#include "told.h"

#define BY_CPU 3
#define UNKNOWN 3
#define BY_MEMORY 2
#define NR_LEADERS (BY_CPU + UNKNOWN + BY_MEMORY)
#define NONE SIZE_MAX

/**
 * struct leaders - processes of one container, as indices into the sample
 * @all: first those that lead by CPU, then some whose CPU is unknown: those
 *	that have used the most since they were started; then those that lead by
 *	memory
 * @nr_unknown: of all whose CPU is unknown
 * @oldest: the process that was started first
 */
struct leaders {
	size_t all[NR_LEADERS];
	size_t nr_unknown;
	size_t oldest;
};

struct recorder {
	struct store *store;
	const struct names *names;
	struct departed departed;
	struct told told;
	uint64_t last_boottime_ns;	/* of the sample before, 0 for none */
	struct leaders *leaders;	/* of containers, then of the host */
	struct store_container *containers;
	struct store_process *processes;
	struct model_process *shown;
	size_t allocated;		/* of @leaders */
	struct recorded_commands commands;
	struct model_device *devices;
	size_t devices_allocated;
};

struct recorder *recorder_new(struct store *store, const struct names *names)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder)
		return NULL;
	recorder->store = store;
	recorder->names = names;
	return recorder;
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	departed_done(&recorder->departed);
	told_done(&recorder->told);
	free(recorder->leaders);
	free(recorder->containers);
	free(recorder->processes);
	free(recorder->shown);
	recorded_commands_done(&recorder->commands);
	free(recorder->devices);
	free(recorder);
}

void recorder_gap(struct recorder *recorder)
{
	recorder->last_boottime_ns = 0;
}

static int grow(void **array, size_t nr, size_t size)
{
	void *grown = reallocarray(*array, nr, size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

static int make_room(struct recorder *recorder, size_t nr_owners)
{
	size_t nr = nr_owners + nr_owners / 4 + 8;

	if (nr_owners <= recorder->allocated)
		return 0;
	if (grow((void **)&recorder->leaders, nr,
		 sizeof(*recorder->leaders)) < 0 ||
	    grow((void **)&recorder->containers, nr,
		 sizeof(*recorder->containers)) < 0 ||
	    grow((void **)&recorder->processes, nr * NR_LEADERS,
		 sizeof(*recorder->processes)) < 0 ||
	    grow((void **)&recorder->shown, nr * NR_LEADERS,
		 sizeof(*recorder->shown)) < 0)
		return -ENOMEM;
	recorder->allocated = nr;
	return 0;
}

/* Leaders: what is unknown does not lead. */

static double cores_of(const struct model *model, size_t i)
{
	double cores = model->process_cores[i];

	return cores > 0 ? cores : 0;
}

/* How much it can be expected to use next; 0 if it is known */
static double unknown_of(const struct model *model, size_t i)
{
	const struct contmon_task *task = &model->sample->tasks.entries[i];

	if (!isnan(model->process_cores[i]))
		return 0;
	return task->valid & CONTMON_TASK_CPU ?
	       1 + (double)task->runtime_ns : 1;
}

static double rss_of(const struct model *model, size_t i)
{
	const struct contmon_task *task = &model->sample->tasks.entries[i];

	if (!(task->valid & CONTMON_TASK_MEM))
		return 0;
	return (double)(task->rss_anon_bytes + task->rss_file_bytes +
			task->rss_shmem_bytes);
}

/* Inserts @i among the best @nr, dropping the last one. */
static void rank(const struct model *model, size_t *best, size_t nr, size_t i,
		 double (*measure)(const struct model *model, size_t i))
{
	double value = measure(model, i);
	size_t place = nr;

	while (place > 0 && (best[place - 1] == NONE ||
			     measure(model, best[place - 1]) < value))
		place--;
	if (place == nr || value <= 0)
		return;
	memmove(best + place + 1, best + place,
		(nr - 1 - place) * sizeof(*best));
	best[place] = i;
}

/* @seconds: NAN if it is unknown of all what they used */
static void find_leaders(struct recorder *recorder, const struct model *model,
			 double seconds)
{
	const struct sample *sample = model->sample;
	size_t i, j, nr = model->nr_containers;

	for (i = 0; i <= nr; i++) {
		for (j = 0; j < NR_LEADERS; j++)
			recorder->leaders[i].all[j] = NONE;
		recorder->leaders[i].oldest = NONE;
		recorder->leaders[i].nr_unknown = 0;
	}
	for (i = 0; i < sample->tasks.nr; i++) {
		const struct contmon_task *tasks = sample->tasks.entries;
		int32_t owner = sample->owners[i];
		struct leaders *leaders;

		if (owner < 0 && owner != SAMPLE_HOST)
			continue;
		leaders = &recorder->leaders[owner < 0 ? nr : (size_t)owner];
		rank(model, leaders->all, BY_CPU, i, cores_of);
		rank(model, leaders->all + BY_CPU, UNKNOWN, i, unknown_of);
		rank(model, leaders->all + BY_CPU + UNKNOWN, BY_MEMORY, i,
		     rss_of);
		if (isnan(model->process_cores[i] * seconds))
			leaders->nr_unknown++;
		if (leaders->oldest == NONE ||
		    tasks[i].start_boottime_ns <
		    tasks[leaders->oldest].start_boottime_ns)
			leaders->oldest = i;
	}
}

/*
 * A process that leads in both is shown once. Returns in @ret_lacks whether
 * there are more that are unknown.
 */
static size_t show_leaders(struct recorder *recorder,
			   const struct model *model, size_t owner,
			   double seconds, bool *ret_lacks)
{
	size_t nr_unknown = recorder->leaders[owner].nr_unknown;
	const size_t *all = recorder->leaders[owner].all;
	size_t first = owner * NR_LEADERS, nr = 0, i, j;

	for (i = 0; i < NR_LEADERS; i++) {
		struct model_process *shown = &recorder->shown[first + nr];
		const struct process_row *row = &shown->row;

		for (j = 0; j < i && all[j] != all[i]; j++)
			;
		if (all[i] == NONE || j < i)
			continue;
		model_process(model, all[i], shown);
		recorder->processes[first + nr++] = (struct store_process){
			.pid = (uint32_t)row->pid,
			.start_ms = (int64_t)row->start_ms,
			.comm = row->comm,
			.cpu_seconds = row->cpu_cores * seconds,
			.rss_bytes = row->rss_bytes,
		};
		if (isnan(row->cpu_cores * seconds))
			nr_unknown--;
	}
	*ret_lacks = nr_unknown > 0;
	return nr;
}

/* Ticks */

static int make_room_for_devices(struct recorder *recorder,
				 const struct model *model)
{
	size_t i, nr = 0;

	for (i = 0; i < model->nr_containers; i++)
		nr += model_nr_used(model, &model->containers[i]);
	if (nr <= recorder->devices_allocated)
		return 0;
	nr += nr / 4 + 8;
	if (grow((void **)&recorder->devices, nr,
		 sizeof(*recorder->devices)) < 0)
		return -ENOMEM;
	recorder->devices_allocated = nr;
	return 0;
}

/* Returns where the devices of the next container start. */
static struct model_device *show_devices(struct recorder *recorder,
					 const struct model *model, size_t i,
					 struct model_device *devices)
{
	const struct model_container *container = &model->containers[i];
	size_t j, nr = model_nr_used(model, container);

	for (j = 0; j < nr; j++)
		model_device(model, container, j, &devices[j]);
	recorder->containers[i].devices = devices;
	recorder->containers[i].nr_devices = nr;
	return devices ? devices + nr : NULL;
}

/* What is known of it between ticks as well; @labels: may be NULL */
static struct store_container describe(const struct model_container *container,
				       const char *labels)
{
	return (struct store_container){
		.cgroup_id = container->scope->cgroup_id,
		.row = &container->row,
		.is_named = container->name && container->name->name,
		.is_roots = container->is_roots,
		.user_id = model_user(container),
		.labels = labels,
	};
}

static void show_container(struct recorder *recorder,
			   const struct model *model, size_t i, double seconds)
{
	const struct model_container *container = &model->containers[i];
	struct store_container shown = describe(container, NULL);
	size_t oldest = recorder->leaders[i].oldest;

	if (oldest != NONE)
		shown.pid = (uint32_t)model->sample->tasks.entries[oldest].pid;
	shown.earlier_oom_kills = container->oom_kills_before;
	shown.processes = recorder->processes + i * NR_LEADERS;
	shown.nr_processes = show_leaders(recorder, model, i, seconds,
					  &shown.lacks_unknown);
	shown.commands = recorded_commands_of(&recorder->commands, model,
					      (int32_t)i);
	recorder->containers[i] = shown;
}

static void describe_all(struct recorder *recorder, const struct model *model)
{
	size_t i;

	for (i = 0; i < model->nr_listed; i++) {
		const struct model_container *container =
			&model->containers[i];
		_cleanup_free_ char *labels = labels_text(container->name);
		const struct store_container who = describe(container, labels);

		store_rename(recorder->store, &who);
	}
}

static int record(struct recorder *recorder, const struct model *model)
{
	const struct sample *sample = model->sample;
	size_t i, nr = model->nr_containers;
	struct model_device *devices;
	double seconds = recorder->last_boottime_ns ?
		(double)(sample->boottime_ns - recorder->last_boottime_ns) /
		1e9 : (double)NAN;
	struct store_tick tick = {
		.t_ms = sample->t_ms,
		.boottime_ns = sample->boottime_ns,
		.system = &model->system,
		.nr_containers = nr,
		.hides_commands = sample->hides_tasks ||
				  model->interval_ns == 0 || isnan(seconds),
	};

	if (make_room(recorder, nr + 1) < 0 ||
	    make_room_for_devices(recorder, model) < 0 ||
	    recorded_commands_read(&recorder->commands, model, seconds) < 0)
		return -ENOMEM;
	find_leaders(recorder, model, seconds);
	devices = recorder->devices;
	for (i = 0; i < nr; i++) {
		show_container(recorder, model, i, seconds);
		devices = show_devices(recorder, model, i, devices);
	}
	tick.containers = recorder->containers;
	tick.processes = recorder->processes + nr * NR_LEADERS;
	tick.nr_processes = show_leaders(recorder, model, nr, seconds,
					 &tick.lacks_unknown);
	tick.commands = recorded_commands_of(&recorder->commands, model,
					     SAMPLE_HOST);
	recorder->last_boottime_ns = sample->boottime_ns;
	return store_tick(recorder->store, &tick);
}

int recorder_tick(struct recorder *recorder, const struct model *model)
{
	bool has_new;
	int r = record(recorder, model);

	if (r == 0)
		r = departed_tick(&recorder->departed, model,
				  recorder->store, &has_new);
	if (r < 0)
		return r;
	if (has_new)
		describe_all(recorder, model);
	departed_report(&recorder->departed, recorder->store, recorder->names,
			model->sample->boottime_ns);
	told_tick(&recorder->told, &recorder->departed, recorder->store,
		  model->sample->boottime_ns);
	return 0;
}

void recorder_hear(struct recorder *recorder, const struct container_info *name)
{
	told_hear(&recorder->told, &recorder->departed, name,
		  clock_boottime_ns());
}

/* Events */

static const struct container_row *row_of(const struct model *model,
					  const struct scope *scope)
{
	const struct model_container *container =
		scope ? model_find(model, scope->cgroup_id) : NULL;

	return container ? &container->row : NULL;
}

static void add_bytes(json_t *detail, const char *key, double bytes)
{
	if (!isnan(bytes))
		json_object_set_new(detail, key,
				    json_integer((json_int_t)bytes));
}

/* NULL if nothing is known. Drivers before version 3 do not tell the RSS. */
static char *detail_of_kill(const struct contmon_event *event,
			    const struct container_row *row,
			    const struct cgroup_stats *memory)
{
	double current_bytes = row ? row->memory_current_bytes : (double)NAN;
	double peak_bytes = row ? row->memory_peak_bytes : (double)NAN;
	json_t *detail = json_object();
	char *text = NULL;

	if (memory->valid & CGROUP_STATS_CURRENT)
		current_bytes = (double)memory->memory_current_bytes;
	if (memory->valid & CGROUP_STATS_PEAK)
		peak_bytes = (double)memory->memory_peak_bytes;
	add_bytes(detail, EVENT_VICTIM_RSS,
		  event->rss_bytes ? (double)event->rss_bytes : (double)NAN);
	add_bytes(detail, "memory_current_bytes", current_bytes);
	add_bytes(detail, "memory_peak_bytes", peak_bytes);
	add_bytes(detail, "memory_limit_bytes",
		  row ? row->memory_limit_bytes : (double)NAN);
	if (json_object_size(detail) > 0)
		text = json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	return text;
}

void recorder_kill(struct recorder *recorder, const struct model *model,
		   const struct contmon_event *event,
		   const struct scope *scope,
		   const struct cgroup_stats *memory)
{
	const struct container_row *row = row_of(model, scope);
	_cleanup_free_ char *detail = detail_of_kill(event, row, memory);
	char comm[4 * sizeof(event->comm)];
	const struct store_event kill = {
		.t_ms = (double)clock_realtime_ms(event->boottime_ns),
		.kind = EVENT_OOM_KILLED,
		.cgroup_id = scope ? scope->cgroup_id : 0,
		.is_of_user = !scope && event->uid != 0,
		.container = row ? row->container : NULL,
		.pid = event->pid,
		.comm = comm,
		.detail = detail,
	};

	utf8_copy(comm, sizeof(comm), (const char *)event->comm,
		  strnlen((const char *)event->comm, sizeof(event->comm)));
	store_event(recorder->store, &kill);
}

void recorder_begin(struct recorder *recorder, const struct model *model,
		    const struct run *run)
{
	const struct model_container *container =
		model_find(model, run->scope->cgroup_id);
	_cleanup_free_ char *labels = NULL;
	struct store_container who;

	if (!container)
		return;
	labels = labels_text(container->name);
	who = describe(container, labels);
	departed_begin(&recorder->departed, run, &who,
		       clock_realtime_ms(run->made_boottime_ns),
		       recorder->store);
}

void recorder_end(struct recorder *recorder, const struct model *model,
		  const struct run *run)
{
	const struct model_container *container =
		model_find(model, run->scope->cgroup_id);
	struct store_final final;

	final_of_run(run, container ? &container->row : NULL, &final);
	if (container)
		final.oom_kills -= container->oom_kills_before;
	departed_end(&recorder->departed, run, &final, recorder->store);
	departed_report(&recorder->departed, recorder->store, recorder->names,
			run->removed_boottime_ns);
}

void recorder_rename(struct recorder *recorder, const struct model *model)
{
	departed_rename(&recorder->departed, model);
	describe_all(recorder, model);
	departed_report(&recorder->departed, recorder->store, recorder->names,
			clock_boottime_ns());
}
