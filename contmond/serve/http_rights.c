// SPDX-License-Identifier: GPL-2.0-only
#include "http_rights.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/util.h"
#include "hosts.h"
#include "http.h"
#include "token.h"

void http_rights_init(struct http_rights *rights)
{
	*rights = (struct http_rights){ 0 };
	pthread_mutex_init(&rights->lock, NULL);
}

void http_rights_done(struct http_rights *rights)
{
	pthread_mutex_destroy(&rights->lock);
	free(rights->host);
	secret_free(rights->token);
}

static int copy(const char *from, char **ret)
{
	*ret = from ? strdup(from) : NULL;
	return from && !*ret ? -ENOMEM : 0;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* To be called with the lock held. */
static bool have_changed(const struct http_rights *rights,
			 const struct http_options *options)
{
	return !is_same(rights->host, options->host) ||
	       !is_same(rights->token, options->token) ||
	       rights->hides_processes != options->hides_processes;
}

int http_rights_set(struct http_rights *rights,
		    const struct http_options *options)
{
	_cleanup_free_ char *host = NULL;
	char *token = NULL, *old;
	bool is_new;

	if (copy(options->host, &host) < 0 || copy(options->token, &token) < 0)
		return -ENOMEM;
	pthread_mutex_lock(&rights->lock);
	is_new = have_changed(rights, options);
	old = rights->host;
	rights->host = host;
	host = old;
	old = rights->token;
	rights->token = token;
	token = old;
	rights->hides_processes = options->hides_processes;
	pthread_mutex_unlock(&rights->lock);
	secret_free(token);
	return is_new;
}

bool http_rights_check(struct http_rights *rights, const char *host,
		       const char *authorization, struct request *request)
{
	bool is_allowed;

	pthread_mutex_lock(&rights->lock);
	is_allowed = !rights->host || hosts_allowed(host, rights->host);
	request->authorized = !rights->token ||
			      token_matches(rights->token, authorization);
	request->hides_processes = rights->hides_processes;
	pthread_mutex_unlock(&rights->lock);
	return is_allowed;
}

unsigned int http_rights_class(const struct request *request)
{
	return (request->authorized ? 1U : 0) |
	       (request->hides_processes ? 2U : 0);
}
