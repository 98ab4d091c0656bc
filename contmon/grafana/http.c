// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "base/util.h"
#include "contmon/http/http.h"
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an answer; the largest is a dashboard. */
#define MAX_ANSWER (16 << 20)

/* A shorter text is in many others. */
#define MIN_SECRET 4

/** struct grafana_http - @secrets: texts that are shown to nobody */
struct grafana_http {
	const struct grafana_server *server;
	struct cli_http http;
	json_t *secrets;
	struct buffer answer;
};

static size_t on_answer(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct grafana_http *http = userdata;

	if (size * nr > MAX_ANSWER - http->answer.length)
		return 0;	/* CURLE_WRITE_ERROR */
	buffer_add(&http->answer, bytes, size * nr);
	return size * nr;
}

int grafana_http_open(const struct grafana_server *server,
		      struct grafana_http **ret, const char **ret_why)
{
	struct grafana_http *http = calloc(1, sizeof(*http));
	int r;

	*ret_why = strerror(ENOMEM);
	if (!http)
		return -ENOMEM;
	http->server = server;
	r = cli_http_open(server->url, server->ca_file, &http->http, ret_why);
	if (r < 0) {
		free(http);
		return r;
	}
	curl.easy_setopt(http->http.easy, CURLOPT_TIMEOUT_MS,
			 (long)server->timeout_ms);
	curl.easy_setopt(http->http.easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl.easy_setopt(http->http.easy, CURLOPT_WRITEDATA, http);
	http->secrets = json_pack("[s]", server->token);
	if (!http->secrets) {
		grafana_http_close(http);
		return -ENOMEM;
	}
	*ret = http;
	return 0;
}

void grafana_http_close(struct grafana_http *http)
{
	if (!http)
		return;
	cli_http_close(&http->http);
	json_decref(http->secrets);
	buffer_done(&http->answer);
	free(http);
}

void grafana_http_keep_secret(struct grafana_http *http, json_t *text)
{
	if (json_is_string(text))
		json_array_append(http->secrets, text);
}

/* Before the last blank of a secret is what it is, such as "Bearer". */
bool grafana_http_has_secret(const struct grafana_http *http, const char *text)
{
	const json_t *secret;
	size_t i;

	json_array_foreach(http->secrets, i, secret) {
		const char *whole = json_string_value(secret);
		const char *blank = strrchr(whole, ' ');
		const char *last = blank ? blank + 1 : whole;

		if (strlen(last) >= MIN_SECRET && strstr(text, last))
			return true;
	}
	return false;
}

static CURLcode perform(struct grafana_http *http,
			const struct grafana_request *request, const char *body)
{
	const char *headers[4] = { "Accept: application/json" };
	CURL *easy = http->http.easy;
	size_t nr = 1;

	if (body)
		headers[nr++] = "Content-Type: application/json";
	if (request->no_provenance)
		headers[nr++] = "X-Disable-Provenance: true";
	curl.easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (body) {
		curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(body));
		curl.easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	}
	curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	return cli_http_perform(&http->http, request->path,
				request->anonymous ? NULL :
						     http->server->token,
				headers);
}

/* What Grafana says, in one line; never a secret, should it come back */
static void add_message(const struct grafana_http *http,
			struct grafana_answer *answer)
{
	const char *message = json_string_value(
		json_object_get(answer->body, "message"));
	size_t length = strlen(answer->why);

	if (!message || !*message || grafana_http_has_secret(http, message))
		return;
	snprintf(answer->why + length, sizeof(answer->why) - length, ": %.*s",
		 (int)strcspn(message, "\r\n"), message);
}

static void add_redirect(const struct grafana_http *http,
			 struct grafana_answer *answer)
{
	size_t length = strlen(answer->why);
	char *to = NULL;

	curl.easy_getinfo(http->http.easy, CURLINFO_REDIRECT_URL, &to);
	if (to && grafana_http_has_secret(http, to))
		to = NULL;
	snprintf(answer->why + length, sizeof(answer->why) - length,
		 ": a redirect%s%s, which is not followed", to ? " to " : "",
		 to ?: "");
}

static void say_why(const struct grafana_http *http, CURLcode result,
		    struct grafana_answer *answer)
{
	if (result != CURLE_OK) {
		answer->status = 0;
		snprintf(answer->why, sizeof(answer->why), "%s",
			 result == CURLE_WRITE_ERROR ?
			 "the answer is too long" :
			 cli_http_why(&http->http, result));
		return;
	}
	snprintf(answer->why, sizeof(answer->why), "HTTP status %ld",
		 answer->status);
	if (answer->status >= 300 && answer->status < 400)
		add_redirect(http, answer);
	else
		add_message(http, answer);
}

void grafana_http_ask(struct grafana_http *http,
		      const struct grafana_request *request,
		      struct grafana_answer *answer)
{
	_cleanup_free_ char *body = NULL;
	CURLcode result = CURLE_OUT_OF_MEMORY;

	buffer_done(&http->answer);
	http->http.error[0] = '\0';
	*answer = (struct grafana_answer){ 0 };
	if (request->body)
		body = json_dumps(request->body, JSON_COMPACT);
	if (body || !request->body)
		result = perform(http, request, body);
	curl.easy_getinfo(http->http.easy, CURLINFO_RESPONSE_CODE,
			  &answer->status);
	if (http->answer.text)
		answer->body = json_loadb(http->answer.text,
					  http->answer.length, 0, NULL);
	say_why(http, result, answer);
}

void grafana_answer_done(struct grafana_answer *answer)
{
	json_decref(answer->body);
	answer->body = NULL;
}

char *grafana_http_escape(struct grafana_http *http, const char *text)
{
	char *escaped = curl.easy_escape(http->http.easy, text, 0);
	char *copy = escaped ? strdup(escaped) : NULL;

	curl.free(escaped);
	return copy;
}
