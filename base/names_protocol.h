/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol in which contmon-engine passes on to contmond and contmon what
 * the container engines report about containers.
 *
 * contmon-engine listens on NAMES_SOCKET, a stream socket. It sends messages
 * and reads nothing. Each message is a JSON object on its own line of at most
 * NAMES_LINE_MAX bytes; "op" is its kind:
 *
 *	{"op":"hello","version":1}
 *		The first message. A client that does not know the version
 *		disconnects. The version changes only if old clients would fail.
 *	{"op":"reset"}
 *		A complete list follows: a "set" for each container, then
 *		"sync". Until then, keep the previous entries.
 *	{"op":"set","id":"0123...","name":"web",...}
 *		A container that is new or has changed: struct container_info.
 *		Unknown members are absent, except for the name, which is null.
 *		A container belongs to the engine whose socket is "engine". Two
 *		engines may have different containers with the same id.
 *	{"op":"remove","id":"0123...","engine":"/run/docker.sock"}
 *		The engine has removed a container.
 *	{"op":"engines","engines":[{"socket":"/run/docker.sock",...},...]}
 *		All engines and, with "folder":true, the directories that may
 *		not be searched for engines: struct name_engine. Sent before
 *		"sync" and "engine", and after every change. Containers of
 *		engines that are not in it are gone.
 *	{"op":"sync"}
 *		The list is complete: all other containers are gone, except for
 *		those of engines with "listed":false, whose containers have not
 *		been read since contmon-engine was started.
 *	{"op":"engine","connected":true}
 *		Whether all engines answer contmon-engine. Sent after every
 *		change, and once after the first list, or at once if there is no
 *		list yet: then all that was known at connection has been sent.
 *
 * New keys and new ops may be added at any time: a client must ignore unknown
 * ones. An invalid message does not affect others.
 */
#ifndef BASE_NAMES_PROTOCOL_H
#define BASE_NAMES_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "names_engines.h"

#define NAMES_SOCKET "/run/contmon/engine.sock"
#define NAMES_VERSION 1
#define NAMES_LINE_MAX (256 * 1024)

/* Any more containers are not reported. */
#define NAMES_MAX 16384

#define NAME_ID_MAX 128
#define NAME_TEXT_MAX 512
#define NAME_CGROUP_MAX 4096
#define NAME_LABELS_MAX 32
#define NAME_LABEL_KEY_MAX 128
#define NAME_LABEL_VALUE_MAX 256

struct name_label {
	const char *key;
	const char *value;
};

/**
 * struct container_info - an engine's information about one container
 * @id: the engine's id
 * @name: without a leading slash
 * @image: as the user wrote it
 * @command: the program and its arguments
 * @runtime: "docker" or "podman"
 * @engine: path of the engine's socket
 * @engine_version: of that engine
 * @cgroup: its own cgroup v2 path; NULL also if it is not running
 * @state: "running", "exited" or another word of the engine
 * @health: "healthy", "unhealthy" or "starting"; NULL also if it has no check
 * @created_ms: epoch
 * @started_ms: epoch; 0 also when it is not running
 * @finished_ms: epoch; 0 also when it is running or was never started
 * @began_ms: epoch; when the run began that ended at @finished_ms; 0 also when
 *	that is 0
 * @exit_code: of its first process; -1 also when @finished_ms is 0
 * @oom_killed: 1 if the OOM killer ended one of its processes, 0 if not
 * @restarts: restarts by its restart policy
 * @anonymous_volumes: 1 if it has volumes that nobody named, 0 if not
 * @user_id: the engine's user; -1 also from an older contmon-engine
 * @layer_bytes: what it has written into its own layer; not followed all the
 *	time, but measured at @layer_ms
 * @layer_ms: epoch; 0 also when @layer_bytes is unknown
 * @labels: only some of them, if there are too many
 *
 * Strings are valid UTF-8 and not empty. Unknown strings are NULL, unknown
 * times 0 and other unknown numbers -1.
 */
struct container_info {
	const char *id;
	const char *name;
	const char *image;
	const char *image_id;
	const char *command;
	const char *runtime;
	const char *engine;
	const char *engine_version;
	const char *cgroup;
	const char *state;
	const char *health;
	int64_t created_ms;
	int64_t started_ms;
	int64_t finished_ms;
	int64_t began_ms;
	int64_t exit_code;
	int64_t oom_killed;
	int64_t restarts;
	int64_t anonymous_volumes;
	int64_t user_id;
	int64_t layer_bytes;
	int64_t layer_ms;
	const struct name_label *labels;
	size_t nr_labels;
};

/** name_text() - the @i-th string member, for loops; NULL after the last */
const char **name_text(struct container_info *container, size_t i);

/** names_is_id() - can this be the id of a container? @id may be NULL */
bool names_is_id(const char *id);

void names_write_hello(struct buffer *to);
void names_write_reset(struct buffer *to);
void names_write_sync(struct buffer *to);
void names_write_engine(struct buffer *to, bool connected);
void names_write_engines(struct buffer *to, const struct name_engine *engines,
			 size_t nr);

/** names_write_set() - repairs strings that are too long or not UTF-8 */
void names_write_set(struct buffer *to, const struct container_info *container);

/** names_write_remove() - @engine: NULL if unknown */
void names_write_remove(struct buffer *to, const char *id,
			const char *engine);

enum names_op {
	NAMES_UNKNOWN,	/* from a newer contmon-engine */
	NAMES_HELLO,
	NAMES_RESET,
	NAMES_SET,
	NAMES_REMOVE,
	NAMES_SYNC,
	NAMES_ENGINE,
	NAMES_ENGINES,
};

/**
 * struct names_message - one parsed line
 * @version: in NAMES_HELLO
 * @connected: in NAMES_ENGINE
 * @name: in NAMES_SET, and only id and engine in NAMES_REMOVE; belongs to the
 *	message
 * @engines, @nr_engines: in NAMES_ENGINES
 * @json: owns the strings
 */
struct names_message {
	enum names_op op;
	int64_t version;
	bool connected;
	struct container_info name;
	struct name_label labels[NAME_LABELS_MAX];
	struct name_engine engines[NAME_ENGINES_MAX];
	size_t nr_engines;
	struct json_t *json;
};

/**
 * names_read() - parse one line
 *
 * Returns -EBADMSG, with nothing to free, if the line is invalid.
 */
int names_read(const char *line, size_t length, struct names_message *ret);

void names_message_done(struct names_message *message);

#endif /* BASE_NAMES_PROTOCOL_H */
