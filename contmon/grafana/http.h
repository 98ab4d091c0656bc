/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to one Grafana. */
#ifndef CONTMON_GRAFANA_HTTP_H
#define CONTMON_GRAFANA_HTTP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct grafana_server - where it is
 * @url: http or https, perhaps with a path
 * @token: of a service account
 * @ca_file: instead of the system's; NULL
 * @timeout_ms: of each request
 */
struct grafana_server {
	const char *url;
	const char *token;
	const char *ca_file;
	int64_t timeout_ms;
};

/**
 * struct grafana_request
 * @path: from the URL of the server
 * @body: not taken over; NULL for none
 * @anonymous: without the token
 * @no_provenance: what it writes can be edited in Grafana's pages, too
 */
struct grafana_request {
	const char *method;
	const char *path;
	const json_t *body;
	bool anonymous;
	bool no_provenance;
};

/**
 * struct grafana_answer - zero-initialise
 * @status: of HTTP; 0 without an answer
 * @body: NULL if it is no JSON
 * @why: what went wrong, for people, without secrets
 */
struct grafana_answer {
	long status;
	json_t *body;
	char why[512];
};

static inline bool grafana_is_ok(const struct grafana_answer *answer)
{
	return answer->status >= 200 && answer->status < 300;
}

struct grafana_http;

/**
 * grafana_http_open() - check the URL and prepare for requests
 * @server: valid until grafana_http_close()
 * @ret_why: what is wrong, if it returns an error
 *
 * Returns -EINVAL for a wrong URL, -ENOPKG without libcurl, -ENOMEM.
 */
int grafana_http_open(const struct grafana_server *server,
		      struct grafana_http **ret, const char **ret_why);

void grafana_http_close(struct grafana_http *http);

/** grafana_http_keep_secret() - @text, like the token, must not be shown */
void grafana_http_keep_secret(struct grafana_http *http, json_t *text);

/** grafana_http_has_secret() - is there one in @text, which is Grafana's? */
bool grafana_http_has_secret(const struct grafana_http *http, const char *text);

/** grafana_http_ask() - @answer: the caller calls grafana_answer_done() */
void grafana_http_ask(struct grafana_http *http,
		      const struct grafana_request *request,
		      struct grafana_answer *answer);

void grafana_answer_done(struct grafana_answer *answer);

/** grafana_http_escape() - @text as one part of a path; malloced, or NULL */
char *grafana_http_escape(struct grafana_http *http, const char *text);

#endif /* CONTMON_GRAFANA_HTTP_H */
