// SPDX-License-Identifier: GPL-2.0-only
#include "departed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"

/* By then the engine has reported the end, or never will. */
#define PATIENCE_NS (60 * NS_PER_SECOND)
#define MAX_GONE 1024

static void free_all(struct departed_container *all, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		free(all[i].id);
	free(all);
}

void departed_done(struct departed *departed)
{
	free_all(departed->present, departed->nr_present);
	free_all(departed->gone, departed->nr_gone);
	*departed = (struct departed){ 0 };
}

static bool is_same(const struct departed *departed, const struct model *model)
{
	size_t i;

	if (departed->nr_present != model->nr_containers)
		return false;
	for (i = 0; i < model->nr_containers; i++) {
		if (departed->present[i].cgroup_id !=
		    model->containers[i].scope->cgroup_id)
			return false;
	}
	return true;
}

static int compare_cgroups(const void *a, const void *b)
{
	const struct departed_container *x = a, *y = b;

	return (x->cgroup_id > y->cgroup_id) - (x->cgroup_id < y->cgroup_id);
}

static bool has(const struct departed_container *all, size_t nr,
		uint64_t cgroup_id)
{
	const struct departed_container key = { .cgroup_id = cgroup_id };

	return nr > 0 && bsearch(&key, all, nr, sizeof(*all), compare_cgroups);
}

static void add_event(struct store *store, const char *kind, int64_t t_ms,
		      uint64_t cgroup_id, const struct container_row *row)
{
	json_t *detail = row ? json_pack("{s:s*, s:s*}", "cgroup", row->cgroup,
					 "image", row->image) : NULL;
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	const struct store_event event = {
		.t_ms = (double)t_ms,
		.kind = kind,
		.cgroup_id = cgroup_id,
		.container = row ? row->container : NULL,
		.detail = text,
	};

	store_event(store, &event);
	json_decref(detail);
	free(text);
}

static bool add_new(const struct departed *departed, const struct model *model,
		    struct store *store)
{
	bool has_new = false;
	size_t i;

	for (i = 0; i < model->nr_containers; i++) {
		const struct model_container *container =
			&model->containers[i];
		uint64_t cgroup_id = container->scope->cgroup_id;

		if (has(departed->present, departed->nr_present, cgroup_id))
			continue;
		has_new = true;
		if (departed->has_tick)
			add_event(store, "container_started",
				  model->sample->t_ms, cgroup_id,
				  &container->row);
	}
	return has_new;
}

/* Moves the id from the old list to the list of those that are gone. */
static void part(struct departed *departed,
		 const struct departed_container *now, size_t nr,
		 const struct sample *sample, struct store *store)
{
	size_t i;

	for (i = 0; i < departed->nr_present; i++) {
		struct departed_container *old = &departed->present[i];

		if (has(now, nr, old->cgroup_id))
			continue;
		add_event(store, "container_ended", sample->t_ms,
			  old->cgroup_id, NULL);
		if (departed->nr_gone == MAX_GONE)
			continue;
		old->gone_boottime_ns = sample->boottime_ns;
		departed->gone[departed->nr_gone++] = *old;
		old->id = NULL;
	}
}

int departed_tick(struct departed *departed, const struct model *model,
		  struct store *store, bool *ret_new)
{
	struct departed_container *now;
	size_t i, nr = model->nr_containers;

	*ret_new = false;
	if (departed->has_tick && is_same(departed, model))
		return 0;
	if (!departed->gone)
		departed->gone = calloc(MAX_GONE, sizeof(*departed->gone));
	now = calloc(nr + 1, sizeof(*now));
	if (!now || !departed->gone) {
		free(now);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		now[i].cgroup_id = model->containers[i].scope->cgroup_id;
		now[i].id = strdup(model->containers[i].scope->id);
		if (!now[i].id) {
			free_all(now, i);
			return -ENOMEM;
		}
	}
	*ret_new = add_new(departed, model, store);
	part(departed, now, nr, model->sample, store);
	free_all(departed->present, departed->nr_present);
	departed->has_tick = true;
	departed->present = now;
	departed->nr_present = nr;
	return 0;
}

/* The container may have been started again; that end must be of this run. */
static bool has_ended(const struct name *name)
{
	return name && name->finished_ms > 0 &&
	       name->finished_ms >= name->started_ms;
}

static void report(const struct departed_container *gone,
		   const struct name *name, struct store *store)
{
	static const struct container_row nothing;
	const struct store_container who = {
		.cgroup_id = gone->cgroup_id,
		.row = &nothing,
	};
	struct store_final final;

	store_final_init(&final);
	final.ended_ms = (double)name->finished_ms;
	if (name->started_ms > 0)
		final.started_ms = (double)name->started_ms;
	if (name->exit_code >= 0)
		final.exit_code = (double)name->exit_code;
	if (name->oom_killed >= 0)
		final.oom_killed = (double)name->oom_killed;
	if (name->restarts >= 0)
		final.restarts = (double)name->restarts;
	store_end(store, &who, &final);
}

void departed_report(struct departed *departed, struct store *store,
		     const struct names *names, uint64_t boottime_ns)
{
	size_t i, kept = 0;

	for (i = 0; i < departed->nr_gone; i++) {
		struct departed_container *gone = &departed->gone[i];
		const struct name *name = names_find(names, gone->id);

		if (has_ended(name))
			report(gone, name, store);
		else if (boottime_ns - gone->gone_boottime_ns < PATIENCE_NS) {
			departed->gone[kept++] = *gone;
			continue;
		}
		free(gone->id);
	}
	departed->nr_gone = kept;
}
