// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads /api/v1/events/stream. A stream that ends is asked for again, after the
 * last event that was seen, so that none is missed or comes twice when contmond
 * starts again.
 */
#include "base/buffer.h"
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/time.h"
#include "contmon/http/http.h"
#include "follow.h"
#include "sse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * contmond sends something at least every 15 s. A few bytes: for libcurl's
 * least speed, which is in whole bytes a second, that would be nothing.
 */
#define SILENCE_NS (45 * NS_PER_SECOND)
#define DEFAULT_RETRY_MS 3000

#define MAX_ERROR 4096
#define HTTP_OK 200
#define HTTP_UNAUTHORIZED 401

/**
 * struct following
 * @path: of the stream, with its parameters
 * @error: the body of an answer that is no stream
 * @status: of @fn and @tick
 * @heard_ns: when something came last, or was asked for
 * @is_stream: what is being read is one
 * @has_answered: at least once
 * @is_waiting: the user knows that it does not answer
 */
struct following {
	const struct cli_contmond *contmond;
	struct cli_http http;
	char *path;
	struct sse sse;
	struct buffer error;
	cli_follow_fn *fn;
	cli_follow_tick_fn *tick;
	void *userdata;
	int status;
	uint64_t heard_ns;
	bool is_stream;
	bool has_answered;
	bool is_waiting;
};

/* Reading */

static int take_event(const char *data, size_t length, void *userdata)
{
	struct following *following = userdata;
	json_t *event = json_loadb(data, length, 0, NULL);

	following->status = json_is_object(event) ?
		following->fn(event, following->userdata) :
		cli_failed("an event of contmond", -EBADMSG);
	json_decref(event);
	return following->status == CLI_GO_ON ? 0 : -ECANCELED;
}

static long status_of(const struct following *following)
{
	long status = 0;

	curl.easy_getinfo(following->http.easy, CURLINFO_RESPONSE_CODE,
			  &status);
	return status;
}

static bool begins_a_stream(struct following *following)
{
	const char *type = NULL;

	if (following->is_stream)
		return true;
	curl.easy_getinfo(following->http.easy, CURLINFO_CONTENT_TYPE, &type);
	following->is_stream = status_of(following) == HTTP_OK && type &&
			       strcmp(type, "text/event-stream") == 0;
	if (!following->is_stream)
		return false;
	if (following->is_waiting)
		cli_error("contmond answers again");
	following->is_waiting = false;
	following->has_answered = true;
	return true;
}

static size_t take(struct following *following, const char *bytes,
		   size_t length)
{
	int r;

	if (begins_a_stream(following)) {
		r = sse_feed(&following->sse, bytes, length, take_event,
			     following);
		if (r < 0 && r != -ECANCELED)
			following->status = cli_failed("events", r);
		return r < 0 ? 0 : length;
	}
	if (following->error.length + length > MAX_ERROR)
		return 0;
	buffer_add(&following->error, bytes, length);
	return length;
}

/* It may take as long as whoever reads the output takes. */
static size_t on_bytes(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct following *following = userdata;
	size_t taken = take(following, bytes, size * nr);

	following->heard_ns = clock_monotonic_ns();
	return taken;
}

/* libcurl asks about once a second. */
static int must_stop(void *userdata, curl_off_t down_total, curl_off_t down,
		     curl_off_t up_total, curl_off_t up)
{
	struct following *following = userdata;

	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	if (following->is_stream && following->status == CLI_GO_ON)
		following->status = following->tick(following->userdata);
	return following->status != CLI_GO_ON ||
	       clock_monotonic_ns() - following->heard_ns >= SILENCE_NS;
}

/* What went wrong */

static const char *cure(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		return "; is it running?";
	case EACCES:
	case EPERM:
		return "; be root, or a member of the group contmon";
	default:
		return "";
	}
}

/* Only once, until it has answered again */
static int say_silent(struct following *following, const char *why,
		      const char *remedy)
{
	if (!following->is_waiting)
		cli_error("contmond does not answer at %s: %s%s",
			  cli_contmond_name(following->contmond), why,
			  following->has_answered ? "; waiting for it" :
						    remedy);
	following->is_waiting = following->has_answered;
	return following->has_answered ? CLI_GO_ON : CLI_FAILURE;
}

static int say_why_silent(struct following *following, CURLcode result)
{
	long error = 0;

	if (result == CURLE_ABORTED_BY_CALLBACK)
		return say_silent(following, "it says nothing", "");
	if (result == CURLE_COULDNT_CONNECT)
		curl.easy_getinfo(following->http.easy, CURLINFO_OS_ERRNO,
				  &error);
	return say_silent(following, error ? strerror((int)error) :
			  cli_http_why(&following->http, result),
			  cure((int)error));
}

