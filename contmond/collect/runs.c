// SPDX-License-Identifier: GPL-2.0-only
#include "runs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "quota.h"
#include "setup.h"

/**
 * struct place - a cgroup of a container: its own, or one inside
 * @missing: number of the newest samples that do not have it
 */
struct place {
	uint64_t cgroup_id;
	struct run *run;	/* referenced */
	unsigned int missing;
};

/*
 * @places: in ascending order of cgroup id
 * @quota: counts the runs with @is_new
 */
struct runs {
	struct cgroups *cgroups;
	bool sees_exits;
	struct runs_listener listener;
	struct cgroupfs_buffer buffer;
	struct place *places;
	size_t nr;
	size_t allocated;
	struct quota quota;
	uint64_t missed;
};

int runs_new(struct cgroups *cgroups, bool sees_exits,
	     const struct runs_listener *listener, struct runs **ret)
{
	struct runs *runs = calloc(1, sizeof(*runs));

	if (!runs)
		return -ENOMEM;
	runs->cgroups = cgroups;
	runs->sees_exits = sees_exits;
	runs->listener = *listener;
	*ret = runs;
	return 0;
}

static struct run *run_new(struct scope *scope)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->references = 1;
	run->scope = scope_ref(scope);
	return run;
}

static struct run *run_ref(struct run *run)
{
	run->references++;
	return run;
}

static void run_unref(struct run *run)
{
	if (!run || --run->references > 0)
		return;
	scope_unref(run->scope);
	free(run);
}

static void forget(struct place *places, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		run_unref(places[i].run);
	free(places);
}

void runs_free(struct runs *runs)
{
	if (!runs)
		return;
	forget(runs->places, runs->nr);
	quota_done(&runs->quota);
	cgroupfs_buffer_done(&runs->buffer);
	free(runs);
}

uint64_t runs_missed(const struct runs *runs)
{
	return runs ? runs->missed : 0;
}

/* Places */

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct place *)a)->cgroup_id;
	uint64_t y = ((const struct place *)b)->cgroup_id;

	return (x > y) - (x < y);
}

static struct place *find(const struct runs *runs, uint64_t cgroup_id)
{
	const struct place key = { .cgroup_id = cgroup_id };

	return runs->nr == 0 ? NULL :
	       bsearch(&key, runs->places, runs->nr, sizeof(key), compare);
}

struct run *runs_find(const struct runs *runs, uint64_t cgroup_id)
{
	const struct place *place = runs ? find(runs, cgroup_id) : NULL;

	return place ? place->run : NULL;
}

/* Newer cgroups have higher ids, so most are added at the end. */
static int add_place(struct runs *runs, uint64_t cgroup_id, struct run *run)
{
	size_t allocated = runs->allocated * 2 ?: 32, i = runs->nr;
	struct place *places;

	if (runs->nr == runs->allocated) {
		places = reallocarray(runs->places, allocated,
				      sizeof(*places));
		if (!places)
			return -ENOMEM;
		runs->places = places;
		runs->allocated = allocated;
	}
	while (i > 0 && runs->places[i - 1].cgroup_id > cgroup_id)
		i--;
	memmove(&runs->places[i + 1], &runs->places[i],
		(runs->nr - i) * sizeof(*runs->places));
	runs->places[i] = (struct place){ cgroup_id, run_ref(run), 0 };
	runs->nr++;
	return 0;
}

static void remove_place(struct runs *runs, struct place *place)
{
	size_t after = runs->nr - (size_t)(place + 1 - runs->places);

	run_unref(place->run);
	memmove(place, place + 1, after * sizeof(*place));
	runs->nr--;
}

#define MISSING_MAX 1

static void forget_missing(struct runs *runs)
{
	size_t i, kept = 0;

	for (i = 0; i < runs->nr; i++) {
		if (runs->places[i].missing > MISSING_MAX)
			run_unref(runs->places[i].run);
		else
			runs->places[kept++] = runs->places[i];
	}
	runs->nr = kept;
}

/* Removes its own cgroup, and nested ones whose removal event was lost. */
static void remove_places(struct runs *runs, const struct run *run)
{
	size_t i;

	for (i = 0; i < runs->nr; i++)
		if (runs->places[i].run == run)
			runs->places[i].missing = MISSING_MAX + 1;
	forget_missing(runs);
}

static bool is_own(const struct place *place)
{
	return place->run->scope->cgroup_id == place->cgroup_id;
}

/* Events */

/* Returns NULL without memory. */
static struct run *add_run(struct runs *runs, const struct cgroup *cgroup)
{
	struct scope *scope = scope_new(runs->cgroups, cgroup);
	struct run *run = scope ? run_new(scope) : NULL;

	scope_unref(scope);
	if (run && add_place(runs, cgroup->id, run) == 0)
		return run;
	run_unref(run);
	return NULL;
}

static void begin(struct runs *runs, const struct cgroup *cgroup,
		  uint64_t boottime_ns)
{
	int64_t user_id = cgroup->user_id;
	bool may_begin = quota_take(&runs->quota, user_id, boottime_ns);
	struct run *run = may_begin ? add_run(runs, cgroup) : NULL;

	if (!run) {
		if (may_begin)
			quota_give_back(&runs->quota, user_id);
		runs->missed++;
		return;
	}
	run->is_new = true;
	run->is_whole = runs->sees_exits;
	run->made_boottime_ns = boottime_ns;
	runs->listener.began(run, runs->listener.userdata);
	run_unref(run);
}

