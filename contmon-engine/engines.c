// SPDX-License-Identifier: GPL-2.0-only
#include "engines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/user_slice.h"
#include "base/util.h"
#include "place.h"

#define SEARCH_USEC (2 * 1000 * 1000)

/*
 * @device, @inode: of its socket, by which a second path of it is noticed
 * @is_found: by the search that is under way or was the last one
 * @gone: timer; enabled while it is not found
 * @docker: NULL for a folder that cannot be searched
 */
struct engine {
	struct engines *engines;
	TAILQ_ENTRY(engine) link;
	char *path;
	dev_t device;
	ino_t inode;
	bool is_found;
	sd_event_source *gone;
	struct table_source *source;
	struct engine_docker *docker;
};

/** @changed: in the search that is under way */
struct engines {
	sd_event *event;
	sd_event_source *search;
	const struct engines_place *places;
	size_t nr_places;
	struct engine_table *table;
	engines_fn *fn;
	void *userdata;
	TAILQ_HEAD(, engine) all;
	size_t nr;
	bool changed;
	bool logged_full;
};

/* One engine */

static void forget(struct engine *engine)
{
	struct engines *engines = engine->engines;

	TAILQ_REMOVE(&engines->all, engine, link);
	engines->nr--;
	engine_docker_free(engine->docker);
	table_source_free(engine->source);
	sd_event_source_disable_unref(engine->gone);
	free(engine->path);
	free(engine);
}

