// SPDX-License-Identifier: GPL-2.0-only
/*
 * One session: ask for the version, list all containers, follow the events
 * from a moment before the list. What is alive in the list, and what an event
 * is about, is inspected, a few at a time. An inspection tells what is now,
 * that it is gone included, so it does not matter in which order events arrive
 * or whether one comes twice. When anything fails the session ends, and
 * another begins after a while.
 */
#include "docker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/util.h"
#include "fetch.h"
#include "parse.h"

/* {"type":["container"]} */
#define EVENT_FILTERS "%7B%22type%22%3A%5B%22container%22%5D%7D"

#define TIMEOUT_MS 10000
#define MIN_BACKOFF_USEC (200 * 1000)
#define MAX_BACKOFF_USEC (10 * 1000 * 1000)
#define LONG_SESSION_USEC (10 * 1000 * 1000)

#define MAX_INSPECTIONS 4
#define MAX_QUEUE 8192
#define MAX_ANSWER_BYTES (32 * 1024 * 1024)
#define MAX_INSPECT_BYTES (1024 * 1024)
#define MAX_EVENT_BYTES (256 * 1024)

struct inspection {
	struct engine_docker *docker;
	struct fetch *fetch;	/* NULL when it is free for another */
	char id[NAME_ID_MAX + 1];
	struct buffer body;
};

struct engine_docker {
	struct engine_table *table;
	engine_docker_fn *fn;
	void *userdata;
	char *socket;
	sd_event_source *begin;		/* timer of the next session */
	sd_event_source *work;		/* deferred: what to do after events */
	uint64_t backoff_usec;
	uint64_t began_usec;
	int told_error;
	bool told_full;

	/* of this session */
	struct fetcher *fetcher;
	struct api_version version;
	int64_t since;			/* epoch seconds, before the list */
	struct buffer body;
	struct lines events;
	char **queue;			/* ids to inspect */
	size_t nr_queue;
	struct inspection inspections[MAX_INSPECTIONS];
};

/* Sessions */

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void forget_session(struct engine_docker *docker)
{
	size_t i;

	fetcher_free(docker->fetcher);
	docker->fetcher = NULL;
	buffer_done(&docker->body);
	lines_reset(&docker->events);
	for (i = 0; i < docker->nr_queue; i++)
		free(docker->queue[i]);
	docker->nr_queue = 0;
	for (i = 0; i < MAX_INSPECTIONS; i++) {
		docker->inspections[i].fetch = NULL;
		buffer_done(&docker->inspections[i].body);
	}
}

/* Called from the ends of fetches, so the fetcher is freed by the next one. */
static void end_session(struct engine_docker *docker, const char *what,
			int error)
{
	if (error != docker->told_error)
		log_warn("%s: %s: %s; trying again until it answers",
			 docker->socket, what, strerror(-error));
	docker->told_error = error;
	docker->fn(false, docker->userdata);
	if (now_usec() - docker->began_usec > LONG_SESSION_USEC)
		docker->backoff_usec = MIN_BACKOFF_USEC;
	sd_event_source_set_enabled(docker->work, SD_EVENT_OFF);
	sd_event_source_set_time_relative(docker->begin,
					  docker->backoff_usec);
	sd_event_source_set_enabled(docker->begin, SD_EVENT_ONESHOT);
	docker->backoff_usec *= 2;
	if (docker->backoff_usec > MAX_BACKOFF_USEC)
		docker->backoff_usec = MAX_BACKOFF_USEC;
}

static int error_of(int error, long status)
{
	return error < 0 ? error : status == 200 ? 0 : -EREMOTEIO;
}

static int collect(struct buffer *body, const char *bytes, size_t nr_bytes,
		   size_t max_bytes)
{
	if (body->length + nr_bytes > max_bytes)
		return -EMSGSIZE;
	buffer_add(body, bytes, nr_bytes);
	return body->failed ? -ENOMEM : 0;
}

static int on_body(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct engine_docker *docker = userdata;

	return collect(&docker->body, bytes, nr_bytes, MAX_ANSWER_BYTES);
}

/* Inspections */

static void schedule_work(struct engine_docker *docker)
{
	sd_event_source_set_enabled(docker->work, SD_EVENT_ONESHOT);
}

