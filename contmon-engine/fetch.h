/* SPDX-License-Identifier: GPL-2.0-only */
/* Concurrent HTTP requests over a unix socket, in the event loop */
#ifndef CONTMON_ENGINE_FETCH_H
#define CONTMON_ENGINE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

/*
 * Limit for each fetch from an engine of an untrusted user: everything else
 * waits while its data is read.
 */
#define FETCH_USER_BYTES_PER_SECOND (1 << 20)

/**
 * struct fetch_request - what to get, and what to call
 * @method: "POST" or "DELETE", without a body; NULL for "GET". All but "GET"
 *	are sent once, on a connection of their own
 * @path: includes the query string
 * @silence_ms: the fetch ends with -ETIMEDOUT when no byte of the body has
 *	arrived for so long; 0 for no limit
 * @is_prompt: @silence_ms limits the whole answer instead
 * @data: gets the body piece by piece, if the status is 200 or @any_status is
 *	set; a negative errno ends the fetch. It must not begin or cancel any
 *	fetch
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
 * If a user could replace the socket, it must belong to this user. This is
 * checked for each connection, so that no user can redirect it to somebody
 * else's socket; if the check fails, fetches end with -EPERM.
 */
int fetcher_new(sd_event *event, const char *socket, struct fetcher **ret);

/**
 * fetcher_expect() - from now on, connect only to a socket of @user
 *
 * Fetches end with -ESTALE if it belongs to somebody else by then. Connections
 * to the previous user's engine are not reused.
 */
void fetcher_expect(struct fetcher *fetcher, uid_t user);

/** fetcher_user() - the expected user; SOCKET_PATH_NO_USER: any is accepted */
uid_t fetcher_user(const struct fetcher *fetcher);

/** fetcher_is_idle() - are all fetches finished? */
bool fetcher_is_idle(const struct fetcher *fetcher);

/** fetcher_free() - cancels all fetches */
void fetcher_free(struct fetcher *fetcher);

/**
 * fetch_begin() - start a fetch; @ret may be NULL if it will not be cancelled
 *
 * An answer whose headers and trailers are longer than ANSWER_HEADERS_MAX ends
 * with -EMSGSIZE, however long its body may be.
 */
int fetch_begin(struct fetcher *fetcher, const struct fetch_request *request,
		struct fetch **ret);

/** fetch_cancel() - @fetch must not have finished; may be NULL */
void fetch_cancel(struct fetch *fetch);

#endif /* CONTMON_ENGINE_FETCH_H */