static int set_gone(struct engine *engine, bool is_gone)
{
	if (is_gone)
		sd_event_source_set_time_relative(engine->gone,
			(uint64_t)ENGINE_GONE_MS * 1000);
	return sd_event_source_set_enabled(engine->gone, is_gone ?
					   SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* A frozen engine may still hold an order, or even answer again. */
static int on_gone(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine *engine = userdata;
	struct engines *engines = engine->engines;

	(void)source;
	(void)usec;
	if (!engine_docker_is_idle(engine->docker))
		return set_gone(engine, true);
	log_info("%s: its socket is gone, and so are its containers",
		 engine->path);
	forget(engine);
	engines->fn(engines->userdata);
	return 0;
}

static void on_docker(void *userdata)
{
	struct engines *engines = userdata;

	engines->fn(engines->userdata);
}

static int begin(struct engine *engine, bool is_denied)
{
	struct engines *engines = engine->engines;
	int r;

	engine->path = strdup(engine->path);
	if (!engine->path)
		return -ENOMEM;
	r = sd_event_add_time(engines->event, &engine->gone, CLOCK_MONOTONIC,
			      UINT64_MAX, 1000, on_gone, engine);
	if (r >= 0)
		r = set_gone(engine, false);
	if (r < 0 || is_denied)
		return r;
	engine->source = engine_table_source(engines->table, engine->path);
	return engine->source ?
		engine_docker_new(engines->event, engine->source, on_docker,
				  engines, &engine->docker) : -ENOMEM;
}

/* Search */

static struct engine *find(const struct engines *engines, const char *path)
{
	struct engine *engine;

	TAILQ_FOREACH(engine, &engines->all, link) {
		if (strcmp(engine->path, path) == 0)
			return engine;
	}
	return NULL;
}

/* Another path of a socket that is known; Podman is often Docker, too. */
static bool is_known(const struct engines *engines, const struct stat *st)
{
	const struct engine *engine;

	TAILQ_FOREACH(engine, &engines->all, link) {
		if (engine->is_found && engine->inode == st->st_ino &&
		    engine->device == st->st_dev)
			return true;
	}
	return false;
}

static int add(struct engines *engines, const char *path, bool is_denied,
	       const struct stat *st)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int r;

	if (!engine)
		return -ENOMEM;
	engine->engines = engines;
	engine->is_found = true;
	engine->device = st->st_dev;
	engine->inode = st->st_ino;
	engine->path = (char *)path;
	TAILQ_INSERT_TAIL(&engines->all, engine, link);
	engines->nr++;
	engines->changed = true;
	r = begin(engine, is_denied);
	if (r < 0)
		forget(engine);
	return r;
}

static bool has_room(struct engines *engines, const char *path)
{
	if (engines->nr < NAME_ENGINES_MAX &&
	    strlen(path) <= NAME_ENGINE_SOCKET_MAX)
		return true;
	if (!engines->logged_full)
		log_warn("%s: is not used: at most %d engines, and %d bytes of "
			 "a path", path, NAME_ENGINES_MAX,
			 NAME_ENGINE_SOCKET_MAX);
	engines->logged_full = true;
	return false;
}

static void on_new(const char *path, bool is_denied, void *userdata)
{
	struct engines *engines = userdata;
	struct stat st = { 0 };
	int r = 0;

	if (find(engines, path))
		return;
	if (stat(path, &st) == 0 && is_known(engines, &st))
		return;
	if (has_room(engines, path))
		r = add(engines, path, is_denied, &st);
	if (r < 0)
		log_warn("%s: %s", path, strerror(-r));
	else if (is_denied)
		log_info("%s: no right to search it for sockets of engines: "
			 "see ROOTLESS ENGINES in contmon-engine(8)", path);
}

/* What is known comes first, so that it keeps its path. */
static void on_found(const char *path, bool is_denied, void *userdata)
{
	struct engine *engine = find(userdata, path);
	struct stat st = { 0 };

	if (!engine || is_denied != !engine->docker)
		return;
	stat(path, &st);
	engine->device = st.st_dev;
	engine->inode = st.st_ino;
	engine->is_found = true;
}

static void search_with(struct engines *engines, place_fn *fn)
{
	size_t i;

	for (i = 0; i < engines->nr_places; i++)
		place_search(engines->places[i].pattern,
			     engines->places[i].is_wanted, fn, engines);
}

static void begin_search(struct engines *engines)
{
	struct engine *engine;

	TAILQ_FOREACH(engine, &engines->all, link)
		engine->is_found = false;
}

/* A folder that can be searched by now, or is gone, is forgotten at once. */
static void end_search(struct engines *engines)
{
	struct engine *engine = TAILQ_FIRST(&engines->all), *next;

	for (; engine; engine = next) {
		int is_on = SD_EVENT_OFF;

		next = TAILQ_NEXT(engine, link);
		sd_event_source_get_enabled(engine->gone, &is_on);
		if (!engine->docker && !engine->is_found) {
			forget(engine);
			engines->changed = true;
		} else if (engine->is_found != (is_on == SD_EVENT_OFF)) {
			set_gone(engine, !engine->is_found);
		}
	}
}

static void search(struct engines *engines)
{
	engines->changed = false;
	begin_search(engines);
	search_with(engines, on_found);
	end_search(engines);
	search_with(engines, on_new);
}

static int on_search(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engines *engines = userdata;

	(void)usec;
	search(engines);
	if (engines->changed)
		engines->fn(engines->userdata);
	sd_event_source_set_time_relative(source, SEARCH_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Queries */

static void describe_denied(const struct engine *engine,
			    struct name_engine *ret)
{
	*ret = (struct name_engine){
		.state = NAME_ENGINE_DENIED,
		.user_id = -1,
		.listed = true,
		.is_folder = true,
		.reason = "no right to search it for sockets of engines: see "
			  "ROOTLESS ENGINES in contmon-engine(8)",
	};
	snprintf(ret->socket, sizeof(ret->socket), "%s", engine->path);
}

size_t engines_describe(const struct engines *engines,
			struct name_engine ret[NAME_ENGINES_MAX])
{
	const struct engine *engine;
	size_t nr = 0;

	TAILQ_FOREACH(engine, &engines->all, link) {
		if (engine->docker)
			engine_docker_describe(engine->docker, &ret[nr++]);
		else
			describe_denied(engine, &ret[nr++]);
	}
	return nr;
}

const struct engine_docker *engines_at(const struct engines *engines,
				       const char *socket)
{
	const struct engine *engine = find(engines, socket);

	return engine ? engine->docker : NULL;
}

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

/* How an owner is found: by the first of these that anyone passes */
enum test { BY_CGROUP, BY_ID, BY_USER, BY_RUNTIME };

static bool passes(const struct engine *engine, enum test test,
		   const char *id, const char *cgroup, const char *runtime)
{
	switch (test) {
	case BY_CGROUP:
		return cgroup && has_in(engine, id, cgroup);
	case BY_ID:
		return is_trusted(engine) && has_in(engine, id, NULL);
	case BY_USER:
		return has_of_user(engine, id, cgroup);
	case BY_RUNTIME:
		return may_have(engine, runtime);
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
	       is_trusted(find(engines, table_source_socket(entry->source)));
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

/* Life */

int engines_new(sd_event *event, const struct engines_place *places,
		size_t nr, struct engine_table *table, engines_fn *fn,
		void *userdata, struct engines **ret)
{
	struct engines *engines = calloc(1, sizeof(*engines));
	int r;

	if (!engines)
		return -ENOMEM;
	TAILQ_INIT(&engines->all);
	engines->event = sd_event_ref(event);
	engines->places = places;
	engines->nr_places = nr;
	engines->table = table;
	engines->fn = fn;
	engines->userdata = userdata;
	r = sd_event_add_time_relative(event, &engines->search,
				       CLOCK_MONOTONIC, SEARCH_USEC, 0,
				       on_search, engines);
	if (r < 0) {
		engines_free(engines);
		return r;
	}
	search(engines);
	*ret = engines;
	return 0;
}

void engines_free(struct engines *engines)
{
	struct engine *engine;

	if (!engines)
		return;
	while ((engine = TAILQ_FIRST(&engines->all)))
		forget(engine);
	sd_event_source_disable_unref(engines->search);
	sd_event_unref(engines->event);
	free(engines);
}
