/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests over a unix socket, several at a time, in the event loop. */
#ifndef CONTMON_ENGINE_FETCH_H
#define CONTMON_ENGINE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

/*
 * What the engine of a user other than root sends is read no faster, for each
 * fetch: others wait while it is read.
 */
#define FETCH_USER_BYTES_PER_SECOND (1 << 20)

/**
 * struct fetch_request - what to get, and what to call
 * @method: "POST" or "DELETE", without a body; NULL: "GET". All but "GET" are
 *	sent once, on a connection of their own
 * @path: with the query string
 * @silence_ms: after this time without a byte of the body, the fetch ends with
 *	-ETIMEDOUT; 0 for an answer that may pause for any time
 * @is_prompt: the whole answer must be there after @silence_ms
 * @data: gets pieces of the body, if the status is 200 or @any_status; a
 *	negative errno ends the fetch. It must not begin or cancel any fetch
 * @done: called once, unless the fetch is cancelled, with 0 or a negative errno
 *	and, with 0, the HTTP status. The fetch is freed afterwards
 */
struct fetch_request {
	const char *method;
	const char *path;
	bool any_status;
	long silence_ms;
	bool is_prompt;
	int (*data)(const char *bytes, size_t nr_bytes, void *userdata);
	void (*done)(int error, long status, void *userdata);
	void *userdata;
};

/** struct fetcher, struct fetch - opaque */
struct fetcher;
struct fetch;

/**
 * fetcher_new() - @socket: path of the unix socket
 *
 * It must belong to root or, where a user may replace it, to this user. That is
 * checked for each connection, so that no user can lead it to the socket of
 * somebody else; else fetches end with -EPERM.
 */
int fetcher_new(sd_event *event, const char *socket, struct fetcher **ret);

/**
 * fetcher_expect() - from now on, connect only to a socket of this user
 *
 * Fetches end with -ESTALE if it is another one's by then. Connections to the
 * engine of the user of before are not used again.
 */
void fetcher_expect(struct fetcher *fetcher, uid_t user);

/** fetcher_user() - the user it expects; PLACE_NO_USER: none */
uid_t fetcher_user(const struct fetcher *fetcher);

/** fetcher_is_idle() - are all fetches finished? */
bool fetcher_is_idle(const struct fetcher *fetcher);

/** fetcher_free() - cancels all fetches */
void fetcher_free(struct fetcher *fetcher);

/**
 * fetch_begin() - @ret may be NULL when it will not be cancelled
 *
 * An answer whose headers and trailers are longer than ANSWER_HEADERS_MAX ends
 * with -EMSGSIZE, however long its body may be.
 */
int fetch_begin(struct fetcher *fetcher, const struct fetch_request *request,
		struct fetch **ret);

/** fetch_cancel() - @fetch must not be finished; may be NULL */
void fetch_cancel(struct fetch *fetch);

#endif /* CONTMON_ENGINE_FETCH_H */
