/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be known about a container before it is acted on */
#ifndef CONTMON_ENGINE_FACTS_H
#define CONTMON_ENGINE_FACTS_H

#include "parse.h"

#define FACTS_SIGNAL_MAX 32

/**
 * struct facts - from /containers/ID/json
 * @description: owns the strings
 * @paused: the container is alive and frozen
 * @started_ms: epoch; kept after it has ended; 0 if it was never started
 * @auto_remove: 1 if the engine removes it when it ends, 0 if not, -1 if
 *	unknown
 * @restart_policy: "no", "always", ...; NULL if unknown
 * @stop_signal: may contain a '+'; NULL for SIGTERM
 */
struct facts {
	struct description description;
	bool paused;
	int64_t started_ms;
	int auto_remove;
	const char *restart_policy;
	const char *stop_signal;
};

/** The wanted members for split_new(), including the message of an error */
extern const char *const facts_keys[];

/** facts_read() - returns -EBADMSG, with nothing to free, if it is invalid */
int facts_read(const char *text, size_t length, struct facts *ret);
void facts_done(struct facts *facts);

/**
 * facts_are_of() - is this the container that was asked for?
 *
 * An engine that knows no container with this id looks for one with this name.
 */
bool facts_are_of(const struct facts *facts, const char *id);

/** facts_message() - copy the message of the engine's error, or "" */
void facts_message(const char *text, size_t length, char *to, size_t size);

#endif /* CONTMON_ENGINE_FACTS_H */
