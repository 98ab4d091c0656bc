/* SPDX-License-Identifier: GPL-2.0-only */
/* The engines that contmon-engine uses, as its protocol describes them */
#ifndef BASE_NAMES_ENGINES_H
#define BASE_NAMES_ENGINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Includes directories that may not be searched for engines */
#define NAME_ENGINES_MAX 32

/* The longest path that a socket address can hold */
#define NAME_ENGINE_SOCKET_MAX 107

struct json_t;

/**
 * enum name_engine_state - @NAME_ENGINE_DENIED: contmon-engine lacks permission
 */
enum name_engine_state {
	NAME_ENGINE_DISCONNECTED,
	NAME_ENGINE_CONNECTED,
	NAME_ENGINE_DENIED,
};

/**
 * struct name_engine - one engine, or a directory; unknown strings are empty
 * @socket: path that identifies it; of the socket or the directory
 * @runtime: "docker" or "podman"
 * @version: of the engine
 * @api_version: the version in use, like "1.44"
 * @reason: why it is not connected
 * @user_id: the engine's user; -1 if unknown
 * @listed: all of its containers have been reported at least once
 * @is_directory: a directory that may not be searched for sockets of engines;
 *	its state is NAME_ENGINE_DENIED
 */
struct name_engine {
	enum name_engine_state state;
	char socket[NAME_ENGINE_SOCKET_MAX + 1];
	char runtime[16];
	char version[64];
	char api_version[16];
	char reason[128];
	int64_t user_id;
	bool listed;
	bool is_directory;
};

/** name_engine_state_name() - "connected", ... */
const char *name_engine_state_name(enum name_engine_state state);

/**
 * name_engines_summary() - "connected" if all engines answer, "disconnected" if
 * none does, "none" if there are no engines, otherwise "partial"
 *
 * Directories do not count; an engine whose socket may not be opened does.
 */
const char *name_engines_summary(const struct name_engine *engines, size_t nr);

/** name_engines_to_json() - returns NULL if there is no memory */
struct json_t *name_engines_to_json(const struct name_engine *engines,
				    size_t nr);

/**
 * name_engines_from_json() - ignores engines beyond NAME_ENGINES_MAX
 * @ret: array of NAME_ENGINES_MAX
 *
 * Returns -EBADMSG if it is not an array of engines.
 */
int name_engines_from_json(const struct json_t *array, struct name_engine *ret,
			   size_t *ret_nr);

#endif /* BASE_NAMES_ENGINES_H */
