// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map is an array sorted by cgroup id. Each update makes a new one from
 * the snapshot: what the old one knows is carried over, only cgroups that are
 * new have their path looked up, and all when the engine has said something new
 * of cgroups. A container that is in no snapshot any more
 * drops out, and its files are closed with the last reference.
 */
#include "scope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct known {
	uint64_t cgroup_id;
	struct scope *scope;
};

struct scope_map {
	struct contmon_paths *cgroups;
	const struct names *names;
	uint64_t names_seen;	/* names_cgroup_changes() at the last update */
	struct known *known;
	size_t nr;
};

struct scope *scope_ref(struct scope *scope)
{
	scope->references++;
	return scope;
}

void scope_unref(struct scope *scope)
{
	if (!scope || --scope->references > 0)
		return;
	cgroupfs_close(&scope->files);
	netdev_close(&scope->netdev);
	free(scope->id);
	free(scope->pod);
	free(scope->cgroup);
	free(scope->directory);
	free(scope);
}

static struct scope *scope_new(const char *root, const char *path,
			       const struct contmon_identity *identity)
{
	struct scope *scope = calloc(1, sizeof(*scope));
	int r;

	if (!scope)
		return NULL;
	scope->references = 1;
	cgroupfs_init(&scope->files);
	netdev_init(&scope->netdev);
	scope->runtime = identity->runtime;
	scope->id = strdup(identity->id);
	scope->cgroup = strndup(path, identity->path_length);
	if (identity->pod[0])
		scope->pod = strdup(identity->pod);
	r = asprintf(&scope->directory, "%s%s", root,
		     scope->cgroup ?: "");
	if (r < 0)
		scope->directory = NULL;
	if (scope->id && scope->cgroup && scope->directory &&
	    !scope->pod == !identity->pod[0])
		return scope;
	scope_unref(scope);
	return NULL;
}

int scope_map_new(struct contmon_paths *cgroups, const struct names *names,
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
 * The scope of an inner cgroup is that of the parent which has the same path,
 * and parents come first: look among what this update has found so far.
 */
static struct scope *scope_of_path(const struct known *known, size_t nr,
				   const char *path, size_t length)
{
	while (nr-- > 0) {
		struct scope *scope = known[nr].scope;

		if (scope && strncmp(scope->cgroup, path, length) == 0 &&
		    scope->cgroup[length] == '\0')
			return scope_ref(scope);
	}
	return NULL;
}

/* Returns false for the host. */
static bool identify(const struct scope_map *map, const char *path,
		     struct contmon_identity *identity)
{
	const struct name *owner;
	size_t length;

	contmon_identify(path, identity);
	owner = names_find_owner(map->names, path, &length);
	if (owner && owner->runtime && length >= identity->path_length) {
		if (length > identity->path_length)
			identity->pod[0] = '\0';
		identity->runtime = strcmp(owner->runtime, "podman") == 0 ?
			CONTMON_RUNTIME_PODMAN : CONTMON_RUNTIME_DOCKER;
		strcpy(identity->id, owner->id);
		identity->path_length = length;
	}
	return identity->runtime != CONTMON_RUNTIME_NONE;
}

static bool is_same(const struct scope *scope, uint64_t cgroup_id,
		    const struct contmon_identity *identity)
{
	return scope && scope->cgroup_id == cgroup_id &&
	       scope->runtime == identity->runtime &&
	       strcmp(scope->id, identity->id) == 0;
}

/* @old: what is known of the cgroup, or NULL */
static int look_up(struct scope_map *map, const struct known *found, size_t nr,
		   const struct known *old, struct known *ret)
{
	struct contmon_identity identity;
	const char *path;
	int r;

	r = contmon_paths_find(map->cgroups, ret->cgroup_id, &path);
	if (r < 0)
		return r;
	ret->scope = NULL;
	if (!identify(map, path, &identity))
		return 0;
	if (path[identity.path_length]) {
		ret->scope = scope_of_path(found, nr, path,
					   identity.path_length);
		return ret->scope ? 0 : -ENOENT;
	}
	if (old && is_same(old->scope, ret->cgroup_id, &identity)) {
		ret->scope = scope_ref(old->scope);
		return 0;
	}
	ret->scope = scope_new(contmon_paths_root(map->cgroups), path,
			       &identity);
	if (!ret->scope)
		return -ENOMEM;
	ret->scope->cgroup_id = ret->cgroup_id;
	return 0;
}

int scope_map_update(struct scope_map *map,
		     const struct contmon_cgroups *snapshot)
{
	struct known *found = calloc(snapshot->nr + 1, sizeof(*found));
	bool renamed = map->names_seen != names_cgroup_changes(map->names);
	const struct known *old;
	size_t i, nr = 0;
	int r;

	if (!found)
		return -ENOMEM;
	for (i = 0; i < snapshot->nr; i++) {
		found[nr].cgroup_id = snapshot->entries[i].cgroup_id;
		old = find(map, found[nr].cgroup_id);
		if (old && !renamed) {
			found[nr].scope = old->scope;
			if (old->scope)
				scope_ref(old->scope);
			nr++;
			continue;
		}
		r = look_up(map, found, nr, old, &found[nr]);
		if (r == 0 && found[nr].scope)
			found[nr].scope->sampled_boottime_ns =
				snapshot->taken_boottime_ns;
		if (r == -ENOMEM) {
			forget(found, nr);
			return r;
		}
		nr += r == 0;
	}
	map->names_seen = names_cgroup_changes(map->names);
	forget(map->known, map->nr);
	qsort(found, nr, sizeof(*found), compare);
	map->known = found;
	map->nr = nr;
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
 * A cgroup that was made since the last snapshot, inside of a container that
 * is in it. NULL: there is no such container; what a new one has, the next
 * snapshot says.
 */
static struct scope *scope_of_new(const struct scope_map *map, uint64_t id)
{
	struct contmon_identity identity;
	struct scope *scope;
	const char *path;

	if (contmon_paths_find(map->cgroups, id, &path) < 0 ||
	    !identify(map, path, &identity) || !path[identity.path_length])
		return NULL;
	scope = scope_of_path(map->known, map->nr, path, identity.path_length);
	scope_unref(scope);	/* the map has it */
	return scope;
}

struct scope *scope_map_count_oom_kill(struct scope_map *map,
				       uint64_t cgroup_id,
				       uint64_t boottime_ns)
{
	const struct known *known = find(map, cgroup_id);
	struct scope *scope = known ? known->scope :
				      scope_of_new(map, cgroup_id);

	/* The kernel counts a kill before it reports it. */
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
