/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be known of a container before it is acted on. */
#ifndef CONTMON_ENGINE_FACTS_H
#define CONTMON_ENGINE_FACTS_H

#include "parse.h"

#define FACTS_SIGNAL_MAX 32

/**
 * struct facts - from /containers/ID/json
 * @description: owns the texts
 * @paused: it is alive, and frozen
 * @started_ms: epoch, also of a container that has ended; 0 if it never started
 * @auto_remove: 1 if the engine removes it when it ends, 0, -1
 * @restart_policy: "no", "always", ...; NULL if unknown
 * @stop_signal: of "stop", perhaps with a '+'; NULL: SIGTERM
 */
struct facts {
	struct description description;
	bool paused;
	int64_t started_ms;
	int auto_remove;
	const char *restart_policy;
	const char *stop_signal;
};

/** The members that are used, for split_new(), and the message of an error */
extern const char *const facts_keys[];

/** facts_read() - returns -EBADMSG if it is invalid: nothing to free then */
int facts_read(const char *text, size_t length, struct facts *ret);
void facts_done(struct facts *facts);

/**
 * facts_are_of() - are they of the container that was asked for?
 *
 * An engine that has none with this id looks for one with this name.
 */
bool facts_are_of(const struct facts *facts, const char *id);

/** facts_message() - copies the message of an error of the engine, or "" */
void facts_message(const char *text, size_t length, char *to, size_t size);

#endif /* CONTMON_ENGINE_FACTS_H */