/* What is answered meanwhile, also by a proxy; NULL: another status */
static const char *why_not_now(const struct following *following, long status)
{
	switch (status) {
	case 502:
		return "HTTP status 502 of a proxy";
	case 503:
		return following->has_answered ? "HTTP status 503" : NULL;
	case 504:
		return "HTTP status 504 of a proxy";
	default:
		return NULL;
	}
}

static int refuse(const struct following *following, long status)
{
	const char *name = cli_contmond_name(following->contmond);
	json_t *body = json_loadb(following->error.text ?: "",
				  following->error.length, 0, NULL);
	const char *why = json_string_value(json_object_get(body, "error"));

	if (!why)
		cli_error("%s: HTTP status %ld: not an answer of contmond",
			  name, status);
	else
		cli_error("%s: HTTP status %ld: %s%s", name, status, why,
			  status == HTTP_UNAUTHORIZED ? "; name the file of "
			  "contmond's token: --contmond-token-file FILE" : "");
	json_decref(body);
	return CLI_FAILURE;
}

/* Asking */

static CURLcode ask(struct following *following)
{
	char last_id[SSE_MAX_ID + 32];
	const char *headers[] = { "Accept: text/event-stream", NULL, NULL };

	sse_begin(&following->sse);
	buffer_done(&following->error);
	following->is_stream = false;
	following->heard_ns = clock_monotonic_ns();
	snprintf(last_id, sizeof(last_id), "Last-Event-ID: %s",
		 following->sse.last_id);
	if (following->sse.last_id[0])
		headers[1] = last_id;
	return cli_http_perform(&following->http, following->path,
				following->contmond->token, headers);
}

/* CLI_GO_ON if it has ended or may come again, or the exit status */
static int ask_once(struct following *following)
{
	CURLcode result = ask(following);
	long status = status_of(following);
	const char *why = why_not_now(following, status);

	if (following->status != CLI_GO_ON)
		return following->status;
	if (following->is_stream)
		return CLI_GO_ON;
	if (status == 0)
		return say_why_silent(following, result);
	if (why)
		return say_silent(following, why, "");
	/* A stream may end before its first byte. */
	if (following->has_answered && status == HTTP_OK &&
	    following->error.length == 0 && result != CURLE_WRITE_ERROR)
		return CLI_GO_ON;
	return refuse(following, status);
}

static void wait_for_it(const struct following *following)
{
	int64_t ms = following->sse.retry_ms ?: DEFAULT_RETRY_MS;
	const struct timespec pause = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	nanosleep(&pause, NULL);
}

/* Kinds are words without characters that would have to be escaped. */
static char *make_path(const struct cli_follow *what)
{
	struct buffer path = { 0 };
	const char *sign = "?";

	buffer_puts(&path, "/api/v1/events/stream");
	if (what->kinds) {
		buffer_printf(&path, "%skind=%s", sign, what->kinds);
		sign = "&";
	}
	if (what->from_ms != CLI_NO_TIME)
		buffer_printf(&path, "%sfrom=%" PRId64, sign,
			      what->from_ms > 0 ? what->from_ms : 0);
	if (!path.failed)
		return path.text;
	buffer_done(&path);
	return NULL;
}

static int follow(struct following *following)
{
	CURL *easy = following->http.easy;
	int status;

	curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl.easy_setopt(easy, CURLOPT_WRITEDATA, following);
	curl.easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl.easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, must_stop);
	curl.easy_setopt(easy, CURLOPT_XFERINFODATA, following);
	if (following->contmond->socket)
		curl.easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
				 following->contmond->socket);
	while ((status = ask_once(following)) == CLI_GO_ON)
		wait_for_it(following);
	return status;
}

int cli_follow(const struct cli_contmond *contmond,
	       const struct cli_follow *what, cli_follow_fn *fn,
	       cli_follow_tick_fn *tick, void *userdata)
{
	struct following following = {
		.contmond = contmond,
		.fn = fn,
		.tick = tick,
		.userdata = userdata,
		.status = CLI_GO_ON,
		.path = make_path(what),
	};
	const char *why;
	int status, r = cli_http_open(contmond->url, contmond->ca_file,
				      &following.http, &why);

	if (r < 0) {
		cli_error("%s: %s", contmond->url, why);
		status = r == -EINVAL ? CLI_USAGE : CLI_FAILURE;
	} else {
		status = following.path ? follow(&following) :
					  cli_failed("events", -ENOMEM);
	}
	cli_http_close(&following.http);
	sse_begin(&following.sse);
	buffer_done(&following.error);
	free(following.path);
	return status;
}
