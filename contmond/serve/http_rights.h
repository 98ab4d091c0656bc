/* SPDX-License-Identifier: GPL-2.0-only */
/* What requests to one server may see, according to its options */
#ifndef CONTMOND_SERVE_HTTP_RIGHTS_H
#define CONTMOND_SERVE_HTTP_RIGHTS_H

#include <pthread.h>
#include <stdbool.h>

#include "request.h"

struct http_options;

/**
 * struct http_rights - initialise with http_rights_init()
 * @lock: protects all other members, which are those of struct http_options;
 *	the server's thread reads what the thread of the event loop sets
 */
struct http_rights {
	pthread_mutex_t lock;
	char *host;
	char *token;
	bool hides_processes;
};

void http_rights_init(struct http_rights *rights);
void http_rights_done(struct http_rights *rights);

/**
 * http_rights_set() - replace the options
 *
 * Returns 1 if they differ, 0 if not; after -ENOMEM the old ones remain.
 */
int http_rights_set(struct http_rights *rights,
		    const struct http_options *options);

/**
 * http_rights_check() - may the request be answered, and with what rights?
 * @host, @authorization: the headers, or NULL; @host may come from the request
 *	line
 * @request: gets the rights
 */
bool http_rights_check(struct http_rights *rights, const char *host,
		       const char *authorization, struct request *request);

/**
 * http_rights_class() - requests of the same class may see the same things
 *
 * Computed from all rights in struct request.
 */
unsigned int http_rights_class(const struct request *request);

#endif /* CONTMOND_SERVE_HTTP_RIGHTS_H */
