// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmicrohttpd has an epoll descriptor of its own. The event loop waits for
 * that descriptor, and for the timeout that libmicrohttpd returns. It also runs
 * libmicrohttpd once a second: without connections there is no timeout, and an
 * epoll set that was not refilled would never wake the loop.
 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "hosts.h"
#include "http_clients.h"
#include "http_response.h"
#include "target.h"
#include "token.h"

/*
 * Connections above HTTP_MAX_CLIENTS are shut down and not yet closed. At its
 * own limit libmicrohttpd would stop accepting.
 */
#define MAX_CONNECTIONS (HTTP_MAX_CLIENTS + 128)
#define TIMEOUT_SECONDS 30

/* Half of it is for the request line; the other half is used to parse it. */
#define MEMORY_PER_CONNECTION (64 * 1024)
#define MAX_URI_BYTES (16 * 1024)
#define MAX_URI_PARAMETERS 128

#define MAX_UNSENT_BYTES (64 * 1024 * 1024)
#define MAX_STEPS 64
#define MAX_WAIT_MS 1000

struct http {
	struct MHD_Daemon *daemon;
	sd_event *event;
	sd_event_source *io;
	sd_event_source *timer;
	sd_event_source *deadline;	/* of http_drain() */
	http_handler *handler;
	void *userdata;
	http_drained_fn *drained;
	void *drained_userdata;
	char *host;
	char *token;
	struct http_clients clients;
	size_t unsent_bytes;	/* bodies of all answers under way */
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
	(void)key_size;
	(void)value_size;
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

static bool host_is_allowed(const struct http *http,
			    struct MHD_Connection *connection,
			    const struct target *target)
{
	const char *host = target->has_host ? target->host :
		header(connection, MHD_HTTP_HEADER_HOST);

	return !http->host || hosts_allowed(host, http->host);
}

/* Refuses the request or passes it to the handler. */
static void handle(struct http *http, struct MHD_Connection *connection,
		   const struct target *target, const char *method,
		   struct reply *reply)
{
	struct request request = {
		.path = target->path,
		.accept = header(connection, MHD_HTTP_HEADER_ACCEPT),
		.if_none_match = header(connection,
					MHD_HTTP_HEADER_IF_NONE_MATCH),
		.authorized = !http->token ||
			token_matches(http->token,
				      header(connection,
					     MHD_HTTP_HEADER_AUTHORIZATION)),
	};
	struct adding adding = { .request = &request };

	if (!host_is_allowed(http, connection, target)) {
		reply_error(reply, 403, "the Host header names another host");
		return;
	}
	if (!is_read(method)) {
		reply_error(reply, 405, "GET and HEAD only");
		return;
	}
	if (http->unsent_bytes > MAX_UNSENT_BYTES) {
		reply_error(reply, 503, "too many unread answers");
		return;
	}
	MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND,
				    add_parameter, &adding);
	if (adding.error < 0)
		reply_error(reply, 400,
			    "the query string has more than %d keys",
			    REQUEST_MAX_PARAMETERS);
	else
		http->handler(&request, reply, http->userdata);
	if (reply->body.failed)
		reply_error(reply, 503, "out of memory");
	request_done(&request);
}

static struct http_client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

/*
 * Called when the headers are complete, and again when the body is. If a
 * request is answered in the second call, the connection can be kept. Other
 * requests are answered at once, without waiting for their bodies.
 */
static enum MHD_Result on_request(void *userdata,
				  struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_length, void **state)
{
	static char seen;
	struct http *http = userdata;
	struct reply reply = { 0 };
	enum MHD_Result result;
	struct target target;

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
	http_clients_busy(&http->clients, client_of(connection), true);
	target_parse(path, &target);
	handle(http, connection, &target, method, &reply);
	result = http_respond(connection, &reply, &http->unsent_bytes);
	reply_done(&reply);
	return result;
}

