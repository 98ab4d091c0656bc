/* SPDX-License-Identifier: GPL-2.0-only */
/* Hand-made samples for the tests of model, store and endpoints. */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "daemon.h"

#include "base/names.h"
#include "contmond/serve/facts.h"
#include "contmond/serve/http_kept.h"
#include "contmond/model/model.h"
#include "contmond/recorder.h"
#include "contmond/collect/sample.h"
#include "contmond/collect/status.h"

#define SECOND_NS 1000000000ULL
#define MIB (1024.0 * 1024)
#define ID(digit) digit digit digit digit
#define ID64(digit) ID(digit) ID(digit) ID(digit) ID(digit) \
	ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) \
	ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit)

static inline struct scope *world_scope(uint64_t cgroup_id, const char *id)
{
	struct scope *scope = calloc(1, sizeof(*scope));

	assert_non_null(scope);
	scope->references = 1;
	scope->cgroup_id = cgroup_id;
	scope->runtime = CONTMON_RUNTIME_DOCKER;
	scope->id = strdup(id);
	scope->title = strndup(id, 12);
	assert_true(asprintf(&scope->cgroup, "/system.slice/docker-%s.scope",
			     id) > 0);
	scope->directories.paths[DIRECTORY_V2] = strdup("/nowhere");
	cgroupfs_init(&scope->files);
	return scope;
}

/* A sample @seconds after boot, with room for a few of everything. */
static inline void world_sample(struct sample *sample, double seconds)
{
	*sample = (struct sample){ 0 };
	sample->boottime_ns = (uint64_t)(seconds * 1e9);
	sample->t_ms = 1700000000000 + (int64_t)(seconds * 1000);
	sample->tasks.entries = calloc(16, sizeof(struct contmon_task));
	sample->tasks.taken_boottime_ns = sample->boottime_ns;
	sample->containers = calloc(16, sizeof(struct sample_container));
	sample->owners = calloc(16, sizeof(int32_t));
	sample->system.kernel.fields = CONTMON_SYSTEM_ALL;
	sample->system.kernel.nr_cpus = 4;
	sample->system.kernel.taken_boottime_ns = sample->boottime_ns;
	sample->system.kernel.ram_total_bytes = 8192ULL << 20;
	sample->system.kernel.ram_available_bytes = 6144ULL << 20;
	sample->system.swap_total_bytes = 1 << 30;
	sample->system.swap_free_bytes = 1 << 29;
}

static inline struct sample_container *world_container(struct sample *sample,
						       struct scope *scope)
{
	struct sample_container *c =
		&sample->containers[sample->nr_containers++];

	c->scope = scope_ref(scope);
	c->row.valid = CONTMON_CGROUP_BASE | CONTMON_CGROUP_MEMCG;
	c->row.cgroup_id = scope->cgroup_id;
	c->row.populated = 1;
	c->row.memory_current_bytes = 64 << 20;
	c->row.memory_max_bytes = CONTMON_UNLIMITED;
	c->stats.valid = CGROUP_STATS_CPU | CGROUP_STATS_CPU_MODES |
			 CGROUP_STATS_MEMORY | CGROUP_STATS_KERNEL |
			 CGROUP_STATS_ALL_IO | CGROUP_STATS_FROZEN;
	c->stats.read_boottime_ns = sample->boottime_ns;
	return c;
}

static inline struct contmon_task *world_task(struct sample *sample,
					      int32_t pid, int32_t owner)
{
	struct contmon_task *task = &sample->tasks.entries[sample->tasks.nr];

	sample->owners[sample->tasks.nr++] = owner;
	task->valid = CONTMON_TASK_ALL;
	task->pid = pid;
	task->tgid = pid;
	task->ppid = 1;
	task->state = 'S';
	task->nr_threads = 1;
	task->start_boottime_ns = SECOND_NS;
	memcpy(task->comm, "task", 5);
	return task;
}

/* The entries belong to the test, so the library must not free them. */
static inline void world_sample_done(struct sample *sample)
{
	struct contmon_task *tasks = sample->tasks.entries;

	sample_clear(sample);
	free(tasks);
}

/* A small world: two samples a second apart, two containers, four processes. */
struct world {
	struct sample before, now;
	struct scope *web, *db;
	struct names *names;
	struct model model;
	struct store *store;
	struct recorder *recorder;
	struct status status;
	struct targets targets;
	struct traffic traffic;
	struct policing policing;
	struct exposed exposed;
	pthread_rwlock_t lock;
	struct http_kept kept;
	struct facts facts;
};

