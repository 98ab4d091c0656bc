// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names_entry.h"
#include "sorted.h"
#include "user_slice.h"

struct entries {
	struct name_entry **all;
	size_t nr;
	size_t allocated;
};

/* @by_cgroup: only the containers whose cgroup is known */
struct names {
	struct entries by_id;
	struct entries by_cgroup;
	uint64_t cgroup_changes;
	unsigned int generation;
	struct name_engine engines[NAME_ENGINES_MAX];
	size_t nr_engines;
};

int names_each(const struct names *names, names_fn *fn, void *userdata)
{
	size_t i;
	int r = 0;

	for (i = 0; i < names->by_id.nr && r >= 0; i++)
		r = fn(&names->by_id.all[i]->name, userdata);
	return r < 0 ? r : 0;
}

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; i < names->by_id.nr; i++)
		name_unref(&names->by_id.all[i]->name);
	free(names->by_id.all);
	free(names->by_cgroup.all);
	free(names);
}

/* Sorted arrays */

struct key {
	const char *id;
	const char *engine;	/* NULL sorts before all others */
};

static int compare_key(const void *key, const void *element)
{
	const struct name_entry *const *entry = element;
	const struct key *wanted = key;
	int order = strcmp(wanted->id, (*entry)->name.id);

	return order ?: strcmp(wanted->engine ?: "",
			       (*entry)->name.engine ?: "");
}

struct path {
	const char *text;
	size_t length;
};

static int compare_cgroup(const void *key, const void *element)
{
	const struct name_entry *const *entry = element;
	const struct path *path = key;
	const char *cgroup = (*entry)->name.cgroup;
	int order = strncmp(path->text, cgroup, path->length);

	return order != 0 ? order : cgroup[path->length] ? -1 : 0;
}

static size_t place_of_id(const struct names *names, const char *id,
			  const char *engine, bool *found)
{
	const struct key key = { id, engine };

	return sorted_place(&key, names->by_id.all, names->by_id.nr,
			    sizeof(*names->by_id.all), compare_key, found);
}

static size_t place_of_cgroup(const struct names *names, struct path path,
			      bool *found)
{
	return sorted_place(&path, names->by_cgroup.all, names->by_cgroup.nr,
			    sizeof(*names->by_cgroup.all), compare_cgroup,
			    found);
}

