/* SPDX-License-Identifier: GPL-2.0-only */
/* The engines that contmon-engine asks, as its protocol describes them. */
#ifndef BASE_NAMES_ENGINES_H
#define BASE_NAMES_ENGINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Engines, and folders that cannot be searched for some */
#define NAME_ENGINES_MAX 32

/* A longer path is not valid for a socket. */
#define NAME_ENGINE_SOCKET_MAX 107

struct json_t;

/** enum name_engine_state - @NAME_ENGINE_DENIED: contmon-engine lacks rights */
enum name_engine_state {
	NAME_ENGINE_DISCONNECTED,
	NAME_ENGINE_CONNECTED,
	NAME_ENGINE_DENIED,
};

/**
 * struct name_engine - one engine. Texts are empty when unknown
 * @socket: its path, by which it is known; or that of the folder
 * @runtime: "docker" or "podman"
 * @version: of the engine
 * @api_version: that is spoken with it, "1.44"
 * @reason: why it is not connected
 * @user_id: whose engine it is; -1 if unknown
 * @listed: all of its containers have been reported at least once
 * @is_folder: none, but a folder that may not be searched for sockets of some;
 *	NAME_ENGINE_DENIED
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
	bool is_folder;
};

/** name_engine_state_name() - "connected", ... */
const char *name_engine_state_name(enum name_engine_state state);

/**
 * name_engines_summary() - "connected": all answer; "disconnected": none does;
 * "none": there is none; else "partial"
 *
 * Folders do not count; an engine whose socket may not be opened does.
 */
const char *name_engines_summary(const struct name_engine *engines, size_t nr);

/** name_engines_to_json() - NULL without memory */
struct json_t *name_engines_to_json(const struct name_engine *engines,
				    size_t nr);

/**
 * name_engines_from_json() - those after NAME_ENGINES_MAX are left out
 * @ret: has room for NAME_ENGINES_MAX
 *
 * Returns -EBADMSG if it is no array of engines.
 */
int name_engines_from_json(const struct json_t *array, struct name_engine *ret,
			   size_t *ret_nr);

#endif /* BASE_NAMES_ENGINES_H */
