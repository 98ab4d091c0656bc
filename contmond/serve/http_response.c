// SPDX-License-Identifier: GPL-2.0-only
#include "http_response.h"

#include <stdlib.h>

#include "base/gzip.h"
#include "base/util.h"
#include "accept.h"
#include "http_kept.h"

#define MIN_GZIP_BYTES 1024

#define SECURITY_POLICY \
	"default-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/*
 * struct body - a body that is being sent; counted, because clients may request
 * much and read nothing
 * @bytes: malloced, or NULL
 * @kept, @packed: instead of @bytes, a reference to a kept answer or to its
 *	compressed body; or NULL
 */
struct body {
	size_t *unsent_bytes;
	size_t length;
	char *bytes;
	struct http_kept_answer *kept;
	struct http_kept_answer *packed;
};

static void free_bytes(const struct body *body)
{
	free(body->bytes);
	http_kept_unref(body->kept);
	http_kept_unref_packed(body->packed);
}

static void body_done(void *userdata)
{
	struct body *body = userdata;

	*body->unsent_bytes -= body->length;
	free_bytes(body);
	free(body);
}

static void count(const struct http_sending *sending, size_t length)
{
	if (!sending->is_bodiless)
		atomic_fetch_add(&sending->traffic->sent_bytes, length);
}

/*
 * Sends @bytes; takes ownership of @owned, which holds them, even on failure.
 */
static struct MHD_Response *response_of(const struct http_sending *sending,
					const char *bytes, size_t length,
					struct body owned)
{
	struct body *body = malloc(sizeof(*body));
	struct MHD_Response *response;

	if (!body) {
		free_bytes(&owned);
		return NULL;
	}
	*body = owned;
	body->unsent_bytes = sending->unsent_bytes;
	body->length = length;
	*body->unsent_bytes += length;
	count(sending, length);
	response = MHD_create_response_from_buffer_with_free_callback_cls(
		length, (void *)bytes, body_done, body);
	if (!response)
		body_done(body);
	return response;
}

static struct MHD_Response *plain_response(const struct http_sending *sending,
					   struct reply *reply)
{
	struct body owned = { .bytes = reply->body.text, .kept = reply->kept };
	size_t length;
	const char *bytes = reply_body(reply, &length);

	if (reply->constant_body) {
		count(sending, length);
		return MHD_create_response_from_buffer(
			length, (void *)bytes, MHD_RESPMEM_PERSISTENT);
	}
	reply->body = (struct buffer){ 0 };
	reply->kept = NULL;
	return response_of(sending, bytes, length, owned);
}

/* Compresses a body, or uses the one that is compressed once for everybody. */
static const char *pack(struct reply *reply, size_t *ret_length,
			struct body *ret_owned)
{
	size_t length;
	const char *bytes = reply_body(reply, &length);

	if (length < MIN_GZIP_BYTES)
		return NULL;
	if (!reply->kept)
		return gzip_pack(bytes, length, &ret_owned->bytes,
				 ret_length) < 0 ? NULL : ret_owned->bytes;
	bytes = http_kept_packed(reply->kept, ret_length);
	if (!bytes)
		return NULL;
	http_kept_only_packed(reply->kept);
	ret_owned->packed = reply->kept;
	reply->kept = NULL;
	return bytes;
}

static struct MHD_Response *packed_response(const struct http_sending *sending,
					    struct reply *reply)
{
	struct body owned = { 0 };
	struct MHD_Response *response;
	size_t length;
	const char *packed = pack(reply, &length, &owned);

	if (!packed)
		return NULL;
	response = response_of(sending, packed, length, owned);
	if (response && reply->status != 304)
		MHD_add_response_header(response,
					MHD_HTTP_HEADER_CONTENT_ENCODING,
					"gzip");
	return response;
}

static void add_headers(struct MHD_Response *response,
			const struct reply *reply, bool is_last)
{
	const struct {
		const char *name;
		const char *value;
	} headers[] = {
		{ MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type },
		{ MHD_HTTP_HEADER_CACHE_CONTROL,
		  reply->may_be_kept ? "no-cache" : "no-store" },
		{ MHD_HTTP_HEADER_ETAG, reply->etag[0] ? reply->etag : NULL },
		{ MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING },
		{ "Content-Security-Policy", SECURITY_POLICY },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ MHD_HTTP_HEADER_ALLOW,
		  reply->status == 405 ? "GET, HEAD" : NULL },
		{ MHD_HTTP_HEADER_CONNECTION, is_last ? "close" : NULL },
		{ MHD_HTTP_HEADER_WWW_AUTHENTICATE,
		  reply->status == 401 ? "Bearer" : NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(headers); i++) {
		if (headers[i].value)
			MHD_add_response_header(response, headers[i].name,
						headers[i].value);
	}
}

enum MHD_Result http_respond(struct MHD_Connection *connection,
			     struct reply *reply,
			     const struct http_sending *sending)
{
	bool is_stream = reply->more.next;
	const char *accepted = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	struct MHD_Response *response = NULL;
	enum MHD_Result result;

	if (is_stream)
		response = http_streams_respond(sending->streams, connection,
						reply);
	else if (gzip_accepted(accepted))
		response = packed_response(sending, reply);
	if (!response && !is_stream)
		response = plain_response(sending, reply);
	if (!response)
		return MHD_NO;
	if (is_stream)
		MHD_add_response_header(response, "X-Accel-Buffering", "no");
	add_headers(response, reply, sending->is_last);
	traffic_answered(sending->traffic, reply->status);
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}
