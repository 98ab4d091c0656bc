// SPDX-License-Identifier: GPL-2.0-only
#include "fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/answer_headers.h"
#include "base/util.h"
#include "overhead.h"
#include "socket_path.h"

#define CONNECT_TIMEOUT_MS 5000L

struct fetcher {
	char *socket;
	uid_t user;		/* of the socket; SOCKET_PATH_NO_USER: any */
	sd_event *event;
	sd_event_source *timer;
	CURLM *multi;
	struct fetch *fetches;	/* all that are not finished */
	int socket_fd;		/* socket being connected to; -1 for none */
	int socket_error;
};

struct fetch {
	struct fetcher *fetcher;
	struct fetch *next;
	struct fetch_request request;
	sd_event_source *silence;	/* timer, or NULL */
	bool is_late;			/* the timer has expired once */
	CURL *easy;
	char *url;
	size_t header_bytes;
	uint64_t body_bytes;
	uint64_t nr_read;		/* after the headers; users' only */
	int data_error;
};

static void fetch_free(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	struct fetch **link = &fetcher->fetches;

	while (*link && *link != fetch)
		link = &(*link)->next;
	if (*link)
		*link = fetch->next;
	if (fetch->easy) {
		curl_multi_remove_handle(fetcher->multi, fetch->easy);
		curl_easy_cleanup(fetch->easy);
	}
	sd_event_source_disable_unref(fetch->silence);
	free(fetch->url);
	free(fetch);
}

void fetch_cancel(struct fetch *fetch)
{
	if (fetch)
		fetch_free(fetch);
}

/* Results */

static int error_of(const struct fetch *fetch, CURLcode code)
{
	long os_error = 0;

	if (code == CURLE_OK)
		return 0;
	if (fetch->data_error < 0)
		return fetch->data_error;
	if (answer_headers_are_too_long(fetch->header_bytes))
		return -EMSGSIZE;
	if (code == CURLE_COULDNT_CONNECT && fetch->fetcher->socket_error < 0)
		return fetch->fetcher->socket_error;
	curl_easy_getinfo(fetch->easy, CURLINFO_OS_ERRNO, &os_error);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return os_error > 0 ? (int)-os_error : -ECONNREFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return -ECONNRESET;
	default:
		return -EPROTO;
	}
}

static void finish(struct fetch *fetch, CURLcode code)
{
	struct fetch_request request = fetch->request;
	int error = error_of(fetch, code);
	long status = 0;

	if (error == 0)
		curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE,
				  &status);
	fetch_free(fetch);
	request.done(error, status, request.userdata);
}

static void collect(struct fetcher *fetcher)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(fetcher->multi, &left))) {
		CURLcode code = message->data.result;
		struct fetch *fetch;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  (char **)&fetch);
		finish(fetch, code);
	}
}

/* Silence */

static int set_silence(struct fetch *fetch, uint64_t usec)
{
	int r = sd_event_source_set_time_relative(fetch->silence, usec);

	return r < 0 ? r : sd_event_source_set_enabled(fetch->silence,
						       SD_EVENT_ONESHOT);
}

static void restart_silence(struct fetch *fetch)
{
	fetch->is_late = false;
	if (fetch->silence)
		set_silence(fetch, (uint64_t)fetch->request.silence_ms * 1000);
}

/*
 * The first time, the fetch gets another turn to read what has already arrived:
 * it may be this process that was slow. A lower priority for the timer would
 * not do, because it would wait for as long as others send.
 */
static int on_silence(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct fetch *fetch = userdata;

	(void)source;
	(void)usec;
	if (!fetch->is_late && set_silence(fetch, 0) >= 0)
		fetch->is_late = true;
	else
		finish(fetch, CURLE_OPERATION_TIMEDOUT);
	return 0;
}

static int watch_silence(struct fetch *fetch)
{
	int r;

	if (fetch->request.silence_ms == 0)
		return 0;
	r = sd_event_add_time(fetch->fetcher->event, &fetch->silence,
			      CLOCK_MONOTONIC, UINT64_MAX, 1000, on_silence,
			      fetch);
	if (r < 0)
		return r;
	sd_event_source_set_description(fetch->silence, "silence");
	restart_silence(fetch);
	return 0;
}

