// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmicrohttpd runs in a thread of its own, which calls the functions up to
 * on_connection(). The others are called by the thread of the event loop.
 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "etag.h"
#include "http_clients.h"
#include "http_request.h"
#include "http_response.h"
#include "http_rights.h"
#include "http_streams.h"
#include "http_tls.h"
#include "http_uri.h"
#include "target.h"

/*
 * Connections above HTTP_MAX_CLIENTS are shut down but not closed yet. At its
 * own limit libmicrohttpd would stop accepting.
 */
#define MAX_CONNECTIONS (HTTP_MAX_CLIENTS + 128)

/*
 * Half of it is for the request line, the other half for parsing it.
 * libmicrohttpd clears it after an answer, so each client that stays uses all
 * of it.
 */
#define MEMORY_PER_CONNECTION (40 * 1024)

#define MAX_UNSENT_BYTES (64 * 1024 * 1024)
#define BEAT_USEC (15 * 1000 * 1000)

/* Not a path of contmond */
#define NO_PATH "%2f"

/*
 * @lock: protects what both threads use: @clients and all members below it
 * @unsent_bytes: total of the bodies of all answers that are being sent
 * @adopted: connections of the listening socket that were given to
 *	libmicrohttpd, but not started by it yet
 * @drained_fd: written to when the last connection has been closed
 */
struct http {
	struct MHD_Daemon *daemon;
	sd_event *event;
	sd_event_source *deadline;
	http_handler *handler;
	void *userdata;
	http_drained_fn *drained;
	void *drained_userdata;
	size_t unsent_bytes;
	struct traffic *traffic;
	struct http_streams streams;
	sd_event_source *beat;
	struct http_rights rights;
	pthread_mutex_t lock;
	struct http_clients clients;
	size_t adopted;
	bool is_draining;
	sd_event_source *drained_io;
	int drained_fd;
};

/* One request */

/* Determines whether the request may be answered, and with what rights. */
static bool check(struct http *http, struct MHD_Connection *connection,
		  const struct target *target, struct request *request)
{
	const char *token = http_header(connection,
					MHD_HTTP_HEADER_AUTHORIZATION);
	const char *host = target->has_host ? target->host :
		http_header(connection, MHD_HTTP_HEADER_HOST);

	http_streams_asked(&http->streams);
	return http_rights_check(&http->rights, host, token, request);
}

/* Returns true if the request is refused; then @reply has the answer. */
static bool refuse(struct http *http, struct MHD_Connection *connection,
		   const struct target *target, const char *method,
		   struct request *request, struct reply *reply)
{
	if (http_has_many_hosts(connection))
		reply_error(reply, 400, "more than one Host header");
	else if (!check(http, connection, target, request))
		reply_error(reply, 403, "the Host header names another host");
	else if (!http_is_read(method))
		reply_error(reply, 405, "GET and HEAD only");
	else if (http->unsent_bytes > MAX_UNSENT_BYTES)
		reply_error(reply, 503, "too many unread answers");
	else if (http_read_parameters(connection, request) < 0)
		reply_error(reply, 400,
			    "the query string has more than %d keys",
			    REQUEST_MAX_PARAMETERS);
	return reply->status;
}

/* Refuses the request or passes it to the handler. */
static void handle(struct http *http, struct MHD_Connection *connection,
		   const struct target *target, const char *method,
		   struct reply *reply)
{
	struct request request = {
		.path = target->path,
		.accept = http_header(connection, MHD_HTTP_HEADER_ACCEPT),
		.if_none_match = http_header(connection,
					     MHD_HTTP_HEADER_IF_NONE_MATCH),
		.last_event_id = http_header(connection, "Last-Event-ID"),
	};

	if (!refuse(http, connection, target, method, &request, reply))
		http->handler(&request, reply, http->userdata);
	etag_apply(&request, reply);
	if (reply->body.failed)
		reply_error(reply, 503, "out of memory");
	else if (reply->more.next && !http_streams_have_room(&http->streams))
		reply_error(reply, 503, "too many streams");
	request_done(&request);
}

static struct http_client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

/*
 * A request has arrived, or its answer has been sent. Returns whether it must
 * be the last one on this connection.
 */
static bool set_busy(struct http *http, struct MHD_Connection *connection,
		     bool is_busy)
{
	struct http_client *client = client_of(connection);
	bool is_last;

	pthread_mutex_lock(&http->lock);
	http_clients_busy(&http->clients, client, is_busy);
	is_last = http->is_draining;
	if (is_last)
		http_clients_dismiss(&http->clients);
	pthread_mutex_unlock(&http->lock);
	return is_last;
}

/*
 * Called when the headers are complete, and again when the body is. If the
 * request is answered in the second call, the connection can be kept open.
 * Refused requests are answered at once, without waiting for their bodies.
 */
static enum MHD_Result on_request(void *userdata,
				  struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_length, void **state)
{
	static char seen, seen_slash;
	bool has_slash = *state == &http_has_slash_in_name ||
			 *state == &seen_slash;
	struct http *http = userdata;
	struct http_sending sending = {
		.is_bodiless = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0,
		.unsent_bytes = &http->unsent_bytes,
		.streams = &http->streams,
		.traffic = http->traffic,
	};
	struct reply reply = { 0 };
	enum MHD_Result result;
	struct target target;

	(void)version;
	(void)upload;
	if (*state != &seen && *state != &seen_slash && http_is_read(method)) {
		*state = has_slash ? &seen_slash : &seen;
		return MHD_YES;
	}
	if (*upload_length > 0) {
		*upload_length = 0;
		return MHD_YES;
	}
	sending.is_last = set_busy(http, connection, true);
	target_parse(path, &target);
	if (has_slash)
		target.path = NO_PATH;
	handle(http, connection, &target, method, &reply);
	sending.is_bodiless |= reply.status == 304;
	result = http_respond(connection, &reply, &sending);
	reply_done(&reply);
	return result;
}

