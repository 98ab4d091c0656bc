// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session: get the version, follow the events, list all containers. Then each
 * live container of the list, and each container that an event is about, is
 * inspected. The answer has its current state, so events may be repeated or out
 * of order. A session ends when its events end or when it fails to start;
 * another one starts after a while.
 */
#include "docker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "fetch.h"
#include "inventory.h"
#include "layers.h"
#include "parse.h"
#include "socket_path.h"
#include "pulse.h"
#include "split.h"

/* {"type":["container"]} */
#define EVENT_FILTERS "%7B%22type%22%3A%5B%22container%22%5D%7D"

/* An engine that is slow to start gets more time in each further session. */
#define MIN_SILENCE_MS 10000
#define MAX_SILENCE_MS 600000
#define MIN_BACKOFF_USEC (200 * 1000)
#define MAX_BACKOFF_USEC (10 * 1000 * 1000)
#define LONG_SESSION_NS (10 * NS_PER_SECOND)

/* If only the stream of events is broken, a new session may help. */
#define MAX_PULSES_LOST 12

struct engine_docker {
	struct table_source *source;
	engine_docker_fn *fn;
	void *userdata;
	const char *socket;		/* belongs to the source */
	bool wants_layers;
	uid_t user;			/* of the engine */
	sd_event_source *begin;		/* timer of the next session */
	uint64_t backoff_usec;
	long silence_ms;
	bool connected;
	int error;			/* of the last session; 0: none */
	struct fetcher *orders;		/* outlives sessions */

	/* of this session */
	bool ended;
	uint64_t began_ns;
	struct fetcher *fetcher;
	struct engine_version version;
	char prefix[32];		/* of paths: the version of the API */
	struct split *answer;		/* version, then the list */
	struct split *events;
	struct inventory *inventory;
	struct pulse *pulse;
	struct layers *layers;
	unsigned int pulses_lost;
};

/* Sessions */

static void forget_session(struct engine_docker *docker)
{
	fetcher_free(docker->fetcher);
	pulse_free(docker->pulse);
	layers_free(docker->layers);
	inventory_free(docker->inventory);
	split_free(docker->answer);
	split_free(docker->events);
	docker->fetcher = NULL;
	docker->pulse = NULL;
	docker->layers = NULL;
	docker->inventory = NULL;
	docker->answer = NULL;
	docker->events = NULL;
	docker->pulses_lost = 0;
	docker->ended = false;
}

static void set_connected(struct engine_docker *docker, bool connected)
{
	if (docker->inventory)
		inventory_pause(docker->inventory, !connected);
	if (docker->connected == connected)
		return;
	docker->connected = connected;
	docker->fn(docker->userdata);
}

/*
 * Called from callbacks of fetches, so the resources of this session are freed
 * only by the next one. Until then other fetches may end.
 */
static void end_session(struct engine_docker *docker, const char *what,
			int error)
{
	if (docker->ended)
		return;
	docker->ended = true;
	if (error != docker->error) {
		log_warn("%s: %s: %s; trying again until it answers",
			 docker->socket, what, strerror(-error));
		docker->error = error;
		if (!docker->connected)
			docker->fn(docker->userdata);
	}
	if (error == -ETIMEDOUT && docker->silence_ms < MAX_SILENCE_MS)
		docker->silence_ms *= 2;
	set_connected(docker, false);
	if (clock_monotonic_ns() - docker->began_ns > LONG_SESSION_NS)
		docker->backoff_usec = MIN_BACKOFF_USEC;
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

/* Health checks */

static void on_pulse(int error, void *userdata)
{
	struct engine_docker *docker = userdata;

	if (docker->ended)
		return;
	docker->pulses_lost = error < 0 ? docker->pulses_lost + 1 : 0;
	if (docker->pulses_lost > MAX_PULSES_LOST) {
		end_session(docker, "ping", error);
		return;
	}
	if (error < 0 && docker->connected)
		log_warn("%s: no answer: %s", docker->socket,
			 strerror(-error));
	else if (error == 0 && !docker->connected)
		log_info("%s: answers again", docker->socket);
	docker->error = error;
	set_connected(docker, error == 0);
}

/* Events */

static int on_events(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct engine_docker *docker = userdata;

	return split_feed(docker->events, bytes, nr_bytes);
}

static void on_events_end(int error, long status, void *userdata)
{
	error = error_of(error, status);
	end_session(userdata, "events", error ?: -ECONNRESET);
}

/* Starts a little in the past, because the engine takes a moment to begin. */
static int follow_events(struct engine_docker *docker)
{
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.data = on_events,
		.done = on_events_end,
		.userdata = docker,
	};

	docker->events = split_new(SPLIT_LINES, parse_event_keys, docker->user,
				   inventory_event, docker->inventory);
	if (!docker->events ||
	    asprintf(&path, "%s/events?since=%" PRIu64 "&filters=%s",
		     docker->prefix,
		     clock_realtime_ns() / NS_PER_SECOND - 1,
		     EVENT_FILTERS) < 0)
		return -ENOMEM;
	request.path = path;
	return fetch_begin(docker->fetcher, &request, NULL);
}

