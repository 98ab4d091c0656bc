/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses the answers of the container engine. */
#ifndef CONTMON_ENGINE_PARSE_H
#define CONTMON_ENGINE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names_protocol.h"

/**
 * struct engine_version - contents of /version
 * @major, @minor: of the API to use
 * @runtime: "docker" or "podman"
 * @engine: its own version; "" if unknown
 */
struct engine_version {
	unsigned int major;
	unsigned int minor;
	const char *runtime;
	char engine[64];
};

/**
 * parse_version() - parse /version
 *
 * Selects the newest API version that both sides support. An engine that no
 * longer supports any of ours is asked for its oldest one, because the requests
 * used here have hardly ever changed. Returns -EPROTO for an engine that is too
 * old, -EBADMSG for an invalid answer.
 */
int parse_version(const char *text, size_t length, struct engine_version *ret);

/**
 * struct description - what the engine reports about one container
 * @name: without runtime and cgroup, which the engine does not report; owns its
 *	strings
 * @alive: it has processes
 * @pid: its first process; 0 or less if it has none or it is unknown
 */
struct description {
	struct container_info name;
	bool alive;
	int64_t pid;
	struct name_label labels[NAME_LABELS_MAX];
	char command[NAME_TEXT_MAX + 1];
	struct json_t *json;
};

void description_done(struct description *description);

/* Wanted members, for split_new() */
extern const char *const parse_version_keys[];
extern const char *const parse_listed_keys[];
extern const char *const parse_inspected_keys[];
extern const char *const parse_layer_keys[];
extern const char *const parse_event_keys[];

/**
 * parse_listed() - parse an element of /containers/json
 *
 * Returns -EBADMSG, with nothing to free, if it is invalid.
 */
int parse_listed(const char *text, size_t length, struct description *ret);

/**
 * parse_inspected() - parse the answer of /containers/ID/json in the same way
 */
int parse_inspected(const char *text, size_t length, struct description *ret);

/**
 * parse_layer() - parse the answer of /containers/ID/json?size=1
 *
 * Returns how many bytes this container has written into its own layer, or -1
 * if the answer does not say it.
 */
int64_t parse_layer(const char *text, size_t length, const char *id);

/**
 * parse_event() - parse a line of /events
 *
 * Returns 1 and fills @ret_id if published data of a container may have
 * changed, 0 if not, -EBADMSG if it is invalid.
 */
int parse_event(const char *text, size_t length, char ret_id[NAME_ID_MAX + 1]);

/** parse_time_ms() - RFC 3339 to epoch ms; 0 if it is missing or invalid */
int64_t parse_time_ms(const char *text);

#endif /* CONTMON_ENGINE_PARSE_H */
