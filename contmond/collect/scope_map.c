// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map is an array sorted by cgroup id. Each update creates a new array from
 * the snapshot and takes over entries of the old one. Only new cgroups are
 * looked up, or all of them if an engine has reported new cgroups. A container
 * that is no longer in the snapshot is dropped, and its files are closed with
 * the last reference. Containers of cgroup v1 are found from tasks; their ids
 * are higher than those of cgroups, so they come last.
 */
#include "scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "setup.h"

/*
 * @must_look: it could not be looked up when the engine's containers changed
 * @first_start_ns: of a container of v1, of its oldest process; 0: unknown
 */
struct known {
	uint64_t cgroup_id;
	struct scope *scope;
	bool must_look;
	uint64_t first_start_ns;
};

struct scope_map {
	struct cgroups *cgroups;
	const struct names *names;
	uint64_t names_seen;	/* names_cgroup_changes() at the last update */
	uint64_t tasks_boottime_ns;	/* when its tasks were read */
	struct known *known;
	size_t nr;
	size_t nr_v1;	/* of @known, the last ones */
};

int scope_map_new(struct cgroups *cgroups, const struct names *names,
		  struct scope_map **ret)
{
	struct scope_map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->cgroups = cgroups;
	map->names = names;
	*ret = map;
	return 0;
}

static void forget(struct known *known, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		scope_unref(known[i].scope);
	free(known);
}

void scope_map_free(struct scope_map *map)
{
	if (!map)
		return;
	forget(map->known, map->nr);
	free(map);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct known *)a)->cgroup_id;
	uint64_t y = ((const struct known *)b)->cgroup_id;

	return (x > y) - (x < y);
}

static const struct known *find(const struct scope_map *map, uint64_t id)
{
	struct known key = { .cgroup_id = id };

	if (map->nr == 0)
		return NULL;
	return bsearch(&key, map->known, map->nr, sizeof(key), compare);
}

/*
 * The scope of an inner cgroup is that of the parent with the same container
 * path. Parents come first, so this update has already found it.
 */
static struct scope *scope_of_path(const struct known *known, size_t nr,
				   const char *path, size_t length)
{
	while (nr-- > 0) {
		struct scope *scope = known[nr].scope;

		if (scope && scope->cgroup &&
		    strncmp(scope->cgroup, path, length) == 0 &&
		    scope->cgroup[length] == '\0')
			return scope_ref(scope);
	}
	return NULL;
}

static bool is_same(const struct scope *scope, const struct cgroup *cgroup)
{
	return scope && scope->cgroup_id == cgroup->id &&
	       scope->runtime == cgroup->identity.runtime &&
	       strcmp(scope->id, cgroup->identity.id) == 0;
}

/* The scope of a container's own cgroup; reused if unchanged */
static struct scope *scope_of(const struct scope_map *map,
			      const struct known *old,
			      const struct cgroup *cgroup)
{
	if (old && is_same(old->scope, cgroup))
		return scope_ref(old->scope);
	return scope_new(map->cgroups, cgroup);
}

static void take_over(const struct known *old, struct known *ret)
{
	ret->scope = old->scope ? scope_ref(old->scope) : NULL;
}

/*
 * @old: what the last update knew about the cgroup, or NULL. That still holds
 * if the cgroup cannot be looked up, because the snapshot has it.
 */
static int look_up(const struct scope_map *next, const struct known *old,
		   struct known *ret)
{
	const struct cgroup *cgroup = cgroups_get(next->cgroups,
						  ret->cgroup_id);

	ret->scope = NULL;
	ret->must_look = !cgroup->is_known;
	if (!cgroup->is_known && old)
		take_over(old, ret);
	if (!cgroup->is_known)
		return old ? 0 : -ENOENT;
	if (cgroup->identity.runtime == CONTMON_RUNTIME_NONE)
		return 0;
	if (cgroup_is_own(cgroup)) {
		ret->scope = scope_of(next, old, cgroup);
		return ret->scope ? 0 : -ENOMEM;
	}
	ret->scope = scope_of_path(next->known, next->nr, cgroup->path,
				   cgroup->identity.path_length);
	return ret->scope ? 0 : -ENOENT;
}

/* Finds the containers in a snapshot of cgroups. */
static int find_in_snapshot(const struct scope_map *map,
			    const struct contmon_cgroups *snapshot,
			    struct scope_map *next)
{
	bool renamed = map->names_seen != next->names_seen;
	size_t i;
	int r;

