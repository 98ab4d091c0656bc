// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmicrohttpd has an epoll descriptor of its own; the event loop waits for
 * that one descriptor, and for the time that libmicrohttpd names.
 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/util.h"
#include "gzip.h"
#include "hosts.h"
#include "token.h"

#define MAX_CONNECTIONS 128
#define TIMEOUT_SECONDS 30
#define MEMORY_PER_CONNECTION (32 * 1024)	/* bounds URL and headers */
#define MIN_GZIP_BYTES 1024
#define MAX_UNSENT_BYTES (64 * 1024 * 1024)
#define MAX_STEPS 64

#define SECURITY_POLICY \
	"default-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

struct http {
	struct MHD_Daemon *daemon;
	sd_event_source *io;
	sd_event_source *timer;
	http_handler *handler;
	void *userdata;
	char *host;
	char *token;
	size_t unsent_bytes;	/* bodies of all answers under way */
};

/* A body under way: for those who ask for much and do not take it. */
struct body {
	struct http *http;
	size_t length;
	char *bytes;
};

/* One request */

struct adding {
	struct request *request;
	int error;
};

static enum MHD_Result add_parameter(void *userdata, enum MHD_ValueKind kind,
				     const char *key, size_t key_size,
				     const char *value, size_t value_size)
{
	struct adding *adding = userdata;

	(void)kind;
	/* A NUL in the middle: whatever it is, it is not what it looks like. */
	if (strlen(key) != key_size || (value && strlen(value) != value_size))
		adding->error = -EINVAL;
	else
		adding->error = request_add(adding->request, key, value ?: "");
	return adding->error < 0 ? MHD_NO : MHD_YES;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool is_read(const char *method)
{
	return strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	       strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

static void answer(struct http *http, struct MHD_Connection *connection,
		   const char *path, const char *method, struct reply *reply)
{
	struct request request = {
		.path = path,
		.accept = header(connection, MHD_HTTP_HEADER_ACCEPT),
		.if_none_match = header(connection,
					MHD_HTTP_HEADER_IF_NONE_MATCH),
		.authorized = !http->token ||
			token_matches(http->token,
				      header(connection,
					     MHD_HTTP_HEADER_AUTHORIZATION)),
	};
	struct adding adding = { .request = &request };

	if (http->host &&
	    !hosts_allowed(header(connection, MHD_HTTP_HEADER_HOST),
			   http->host)) {
		reply_error(reply, 403, "the Host header names another host");
		return;
	}
	if (!is_read(method)) {
		reply_error(reply, 405, "GET and HEAD only");
		return;
	}
	if (http->unsent_bytes > MAX_UNSENT_BYTES) {
		reply_error(reply, 503, "too many answers are under way");
		return;
	}
	MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND,
				    add_parameter, &adding);
	if (adding.error < 0)
		reply_error(reply, 400, "the query string makes no sense");
	else
		http->handler(&request, reply, http->userdata);
	if (reply->body.failed)
		reply_error(reply, 503, "out of memory");
	request_done(&request);
}

/* One response */

static void body_done(void *userdata)
{
	struct body *body = userdata;

	body->http->unsent_bytes -= body->length;
	free(body->bytes);
	free(body);
}

/* Takes over @bytes, also when it fails. */
static struct MHD_Response *response_of(struct http *http, char *bytes,
					size_t length)
{
	struct body *body = malloc(sizeof(*body));
	struct MHD_Response *response;

	if (!body) {
		free(bytes);
		return NULL;
	}
	*body = (struct body){ http, length, bytes };
	http->unsent_bytes += length;
	response = MHD_create_response_from_buffer_with_free_callback_cls(
		length, bytes, body_done, body);
	if (!response)
		body_done(body);
	return response;
}

static struct MHD_Response *plain_response(struct http *http,
					   struct reply *reply)
{
	char *bytes = reply->body.text;
	size_t length = reply->body.length;

	if (reply->constant_body)
		return MHD_create_response_from_buffer(
			reply->constant_length, (void *)reply->constant_body,
			MHD_RESPMEM_PERSISTENT);
	reply->body = (struct buffer){ 0 };
	return response_of(http, bytes, length);
}

static struct MHD_Response *packed_response(struct http *http,
					    const struct reply *reply)
{
	const char *bytes = reply->constant_body ?: reply->body.text;
	size_t length = reply->constant_body ? reply->constant_length :
					       reply->body.length;
	struct MHD_Response *response;
	size_t packed_length;
	char *packed;

	if (length < MIN_GZIP_BYTES ||
	    gzip_pack(bytes, length, &packed, &packed_length) < 0)
		return NULL;
	response = response_of(http, packed, packed_length);
	if (response)
		MHD_add_response_header(response,
					MHD_HTTP_HEADER_CONTENT_ENCODING,
					"gzip");
	return response;
}

static void add_headers(struct MHD_Response *response,
			const struct reply *reply)
{
	const struct {
		const char *name;
		const char *value;
	} headers[] = {
		{ MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type },
		{ MHD_HTTP_HEADER_CACHE_CONTROL,
		  reply->etag ? "no-cache" : "no-store" },
		{ MHD_HTTP_HEADER_ETAG, reply->etag },
		{ MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING },
		{ "Content-Security-Policy", SECURITY_POLICY },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ MHD_HTTP_HEADER_ALLOW,
		  reply->status == 405 ? "GET, HEAD" : NULL },
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

static enum MHD_Result respond(struct http *http,
			       struct MHD_Connection *connection,
			       struct reply *reply)
{
	struct MHD_Response *response = NULL;
	enum MHD_Result result;

	if (gzip_accepted(header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING)))
		response = packed_response(http, reply);
	if (!response)
		response = plain_response(http, reply);
	if (!response)
		return MHD_NO;
	add_headers(response, reply);
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

/*
 * Called when the headers are complete, and again when the body is: for a
 * request that is answered only then the connection can be used on. Others
 * are answered at once, their bodies are not waited for.
 */
static enum MHD_Result on_request(void *userdata,
				  struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_length, void **state)
{
	static char seen;
	struct reply reply = { 0 };
	enum MHD_Result result;

	(void)version;
	(void)upload;
	if (!*state && is_read(method)) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_length > 0) {
		*upload_length = 0;
		return MHD_YES;
	}
	answer(userdata, connection, path, method, &reply);
	result = respond(userdata, connection, &reply);
	reply_done(&reply);
	return result;
}

/* The event loop */

/*
 * libmicrohttpd takes a small step at a time, and names no time to wait when
 * there is more to do. Others in the loop get their turn, too.
 */
static void work(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int i;

	for (i = 0; i < MAX_STEPS; i++) {
		MHD_run(http->daemon);
		if (MHD_get_timeout(http->daemon, &ms) != MHD_YES) {
			sd_event_source_set_enabled(http->timer, SD_EVENT_OFF);
			return;
		}
		if (ms > 0)
			break;
	}
	sd_event_source_set_time_relative(http->timer, ms * 1000);
	sd_event_source_set_enabled(http->timer, SD_EVENT_ONESHOT);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	(void)source;
	(void)fd;
	(void)events;
	work(userdata);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	work(userdata);
	return 0;
}

static int attach(struct http *http, sd_event *event)
{
	const union MHD_DaemonInfo *info;
	int r;

	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EOPNOTSUPP;
	r = sd_event_add_io(event, &http->io, info->epoll_fd, EPOLLIN, on_io,
			    http);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &http->timer, CLOCK_MONOTONIC, 0, 1000,
			      on_timer, http);
	return r < 0 ? r : 0;
}