/* The list */

static int on_bytes(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct engine_docker *docker = userdata;

	return split_feed(docker->answer, bytes, nr_bytes);
}

static int begin_pulse(struct engine_docker *docker)
{
	return pulse_new(sd_event_source_get_event(docker->begin),
			 docker->fetcher, on_pulse, docker, &docker->pulse);
}

static int begin_layers(struct engine_docker *docker)
{
	if (!docker->wants_layers)
		return 0;
	return layers_new(sd_event_source_get_event(docker->begin),
			  docker->fetcher, docker->prefix, docker->source,
			  docker->user, inventory_measured, docker->inventory,
			  &docker->layers);
}

static void log_list(const struct engine_docker *docker)
{
	size_t nr = table_source_nr(docker->source);

	log_info("%s: %zu container%s, API version %u.%u", docker->socket, nr,
		 nr == 1 ? "" : "s", docker->version.major,
		 docker->version.minor);
}

static void on_list(int error, long status, void *userdata)
{
	struct engine_docker *docker = userdata;

	if (docker->ended)
		return;
	error = error_of(error, status);
	if (error == 0)
		error = split_end(docker->answer);
	if (error == 0)
		error = begin_pulse(docker);
	if (error == 0)
		error = begin_layers(docker);
	if (error < 0) {
		end_session(docker, "list of containers", error);
		return;
	}
	engine_table_end(docker->source);
	log_list(docker);
	docker->error = 0;
	docker->silence_ms = MIN_SILENCE_MS;
	set_connected(docker, true);
}

static int list(struct engine_docker *docker)
{
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.silence_ms = docker->silence_ms,
		.data = on_bytes,
		.done = on_list,
		.userdata = docker,
	};

	split_free(docker->answer);
	docker->answer = split_new(SPLIT_ARRAY, parse_listed_keys, docker->user,
				   inventory_listed, docker->inventory);
	if (!docker->answer ||
	    asprintf(&path, "%s/containers/json?all=1", docker->prefix) < 0)
		return -ENOMEM;
	request.path = path;
	engine_table_begin(docker->source);
	return fetch_begin(docker->fetcher, &request, NULL);
}

/* The beginning of a session */

static int on_version_text(const char *text, size_t length, void *userdata)
{
	struct engine_docker *docker = userdata;

	return text ? parse_version(text, length, &docker->version) : -EMSGSIZE;
}

static int begin_inventory(struct engine_docker *docker)
{
	snprintf(docker->prefix, sizeof(docker->prefix), "/v%u.%u",
		 docker->version.major, docker->version.minor);
	return inventory_new(sd_event_source_get_event(docker->begin),
			     docker->fetcher, docker->prefix,
			     &docker->version, docker->user, docker->source,
			     &docker->inventory);
}

static void on_version(int error, long status, void *userdata)
{
	struct engine_docker *docker = userdata;

	error = error_of(error, status);
	if (error == 0)
		error = split_end(docker->answer);
	if (error == 0)
		error = begin_inventory(docker);
	if (error == 0)
		error = follow_events(docker);
	if (error == 0)
		error = list(docker);
	if (error < 0)
		end_session(docker, "version", error);
}

/* Finds the user of the socket, who may change from session to session. */
static int find_user(struct engine_docker *docker)
{
	struct stat st;
	_cleanup_close_ int socket_fd = socket_path_open(docker->socket, &st);

	if (socket_fd < 0)
		return socket_fd;
	docker->user = st.st_uid;
	table_source_set_user(docker->source, docker->user);
	fetcher_expect(docker->orders, docker->user);
	return 0;
}