	for (i = 0; i < snapshot->nr; i++) {
		struct known *one = &next->known[next->nr];
		const struct known *old;

		one->cgroup_id = snapshot->entries[i].cgroup_id;
		old = find(map, one->cgroup_id);
		if (old && !renamed && !old->must_look) {
			take_over(old, one);
			next->nr++;
			continue;
		}
		r = look_up(next, old, one);
		if (r == 0 && one->scope)
			one->scope->sampled_boottime_ns =
				snapshot->taken_boottime_ns;
		if (r == -ENOMEM)
			return r;
		next->nr += r == 0;
	}
	return 0;
}

/* The array has room for one container of each task. */
static int add_v1(const struct scope_map *map, const struct cgroup *cgroup,
		  struct scope_map *next)
{
	struct known *one = &next->known[next->nr];

	*one = (struct known){ .cgroup_id = cgroup->id };
	one->scope = scope_of(next, find(map, cgroup->id), cgroup);
	if (!one->scope)
		return -ENOMEM;
	next->nr++;
	next->nr_v1++;
	return 0;
}

static void note_first(struct known *known, const struct contmon_task *task)
{
	uint64_t start_ns = task->start_boottime_ns;

	if (!makes_container(task->comm) &&
	    (known->first_start_ns == 0 || start_ns < known->first_start_ns))
		known->first_start_ns = start_ns;
}

/*
 * A container of v1 has the same id when it runs again, in a cgroup of the same
 * name. A runtime makes a cgroup for each run, so whether it is the same one
 * decides. If that cannot be seen, its processes do: all of them are newer than
 * the last sample then, as they are if they were only replaced by others.
 */
static bool runs_again(const struct scope_map *map, const struct known *old,
		       const struct known *known)
{
	int r;

	if (old->first_start_ns == 0 ||
	    known->first_start_ns <= old->first_start_ns)
		return false;
	r = directories_are_there(&old->scope->directories);
	return r < 0 ? known->first_start_ns > map->tasks_boottime_ns : r == 0;
}

/* So its last run ends, as it does if it is not there for longer. */
static void omit_those_that_run_again(const struct scope_map *map,
				      struct scope_map *next)
{
	size_t first = next->nr - next->nr_v1, kept = first, i;

	for (i = first; i < next->nr; i++) {
		struct known *known = &next->known[i];
		const struct known *old = find(map, known->cgroup_id);

		if (old && runs_again(map, old, known)) {
			scope_unref(known->scope);
			continue;
		}
		if (old && known->first_start_ns == 0)
			known->first_start_ns = old->first_start_ns;
		next->known[kept++] = *known;
	}
	next->nr_v1 = kept - first;
	next->nr = kept;
}

/* Finds a task's cgroup v2 entry; NULL if unknown */
static const struct known *find_of_task(const struct scope_map *map,
					const struct contmon_task *task)
{
	return task->valid & CONTMON_TASK_CGROUP ?
		find(map, task->cgroup_id) : NULL;
}

/* A task, and its container of cgroup v1 */
struct member {
	const struct cgroup *cgroup;
	const struct contmon_task *task;
};

static int compare_members(const void *a, const void *b)
{
	uint64_t x = ((const struct member *)a)->cgroup->id;
	uint64_t y = ((const struct member *)b)->cgroup->id;

	return (x > y) - (x < y);
}

/* Cgroup v2 takes precedence. Returns the number of members, by container. */
static size_t find_members(const struct scope_map *map,
			   const struct contmon_tasks *tasks,
			   struct member *members)
{
	size_t nr = 0, i;

	for (i = 0; i < tasks->nr; i++) {
		const struct contmon_task *task = &tasks->entries[i];
		const struct known *known = find_of_task(map, task);
		const struct cgroup *cgroup;

		if (known && known->scope)
			continue;
		cgroup = cgroups_in_v1(map->cgroups, task);
		if (cgroup && *cgroup->identity.id)
			members[nr++] = (struct member){ cgroup, task };
	}
	qsort(members, nr, sizeof(*members), compare_members);
	return nr;
}

static int add_members(const struct scope_map *map,
		       const struct member *members, size_t nr,
		       struct scope_map *next)
{
	struct known *known;
	size_t i;
	int r;

	known = reallocarray(next->known, next->nr + nr + 1, sizeof(*known));
	if (!known)
		return -ENOMEM;
	next->known = known;
	for (i = 0; i < nr; i++) {
		if (i == 0 || compare_members(&members[i - 1], &members[i])) {
			r = add_v1(map, members[i].cgroup, next);
			if (r < 0)
				return r;
		}
		note_first(&next->known[next->nr - 1], members[i].task);
	}
	return 0;
}

