// SPDX-License-Identifier: GPL-2.0-only
#include "runs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "quota.h"
#include "setup.h"

/**
 * struct run_cgroup - a cgroup of a container: its own, or one inside
 * @missing: number of the newest samples that do not have it
 */
struct run_cgroup {
	uint64_t cgroup_id;
	struct run *run;	/* referenced */
	unsigned int missing;
};

/*
 * @all: in ascending order of cgroup id
 * @quota: counts the runs with @is_new
 */
struct runs {
	struct cgroups *cgroups;
	bool sees_exits;
	struct runs_listener listener;
	struct cgroupfs_buffer buffer;
	struct run_cgroup *all;
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

static void forget(struct run_cgroup *all, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		run_unref(all[i].run);
	free(all);
}

void runs_free(struct runs *runs)
{
	if (!runs)
		return;
	forget(runs->all, runs->nr);
	quota_done(&runs->quota);
	cgroupfs_buffer_done(&runs->buffer);
	free(runs);
}

uint64_t runs_missed(const struct runs *runs)
{
	return runs ? runs->missed : 0;
}

/* Cgroups */

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct run_cgroup *)a)->cgroup_id;
	uint64_t y = ((const struct run_cgroup *)b)->cgroup_id;

	return (x > y) - (x < y);
}

static struct run_cgroup *find(const struct runs *runs, uint64_t cgroup_id)
{
	const struct run_cgroup key = { .cgroup_id = cgroup_id };

	return runs->nr == 0 ? NULL :
	       bsearch(&key, runs->all, runs->nr, sizeof(key), compare);
}

struct run *runs_find(const struct runs *runs, uint64_t cgroup_id)
{
	const struct run_cgroup *known = runs ? find(runs, cgroup_id) : NULL;

	return known ? known->run : NULL;
}

/* Newer cgroups have higher ids, so most are added at the end. */
static int add_cgroup(struct runs *runs, uint64_t cgroup_id, struct run *run)
{
	size_t allocated = runs->allocated * 2 ?: 32, i = runs->nr;
	struct run_cgroup *all;

	if (runs->nr == runs->allocated) {
		all = reallocarray(runs->all, allocated, sizeof(*all));
		if (!all)
			return -ENOMEM;
		runs->all = all;
		runs->allocated = allocated;
	}
	while (i > 0 && runs->all[i - 1].cgroup_id > cgroup_id)
		i--;
	memmove(&runs->all[i + 1], &runs->all[i],
		(runs->nr - i) * sizeof(*runs->all));
	runs->all[i] = (struct run_cgroup){ cgroup_id, run_ref(run), 0 };
	runs->nr++;
	return 0;
}

static void remove_cgroup(struct runs *runs, struct run_cgroup *known)
{
	size_t after = runs->nr - (size_t)(known + 1 - runs->all);

	run_unref(known->run);
	memmove(known, known + 1, after * sizeof(*known));
	runs->nr--;
}

#define MISSING_MAX 1

static void forget_missing(struct runs *runs)
{
	size_t i, kept = 0;

	for (i = 0; i < runs->nr; i++) {
		if (runs->all[i].missing > MISSING_MAX)
			run_unref(runs->all[i].run);
		else
			runs->all[kept++] = runs->all[i];
	}
	runs->nr = kept;
}

/* Removes its own cgroup, and nested ones whose removal event was lost. */
static void remove_run(struct runs *runs, const struct run *run)
{
	size_t i;

	for (i = 0; i < runs->nr; i++)
		if (runs->all[i].run == run)
			runs->all[i].missing = MISSING_MAX + 1;
	forget_missing(runs);
}

static bool is_own(const struct run_cgroup *known)
{
	return known->run->scope->cgroup_id == known->cgroup_id;
}

/* Events */

/* Returns NULL without memory. */
static struct run *add_run(struct runs *runs, const struct cgroup *cgroup)
{
	struct scope *scope = scope_new(runs->cgroups, cgroup);
	struct run *run = scope ? run_new(scope) : NULL;

	scope_unref(scope);
	if (run && add_cgroup(runs, cgroup->id, run) == 0)
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
		struct run *run = runs->all[i].run;
		const char *path = run->scope->cgroup;

		if (!is_own(&runs->all[i]) || !path ||
		    strncmp(path, cgroup->path, length) != 0 || path[length])
			continue;
		if (add_cgroup(runs, cgroup->id, run) < 0)
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
static void note_emptied(struct runs *runs, struct run *run,
			 uint64_t boottime_ns)
{
	run->emptied_boottime_ns = boottime_ns;
	cgroupfs_read_last(&run->scope->directories, &runs->buffer,
			   &run->stats);
}

static void emptied(struct runs *runs, const struct contmon_event *event)
{
	const struct run_cgroup *known = find(runs, event->cgroup_id);

	if (known && is_own(known))
		note_emptied(runs, known->run, event->boottime_ns);
}

static void removed(struct runs *runs, const struct contmon_event *event)
{
	struct run_cgroup *known = find(runs, event->cgroup_id);
	struct run *run;

	if (!known)
		return;
	if (!is_own(known)) {
		remove_cgroup(runs, known);
		return;
	}
	run = run_ref(known->run);
	run->removed_boottime_ns = event->boottime_ns;
	if (run->is_new)
		quota_give_back(&runs->quota, run->scope->user_id);
	remove_run(runs, run);
	runs->listener.ended(run, runs->listener.userdata);
	run_unref(run);
}

void runs_lose_exits(struct runs *runs)
{
	size_t i;

	for (i = 0; i < runs->nr; i++)
		runs->all[i].run->is_whole = false;
}

static void exited(struct runs *runs, const struct contmon_event *event)
{
	const struct run_cgroup *known = find(runs, event->cgroup_id);
	struct run *run;

	if (!known)
		return;
	run = known->run;
	run->emptied_boottime_ns = 0;
	run->stats.valid = 0;
	run->exits++;
	run->exited_boottime_ns = event->boottime_ns;
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
	struct run_cgroup *known = find(runs, scope->cgroup_id);
	struct run *run;

	if (!known) {
		run = run_new(scope);
		if (run)
			add_cgroup(runs, scope->cgroup_id, run);
		run_unref(run);
		return;
	}
	known->missing = 0;
	if (!is_own(known) || known->run->scope == scope)
		return;
	scope_unref(known->run->scope);
	known->run->scope = scope_ref(scope);
}

/* If no process has ended in it, the first is still to come. */
static void see_empty(struct runs *runs, uint64_t cgroup_id)
{
	struct run *run = runs_find(runs, cgroup_id);

	if (run && run->exits > 0 && run->emptied_boottime_ns == 0)
		note_emptied(runs, run, run->exited_boottime_ns);
}

static void see_inside(struct runs *runs, uint64_t cgroup_id,
		       const struct scope *scope)
{
	struct run_cgroup *known = find(runs, cgroup_id);
	struct run *run = runs_find(runs, scope->cgroup_id);

	if (known)
		known->missing = 0;
	else if (run)
		add_cgroup(runs, cgroup_id, run);
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
		runs->all[i].run->is_new = false;
		runs->all[i].missing++;
	}
	for (i = 0; i < snapshot->nr; i++) {
		uint64_t id = snapshot->entries[i].cgroup_id;

		if (scope_map_find(scopes, id, &scope) < 0 || !scope)
			continue;
		/* A container's own cgroup comes before nested ones. */
		if (scope->cgroup_id != id) {
			see_inside(runs, id, scope);
			continue;
		}
		see_own(runs, scope);
		if (!snapshot->entries[i].populated)
			see_empty(runs, id);
	}
	forget_missing(runs);
}