static size_t on_data(char *bytes, size_t size, size_t nr, void *userdata)
{
	struct fetch *fetch = userdata;
	long status = 0;

	if (!fetch->request.is_prompt)
		restart_silence(fetch);
	fetch->body_bytes += size * nr;
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 && !fetch->request.any_status)
		return size * nr;
	fetch->data_error = fetch->request.data(bytes, size * nr,
						fetch->request.userdata);
	return fetch->data_error < 0 ? 0 : size * nr;
}

/* The event loop */

static bool is_users(const struct fetcher *fetcher)
{
	return fetcher->user != SOCKET_PATH_NO_USER &&
	       !socket_path_is_trusted(fetcher->user);
}

/* Only users' engines are watched; see overhead.h. */
static bool is_wasteful(const struct fetch *fetch)
{
	return overhead_is_too_much(fetch->nr_read, fetch->body_bytes +
						    fetch->header_bytes);
}

/* libcurl reads when a socket is ready, and also when its timer expires. */
static void take_turn(struct fetcher *fetcher, curl_socket_t fd, int action)
{
	struct fetch *fetch;
	int running;

	curl_multi_socket_action(fetcher->multi, fd, action, &running);
	for (fetch = fetcher->fetches; fetch; ) {
		if (!is_wasteful(fetch)) {
			fetch = fetch->next;
			continue;
		}
		finish(fetch, CURLE_WEIRD_SERVER_REPLY);
		fetch = fetcher->fetches;
	}
	collect(fetcher);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct fetcher *fetcher = userdata;
	int action = 0;

	(void)source;
	if (events & (EPOLLIN | EPOLLHUP))
		action |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		action |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		action |= CURL_CSELECT_ERR;
	take_turn(fetcher, fd, action);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	take_turn(userdata, CURL_SOCKET_TIMEOUT, 0);
	return 0;
}

/*
 * libcurl wants a socket to be watched, or no longer. @source is what was set
 * by curl_multi_assign().
 */
static int watch(CURL *easy, curl_socket_t fd, int what, void *userdata,
		 void *source)
{
	struct fetcher *fetcher = userdata;
	sd_event_source *io = source;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(io);
		curl_multi_assign(fetcher->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	if (io)
		return sd_event_source_set_io_events(io, events) < 0 ? -1 : 0;
	if (sd_event_add_io(fetcher->event, &io, fd, events, on_io,
			    fetcher) < 0)
		return -1;
	curl_multi_assign(fetcher->multi, fd, io);
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *userdata)
{
	struct fetcher *fetcher = userdata;

	(void)multi;
	if (timeout_ms < 0) {
		sd_event_source_set_enabled(fetcher->timer, SD_EVENT_OFF);
		return 0;
	}
	sd_event_source_set_time_relative(fetcher->timer,
					  (uint64_t)timeout_ms * 1000);
	sd_event_source_set_enabled(fetcher->timer, SD_EVENT_ONESHOT);
	return 0;
}

static int open_socket_path(const struct fetcher *fetcher)
{
	struct stat st;
	_cleanup_close_ int fd = socket_path_open(fetcher->socket, &st);
	int r = fd;

	if (fd >= 0 && fetcher->user != SOCKET_PATH_NO_USER &&
	    fetcher->user != st.st_uid)
		return -ESTALE;
	fd = -1;
	return r;
}

/*
 * Connects to the file that was checked, whatever its path leads to by now: the
 * address is replaced by one that refers to the open descriptor.
 */
static curl_socket_t open_socket(void *userdata, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct sockaddr_un *name = (struct sockaddr_un *)&address->addr;
	struct fetcher *fetcher = userdata;

	(void)purpose;
	close_p(&fetcher->socket_fd);
	fetcher->socket_fd = open_socket_path(fetcher);
	fetcher->socket_error = fetcher->socket_fd < 0 ? fetcher->socket_fd : 0;
	if (fetcher->socket_fd < 0)
		return CURL_SOCKET_BAD;
	snprintf(name->sun_path, sizeof(name->sun_path), "/proc/self/fd/%d",
		 fetcher->socket_fd);
	address->addrlen = sizeof(*name);
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

static int set_up(struct fetcher *fetcher, sd_event *event, const char *socket)
{
	int r;

	fetcher->socket_fd = -1;
	fetcher->user = SOCKET_PATH_NO_USER;
	fetcher->event = sd_event_ref(event);
	fetcher->socket = strdup(socket);
	fetcher->multi = curl_multi_init();
	if (!fetcher->socket || !fetcher->multi)
		return -ENOMEM;
	r = sd_event_add_time(event, &fetcher->timer, CLOCK_MONOTONIC, 0, 1000,
			      on_timer, fetcher);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(fetcher->timer, SD_EVENT_OFF);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	return 0;
}

int fetcher_new(sd_event *event, const char *socket, struct fetcher **ret)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));
	int r;

	if (!fetcher)
		return -ENOMEM;
	r = set_up(fetcher, event, socket);
	if (r < 0) {
		fetcher_free(fetcher);
		return r;
	}
	*ret = fetcher;
	return 0;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	while (fetcher->fetches)
		fetch_free(fetcher->fetches);
	curl_multi_cleanup(fetcher->multi);
	sd_event_source_disable_unref(fetcher->timer);
	sd_event_unref(fetcher->event);
	close_p(&fetcher->socket_fd);
	free(fetcher->socket);
	free(fetcher);
}