/* Finds containers known only from tasks. */
static int find_in_tasks(const struct scope_map *map,
			 const struct contmon_tasks *tasks,
			 struct scope_map *next)
{
	_cleanup_free_ struct member *members =
		calloc(tasks->nr + 1, sizeof(*members));
	int r;

	if (!members)
		return -ENOMEM;
	r = add_members(map, members, find_members(next, tasks, members), next);
	omit_those_that_run_again(map, next);
	return r;
}

int scope_map_update(struct scope_map *map,
		     const struct contmon_cgroups *snapshot,
		     const struct contmon_tasks *tasks)
{
	struct scope_map next = {
		.cgroups = map->cgroups,
		.names = map->names,
		.names_seen = names_cgroup_changes(map->names),
		.tasks_boottime_ns = tasks->taken_boottime_ns,
		.known = calloc(snapshot->nr + 1, sizeof(*next.known)),
	};
	int r;

	if (!next.known)
		return -ENOMEM;
	/* Without memory, all of it is done in a later update. */
	if (next.names_seen != map->names_seen &&
	    cgroups_rename(map->cgroups) < 0)
		next.names_seen = map->names_seen;
	r = find_in_snapshot(map, snapshot, &next);
	qsort(next.known, next.nr, sizeof(*next.known), compare);
	if (r == 0)
		r = find_in_tasks(map, tasks, &next);
	if (r < 0) {
		forget(next.known, next.nr);
		return r;
	}
	forget(map->known, map->nr);
	*map = next;
	return 0;
}

void scope_map_sampled(const struct scope_map *map,
		       const struct contmon_cgroups *snapshot)
{
	const struct known *known;
	size_t i;

	for (i = 0; i < snapshot->nr; i++) {
		known = find(map, snapshot->entries[i].cgroup_id);
		if (!known || !known->scope ||
		    known->scope->cgroup_id != known->cgroup_id)
			continue;
		known->scope->sampled_boottime_ns = snapshot->taken_boottime_ns;
		known->scope->oom_kills_since = 0;
	}
}

/*
 * The container of a cgroup that was created since the last snapshot, if that
 * snapshot has the container. Otherwise NULL: a new container is known only
 * from the next snapshot on.
 */
static struct scope *scope_of_new(const struct scope_map *map, uint64_t id)
{
	const struct cgroup *cgroup = cgroups_get(map->cgroups, id);
	struct scope *scope;

	if (!*cgroup->identity.id || cgroup_is_own(cgroup))
		return NULL;
	scope = scope_of_path(map->known, map->nr, cgroup->path,
			      cgroup->identity.path_length);
	scope_unref(scope);	/* the map holds a reference as well */
	return scope;
}

struct scope *scope_map_count_oom_kill(struct scope_map *map,
				       uint64_t cgroup_id,
				       uint64_t boottime_ns)
{
	const struct known *known = find(map, cgroup_id);
	struct scope *scope = known ? known->scope :
				      scope_of_new(map, cgroup_id);

	/*
	 * The kernel counts a kill before it reports it, so the sample may
	 * include it.
	 */
	if (scope && boottime_ns > scope->sampled_boottime_ns)
		scope->oom_kills_since++;
	return scope;
}

int scope_map_find(const struct scope_map *map, uint64_t cgroup_id,
		   struct scope **ret)
{
	const struct known *known = find(map, cgroup_id);

	if (!known)
		return -ENOENT;
	*ret = known->scope;
	return 0;
}

int scope_map_find_task(const struct scope_map *map,
			const struct contmon_task *task, struct scope **ret)
{
	const struct known *known = find_of_task(map, task);
	const struct cgroup *cgroup;

	if (!known || !known->scope) {
		cgroup = cgroups_in_v1(map->cgroups, task);
		if (cgroup && *cgroup->identity.id)
			return scope_map_find(map, cgroup->id, ret);
		if (!known && !cgroup)
			return -ENOENT;
	}
	*ret = known ? known->scope : NULL;
	return 0;
}

size_t scope_map_nr_v1(const struct scope_map *map)
{
	return map->nr_v1;
}

struct scope *scope_map_v1(const struct scope_map *map, size_t i)
{
	return map->known[map->nr - map->nr_v1 + i].scope;
}
