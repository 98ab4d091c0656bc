// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "base/libcurl.h"
#include "base/secret.h"
#include "base/util.h"
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an answer; the largest is a dashboard. */
#define MAX_ANSWER (16 << 20)
#define CONNECT_TIMEOUT_MS 10000L
#define HEADER_SIZE (SECRET_MAX_LENGTH + 64)

struct grafana_http {
	const struct grafana_server *server;
	CURL *easy;
	char *base;
	struct buffer answer;
	char error[CURL_ERROR_SIZE];
};

static size_t on_answer(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct grafana_http *http = userdata;

	if (size * nr > MAX_ANSWER - http->answer.length)
		return 0;	/* CURLE_WRITE_ERROR */
	buffer_add(&http->answer, bytes, size * nr);
	return size * nr;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	if (curl.url_get(url, part, &text, 0) != CURLUE_OK)
		return false;
	curl.free(text);
	return true;
}

static const char *wrong_part(CURLU *url)
{
	char *scheme = NULL;
	bool is_web;

	if (curl.url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		return "not a URL such as https://grafana.example.org";
	is_web = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
	curl.free(scheme);
	if (!is_web)
		return "neither http nor https";
	if (has_part(url, CURLUPART_USER) ||
	    has_part(url, CURLUPART_PASSWORD))
		return "a URL with a user or a password; use a token";
	if (has_part(url, CURLUPART_QUERY) ||
	    has_part(url, CURLUPART_FRAGMENT))
		return "a URL with more than a path";
	return NULL;
}

/* Paths are appended to it, so it has no slash at its end. */
static char *make_base(const char *text, const char **ret_why)
{
	CURLU *url = curl.url();
	char *whole = NULL, *base = NULL;
	size_t length;

	*ret_why = "not a URL such as https://grafana.example.org";
	if (url && curl.url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
		*ret_why = wrong_part(url);
	if (!*ret_why &&
	    curl.url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK) {
		length = strlen(whole);
		while (length > 0 && whole[length - 1] == '/')
			length--;
		base = strndup(whole, length);
		curl.free(whole);
	}
	curl.url_cleanup(url);
	return base;
}

/*
 * A redirect is not followed: it would take the token to another place. No
 * proxy either, whatever the environment says.
 */
static void set_options(struct grafana_http *http)
{
	long timeout_ms = (long)http->server->timeout_ms;
	CURL *easy = http->easy;

	curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(easy, CURLOPT_PROXY, "");
	curl.easy_setopt(easy, CURLOPT_USERAGENT, "contmon/" CONTMON_VERSION);
	curl.easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms :
							   CONNECT_TIMEOUT_MS);
	curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error);
	curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl.easy_setopt(easy, CURLOPT_WRITEDATA, http);
	if (http->server->ca_file)
		curl.easy_setopt(easy, CURLOPT_CAINFO,
				 http->server->ca_file);
}

int grafana_http_open(const struct grafana_server *server,
		      struct grafana_http **ret, const char **ret_why)
{
	struct grafana_http *http;
	char *base;
	int r = libcurl_load();

	*ret_why = "without libcurl";
	if (r < 0)
		return r;
	base = make_base(server->url, ret_why);
	if (!base && *ret_why)
		return -EINVAL;
	*ret_why = strerror(ENOMEM);
	http = calloc(1, sizeof(*http));
	if (!http || !base) {
		free(base);
		free(http);
		return -ENOMEM;
	}
	*http = (struct grafana_http){ .server = server, .base = base };
	http->easy = curl.easy_init();
	if (!http->easy) {
		grafana_http_close(http);
		return -ENOMEM;
	}
	set_options(http);
	*ret = http;
	return 0;
}

void grafana_http_close(struct grafana_http *http)
{
	if (!http)
		return;
	if (http->easy)
		curl.easy_cleanup(http->easy);
	free(http->base);
	buffer_done(&http->answer);
	free(http);
}

/* NULL without memory */
static struct curl_slist *make_headers(const struct grafana_http *http,
				       const struct grafana_request *request)
{
	struct curl_slist *headers = NULL, *grown;
	char token[HEADER_SIZE] = "";
	const char *lines[5] = { "Accept: application/json", "Expect:" };
	size_t i, nr = 2;

	if (!request->anonymous) {
		snprintf(token, sizeof(token), "Authorization: Bearer %s",
			 http->server->token);
		lines[nr++] = token;
	}
	if (request->body)
		lines[nr++] = "Content-Type: application/json";
	if (request->no_provenance)
		lines[nr++] = "X-Disable-Provenance: true";
	for (i = 0; i < nr; i++) {
		grown = curl.slist_append(headers, lines[i]);
		if (!grown) {
			curl.slist_free_all(headers);
			headers = NULL;
			break;
		}
		headers = grown;
	}
	explicit_bzero(token, sizeof(token));
	return headers;
}

static CURLcode perform(struct grafana_http *http,
			const struct grafana_request *request,
			const char *url, const char *body)
{
	struct curl_slist *headers = make_headers(http, request);
	CURLcode result;

	if (!headers)
		return CURLE_OUT_OF_MEMORY;
	curl.easy_setopt(http->easy, CURLOPT_URL, url);
	curl.easy_setopt(http->easy, CURLOPT_HTTPHEADER, headers);
	curl.easy_setopt(http->easy, CURLOPT_HTTPGET, 1L);
	if (body) {
		curl.easy_setopt(http->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(body));
		curl.easy_setopt(http->easy, CURLOPT_POSTFIELDS, body);
	}
	curl.easy_setopt(http->easy, CURLOPT_CUSTOMREQUEST, request->method);
	result = curl.easy_perform(http->easy);
	curl.easy_setopt(http->easy, CURLOPT_HTTPHEADER, NULL);
	curl.slist_free_all(headers);
	return result;
}

/* What Grafana says, in one line; never the token, should it come back */
static void add_message(const struct grafana_http *http,
			struct grafana_answer *answer)
{
	const char *message = json_string_value(
		json_object_get(answer->body, "message"));
	size_t length = strlen(answer->why);

	if (!message || !*message || strstr(message, http->server->token))
		return;
	snprintf(answer->why + length, sizeof(answer->why) - length, ": %.*s",
		 (int)strcspn(message, "\r\n"), message);
}

static void add_redirect(const struct grafana_http *http,
			 struct grafana_answer *answer)
{
	size_t length = strlen(answer->why);
	char *to = NULL;

	curl.easy_getinfo(http->easy, CURLINFO_REDIRECT_URL, &to);
	if (to && strstr(to, http->server->token))
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
			 "the answer is too long" : http->error[0] ?
			 http->error : curl.easy_strerror(result));
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
	_cleanup_free_ char *body = NULL, *url = NULL;
	CURLcode result = CURLE_OUT_OF_MEMORY;

	buffer_done(&http->answer);
	http->error[0] = '\0';
	*answer = (struct grafana_answer){ 0 };
	if (request->body)
		body = json_dumps(request->body, JSON_COMPACT);
	if (asprintf(&url, "%s%s", http->base, request->path) < 0)
		url = NULL;
	if (url && (body || !request->body))
		result = perform(http, request, url, body);
	curl.easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE,
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
	char *escaped = curl.easy_escape(http->easy, text, 0);
	char *copy = escaped ? strdup(escaped) : NULL;

	curl.free(escaped);
	return copy;
}