static int copy(const char *from, char **ret)
{
	*ret = from ? strdup(from) : NULL;
	return from && !*ret ? -ENOMEM : 0;
}

int http_set_options(struct http *http, const struct http_options *options)
{
	_cleanup_free_ char *host = NULL, *token = NULL;
	char *old;

	if (copy(options->host, &host) < 0 || copy(options->token, &token) < 0)
		return -ENOMEM;
	old = http->host;
	http->host = host;
	host = old;
	old = http->token;
	http->token = token;
	token = old;
	return 0;
}

static int start(struct http *http, int fd)
{
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, http,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)MAX_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)TIMEOUT_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)MEMORY_PER_CONNECTION, MHD_OPTION_END);
	if (http->daemon)
		return 0;
	close(fd);
	return -EIO;
}

int http_new(sd_event *event, int fd, const struct http_options *options,
	     http_handler *handler, void *userdata, struct http **ret)
{
	struct http *http = calloc(1, sizeof(*http));
	int r;

	if (!http) {
		close(fd);
		return -ENOMEM;
	}
	http->handler = handler;
	http->userdata = userdata;
	r = start(http, fd);
	if (r == 0)
		r = http_set_options(http, options);
	if (r == 0)
		r = attach(http, event);
	if (r < 0) {
		http_free(http);
		return r;
	}
	*ret = http;
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	sd_event_source_disable_unref(http->io);
	sd_event_source_disable_unref(http->timer);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	free(http->host);
	free(http->token);
	free(http);
}
