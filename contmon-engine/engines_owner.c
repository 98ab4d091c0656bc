// SPDX-License-Identifier: GPL-2.0-only
/* Finds the engine that owns a container. */
#include <string.h>

#include "base/user_slice.h"
#include "cgroup.h"
#include "engines_private.h"
#include "socket_path.h"

static bool is_trusted(const struct engine *engine)
{
	return engine->docker &&
	       socket_path_is_trusted(engine_docker_user(engine->docker));
}

static bool has_in(const struct engine *engine, const char *id,
		   const char *cgroup)
{
	const struct table_entry *entry = engine->source ?
		engine_table_find(engine->source, id) : NULL;

	return entry && (!cgroup || (entry->cgroup &&
				     strcmp(entry->cgroup, cgroup) == 0));
}

/* It may be an engine of root that was never reached yet. */
static bool may_be_trusted(const struct engine *engine)
{
	return engine->docker &&
	       engine_docker_user(engine->docker) == SOCKET_PATH_NO_USER &&
	       socket_path_is_roots(engine->path);
}

/*
 * Could the engine own a container that it has not reported? A user's engine
 * cannot: it owns only what is in its list.
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
 * Does @engine belong to a user, and does it have the container? It is believed
 * only about cgroups in its user's slice, and about ended containers, which
 * have no cgroup.
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

/* Is @cgroup that of container @id of root's engine, or below it? */
static bool has_around(const struct engine *engine, const char *id,
		       const char *cgroup)
{
	const struct table_entry *entry = is_trusted(engine) ?
		engine_table_find(engine->source, id) : NULL;

	return entry && entry->cgroup && is_below(cgroup, entry->cgroup);
}

/* Is @cgroup inside another live container, which can choose such names? */
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
 * Whoever may create cgroups can name one like a container of root: in a user's
 * slice, in a service that runs as a user, or in a container. In these places,
 * only what root's engine itself reports is root's.
 */
static bool may_be_roots(const struct engines *engines, const char *id,
			 const char *cgroup)
{
	return !cgroup || (user_of_cgroup(cgroup) == 0 &&
			   !is_inside_other(engines, id, cgroup) &&
			   !cgroup_is_users(cgroup));
}

/**
 * struct wanted - the container whose engine is wanted
 * @may_be_roots: result of may_be_roots()
 */
struct wanted {
	const char *id;
	const char *cgroup;
	const char *runtime;
	bool may_be_roots;
};

/*
 * The tests that find an owner: the first one that any engine passes decides.
 * Root may map a container to a user, who then owns its cgroup. What this
 * user's engine says about it must not make the owner ambiguous.
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

/*
 * Is @path in a cgroup named "ID", "docker-ID.scope", "libpod-ID" or similar?
 */
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