void fetcher_expect(struct fetcher *fetcher, uid_t user)
{
	fetcher->user = user;
}

uid_t fetcher_user(const struct fetcher *fetcher)
{
	return fetcher->user;
}

bool fetcher_is_idle(const struct fetcher *fetcher)
{
	return !fetcher->fetches;
}

/* Uses a fresh connection: libcurl repeats requests on a reused one. */
static void set_method(CURL *easy, const char *method)
{
	if (!method)
		return;
	if (strcmp(method, "POST") == 0)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	else
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

/*
 * open_socket() decides where to connect. For libcurl this path only identifies
 * connections that may be reused, so it names the engine's user.
 */
static void set_owner(CURL *easy, uid_t user)
{
	char path[32];

	snprintf(path, sizeof(path), "/user/%u", user);
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, path);
}

static int prepare(struct fetch *fetch)
{
	const struct fetch_request *request = &fetch->request;
	CURL *easy = curl_easy_init();

	if (!easy)
		return -ENOMEM;
	fetch->easy = easy;
	if (asprintf(&fetch->url, "http://engine%s", request->path) < 0) {
		fetch->url = NULL;
		return -ENOMEM;
	}
	set_owner(easy, fetch->fetcher->user);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch->fetcher);
	curl_easy_setopt(easy, CURLOPT_URL, fetch->url);
	set_method(easy, request->method);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/*
	 * Nobody asked for compression, and a few bytes could expand to many.
	 */
	curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, answer_headers_add);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, &fetch->header_bytes);
	if (is_users(fetch->fetcher)) {
		curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE,
				 (curl_off_t)FETCH_USER_BYTES_PER_SECOND);
		overhead_watch(easy, &fetch->nr_read);
	}
	return watch_silence(fetch);
}

int fetch_begin(struct fetcher *fetcher, const struct fetch_request *request,
		struct fetch **ret)
{
	struct fetch *fetch = calloc(1, sizeof(*fetch));
	int r;

	if (!fetch)
		return -ENOMEM;
	fetch->fetcher = fetcher;
	fetch->request = *request;
	r = prepare(fetch);
	if (r == 0 && curl_multi_add_handle(fetcher->multi, fetch->easy) !=
		      CURLM_OK)
		r = -ENOMEM;
	if (r < 0) {
		fetch_free(fetch);
		return r;
	}
	fetch->next = fetcher->fetches;
	fetcher->fetches = fetch;
	if (ret)
		*ret = fetch;
	return 0;
}