static int enqueue(struct engine_docker *docker, const char *id)
{
	size_t i;

	for (i = 0; i < docker->nr_queue; i++) {
		if (strcmp(docker->queue[i], id) == 0)
			return 0;
	}
	if (docker->nr_queue == MAX_QUEUE)
		return -ENOBUFS;
	docker->queue[docker->nr_queue] = strdup(id);
	if (!docker->queue[docker->nr_queue])
		return -ENOMEM;
	docker->nr_queue++;
	schedule_work(docker);
	return 0;
}

static int keep(struct engine_docker *docker, struct description *description)
{
	int r = engine_table_set(docker->table, description);

	if (r == -ENOSPC && !docker->told_full)
		log_warn("%s has more containers than are named",
			 docker->socket);
	docker->told_full |= r == -ENOSPC;
	return r == -ENOSPC ? 0 : r;
}

static int on_inspect_body(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct inspection *inspection = userdata;

	return collect(&inspection->body, bytes, nr_bytes, MAX_INSPECT_BYTES);
}

static int understand(struct inspection *inspection)
{
	struct description description;
	int r = parse_inspect(inspection->body.text ?: "",
			      inspection->body.length, &description);

	return r < 0 ? r : keep(inspection->docker, &description);
}

/* One container that cannot be understood says nothing about the others. */
static void on_inspected(int error, long status, void *userdata)
{
	struct inspection *inspection = userdata;
	struct engine_docker *docker = inspection->docker;

	inspection->fetch = NULL;
	if (error == 0 && status == 404)
		engine_table_remove(docker->table, inspection->id);
	else if (error == 0 && status == 200)
		error = understand(inspection);
	else
		error = error_of(error, status);
	buffer_done(&inspection->body);
	if (error < 0)
		log_warn("%s: container %.12s: %s", docker->socket,
			 inspection->id, strerror(-error));
	schedule_work(docker);
}

static int inspect(struct inspection *inspection, const char *id)
{
	struct engine_docker *docker = inspection->docker;
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.timeout_ms = TIMEOUT_MS,
		.data = on_inspect_body,
		.done = on_inspected,
		.userdata = inspection,
	};

	strcpy(inspection->id, id);
	if (asprintf(&path, "/v%u.%u/containers/%s/json",
		     docker->version.major, docker->version.minor, id) < 0)
		return -ENOMEM;
	request.path = path;
	return fetch_begin(docker->fetcher, &request, &inspection->fetch);
}

static bool is_inspected(const struct engine_docker *docker, const char *id)
{
	size_t i;

	for (i = 0; i < MAX_INSPECTIONS; i++) {
		const struct inspection *inspection = &docker->inspections[i];

		if (inspection->fetch && strcmp(inspection->id, id) == 0)
			return true;
	}
	return false;
}

/* Take an id that nobody is asking for already; its answer may be too old. */
static char *dequeue(struct engine_docker *docker)
{
	size_t i;

	for (i = 0; i < docker->nr_queue; i++) {
		char *id = docker->queue[i];

		if (is_inspected(docker, id))
			continue;
		docker->nr_queue--;
		memmove(&docker->queue[i], &docker->queue[i + 1],
			(docker->nr_queue - i) * sizeof(char *));
		return id;
	}
	return NULL;
}

static int on_work(sd_event_source *source, void *userdata)
{
	struct engine_docker *docker = userdata;
	size_t i;
	int r;

	(void)source;
	for (i = 0; i < MAX_INSPECTIONS; i++) {
		_cleanup_free_ char *id = NULL;

		if (docker->inspections[i].fetch)
			continue;
		id = dequeue(docker);
		if (!id)
			break;
		r = inspect(&docker->inspections[i], id);
		if (r < 0) {
			end_session(docker, "inspect", r);
			break;
		}
	}
	return 0;
}

/* Events */

static int on_event(const char *line, size_t length, void *userdata)
{
	struct engine_docker *docker = userdata;
	char id[NAME_ID_MAX + 1];
	int r = parse_event(line, length, id);

	return r == 1 ? enqueue(docker, id) : r;
}

static int on_events(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct engine_docker *docker = userdata;

	return lines_feed(&docker->events, bytes, nr_bytes, MAX_EVENT_BYTES,
			  on_event, docker);
}

static void on_events_end(int error, long status, void *userdata)
{
	error = error_of(error, status);
	end_session(userdata, "events", error ?: -ECONNRESET);
}