static inline void world_fill(struct sample *sample, struct scope *web,
			      struct scope *db, unsigned int step)
{
	struct sample_container *c = world_container(sample, web);

	c->stats.cpu_usec = 1000000 + step * 500000;
	c->stats.read_bytes = 4096 * (1 + step);
	c->tally.rss_bytes = 10 << 20;
	c->tally.processes = 1;
	c = world_container(sample, db);
	c->stats.cpu_usec = 2000000 + step * 2000000;
	c->row.memory_max_bytes = 256 << 20;
	c->tally.processes = 1;
	world_task(sample, 1, SAMPLE_HOST)->runtime_ns = 0;
	world_task(sample, 10, 0)->runtime_ns = (1 + step) * SECOND_NS / 2;
	world_task(sample, 20, 1)->runtime_ns = (1 + step) * SECOND_NS;
	world_task(sample, 30, SAMPLE_UNKNOWN)->valid &=
		~(uint64_t)CONTMON_TASK_CPU;
}

static inline void world_name(struct world *world, const char *id,
			      const char *label)
{
	const struct container_info name = {
		.id = id,
		.name = label,
		.image = "image:1",
		.command = "run",
		.created_ms = 1700000000000 - 5000,
		.started_ms = 1700000000000 + 90000,
	};

	assert_int_equal(names_set(world->names, &name), 0);
}

static inline void world_init(struct world *world)
{
	const struct store_options memory = { .boot_id = "boot" };

	*world = (struct world){ 0 };
	world->web = world_scope(100, ID64("a"));
	world->db = world_scope(200, ID64("b"));
	world->names = names_new();
	assert_int_equal(store_open(&memory, &world->store), 0);
	world->recorder = recorder_new(world->store, world->names);
	world_name(world, ID64("a"), "web");
	world_name(world, ID64("b"), "db");
	world_sample(&world->before, 100);
	world_fill(&world->before, world->web, world->db, 0);
	world_sample(&world->now, 101);
	world_fill(&world->now, world->web, world->db, 1);
	assert_int_equal(model_update(&world->model, NULL, &world->before,
				      world->names), 0);
	assert_int_equal(recorder_tick(world->recorder, &world->model), 0);
	assert_int_equal(model_update(&world->model, &world->before,
				      &world->now, world->names), 0);
	assert_int_equal(recorder_tick(world->recorder, &world->model), 0);
	status_init(&world->status);
	strcpy(world->status.host, "machine");
	world->status.source = "driver";
	world->status.samples_total = 2;
	world->status.last_sample_ms = world->now.t_ms;
	world->status.interval_ms = 1000;
	strcpy(world->status.driver_release, "0.1.0");
	world->status.driver.api_version = 1;
	world->status.driver.nr_cpus = 4;
	pthread_rwlock_init(&world->lock, NULL);
	pthread_mutex_init(&world->targets.lock, NULL);
	http_kept_init(&world->kept);
	world->exposed = (struct exposed){
		.series_max = 1000,
		.labels = LABEL_COMPOSE_PROJECT "," LABEL_COMPOSE_SERVICE,
	};
	world->facts = (struct facts){
		&world->model, world->store, &world->status, &world->targets,
		&world->traffic,
		&world->policing, &world->exposed, &world->lock, NULL,
	};
}

/* One more tick: the model shows @sample until world_forget(). */
static inline void world_tick(struct world *world, struct sample *sample)
{
	assert_int_equal(model_update(&world->model, &world->now, sample,
				      world->names), 0);
	http_kept_renew(&world->kept);
	assert_int_equal(recorder_tick(world->recorder, &world->model), 0);
	store_sync(world->store);
}

static inline void world_forget(struct world *world, struct sample *sample)
{
	model_clear(&world->model);
	http_kept_renew(&world->kept);
	world_sample_done(sample);
}

static inline void world_done(struct world *world)
{
	http_kept_done(&world->kept);
	model_clear(&world->model);
	recorder_free(world->recorder);
	store_close(world->store);
	names_free(world->names);
	world_sample_done(&world->before);
	world_sample_done(&world->now);
	scope_unref(world->web);
	scope_unref(world->db);
}

#endif /* TESTS_UNIT_WORLD_H */
