/* SPDX-License-Identifier: GPL-2.0-only */
/* One HTTP request, independent of the server library */
#ifndef CONTMOND_SERVE_REQUEST_H
#define CONTMOND_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define REQUEST_MAX_PARAMETERS 32

struct parameter {
	char *key;
	char *value;
};

/**
 * struct request - zero-initialise; free with request_done()
 * @path: decoded, without the query string
 * @accept: the header, or NULL
 * @if_none_match: the header, or NULL
 * @last_event_id: the header, or NULL
 * @authorized: it has the token, or needs none; this and @hides_processes are
 *	its rights, all of which http_rights_class() must include
 * @hides_processes: it must not see processes, commands and labels, nor what
 *	targets answer, which may contain any of them
 */
struct request {
	const char *path;
	const char *accept;
	const char *if_none_match;
	const char *last_event_id;
	bool authorized;
	bool hides_processes;
	struct parameter parameters[REQUEST_MAX_PARAMETERS];
	size_t nr_parameters;
};

/**
 * request_add() - add a parameter of the query string
 *
 * Joins the values of a repeated key with commas. Returns -E2BIG if there are
 * too many keys, or -ENOMEM.
 */
int request_add(struct request *request, const char *key, const char *value);

/** request_get() - get a parameter; NULL if it is absent, empty or "*" */
const char *request_get(const struct request *request, const char *key);

void request_done(struct request *request);

#endif /* CONTMOND_SERVE_REQUEST_H */
