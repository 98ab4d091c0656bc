// SPDX-License-Identifier: GPL-2.0-only
/* Which engine has a container. */
#include <string.h>

#include "base/user_slice.h"
#include "cgroup.h"
#include "engines_private.h"
#include "place.h"

static bool is_trusted(const struct engine *engine)
{
	return engine->docker &&
	       place_is_trusted(engine_docker_user(engine->docker));
}

static bool has_in(const struct engine *engine, const char *id,
		   const char *cgroup)
{
	const struct table_entry *entry = engine->source ?
		engine_table_find(engine->source, id) : NULL;

	return entry && (!cgroup || (entry->cgroup &&
				     strcmp(entry->cgroup, cgroup) == 0));
}

/* Root's engine may never have been reached yet. */
static bool may_be_trusted(const struct engine *engine)
{
	return engine->docker &&
	       engine_docker_user(engine->docker) == PLACE_NO_USER &&
	       place_is_roots(engine->path);
}

/*
 * Could a container of this runtime be its own, although it is not known? Not
 * that of a user's engine, which says so only in its list.
 */
static bool may_have(const struct engine *engine, const char *runtime)
{
	struct name_engine is;

	if (!is_trusted(engine) && !may_be_trusted(engine))
		return false;
	engine_docker_describe(engine->docker, &is);
	return !runtime || !*is.runtime || strcmp(is.runtime, runtime) == 0;
}

/*
 * A user's engine is only believed about what is in the user's slice, and about
 * what has ended, which has no cgroup.
 */
static bool has_of_user(const struct engine *engine, const char *id,
			const char *cgroup)
{
	if (is_trusted(engine) || !has_in(engine, id, NULL))
		return false;
	return cgroup ? user_of_cgroup(cgroup) ==
			(int64_t)engine_docker_user(engine->docker) :
	       !engine_table_find(engine->source, id)->alive;
}

static bool is_below(const char *path, const char *above)
{
	size_t length = strlen(above);

	return strncmp(path, above, length) == 0 &&
	       (path[length] == '/' || !path[length]);
}

/* Is a cgroup that of root's container, or in it? */
static bool has_around(const struct engine *engine, const char *id,
		       const char *cgroup)
{
	const struct table_entry *entry = is_trusted(engine) ?
		engine_table_find(engine->source, id) : NULL;

	return entry && entry->cgroup && is_below(cgroup, entry->cgroup);
}

/* Is a cgroup in that of another live container, which may name it at will? */
static bool is_inside_other(const struct engines *engines, const char *id,
			    const char *cgroup)
{
	const struct table_entry *entry;
	struct table_place place = { 0 };

	while ((entry = engine_table_next(engines->table, &place, true))) {
		if (entry->cgroup && strcmp(entry->id, id) != 0 &&
		    is_below(cgroup, entry->cgroup))
			return true;
		table_place_of(entry, &place);
	}
	return false;
}

/*
 * Who may make cgroups can call one like one of root's containers: in a user's
 * slice, in a service that has a user, in a container. Of those, root's are
 * only the ones that root's engine reports there.
 */
static bool may_be_roots(const struct engines *engines, const char *id,
			 const char *cgroup)
{
	return !cgroup || (user_of_cgroup(cgroup) == 0 &&
			   !is_inside_other(engines, id, cgroup) &&
			   !cgroup_is_users(cgroup));
}

/**
 * struct wanted - the container whose engine is looked for
 * @may_be_roots: see may_be_roots()
 */
struct wanted {
	const char *id;
	const char *cgroup;
	const char *runtime;
	bool may_be_roots;
};

/*
 * How an owner is found: by the first of these that anyone passes. Root may map
 * a container to a user, to whom its cgroup belongs then: what the engine of
 * this user says of it does not make root's unclear.
 */
enum test { BY_CGROUP_OF_ROOT, BY_CGROUP, BY_ID, BY_USER, BY_RUNTIME };

static bool passes(const struct engine *engine, enum test test,
		   const struct wanted *wanted)
{
	const char *id = wanted->id, *cgroup = wanted->cgroup;

	switch (test) {
	case BY_CGROUP_OF_ROOT:
		return cgroup && has_around(engine, id, cgroup);
	case BY_CGROUP:
		return cgroup && has_in(engine, id, cgroup);
	case BY_ID:
		return wanted->may_be_roots && is_trusted(engine) &&
		       has_in(engine, id, NULL);
	case BY_USER:
		return has_of_user(engine, id, cgroup);
	case BY_RUNTIME:
		return wanted->may_be_roots &&
		       may_have(engine, wanted->runtime);
	}
	return false;
}

const char *engines_owner(const struct engines *engines, const char *id,
			  const char *cgroup, const char *runtime)
{
	const struct wanted wanted = {
		id, cgroup, runtime, may_be_roots(engines, id, cgroup),
	};
	const struct engine *engine, *one;
	enum test test;
	size_t nr;

	for (test = BY_CGROUP_OF_ROOT; test <= BY_RUNTIME; test++) {
		one = NULL;
		nr = 0;
		TAILQ_FOREACH(engine, &engines->all, link) {
			if (!passes(engine, test, &wanted))
				continue;
			one = engine;
			nr++;
		}
		if (nr > 0)
			return nr == 1 ? one->path : NULL;
	}
	return NULL;
}

/* "ID", "docker-ID.scope", "libpod-ID": is @path in a cgroup of this kind? */
static bool has_part_of(const char *path, const char *id)
{
	static const char scope[] = ".scope";
	size_t length = strlen(id);
	const char *at;

	for (at = strstr(path, id); at; at = strstr(at + 1, id)) {
		const char *end = at + length;

		if (at == path || !strchr("/-", at[-1]))
			continue;
		if (strncmp(end, scope, strlen(scope)) == 0)
			end += strlen(scope);
		if (!*end || *end == '/')
			return true;
	}
	return false;
}

static bool owns(const struct engines *engines,
		 const struct table_entry *entry, const char *path)
{
	if (entry->cgroup && is_below(path, entry->cgroup))
		return true;
	return has_part_of(path, entry->id) &&
	       is_trusted(engines_find(engines,
				       table_source_socket(entry->source)));
}

bool engines_own(const struct engines *engines, const char *path)
{
	const struct table_entry *entry;
	struct table_place place = { 0 };

	while ((entry = engine_table_next(engines->table, &place, true))) {
		if (owns(engines, entry, path))
			return true;
		table_place_of(entry, &place);
	}
	return false;
}
