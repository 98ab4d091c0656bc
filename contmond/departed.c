// SPDX-License-Identifier: GPL-2.0-only
#include "departed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "contmond/store/event_kinds.h"
#include "container_event.h"
#include "departed_private.h"

/* More than what the start of a process is rounded by */
#define ROUNDED_MS 10

static void free_texts(struct departed_container *container)
{
	free(container->id);
	free(container->cgroup);
}

static void free_texts_of(struct departed_container *all, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		free_texts(&all[i]);
}

static void free_all(struct departed_container *all, size_t nr)
{
	free_texts_of(all, nr);
	free(all);
}

void departed_done(struct departed *departed)
{
	free_all(departed->present, departed->nr_present);
	free_texts_of(departed->gone, departed->nr_gone);
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

static struct departed_container *find(struct departed_container *all,
				       size_t nr, uint64_t cgroup_id)
{
	const struct departed_container key = { .cgroup_id = cgroup_id };

	return nr == 0 ? NULL :
	       bsearch(&key, all, nr, sizeof(*all), compare_cgroups);
}

/* The oldest, and one of root's only if there are no others */
static size_t find_dispensable(const struct departed *departed)
{
	size_t i;

	for (i = 0; i < departed->nr_gone; i++) {
		if (departed_is_of_user(&departed->gone[i]))
			return i;
	}
	return 0;
}

void departed_settle(struct departed *departed, struct departed_container *gone,
		     int64_t told_ms, uint64_t by_boottime_ns)
{
	const struct past_run run = {
		.began_boottime_ns = gone->began_boottime_ns,
		.gone_boottime_ns = by_boottime_ns > gone->gone_boottime_ns ?
				    by_boottime_ns : gone->gone_boottime_ns,
		.told_ms = told_ms,
	};

	if (!departed_is_of_user(gone))
		ends_add(&departed->ends, gone->id, &run);
	free_texts(gone);
}

void departed_drop(struct departed *departed, struct departed_container *gone)
{
	departed->nr_gone--;
	memmove(gone, gone + 1, (size_t)(departed->gone + departed->nr_gone -
					 gone) * sizeof(*gone));
}

/* @late_ns: until when after the end a report may be of it */
static void give_up(struct departed *departed, size_t i, uint64_t late_ns)
{
	struct departed_container *gone = &departed->gone[i];

	departed_settle(departed, gone, 0, gone->gone_boottime_ns + late_ns);
	departed_drop(departed, gone);
}

/*
 * In cgroup v1 the next run has the same number, and continues the record. In
 * v2 it is the same run, whose end is still to come.
 */
static void forget_earlier_run(struct departed *departed, uint64_t cgroup_id)
{
	size_t i = departed->nr_gone;

	while (i-- > 0) {
		if (departed->gone[i].cgroup_id == cgroup_id)
			give_up(departed, i, 0);
	}
}

/* An engine may report the end of the next run before that of this one. */
static void note_next(struct departed *departed,
		      const struct departed_container *next)
{
	size_t i;

	for (i = 0; i < departed->nr_gone; i++) {
		struct departed_container *gone = &departed->gone[i];

		if (gone->next_ms || next->began_ms <= gone->began_ms ||
		    gone->user_id != next->user_id ||
		    strcmp(gone->id, next->id) != 0)
			continue;
		gone->next_ms = next->began_ms;
		gone->next_boottime_ns = next->began_boottime_ns;
	}
}

static void note_all_next(struct departed *departed,
			  const struct departed_container *now, size_t nr)
{
	size_t i;

	for (i = 0; i < nr && departed->nr_gone > 0; i++) {
		if (!find(departed->present, departed->nr_present,
			  now[i].cgroup_id))
			note_next(departed, &now[i]);
	}
}

static bool add_new(struct departed *departed, const struct model *model,
		    struct store *store)
{
	bool has_new = false;
	size_t i;

	for (i = 0; i < model->nr_containers; i++) {
		const struct model_container *container =
			&model->containers[i];
		uint64_t cgroup_id = container->scope->cgroup_id;

		if (find(departed->present, departed->nr_present, cgroup_id))
			continue;
		has_new = true;
		forget_earlier_run(departed, cgroup_id);
		if (departed->has_tick)
			container_event(store, EVENT_CONTAINER_STARTED,
					model->sample->t_ms, cgroup_id,
					&container->row);
	}
	return has_new;
}

/* Moves a container from the old list to those that are gone. */
static void leave(struct departed *departed, struct departed_container *old,
		  uint64_t boottime_ns)
{
	if (departed->nr_gone == DEPARTED_MAX_GONE)
		give_up(departed, find_dispensable(departed),
			DEPARTED_LATE_NS);
	old->gone_boottime_ns = boottime_ns;
	departed->gone[departed->nr_gone++] = *old;
	old->id = NULL;
	old->cgroup = NULL;
}

static void part(struct departed *departed, struct departed_container *now,
		 size_t nr, const struct sample *sample, struct store *store)
{
	size_t i;

	for (i = 0; i < departed->nr_present; i++) {
		struct departed_container *old = &departed->present[i];

		if (find(now, nr, old->cgroup_id))
			continue;
		container_event(store, EVENT_CONTAINER_ENDED, sample->t_ms,
				old->cgroup_id, NULL);
		leave(departed, old, sample->boottime_ns);
	}
}

static uint64_t before(uint64_t boottime_ns, uint64_t by_ns)
{
	return boottime_ns > by_ns ? boottime_ns - by_ns : 0;
}

/* The same run, of which a sample may have been without it; or NULL */
static const struct departed_container *
find_same(const struct departed *departed, const struct scope *scope)
{
	const struct departed_container *known =
		find(departed->present, departed->nr_present,
		     scope->cgroup_id);
	size_t i;

	for (i = 0; !known && scope->cgroup && i < departed->nr_gone; i++) {
		if (departed->gone[i].cgroup_id == scope->cgroup_id)
			known = &departed->gone[i];
	}
	return known;
}

static void note_start(const struct departed *departed,
		       const struct scope *scope,
		       struct departed_container *now)
{
	const struct departed_container *known = find_same(departed, scope);

	if (known && known->began_ms) {
		now->began_ms = known->began_ms;
		now->began_boottime_ns = known->began_boottime_ns;
	} else if (scope->is_started) {
		now->began_ms = scope->started_ms - ROUNDED_MS;
		now->began_boottime_ns = before(scope->started_boottime_ns,
						ROUNDED_MS * NS_PER_MS);
	}
}

/* @cgroup: NULL if unknown. On failure there is nothing to free. */
static int copy_texts(struct departed_container *to, const char *id,
		      const char *cgroup)
{
	to->id = strdup(id);
	to->cgroup = cgroup ? strdup(cgroup) : NULL;
	if (to->id && !to->cgroup == !cgroup)
		return 0;
	free_texts(to);
	return -ENOMEM;
}

/* The containers of the model; NULL if there is no memory */
static struct departed_container *list(const struct departed *departed,
				       const struct model *model)
{
	struct departed_container *now = calloc(model->nr_containers + 1,
						sizeof(*now));
	size_t i;

	for (i = 0; now && i < model->nr_containers; i++) {
		const struct scope *scope = model->containers[i].scope;

		now[i].cgroup_id = scope->cgroup_id;
		now[i].user_id = model_user(&model->containers[i]);
		now[i].is_roots = model->containers[i].is_roots;
		note_start(departed, scope, &now[i]);
		if (copy_texts(&now[i], scope->id, scope->cgroup) < 0) {
			free_all(now, i);
			return NULL;
		}
	}
	return now;
}

int departed_tick(struct departed *departed, const struct model *model,
		  struct store *store, bool *ret_new)
{
	struct departed_container *now;

	*ret_new = false;
	departed_rename(departed, model);
	if (departed->has_tick && is_same(departed, model))
		return 0;
	now = list(departed, model);
	if (!now)
		return -ENOMEM;
	if (!departed->has_tick)
		ends_begin(&departed->ends, model->sample->boottime_ns);
	*ret_new = add_new(departed, model, store);
	part(departed, now, model->nr_containers, model->sample, store);
	note_all_next(departed, now, model->nr_containers);
	free_all(departed->present, departed->nr_present);
	departed->has_tick = true;
	departed->present = now;
	departed->nr_present = model->nr_containers;
	return 0;
}

/* Between ticks */

static int insert(struct departed *departed, const struct run *run,
		  const struct store_container *who, int64_t t_ms)
{
	const struct scope *scope = run->scope;
	struct departed_container *all, new = {
		.cgroup_id = scope->cgroup_id,
		.user_id = who->user_id,
		.is_roots = who->is_roots,
		.began_ms = t_ms,
		/* Engines tell whole milliseconds. */
		.began_boottime_ns = before(run->made_boottime_ns, NS_PER_MS),
	};
	size_t nr = departed->nr_present, i = nr;

	while (i > 0 && departed->present[i - 1].cgroup_id > new.cgroup_id)
		i--;
	all = reallocarray(departed->present, nr + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	departed->present = all;
	if (copy_texts(&new, scope->id, scope->cgroup) < 0)
		return -ENOMEM;
	memmove(all + i + 1, all + i, (nr - i) * sizeof(*all));
	all[i] = new;
	departed->nr_present++;
	note_next(departed, &new);
	return 0;
}

void departed_begin(struct departed *departed, const struct run *run,
		    const struct store_container *who, int64_t t_ms,
		    struct store *store)
{
	if (find(departed->present, departed->nr_present,
		 run->scope->cgroup_id) ||
	    insert(departed, run, who, t_ms) < 0)
		return;
	store_begin(store, who, t_ms);
	container_event(store, EVENT_CONTAINER_STARTED, t_ms, who->cgroup_id,
			who->row);
}

static void remove_present(struct departed *departed,
			   struct departed_container *old)
{
	size_t after = departed->nr_present -
		       (size_t)(old + 1 - departed->present);

	free_texts(old);
	memmove(old, old + 1, after * sizeof(*old));
	departed->nr_present--;
}

void departed_end(struct departed *departed, const struct run *run,
		  const struct store_final *final, struct store *store)
{
	static const struct container_row nothing;
	const struct store_container who = {
		.cgroup_id = run->scope->cgroup_id,
		.row = &nothing,
	};
	struct departed_container *old = find(departed->present,
					      departed->nr_present,
					      who.cgroup_id);

	if (old) {
		container_event(store, EVENT_CONTAINER_ENDED,
				(int64_t)final->ended_ms, who.cgroup_id, NULL);
		leave(departed, old, run->removed_boottime_ns);
		remove_present(departed, old);
	}
	store_end(store, &who, final);
}

/* Root's engine may tell late that a container in a user's cgroup is root's. */
void departed_rename(struct departed *departed, const struct model *model)
{
	struct departed_container *known;
	size_t i;

	for (i = 0; i < model->nr_listed; i++) {
		const struct model_container *container =
			&model->containers[i];

		known = find(departed->present, departed->nr_present,
			     container->scope->cgroup_id);
		if (!known)
			continue;
		known->user_id = model_user(container);
		known->is_roots = container->is_roots;
	}
}
