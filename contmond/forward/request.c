// SPDX-License-Identifier: GPL-2.0-only
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/answer_headers.h"
#include "base/gzip.h"
#include "base/libcurl.h"
#include "headers.h"
#include "secrets.h"

/* More of an answer is not kept. */
#define MAX_ANSWER 2048
/* More of an answer is not even read. */
#define MAX_READ (1 << 20)
/* What is shown of an answer */
#define MAX_LINE 140
#define CONNECT_TIMEOUT_MS 10000L
/* A header with a secret */
#define HEADER_SIZE HEADERS_MAX_LINE

static size_t on_answer(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct target *target = userdata;
	size_t room = MAX_ANSWER - target->answer.length;

	target->answer_bytes += size * nr;
	if (target->answer_bytes > MAX_READ)
		return 0;	/* CURLE_WRITE_ERROR */
	if (room > 0)
		buffer_add(&target->answer, bytes,
			   size * nr < room ? size * nr : room);
	return size * nr;
}

static void add_header(void *userdata, const char *line)
{
	struct target *target = userdata;
	struct curl_slist *grown = curl.slist_append(target->headers, line);

	if (grown)
		target->headers = grown;
	else
		target->body.failed = true;
}

static bool is_packed(const struct target *target)
{
	return target->unpacking == UNPACKING_UNTRIED ||
	       target->unpacking == UNPACKING_WORKS;
}

static int set_headers(struct target *target, const struct parcel_tick *tick)
{
	const struct protocol *protocol = target->options.protocol;
	const char *rest = target->options.headers;
	char line[HEADER_SIZE];

	curl.slist_free_all(target->headers);
	target->headers = NULL;
	snprintf(line, sizeof(line), "Content-Type: %s",
		 protocol->content_type);
	add_header(target, line);
	add_header(target, "Expect:");	/* saves a round trip before the body */
	if (is_packed(target))
		add_header(target, "Content-Encoding: gzip");
	if (target->options.token) {
		snprintf(line, sizeof(line), "Authorization: %s %s",
			 protocol->scheme, target->options.token);
		add_header(target, line);
		explicit_bzero(line, sizeof(line));
	}
	while (headers_next(&rest, line, sizeof(line))) {
		add_header(target, line);
		explicit_bzero(line, sizeof(line));
	}
	if (protocol->add_headers)
		protocol->add_headers(tick, &target->options, add_header,
				      target);
	return target->body.failed ? -ENOMEM : 0;
}

/*
 * A redirect is not followed: it would get the secret, and a POST would become
 * a GET. Proxies are not used either, whatever the environment says. libcurl
 * waits for its name resolver thread unless it is told to exit quickly;
 * otherwise one name server that does not answer would delay all targets.
 * forward.c ends requests that take too long.
 */
int request_init(struct target *target)
{
	const struct target_options *options = &target->options;
	CURL *easy = curl.easy_init();
	long timeout_ms = (long)options->timeout_ms;

	if (!easy)
		return -ENOMEM;
	target->easy = easy;
	curl.easy_setopt(easy, CURLOPT_PRIVATE, target);
	curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(easy, CURLOPT_PROXY, "");
	curl.easy_setopt(easy, CURLOPT_USERAGENT, "contmond/" CONTMON_VERSION);
	curl.easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl.easy_setopt(easy, CURLOPT_POST, 1L);
	if (options->method)
		curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, options->method);
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms :
							   CONNECT_TIMEOUT_MS);
	curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, target->error);
	curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl.easy_setopt(easy, CURLOPT_WRITEDATA, target);
	curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, answer_headers_add);
	curl.easy_setopt(easy, CURLOPT_HEADERDATA, &target->header_bytes);
	if (options->user) {
		curl.easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl.easy_setopt(easy, CURLOPT_USERNAME, options->user);
		curl.easy_setopt(easy, CURLOPT_PASSWORD, options->password);
	}
	if (options->ca_file)
		curl.easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
	return curl.easy_setopt(easy, CURLOPT_URL, options->url) == CURLE_OK ?
	       0 : -ENOMEM;
}

/* Compresses the body. @rows points into it, or into the parcel. */
static int pack(struct target *target, const char **rows, size_t *length)
{
	struct buffer packed = { 0 };
	int r = gzip_pack(*rows, *length, &packed.text, &packed.length);

	if (r < 0)
		return r;
	packed.allocated = packed.length;
	buffer_done(&target->body);
	target->body = packed;
	*rows = packed.text;
	*length = packed.length;
	return 0;
}