static void on_completed(void *userdata, struct MHD_Connection *connection,
			 void **state, enum MHD_RequestTerminationCode code)
{
	struct http *http = userdata;

	(void)state;
	(void)code;
	http_clients_busy(&http->clients, client_of(connection), false);
}

/* Connections */

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd;
}

static void on_connection(void *userdata, struct MHD_Connection *connection,
			  void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = userdata;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = http_clients_add(&http->clients,
						   socket_of(connection));
	} else {
		http_clients_remove(&http->clients, *socket_context);
		*socket_context = NULL;
	}
}

static size_t nr_parameters(const char *uri)
{
	const char *query = strchr(uri, '?');
	size_t nr = 0;

	while (query) {
		nr++;
		query = strchr(query + 1, '&');
	}
	return nr;
}

/*
 * Called with the request line before its parameters are parsed. If they do not
 * fit into the memory of the connection, libmicrohttpd 0.9.75 hangs: it refuses
 * the request but neither reads nor sends until the connection times out. So
 * the parameters are counted first, and the request is refused here.
 */
static void *on_uri(void *userdata, const char *uri,
		    struct MHD_Connection *connection)
{
	static const char format[] =
		"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
		"Connection: close\r\nContent-Length: %zu\r\n\r\n%s";
	static const char error[] =
		"{\"error\":\"the request line is too long, or has a NUL or "
		"too many parameters\"}\n";
	const char *status = NULL;
	char text[512];
	int length;

	(void)userdata;
	if (strlen(uri) > MAX_URI_BYTES)
		status = "414 URI Too Long";
	else if (strstr(uri, "%00"))
		status = "400 Bad Request";
	else if (nr_parameters(uri) > MAX_URI_PARAMETERS)
		status = "400 Bad Request";
	if (!status)
		return NULL;
	length = snprintf(text, sizeof(text), format, status,
			  sizeof(error) - 1, error);
	send(socket_of(connection), text, (size_t)length,
	     MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(socket_of(connection), SHUT_RDWR);
	return NULL;
}

/* The event loop */

static void finish_drain(struct http *http)
{
	http_drained_fn *drained = http->drained;

	http->drained = NULL;
	if (drained)
		drained(http->drained_userdata);
}

/*
 * libmicrohttpd does a small step at a time, and returns no timeout when there
 * is more to do. Other sources of the loop run in between.
 */
static void work(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int i;

	for (i = 0; i < MAX_STEPS; i++) {
		MHD_run(http->daemon);
		if (MHD_get_timeout(http->daemon, &ms) != MHD_YES)
			ms = MAX_WAIT_MS;
		if (ms > 0)
			break;
	}
	if (ms > MAX_WAIT_MS)
		ms = MAX_WAIT_MS;
	sd_event_source_set_time_relative(http->timer, ms * 1000);
	sd_event_source_set_enabled(http->timer, SD_EVENT_ONESHOT);
	if (http->clients.nr_busy == 0)
		finish_drain(http);
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
	http->event = sd_event_ref(event);
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
		(size_t)MEMORY_PER_CONNECTION,
		MHD_OPTION_URI_LOG_CALLBACK, on_uri, http,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_END);
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

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	finish_drain(userdata);
	return 0;
}

int http_drain(struct http *http, uint64_t timeout_usec, http_drained_fn *fn,
	       void *userdata)
{
	int r;

	r = sd_event_add_time_relative(http->event, &http->deadline,
				       CLOCK_MONOTONIC, timeout_usec, 0,
				       on_deadline, http);
	if (r < 0)
		return r;
	/* A request that has arrived counts as being in flight. */
	work(http);
	http->drained = fn;
	http->drained_userdata = userdata;
	close(MHD_quiesce_daemon(http->daemon));
	http_clients_dismiss(&http->clients);
	work(http);
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	sd_event_source_disable_unref(http->io);
	sd_event_source_disable_unref(http->timer);
	sd_event_source_disable_unref(http->deadline);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	sd_event_unref(http->event);
	free(http->host);
	free(http->token);
	free(http);
}