static int follow_events(struct engine_docker *docker)
{
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.data = on_events,
		.done = on_events_end,
		.userdata = docker,
	};

	if (asprintf(&path, "/v%u.%u/events?since=%" PRIi64 "&filters=%s",
		     docker->version.major, docker->version.minor,
		     docker->since, EVENT_FILTERS) < 0)
		return -ENOMEM;
	request.path = path;
	return fetch_begin(docker->fetcher, &request, NULL);
}

/* The beginning of a session */

static int on_listed(struct description *description, void *userdata)
{
	struct engine_docker *docker = userdata;
	int r = 0;

	if (description->alive)
		r = enqueue(docker, description->id);
	if (r < 0) {
		description_done(description);
		return r;
	}
	return keep(docker, description);
}

static void on_list(int error, long status, void *userdata)
{
	struct engine_docker *docker = userdata;

	error = error_of(error, status);
	if (error == 0) {
		engine_table_begin(docker->table);
		error = parse_list(docker->body.text ?: "",
				   docker->body.length, on_listed, docker);
		if (error == 0)
			engine_table_end(docker->table);
	}
	buffer_done(&docker->body);
	if (error == 0)
		error = follow_events(docker);
	if (error < 0) {
		end_session(docker, "list of containers", error);
		return;
	}
	log_info("%s: %zu containers, API version %u.%u", docker->socket,
		 engine_table_nr(docker->table), docker->version.major,
		 docker->version.minor);
	docker->told_error = 0;
	docker->fn(true, docker->userdata);
}

static int list(struct engine_docker *docker)
{
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.timeout_ms = TIMEOUT_MS,
		.data = on_body,
		.done = on_list,
		.userdata = docker,
	};

	if (asprintf(&path, "/v%u.%u/containers/json?all=1",
		     docker->version.major, docker->version.minor) < 0)
		return -ENOMEM;
	request.path = path;
	docker->since = time(NULL) - 1;
	return fetch_begin(docker->fetcher, &request, NULL);
}

static void on_version(int error, long status, void *userdata)
{
	struct engine_docker *docker = userdata;

	error = error_of(error, status);
	if (error == 0)
		error = parse_version(docker->body.text ?: "",
				      docker->body.length, &docker->version);
	buffer_done(&docker->body);
	if (error == 0)
		error = list(docker);
	if (error < 0)
		end_session(docker, "version", error);
}

static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine_docker *docker = userdata;
	const struct fetch_request request = {
		.path = "/version",
		.timeout_ms = TIMEOUT_MS,
		.data = on_body,
		.done = on_version,
		.userdata = docker,
	};
	int r;

	(void)usec;
	forget_session(docker);
	docker->began_usec = now_usec();
	r = fetcher_new(sd_event_source_get_event(source), docker->socket,
			&docker->fetcher);
	if (r == 0)
		r = fetch_begin(docker->fetcher, &request, NULL);
	if (r < 0)
		end_session(docker, "version", r);
	return 0;
}

static int set_up(struct engine_docker *docker, sd_event *event,
		  const char *socket)
{
	size_t i;
	int r;

	docker->backoff_usec = MIN_BACKOFF_USEC;
	docker->socket = strdup(socket);
	docker->queue = calloc(MAX_QUEUE, sizeof(char *));
	if (!docker->socket || !docker->queue)
		return -ENOMEM;
	for (i = 0; i < MAX_INSPECTIONS; i++)
		docker->inspections[i].docker = docker;
	r = sd_event_add_defer(event, &docker->work, on_work, docker);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(docker->work, SD_EVENT_OFF);
	return sd_event_add_time(event, &docker->begin, CLOCK_MONOTONIC, 0,
				 1000, on_begin, docker);
}

int engine_docker_new(sd_event *event, const char *socket,
		      struct engine_table *table, engine_docker_fn *fn,
		      void *userdata, struct engine_docker **ret)
{
	struct engine_docker *docker = calloc(1, sizeof(*docker));
	int r;

	if (!docker)
		return -ENOMEM;
	docker->table = table;
	docker->fn = fn;
	docker->userdata = userdata;
	r = set_up(docker, event, socket);
	if (r < 0) {
		engine_docker_free(docker);
		return r;
	}
	*ret = docker;
	return 0;
}

void engine_docker_free(struct engine_docker *docker)
{
	if (!docker)
		return;
	forget_session(docker);
	sd_event_source_disable_unref(docker->begin);
	sd_event_source_disable_unref(docker->work);
	free(docker->queue);
	free(docker->socket);
	free(docker);
}
