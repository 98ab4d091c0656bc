// SPDX-License-Identifier: GPL-2.0-only
#include "unnamed.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "contmond/model/title.h"

#define PATIENCE_NS (60 * NS_PER_SECOND)
#define ASK_EVERY_NS NS_PER_SECOND
/* What is read meanwhile waits for the answer. */
#define TIMEOUT_MS 2000L
#define MAX_ANSWER (4 << 20)
#define HTTP_OK 200

static const char *text_of(const json_t *event, const char *key)
{
	return json_string_value(json_object_get(event, key));
}

/* Engines give containers ids of letters and digits. */
static bool is_id(const char *id)
{
	return *id && !id[strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz")];
}

/*
 * Without a name, a container is called by the beginning of its id, and by its
 * user unless it is root's.
 */
static bool is_unnamed(const json_t *event)
{
	const char *title = text_of(event, "container");
	const char *id = text_of(event, "container_id");
	size_t length = title ? title_name_length(title, id, -1) : 0;

	return id && is_id(id) && length < strlen(id) &&
	       strncmp(title ?: "", id, length) == 0;
}

static bool is_same_container(const json_t *a, const json_t *b)
{
	return strcmp(text_of(a, "container_id") ?: "",
		      text_of(b, "container_id") ?: "") == 0;
}

static void drop(struct cli_unnamed *unnamed, size_t i)
{
	json_decref(unnamed->all[i].event);
	unnamed->nr--;
	memmove(&unnamed->all[i], &unnamed->all[i + 1],
		(unnamed->nr - i) * sizeof(unnamed->all[0]));
}

void cli_unnamed_done(struct cli_unnamed *unnamed)
{
	while (unnamed->nr > 0)
		drop(unnamed, unnamed->nr - 1);
	cli_http_close(&unnamed->http);
}

void cli_unnamed_keep(struct cli_unnamed *unnamed, json_t *event)
{
	const uint64_t now_ns = clock_monotonic_ns();

	if (!is_unnamed(event))
		return;
	if (unnamed->nr == CLI_UNNAMED_MAX)
		drop(unnamed, 0);
	if (unnamed->nr == 0)
		unnamed->asked_ns = now_ns;
	unnamed->all[unnamed->nr].event = json_incref(event);
	unnamed->all[unnamed->nr++].since_ns = now_ns;
}

bool cli_unnamed_has(const struct cli_unnamed *unnamed, const json_t *event)
{
	size_t i;

	for (i = 0; i < unnamed->nr; i++) {
		if (is_same_container(unnamed->all[i].event, event))
			return true;
	}
	return false;
}

/* Asking */

static size_t on_bytes(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct buffer *body = userdata;

	if (body->length + size * nr > MAX_ANSWER)
		return 0;
	buffer_add(body, bytes, size * nr);
	return body->failed ? 0 : size * nr;
}

static int open_http(struct cli_unnamed *unnamed,
		     const struct cli_contmond *contmond)
{
	const char *why;
	CURL *easy;
	int r;

	if (unnamed->http.easy)
		return 0;
	r = cli_http_open(contmond->url, contmond->ca_file, &unnamed->http,
			  &why);
	if (r < 0)
		return r;
	easy = unnamed->http.easy;
	curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	if (contmond->socket)
		curl.easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
				 contmond->socket);
	return 0;
}

/* All events of these containers, of any kind */
static void make_path(const struct cli_unnamed *unnamed, struct buffer *path)
{
	size_t i;

	buffer_puts(path, "/api/v1/events?container=");
	for (i = 0; i < unnamed->nr; i++)
		buffer_printf(path, "%s%s", i > 0 ? "," : "",
			      text_of(unnamed->all[i].event, "container_id"));
}

/* The answer, or NULL */
static json_t *ask(struct cli_unnamed *unnamed,
		   const struct cli_contmond *contmond)
{
	static const char *const headers[] = { "Accept: application/json",
					       NULL };
	struct buffer path = { 0 }, body = { 0 };
	json_t *answer = NULL;
	long status = 0;

	make_path(unnamed, &path);
	if (!path.failed && open_http(unnamed, contmond) == 0) {
		CURL *easy = unnamed->http.easy;

		curl.easy_setopt(easy, CURLOPT_WRITEDATA, &body);
		if (cli_http_perform(&unnamed->http, path.text,
				     contmond->token, headers) == CURLE_OK)
			curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE,
					  &status);
	}
	if (status == HTTP_OK)
		answer = json_loadb(body.text ?: "", body.length, 0, NULL);
	buffer_done(&path);
	buffer_done(&body);
	return answer;
}

/* The event as it is told now, or NULL */
static json_t *find(json_t *rows, const json_t *event)
{
	const json_t *seq = json_object_get(event, "seq");
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (json_equal(json_object_get(row, "seq"), seq) &&
		    is_same_container(row, event))
			return row;
	}
	return NULL;
}

int cli_unnamed_ask(struct cli_unnamed *unnamed,
		    const struct cli_contmond *contmond, cli_follow_fn *fn,
		    void *userdata)
{
	json_t *answer = ask(unnamed, contmond);
	json_t *rows = json_object_get(answer, "rows");
	int status = CLI_GO_ON;
	size_t i = 0;

	unnamed->asked_ns = clock_monotonic_ns();
	while (i < unnamed->nr && status == CLI_GO_ON) {
		json_t *row = find(rows, unnamed->all[i].event);
		bool is_named = row && !is_unnamed(row);

		if (is_named || unnamed->asked_ns -
		    unnamed->all[i].since_ns >= PATIENCE_NS)
			drop(unnamed, i);
		else
			i++;
		if (is_named)
			status = fn(row, userdata);
	}
	json_decref(answer);
	return status;
}

int cli_unnamed_tick(struct cli_unnamed *unnamed,
		     const struct cli_contmond *contmond, cli_follow_fn *fn,
		     void *userdata)
{
	if (unnamed->nr == 0 ||
	    clock_monotonic_ns() - unnamed->asked_ns < ASK_EVERY_NS)
		return CLI_GO_ON;
	return cli_unnamed_ask(unnamed, contmond, fn, userdata);
}