/* Adds a cgroup inside a container. */
static void join(struct runs *runs, const struct cgroup *cgroup)
{
	size_t length = cgroup->identity.path_length, i;

	for (i = runs->nr; i-- > 0;) {
		struct run *run = runs->places[i].run;
		const char *path = run->scope->cgroup;

		if (!is_own(&runs->places[i]) || !path ||
		    strncmp(path, cgroup->path, length) != 0 || path[length])
			continue;
		if (add_place(runs, cgroup->id, run) < 0)
			run->is_whole = false;
		return;
	}
}

static void created(struct runs *runs, const struct contmon_event *event)
{
	const struct cgroup *cgroup;

	if (find(runs, event->cgroup_id))
		return;	/* known from a sample */
	if (!event->truncated)
		cgroups_learn(runs->cgroups, event->cgroup_id,
			      (const char *)event->path);
	cgroup = cgroups_get(runs->cgroups, event->cgroup_id);
	if (cgroup_is_own(cgroup))
		begin(runs, cgroup, event->boottime_ns);
	else if (*cgroup->identity.id)
		join(runs, cgroup);
}

/* Reads the files now: they exist until the runtime removes the cgroup. */
static void emptied(struct runs *runs, const struct contmon_event *event)
{
	const struct place *place = find(runs, event->cgroup_id);
	struct run *run;

	if (!place || !is_own(place))
		return;
	run = place->run;
	run->emptied_boottime_ns = event->boottime_ns;
	cgroupfs_read_last(&run->scope->directories, &runs->buffer,
			   &run->stats);
}

static void removed(struct runs *runs, const struct contmon_event *event)
{
	struct place *place = find(runs, event->cgroup_id);
	struct run *run;

	if (!place)
		return;
	if (!is_own(place)) {
		remove_place(runs, place);
		return;
	}
	run = run_ref(place->run);
	run->removed_boottime_ns = event->boottime_ns;
	if (run->is_new)
		quota_give_back(&runs->quota, run->scope->user_id);
	remove_places(runs, run);
	runs->listener.ended(run, runs->listener.userdata);
	run_unref(run);
}

static void lose_exits(struct runs *runs)
{
	size_t i;

	for (i = 0; i < runs->nr; i++)
		runs->places[i].run->is_whole = false;
}

static void exited(struct runs *runs, const struct contmon_event *event)
{
	const struct place *place = find(runs, event->cgroup_id);
	struct run *run;

	if (event->dropped > 0)
		lose_exits(runs);
	if (!place)
		return;
	run = place->run;
	run->emptied_boottime_ns = 0;
	run->stats.valid = 0;
	run->exits++;
	run->utime_ns += event->utime_ns;
	run->stime_ns += event->stime_ns;
	if (event->rss_peak_bytes > run->rss_peak_bytes)
		run->rss_peak_bytes = event->rss_peak_bytes;
	if (makes_container(event->comm) ||
	    (run->first_start_boottime_ns > 0 &&
	     event->start_boottime_ns >= run->first_start_boottime_ns))
		return;
	run->first_start_boottime_ns = event->start_boottime_ns;
	run->first_exit_status = event->exit_code;
}

void runs_happened(struct runs *runs, const struct contmon_event *event)
{
	if (event->type == CONTMON_EVENT_EXIT) {
		exited(runs, event);
		return;
	}
	runs->missed += event->dropped;
	if (event->type == CONTMON_EVENT_CGROUP_CREATED)
		created(runs, event);
	else if (event->type == CONTMON_EVENT_CGROUP_EMPTIED)
		emptied(runs, event);
	else if (event->type == CONTMON_EVENT_CGROUP_REMOVED)
		removed(runs, event);
}

bool run_has_exit_status(const struct run *run)
{
	uint64_t start_ns = run->first_start_boottime_ns;

	if (start_ns == 0)
		return false;
	return run->is_whole ||
	       (run->scope->is_started &&
		run->scope->started_boottime_ns == start_ns);
}

/* Samples */

static void see_own(struct runs *runs, struct scope *scope)
{
	struct place *place = find(runs, scope->cgroup_id);
	struct run *run;

	if (!place) {
		run = run_new(scope);
		if (run)
			add_place(runs, scope->cgroup_id, run);
		run_unref(run);
		return;
	}
	place->missing = 0;
	if (!is_own(place) || place->run->scope == scope)
		return;
	scope_unref(place->run->scope);
	place->run->scope = scope_ref(scope);
}

static void see_inside(struct runs *runs, uint64_t cgroup_id,
		       const struct scope *scope)
{
	struct place *place = find(runs, cgroup_id);
	struct run *run = runs_find(runs, scope->cgroup_id);

	if (place)
		place->missing = 0;
	else if (run)
		add_place(runs, cgroup_id, run);
}

void runs_sampled(struct runs *runs, const struct contmon_cgroups *snapshot,
		  const struct scope_map *scopes)
{
	struct scope *scope;
	size_t i;

	if (!runs)
		return;
	quota_sampled(&runs->quota);
	for (i = 0; i < runs->nr; i++) {
		runs->places[i].run->is_new = false;
		runs->places[i].missing++;
	}
	for (i = 0; i < snapshot->nr; i++) {
		uint64_t id = snapshot->entries[i].cgroup_id;

		if (scope_map_find(scopes, id, &scope) < 0 || !scope)
			continue;
		/* A container's own cgroup comes before nested ones. */
		if (scope->cgroup_id == id)
			see_own(runs, scope);
		else
			see_inside(runs, id, scope);
	}
	forget_missing(runs);
}
