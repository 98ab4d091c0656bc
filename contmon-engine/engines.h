/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All engines: searches for their sockets, and keeps a session with each. None
 * waits for another.
 */
#ifndef CONTMON_ENGINE_ENGINES_H
#define CONTMON_ENGINE_ENGINES_H

#include <systemd/sd-event.h>

#include "docker.h"
#include "table.h"

/* An engine is forgotten when its socket has been gone for this long. */
#define ENGINE_GONE_MS (5 * 60 * 1000)

/** engines_fn - the descriptions of the engines have changed */
typedef void engines_fn(void *userdata);

/** struct engines - opaque */
struct engines;

/**
 * struct engines_socket_path - where to search for sockets
 * @pattern: of glob(7)
 * @is_wanted: if it has no wildcards, show the engine even while it has no
 *	socket
 */
struct engines_socket_path {
	const char *pattern;
	bool is_wanted;
};

/**
 * struct engines_config - settings
 * @socket_paths: borrowed
 * @layers: let engines measure the writable layers of containers
 */
struct engines_config {
	const struct engines_socket_path *socket_paths;
	size_t nr_socket_paths;
	bool layers;
};

int engines_new(sd_event *event, const struct engines_config *config,
		struct engine_table *table, engines_fn *fn, void *userdata,
		struct engines **ret);
void engines_free(struct engines *engines);

/** engines_describe() - returns the number of engines */
size_t engines_describe(const struct engines *engines,
			struct name_engine ret[NAME_ENGINES_MAX]);

/** engines_at() - the engine at a socket; NULL if there is none */
const struct engine_docker *engines_at(const struct engines *engines,
				       const char *socket);

/**
 * engines_owner() - the socket of the engine that owns a container
 * @cgroup, @runtime: of the container; NULL if unknown
 *
 * Returns NULL if the owner is unknown or ambiguous. A container that no engine
 * has reported yet may belong to the only engine of its runtime. A user's
 * engine is believed only about cgroups that belong to this user or are in this
 * user's slice, and about an ended container that no other engine has.
 */
const char *engines_owner(const struct engines *engines, const char *id,
			  const char *cgroup, const char *runtime);

/**
 * engines_own() - is a cgroup that of a live container, or below it?
 *
 * Cgroups whose path contains the container's id count too, unless only a
 * user's engine reports that id.
 */
bool engines_own(const struct engines *engines, const char *path);

#endif /* CONTMON_ENGINE_ENGINES_H */
