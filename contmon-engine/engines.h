/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All engines at once: looks for their sockets, and keeps a session with each.
 * None waits for another one.
 */
#ifndef CONTMON_ENGINE_ENGINES_H
#define CONTMON_ENGINE_ENGINES_H

#include <systemd/sd-event.h>

#include "docker.h"
#include "table.h"

/* An engine whose socket is gone for so long is forgotten. */
#define ENGINE_GONE_MS (5 * 60 * 1000)

/** engines_fn - the descriptions of engines have changed */
typedef void engines_fn(void *userdata);

/** struct engines - opaque */
struct engines;

/**
 * struct engines_place - where to look
 * @pattern: of glob(7)
 * @is_wanted: without wildcards, it is an engine also while there is no socket
 */
struct engines_place {
	const char *pattern;
	bool is_wanted;
};

/** engines_new() - @places: @nr of them; borrowed */
int engines_new(sd_event *event, const struct engines_place *places,
		size_t nr, struct engine_table *table, engines_fn *fn,
		void *userdata, struct engines **ret);
void engines_free(struct engines *engines);

/** engines_describe() - returns how many there are */
size_t engines_describe(const struct engines *engines,
			struct name_engine ret[NAME_ENGINES_MAX]);

/** engines_at() - the engine at a socket; NULL if there is none */
const struct engine_docker *engines_at(const struct engines *engines,
				       const char *socket);

/**
 * engines_owner() - the socket of the engine that has a container
 * @cgroup, @runtime: of the container; NULL if unknown
 *
 * NULL if it is not known which one. A container that no engine has reported
 * yet may belong to the only engine of its runtime. The engine of a user is
 * only believed about cgroups that are this user's or in this user's slice,
 * and, if no other has such a container, about one that has ended.
 */
const char *engines_owner(const struct engines *engines, const char *id,
			  const char *cgroup, const char *runtime);

/**
 * engines_own() - is a cgroup that of a live container, or below it?
 *
 * Also by the id in its path, unless only a user's engine says so.
 */
bool engines_own(const struct engines *engines, const char *path);

#endif /* CONTMON_ENGINE_ENGINES_H */
