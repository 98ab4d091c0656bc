/* SPDX-License-Identifier: GPL-2.0-only */
/* What the container engine answers, understood. */
#ifndef CONTMON_ENGINE_PARSE_H
#define CONTMON_ENGINE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names_protocol.h"

/**
 * struct engine_version - what /version says
 * @major, @minor: of the API that is to be used
 * @runtime: "docker" or "podman"
 */
struct engine_version {
	unsigned int major;
	unsigned int minor;
	const char *runtime;
};

/**
 * parse_version() - understand /version
 *
 * The API is the newest that both sides know. An engine that has dropped all
 * that we know is asked in its oldest: what we ask for has hardly ever changed.
 * Returns -EPROTO for an engine that is too old, -EBADMSG for nonsense.
 */
int parse_version(const char *text, size_t length, struct engine_version *ret);

/**
 * struct description - what the engine says of one container
 * @name: without the runtime and the cgroup, of which it does not speak
 * @alive: it has processes
 * @pid: of the process that began it; 0 or less when there is none or unknown
 *
 * The texts of @name belong to it.
 */
struct description {
	struct name name;
	bool alive;
	int64_t pid;
	struct name_label labels[NAME_LABELS_MAX];
	char command[NAME_TEXT_MAX + 1];
	struct json_t *json;
};

void description_done(struct description *description);

/* The members that are looked at, for split_new() */
extern const char *const parse_version_keys[];
extern const char *const parse_listed_keys[];
extern const char *const parse_inspected_keys[];
extern const char *const parse_event_keys[];

/**
 * parse_listed() - understand an element of /containers/json
 *
 * Returns -EBADMSG for nonsense, and then there is nothing to be freed.
 */
int parse_listed(const char *text, size_t length, struct description *ret);

/** parse_inspected() - the same for the answer of /containers/ID/json */
int parse_inspected(const char *text, size_t length, struct description *ret);

/**
 * parse_event() - understand a line of /events
 *
 * Returns 1 if it is about a container of which something may have changed that
 * is published, and then fills @ret_id; 0 if not; -EBADMSG for nonsense.
 */
int parse_event(const char *text, size_t length, char ret_id[NAME_ID_MAX + 1]);

/** parse_time_ms() - RFC 3339 to epoch ms; 0 for none and for nonsense */
int64_t parse_time_ms(const char *text);

#endif /* CONTMON_ENGINE_PARSE_H */
