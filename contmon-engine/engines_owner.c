// SPDX-License-Identifier: GPL-2.0-only
/* Which engine has a container. */
#include <string.h>

#include "base/user_slice.h"
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
	if (!has_in(engine, id, NULL))
		return false;
	return cgroup ? user_of_cgroup(cgroup) ==
			(int64_t)engine_docker_user(engine->docker) :
	       !engine_table_find(engine->source, id)->alive;
}

/*
 * A user can call a cgroup like one of root's containers. Of those in a user's
 * slice, root's are only the ones that root's engine reports there.
 */
static bool may_be_roots(const char *cgroup)
{
	return !cgroup || user_of_cgroup(cgroup) == 0;
}

/* How an owner is found: by the first of these that anyone passes */
enum test { BY_CGROUP, BY_ID, BY_USER, BY_RUNTIME };

static bool passes(const struct engine *engine, enum test test,
		   const char *id, const char *cgroup, const char *runtime)
{
	switch (test) {
	case BY_CGROUP:
		return cgroup && has_in(engine, id, cgroup);
	case BY_ID:
		return may_be_roots(cgroup) && is_trusted(engine) &&
		       has_in(engine, id, NULL);
	case BY_USER:
		return has_of_user(engine, id, cgroup);
	case BY_RUNTIME:
		return may_be_roots(cgroup) && may_have(engine, runtime);
	}
	return false;
}

const char *engines_owner(const struct engines *engines, const char *id,
			  const char *cgroup, const char *runtime)
{
	const struct engine *engine, *one;
	enum test test;
	size_t nr;

	for (test = BY_CGROUP; test <= BY_RUNTIME; test++) {
		one = NULL;
		nr = 0;
		TAILQ_FOREACH(engine, &engines->all, link) {
			if (!passes(engine, test, id, cgroup, runtime))
				continue;
			one = engine;
			nr++;
		}
		if (nr > 0)
			return nr == 1 ? one->path : NULL;
	}
	return NULL;
}

static bool is_below(const char *path, const char *above)
{
	size_t length = strlen(above);

	return strncmp(path, above, length) == 0 &&
	       (path[length] == '/' || !path[length]);
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
