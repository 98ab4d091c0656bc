/* SPDX-License-Identifier: GPL-2.0-only */
/* What the container engine answers, understood. */
#ifndef CONTMON_ENGINE_PARSE_H
#define CONTMON_ENGINE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names_protocol.h"

/** struct api_version - major.minor */
struct api_version {
	unsigned int major;
	unsigned int minor;
};

/**
 * parse_version() - choose the API version from the answer of /version
 *
 * It is the newest that both sides know. An engine that has dropped all that we
 * know is asked in its oldest: what we ask for has hardly ever changed. Returns
 * -EPROTO for an engine that is too old, -EBADMSG for nonsense.
 */
int parse_version(const char *text, size_t length, struct api_version *ret);

/**
 * struct description - one container
 * @record: the line that is published, of names_write_set(); malloced
 * @alive: it has processes
 */
struct description {
	char *id;
	char *record;
	bool alive;
};

void description_done(struct description *description);

/** description_fn - takes over what @description owns, or a negative errno */
typedef int description_fn(struct description *description, void *userdata);

/** parse_list() - call @fn for each container that /containers/json has */
int parse_list(const char *text, size_t length, description_fn *fn,
	       void *userdata);

/** parse_inspect() - the answer of /containers/ID/json */
int parse_inspect(const char *text, size_t length, struct description *ret);

/**
 * parse_event() - one line of /events
 *
 * Returns 1 if it is about a container of which something may have changed that
 * is published, and then fills @ret_id; 0 if not.
 */
int parse_event(const char *text, size_t length,
		char ret_id[NAME_ID_MAX + 1]);

/** parse_time_ms() - RFC 3339 to epoch ms; 0 for none and for nonsense */
int64_t parse_time_ms(const char *text);

#endif /* CONTMON_ENGINE_PARSE_H */