static int begin_session(struct engine_docker *docker, sd_event *event)
{
	const struct fetch_request request = {
		.path = "/version",
		.silence_ms = docker->silence_ms,
		.data = on_bytes,
		.done = on_version,
		.userdata = docker,
	};
	int r;

	forget_session(docker);
	docker->began_ns = clock_monotonic_ns();
	r = find_user(docker);
	if (r < 0)
		return r;
	docker->answer = split_new(SPLIT_WHOLE, parse_version_keys,
				   docker->user, on_version_text, docker);
	if (!docker->answer)
		return -ENOMEM;
	r = fetcher_new(event, docker->socket, &docker->fetcher);
	if (r < 0)
		return r;
	fetcher_expect(docker->fetcher, docker->user);
	return fetch_begin(docker->fetcher, &request, NULL);
}

static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine_docker *docker = userdata;
	int r = begin_session(docker, sd_event_source_get_event(source));

	(void)usec;
	if (r < 0)
		end_session(docker, "version", r);
	return 0;
}

static int set_up(struct engine_docker *docker, sd_event *event)
{
	int r;

	docker->backoff_usec = MIN_BACKOFF_USEC;
	docker->silence_ms = MIN_SILENCE_MS;
	r = fetcher_new(event, docker->socket, &docker->orders);
	return r < 0 ? r : sd_event_add_time(event, &docker->begin,
					     CLOCK_MONOTONIC, 0, 1000,
					     on_begin, docker);
}

int engine_docker_new(sd_event *event, struct table_source *source,
		      bool layers, engine_docker_fn *fn, void *userdata,
		      struct engine_docker **ret)
{
	struct engine_docker *docker = calloc(1, sizeof(*docker));
	int r;

	if (!docker)
		return -ENOMEM;
	docker->source = source;
	docker->wants_layers = layers;
	docker->user = SOCKET_PATH_NO_USER;
	docker->socket = table_source_socket(source);
	docker->fn = fn;
	docker->userdata = userdata;
	r = set_up(docker, event);
	if (r < 0) {
		engine_docker_free(docker);
		return r;
	}
	*ret = docker;
	return 0;
}

const char *engine_docker_prefix(const struct engine_docker *docker,
				 struct fetcher **ret_fetcher)
{
	if (!docker->connected)
		return NULL;
	*ret_fetcher = docker->orders;
	return docker->prefix;
}

uid_t engine_docker_user(const struct engine_docker *docker)
{
	return docker->user;
}

bool engine_docker_is_acting(const struct engine_docker *docker)
{
	return !fetcher_is_idle(docker->orders);
}

bool engine_docker_is_idle(const struct engine_docker *docker)
{
	return !docker->connected && !engine_docker_is_acting(docker);
}

static enum name_engine_state state_of(const struct engine_docker *docker)
{
	return docker->connected ? NAME_ENGINE_CONNECTED :
	       docker->error == -EACCES || docker->error == -EPERM ?
	       NAME_ENGINE_DENIED : NAME_ENGINE_DISCONNECTED;
}

/* The description of an engine is kept while it does not answer. */
void engine_docker_describe(const struct engine_docker *docker,
			    struct name_engine *ret)
{
	const struct engine_version *version = &docker->version;

	*ret = (struct name_engine){
		.state = state_of(docker),
		.user_id = docker->user == SOCKET_PATH_NO_USER ? -1 :
			   (int64_t)docker->user,
		.listed = engine_table_complete(docker->source),
	};
	snprintf(ret->socket, sizeof(ret->socket), "%s", docker->socket);
	if (version->runtime) {
		snprintf(ret->runtime, sizeof(ret->runtime), "%s",
			 version->runtime);
		snprintf(ret->version, sizeof(ret->version), "%s",
			 version->engine);
		snprintf(ret->api_version, sizeof(ret->api_version), "%u.%u",
			 version->major, version->minor);
	}
	if (!docker->connected)
		snprintf(ret->reason, sizeof(ret->reason), "%s",
			 docker->error < 0 ? strerror(-docker->error) :
			 "it has not answered yet");
}

void engine_docker_free(struct engine_docker *docker)
{
	if (!docker)
		return;
	forget_session(docker);
	fetcher_free(docker->orders);
	sd_event_source_disable_unref(docker->begin);
	free(docker);
}
