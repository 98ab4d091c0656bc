// SPDX-License-Identifier: GPL-2.0-only
#include "engines_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "socket_path.h"

#define SEARCH_USEC (2 * 1000 * 1000)

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

/* A frozen engine may still be working on an order, or even answer again. */
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
		engine_docker_new(engines->event, engine->source,
				  engines->config.layers, on_docker, engines,
				  &engine->docker) : -ENOMEM;
}

/* Search */

struct engine *engines_find(const struct engines *engines, const char *path)
{
	struct engine *engine;

	TAILQ_FOREACH(engine, &engines->all, link) {
		if (strcmp(engine->path, path) == 0)
			return engine;
	}
	return NULL;
}

/*
 * Is the socket known by another path? Podman often provides Docker's path,
 * too.
 */
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

/*
 * What a path leads to; zero if it is refused. If it were not, a user's link
 * could hide somebody else's engine by posing as another path of it.
 */
static void look_at(const char *path, struct stat *ret)
{
	_cleanup_close_ int fd = -1;

	*ret = (struct stat){ 0 };
	fd = socket_path_open(path, ret);
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
	engine->user = socket_path_owner(path);
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

static bool make_room(struct engines *engines, const char *path)
{
	struct engine *victim = engines_victim(engines,
					       socket_path_owner(path));

	if (!victim)
		return false;
	log_warn("%s: no longer used: there are more than %d engines",
		 victim->path, NAME_ENGINES_MAX);
	forget(victim);
	engines->changed = true;
	return true;
}

static bool has_room(struct engines *engines, const char *path)
{
	if (strlen(path) <= NAME_ENGINE_SOCKET_MAX &&
	    (engines->nr < NAME_ENGINES_MAX || make_room(engines, path)))
		return true;
	if (!engines->logged_full)
		log_warn("%s: not used: at most %d engines, with paths of at "
			 "most %d bytes", path, NAME_ENGINES_MAX,
			 NAME_ENGINE_SOCKET_MAX);
	engines->logged_full = true;
	return false;
}

static void on_new(const char *path, bool is_denied, void *userdata)
{
	struct engines *engines = userdata;
	struct stat st;
	int r = 0;

	if (engines_find(engines, path))
		return;
	look_at(path, &st);
	if (st.st_ino != 0 && is_known(engines, &st))
		return;
	if (has_room(engines, path))
		r = add(engines, path, is_denied, &st);
	if (r < 0)
		log_warn("%s: %s", path, strerror(-r));
	else if (is_denied)
		log_info("%s: no permission to search it for sockets: "
			 "see ROOTLESS ENGINES in contmon-engine(8)", path);
}

/* Known engines are looked up first, so that they keep their paths. */
static void on_found(const char *path, bool is_denied, void *userdata)
{
	struct engine *engine = engines_find(userdata, path);
	struct stat st;

	if (!engine || is_denied != !engine->docker)
		return;
	look_at(path, &st);
	engine->device = st.st_dev;
	engine->inode = st.st_ino;
	engine->is_found = true;
}

static void search_with(struct engines *engines, socket_path_fn *fn)
{
	size_t i;

	for (i = 0; i < engines->config.nr_socket_paths; i++)
		socket_path_search(engines->config.socket_paths[i].pattern,
				   engines->config.socket_paths[i].is_wanted,
				   fn, engines);
}

static void begin_search(struct engines *engines)
{
	struct engine *engine;

	TAILQ_FOREACH(engine, &engines->all, link)
		engine->is_found = false;
}

/* A directory is forgotten at once when it can be searched or is gone. */
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

static int search_later(sd_event_source *source)
{
	int r = sd_event_source_set_time_relative(source, SEARCH_USEC);

	return r < 0 ? r : sd_event_source_set_enabled(source,
						       SD_EVENT_ONESHOT);
}

static int on_search(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engines *engines = userdata;

	(void)usec;
	search(engines);
	if (engines->changed)
		engines->fn(engines->userdata);
	return search_later(source);
}

/* Queries */

static void describe_denied(const struct engine *engine,
			    struct name_engine *ret)
{
	*ret = (struct name_engine){
		.state = NAME_ENGINE_DENIED,
		.user_id = -1,
		.listed = true,
		.is_directory = true,
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
	const struct engine *engine = engines_find(engines, socket);

	return engine ? engine->docker : NULL;
}

/* Lifecycle */

int engines_new(sd_event *event, const struct engines_config *config,
		struct engine_table *table, engines_fn *fn, void *userdata,
		struct engines **ret)
{
	struct engines *engines = calloc(1, sizeof(*engines));
	int r;

	if (!engines)
		return -ENOMEM;
	TAILQ_INIT(&engines->all);
	engines->event = sd_event_ref(event);
	engines->config = *config;
	engines->table = table;
	engines->fn = fn;
	engines->userdata = userdata;
	r = sd_event_add_time(event, &engines->search, CLOCK_MONOTONIC,
			      UINT64_MAX, 0, on_search, engines);
	if (r >= 0)
		r = search_later(engines->search);
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