static int make_room(struct entries *entries)
{
	size_t allocated = entries->allocated * 2 ?: 64;
	struct name_entry **grown;

	if (entries->nr < entries->allocated)
		return 0;
	grown = reallocarray(entries->all, allocated, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	entries->all = grown;
	entries->allocated = allocated;
	return 0;
}

static void insert_at(struct entries *entries, size_t place,
		      struct name_entry *entry)
{
	memmove(&entries->all[place + 1], &entries->all[place],
		(entries->nr - place) * sizeof(*entries->all));
	entries->all[place] = entry;
	entries->nr++;
}

static void remove_at(struct entries *entries, size_t place)
{
	entries->nr--;
	memmove(&entries->all[place], &entries->all[place + 1],
		(entries->nr - place) * sizeof(*entries->all));
}

/* Cgroups */

static struct path whole(const char *path)
{
	return (struct path){ path, strlen(path) };
}

/*
 * Root may map a container to a user, whose own engine can claim its cgroup,
 * too.
 */
static bool counts_before(const struct name_entry *entry,
			  const struct name_entry *old)
{
	return name_is_trusted(&entry->name) || !name_is_trusted(&old->name);
}

/*
 * The caller has made room. If two containers have the same cgroup, the newer
 * one counts, except that a user's never replaces one of root's.
 */
static void add_cgroup(struct names *names, struct name_entry *entry)
{
	size_t place;
	bool found;

	if (!entry->name.cgroup)
		return;
	names->cgroup_changes++;
	place = place_of_cgroup(names, whole(entry->name.cgroup), &found);
	if (!found)
		insert_at(&names->by_cgroup, place, entry);
	else if (counts_before(entry, names->by_cgroup.all[place]))
		names->by_cgroup.all[place] = entry;
}

static void remove_cgroup(struct names *names, const struct name_entry *entry)
{
	size_t place;
	bool found;

	if (!entry->name.cgroup)
		return;
	names->cgroup_changes++;
	place = place_of_cgroup(names, whole(entry->name.cgroup), &found);
	if (found && names->by_cgroup.all[place] == entry)
		remove_at(&names->by_cgroup, place);
}

const struct container_info *names_find_owner(const struct names *names,
					      const char *path,
					      size_t *ret_length)
{
	struct path part = whole(path);
	size_t place;
	bool found;

	for (; part.length > 0; part.length--) {
		if (path[part.length] && path[part.length] != '/')
			continue;
		place = place_of_cgroup(names, part, &found);
		if (found) {
			*ret_length = part.length;
			return &names->by_cgroup.all[place]->name;
		}
	}
	return NULL;
}

uint64_t names_cgroup_changes(const struct names *names)
{
	return names->cgroup_changes;
}

/* Containers */

static bool is_within(const char *path, const char *cgroup)
{
	size_t length = strlen(cgroup);

	return strncmp(path, cgroup, length) == 0 &&
	       (path[length] == '/' || !path[length]);
}

bool name_is_trusted(const struct container_info *container)
{
	return container->user_id <= 0;
}

int64_t name_user(const struct container_info *container, const char *cgroup)
{
	if (container)
		return name_is_trusted(container) ? 0 : container->user_id;
	return cgroup ? user_of_cgroup(cgroup) : 0;
}

/*
 * How well does @container fit one in @cgroup? Returns 0 if it is another one.
 *
 * A user can give a cgroup the name of one of root's containers. Such a cgroup
 * must not get that container's name, or the container could be stopped for
 * what the user's cgroup does.
 */
static int fits(const struct container_info *container, const char *cgroup,
		int64_t user_id)
{
	bool is_trusted = name_is_trusted(container);

	if (cgroup && container->cgroup && is_within(cgroup, container->cgroup))
		return is_trusted ? 3 : 2;
	return user_id == (is_trusted ? 0 : container->user_id);
}

/* @are_roots: only those of engines of root's */
static const struct container_info *find_best(const struct names *names,
					      const char *id,
					      const char *cgroup,
					      int64_t user_id, bool are_roots)
{
	const struct container_info *best = NULL;
	int best_fit = 0;
	bool found, is_clear = true;
	size_t i;

	if (!id)
		return NULL;
	for (i = place_of_id(names, id, NULL, &found); i < names->by_id.nr;
	     i++) {
		const struct container_info *container =
			&names->by_id.all[i]->name;
		int fit;

		if (strcmp(container->id, id) != 0)
			break;
		if (are_roots && !name_is_trusted(container))
			continue;
		fit = fits(container, cgroup, user_id);
		is_clear = fit > best_fit || (is_clear && fit < best_fit);
		if (fit > best_fit) {
			best = container;
			best_fit = fit;
		}
	}
	return is_clear ? best : NULL;
}

const struct container_info *names_find_of(const struct names *names,
					   const char *id, const char *cgroup,
					   int64_t user_id)
{
	return find_best(names, id, cgroup, user_id, false);
}

const struct container_info *names_find(const struct names *names,
					const char *id, const char *cgroup)
{
	return names_find_of(names, id, cgroup,
			     cgroup ? user_of_cgroup(cgroup) : 0);
}

const struct container_info *names_find_again(const struct names *names,
					      const char *id,
					      const char *cgroup,
					      int64_t user_id, bool *is_roots)
{
	const struct container_info *container =
		find_best(names, id, cgroup, user_id, *is_roots);

	*is_roots |= container && name_is_trusted(container);
	return container;
}

bool names_is_clear(const struct names *names,
		    const struct container_info *container)
{
	bool found;
	size_t i = place_of_id(names, container->id, NULL, &found);

	for (; i < names->by_id.nr; i++) {
		const struct container_info *other = &names->by_id.all[i]->name;

		if (strcmp(other->id, container->id) != 0)
			break;
		if (other != container &&
		    (name_is_trusted(other) || !name_is_trusted(container)))
			return false;
	}
	return true;
}

bool names_has(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->by_id.nr; i++) {
		const char *one = names->by_id.all[i]->name.name;

		if (one && strcmp(one, name) == 0)
			return true;
	}
	return false;
}