int request_prepare(struct target *target, const struct rows_range *range)
{
	const struct protocol *protocol = target->options.protocol;
	const struct parcel_tick *tick =
		&target->parcel.ticks[target->begin_tick].tick;
	struct buffer *body = &target->body;
	size_t length;
	const char *rows = parcel_rows(&target->parcel, range->first,
				       range->end, &length);

	buffer_done(body);
	target->answer.length = 0;
	target->answer_bytes = 0;
	target->header_bytes = 0;
	target->error[0] = '\0';
	if (protocol->write_body) {
		protocol->write_body(body, tick, &target->options, rows,
				     length);
		rows = body->text;
		length = body->length;
	}
	if (body->failed ||
	    (is_packed(target) && pack(target, &rows, &length) < 0) ||
	    set_headers(target, tick) < 0)
		return -ENOMEM;
	curl.easy_setopt(target->easy, CURLOPT_HTTPHEADER, target->headers);
	curl.easy_setopt(target->easy, CURLOPT_POSTFIELDS, rows);
	curl.easy_setopt(target->easy, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)length);
	return 0;
}

/*
 * The first line of an answer, without what a terminal cannot show. The whole
 * line is searched for secrets, because what is shown may end within one.
 */
static void first_line(const struct target *target, char *ret, size_t size)
{
	char text[MAX_ANSWER + 1];
	size_t i;

	snprintf(text, sizeof(text), "%.*s", (int)target->answer.length,
		 target->answer.text ?: "");
	text[strcspn(text, "\r\n")] = '\0';
	if (secrets_show(&target->options, text))
		text[0] = '\0';
	for (i = 0; text[i] && i < size - 1; i++)
		ret[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	ret[i] = '\0';
}

static bool has_no_end(const struct target *target)
{
	return target->answer_bytes > MAX_READ ||
	       answer_headers_are_too_long(target->header_bytes);
}

/* The status had arrived, but not all of the rest. */
static bool is_cut(CURLcode result)
{
	return result == CURLE_PARTIAL_FILE || result == CURLE_RECV_ERROR ||
	       result == CURLE_OPERATION_TIMEDOUT;
}

/*
 * What was accepted must not be sent again. Any other truncated answer fails,
 * because the reason may be in the missing rest.
 */
CURLcode request_result(const struct target *target, CURLcode result)
{
	long status = 0;

	if (result == CURLE_WRITE_ERROR && has_no_end(target))
		return CURLE_OK;
	if (is_cut(result))
		curl.easy_getinfo(target->easy, CURLINFO_RESPONSE_CODE,
				  &status);
	return status >= 200 && status < 300 ? CURLE_OK : result;
}

/* libcurl reports this as "out of memory". */
static bool has_long_header(const struct target *target, CURLcode result)
{
	curl_off_t first_byte_us = 0;

	curl.easy_getinfo(target->easy, CURLINFO_STARTTRANSFER_TIME_T,
			  &first_byte_us);
	return result == CURLE_OUT_OF_MEMORY && first_byte_us > 0;
}

/* libcurl's own message contains the name of the host. */
static void explain_failure(const struct target *target, CURLcode result,
			    struct target_reason *ret)
{
	const char *plain = curl.easy_strerror(result), *full = plain;

	if (has_long_header(target, result))
		plain = full = "a header of its answer is too long";
	else if (target->error[0] && !target->options.url_is_secret)
		full = target->error;
	snprintf(ret->plain, sizeof(ret->plain), "%s", plain);
	snprintf(ret->full, sizeof(ret->full), "%.*s",
		 (int)sizeof(ret->full) - 1, full);
}

void request_reason(const struct target *target, CURLcode result, long status,
		    struct target_reason *ret)
{
	char line[MAX_LINE] = "";

	if (result != CURLE_OK) {
		explain_failure(target, result, ret);
		return;
	}
	if (status >= 300 && status < 400) {
		snprintf(ret->plain, sizeof(ret->plain), "HTTP status %ld: a "
			 "redirect, which is not followed", status);
		snprintf(ret->full, sizeof(ret->full), "%s", ret->plain);
		return;
	}
	first_line(target, line, sizeof(line));
	snprintf(ret->plain, sizeof(ret->plain), "HTTP status %ld", status);
	snprintf(ret->full, sizeof(ret->full), "HTTP status %ld%s%s", status,
		 line[0] ? ": " : "", line);
}

bool request_was_sent(CURLcode result)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return false;
	default:
		return true;
	}
}