static void on_completed(void *userdata, struct MHD_Connection *connection,
			 void **state, enum MHD_RequestTerminationCode code)
{
	(void)state;
	(void)code;
	set_busy(userdata, connection, false);
}

/* Connections */

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd;
}

/* To be called with the lock held. */
static void check_drained(struct http *http)
{
	if (http->is_draining && !http->clients.first && http->adopted == 0)
		eventfd_write(http->drained_fd, 1);
}

static void on_connection(void *userdata, struct MHD_Connection *connection,
			  void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = userdata;

	pthread_mutex_lock(&http->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = http_clients_add(&http->clients,
						   socket_of(connection));
		atomic_fetch_add(&http->traffic->clients, 1);
		if (http->adopted > 0)
			http->adopted--;
		if (http->is_draining)
			http_clients_dismiss(&http->clients);
	} else {
		http_clients_remove(&http->clients, *socket_context);
		atomic_fetch_sub(&http->traffic->clients, 1);
		*socket_context = NULL;
		check_drained(http);
	}
	pthread_mutex_unlock(&http->lock);
}

/* Options */

int http_set_options(struct http *http, const struct http_options *options)
{
	int r = http_rights_set(&http->rights, options);

	if (r > 0)
		http_streams_renew(&http->streams);
	return r < 0 ? r : 0;
}

/* Endless answers */

void http_wake(struct http *http)
{
	http_streams_wake(&http->streams, false);
}

void http_beat(struct http *http)
{
	http_streams_wake(&http->streams, true);
}

static int on_beat(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	http_beat(userdata);
	sd_event_source_set_time_relative(source, BEAT_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Start and stop */

static int start(struct http *http, int fd, const struct http_options *options)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, HTTP_TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};
	/*
	 * With epoll, it would sleep although 128 events have arrived at once.
	 */
	unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC |
			     MHD_ALLOW_SUSPEND_RESUME;

	if (options->certificate)
		flags |= MHD_USE_TLS;
	http->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL,
		on_request, http,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_ARRAY, options->certificate ? tls : tls + 3,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)MAX_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT,
		options->timeout_seconds ?: (unsigned int)HTTP_TIMEOUT_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)MEMORY_PER_CONNECTION,
		MHD_OPTION_URI_LOG_CALLBACK, http_check_uri, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_END);
	if (http->daemon)
		return 0;
	close(fd);
	return -EIO;
}

static void finish_drain(struct http *http)
{
	http_drained_fn *drained = http->drained;

	http->drained = NULL;
	if (drained)
		drained(http->drained_userdata);
}

static int on_drained(sd_event_source *source, int fd, uint32_t events,
		      void *userdata)
{
	eventfd_t nr;

	(void)source;
	(void)events;
	eventfd_read(fd, &nr);
	finish_drain(userdata);
	return 0;
}

static int attach(struct http *http, sd_event *event)
{
	int r;

	http->event = sd_event_ref(event);
	http->drained_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (http->drained_fd < 0)
		return -errno;
	r = sd_event_add_io(event, &http->drained_io, http->drained_fd,
			    EPOLLIN, on_drained, http);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &http->beat,
					       CLOCK_MONOTONIC, BEAT_USEC, 0,
					       on_beat, http);
	return r < 0 ? r : 0;
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
	pthread_mutex_init(&http->lock, NULL);
	http_rights_init(&http->rights);
	http->traffic = options->traffic;
	http_streams_init(&http->streams, options->traffic);
	http->handler = handler;
	http->userdata = userdata;
	r = attach(http, event);
	if (r == 0)
		r = http_set_options(http, options);
	if (r < 0)
		close(fd);
	else
		r = start(http, fd, options);
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

/*
 * Connections that only the kernel has accepted may contain requests as well.
 */
static void adopt(struct http *http, int listener)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	int fd;

	while ((fd = accept4(listener, (struct sockaddr *)&address, &length,
			     SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		http->adopted++;
		if (MHD_add_connection(http->daemon, fd,
				       (struct sockaddr *)&address,
				       length) != MHD_YES)
			http->adopted--;
		length = sizeof(address);
	}
}

int http_drain(struct http *http, uint64_t timeout_usec, http_drained_fn *fn,
	       void *userdata)
{
	int listener, r;

	r = sd_event_add_time_relative(http->event, &http->deadline,
				       CLOCK_MONOTONIC, timeout_usec, 0,
				       on_deadline, http);
	if (r < 0)
		return r;
	http->drained = fn;
	http->drained_userdata = userdata;
	listener = MHD_quiesce_daemon(http->daemon);
	pthread_mutex_lock(&http->lock);
	http->is_draining = true;
	adopt(http, listener);
	http_clients_dismiss(&http->clients);
	check_drained(http);
	pthread_mutex_unlock(&http->lock);
	http_streams_end(&http->streams);
	close(listener);
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	http_streams_end(&http->streams);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	sd_event_source_disable_unref(http->beat);
	sd_event_source_disable_unref(http->drained_io);
	sd_event_source_disable_unref(http->deadline);
	close_p(&http->drained_fd);
	sd_event_unref(http->event);
	http_streams_done(&http->streams);
	pthread_mutex_destroy(&http->lock);
	http_rights_done(&http->rights);
	free(http);
}