static bool same_cgroup(const struct container_info *a,
			const struct container_info *b)
{
	return a->cgroup && b->cgroup && strcmp(a->cgroup, b->cgroup) == 0 &&
	       a->runtime && b->runtime && strcmp(a->runtime, b->runtime) == 0;
}

static void replace(struct names *names, size_t place,
		    struct name_entry *entry)
{
	struct name_entry *old = names->by_id.all[place];
	uint64_t changes = names->cgroup_changes;

	remove_cgroup(names, old);
	add_cgroup(names, entry);
	if (same_cgroup(&old->name, &entry->name))
		names->cgroup_changes = changes;
	names->by_id.all[place] = entry;
	name_unref(&old->name);
}

static void keep_those(struct names *names,
		       bool (*is_kept)(const struct names *names,
				       const struct name_entry *entry))
{
	size_t i, kept = 0;

	for (i = 0; i < names->by_id.nr; i++) {
		struct name_entry *entry = names->by_id.all[i];

		if (is_kept(names, entry)) {
			names->by_id.all[kept++] = entry;
			continue;
		}
		remove_cgroup(names, entry);
		name_unref(&entry->name);
	}
	names->by_id.nr = kept;
}

static bool is_new(const struct names *names, const struct name_entry *entry)
{
	return entry->generation == names->generation;
}

/*
 * Containers from before the current list are kept until the list is complete,
 * but must give way to those in it, which nobody would send again.
 */
int names_set(struct names *names, const struct container_info *container)
{
	bool found;
	size_t place = place_of_id(names, container->id, container->engine,
				   &found);
	struct name_entry *entry;

	if (!found && names->by_id.nr >= NAMES_MAX) {
		keep_those(names, is_new);
		place = place_of_id(names, container->id, container->engine,
				    &found);
	}
	if (!found && names->by_id.nr >= NAMES_MAX)
		return -ENOSPC;
	if (make_room(&names->by_id) < 0 || make_room(&names->by_cgroup) < 0)
		return -ENOMEM;
	entry = name_entry_new(container);
	if (!entry)
		return -ENOMEM;
	entry->generation = names->generation;
	if (found) {
		replace(names, place, entry);
		return 0;
	}
	insert_at(&names->by_id, place, entry);
	add_cgroup(names, entry);
	return 0;
}

void names_remove(struct names *names, const char *id, const char *engine)
{
	bool found;
	size_t place = place_of_id(names, id, engine, &found);
	struct name_entry *entry;

	if (!found)
		return;
	entry = names->by_id.all[place];
	remove_cgroup(names, entry);
	remove_at(&names->by_id, place);
	name_unref(&entry->name);
}

void names_begin(struct names *names)
{
	names->generation++;
}

static const struct name_engine *engine_of(const struct names *names,
					   const struct name_entry *entry)
{
	size_t i;

	for (i = 0; entry->name.engine && i < names->nr_engines; i++) {
		if (strcmp(names->engines[i].socket, entry->name.engine) == 0)
			return &names->engines[i];
	}
	return NULL;
}

static bool is_in_list(const struct names *names,
		       const struct name_entry *entry)
{
	const struct name_engine *engine = engine_of(names, entry);

	return entry->generation == names->generation ||
	       (engine && !engine->listed);
}

void names_end(struct names *names)
{
	keep_those(names, is_in_list);
}

/* Engines */

static bool has_engine(const struct names *names,
		       const struct name_entry *entry)
{
	return !entry->name.engine || engine_of(names, entry);
}

void names_set_engines(struct names *names, const struct name_engine *engines,
		       size_t nr)
{
	names->nr_engines = nr < NAME_ENGINES_MAX ? nr : NAME_ENGINES_MAX;
	memcpy(names->engines, engines, names->nr_engines * sizeof(*engines));
	keep_those(names, has_engine);
}

const struct name_engine *names_engines(const struct names *names,
					size_t *ret_nr)
{
	*ret_nr = names->nr_engines;
	return names->engines;
}
