// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream is created, read and freed in the server's thread. Other threads
 * only set its flags and resume its connection.
 */
#include "http_streams.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/**
 * struct http_stream - one answer
 * @body: what is being sent, starting at @sent
 * @age: of its request
 * @is_waiting: its connection is suspended
 * @is_woken: there may be more, so it must not wait
 * @is_beat: a comment is due
 * @is_gone: its client has hung up
 */
struct http_stream {
	struct http_stream *earlier;
	struct http_stream *later;
	struct http_streams *streams;
	struct MHD_Connection *connection;
	struct reply_more more;
	struct buffer body;
	size_t sent;
	int fd;
	uint64_t age;
	bool is_waiting;
	bool is_woken;
	bool is_beat;
	bool is_gone;
};

void http_streams_init(struct http_streams *streams, struct traffic *traffic)
{
	*streams = (struct http_streams){ .traffic = traffic };
	pthread_mutex_init(&streams->lock, NULL);
}

void http_streams_done(struct http_streams *streams)
{
	pthread_mutex_destroy(&streams->lock);
}

/* To be called with the lock held. */
static void wake(struct http_stream *stream)
{
	stream->is_woken = true;
	if (!stream->is_waiting)
		return;
	stream->is_waiting = false;
	MHD_resume_connection(stream->connection);
}

/* libmicrohttpd does not notice the end of a suspended connection. */
static bool has_hung_up(const struct http_stream *stream)
{
	struct pollfd one = { .fd = stream->fd, .events = POLLRDHUP };

	return poll(&one, 1, 0) == 1;
}

bool http_streams_have_room(struct http_streams *streams)
{
	struct http_stream *stream;
	bool have_room;

	pthread_mutex_lock(&streams->lock);
	have_room = streams->nr < HTTP_MAX_STREAMS;
	for (stream = streams->first; stream && !have_room;
	     stream = stream->later) {
		if (stream->is_gone || !has_hung_up(stream))
			continue;
		stream->is_gone = true;
		wake(stream);
	}
	pthread_mutex_unlock(&streams->lock);
	return have_room;
}

void http_streams_wake(struct http_streams *streams, bool is_beat)
{
	struct http_stream *stream;

	pthread_mutex_lock(&streams->lock);
	for (stream = streams->first; stream; stream = stream->later) {
		stream->is_beat |= is_beat;
		wake(stream);
	}
	pthread_mutex_unlock(&streams->lock);
}

void http_streams_end(struct http_streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	streams->is_over = true;
	pthread_mutex_unlock(&streams->lock);
	http_streams_wake(streams, false);
}

void http_streams_asked(struct http_streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	streams->asked_age = streams->age;
	pthread_mutex_unlock(&streams->lock);
}

void http_streams_renew(struct http_streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	streams->age++;
	pthread_mutex_unlock(&streams->lock);
	http_streams_wake(streams, false);
}

/* Reading */

/* Returns false if the stream has ended. */
static bool begin_reading(struct http_stream *stream, bool *ret_is_beat)
{
	struct http_streams *streams = stream->streams;
	bool goes_on;

	pthread_mutex_lock(&streams->lock);
	goes_on = !streams->is_over && !stream->is_gone &&
		  stream->age == streams->age;
	*ret_is_beat = stream->is_beat;
	stream->is_woken = stream->is_beat = false;
	pthread_mutex_unlock(&streams->lock);
	return goes_on;
}

/* Returns whether it waits: not if it was woken since begin_reading(). */
static bool wait_for_more(struct http_stream *stream)
{
	bool waits;

	pthread_mutex_lock(&stream->streams->lock);
	waits = !stream->is_woken;
	if (waits) {
		stream->is_waiting = true;
		MHD_suspend_connection(stream->connection);
	}
	pthread_mutex_unlock(&stream->streams->lock);
	return waits;
}

/* Returns 1 if there is a body, 0 if it waits, or negative at the end. */
static int fill(struct http_stream *stream)
{
	bool is_beat;

	buffer_done(&stream->body);
	stream->body = (struct buffer){ 0 };
	stream->sent = 0;
	do {
		if (!begin_reading(stream, &is_beat) ||
		    stream->more.next(stream->more.state, &stream->body) < 0)
			return -1;
		if (is_beat && stream->body.length == 0)
			buffer_puts(&stream->body, ":\n\n");
		if (stream->body.failed)
			return -1;
		if (stream->body.length > 0)
			return 1;
	} while (!wait_for_more(stream));
	return 0;
}

static ssize_t read_stream(void *userdata, uint64_t position, char *to,
			   size_t room)
{
	struct http_stream *stream = userdata;
	size_t left;
	int r;

	(void)position;
	if (stream->sent == stream->body.length) {
		r = fill(stream);
		if (r <= 0)
			return r < 0 ? MHD_CONTENT_READER_END_OF_STREAM : 0;
	}
	left = stream->body.length - stream->sent;
	if (left > room)
		left = room;
	memcpy(to, stream->body.text + stream->sent, left);
	stream->sent += left;
	atomic_fetch_add(&stream->streams->traffic->sent_bytes, left);
	return (ssize_t)left;
}

/* Begin and end */

static void add(struct http_stream *stream)
{
	struct http_streams *streams = stream->streams;

	pthread_mutex_lock(&streams->lock);
	stream->later = streams->first;
	if (streams->first)
		streams->first->earlier = stream;
	streams->first = stream;
	streams->nr++;
	atomic_fetch_add(&streams->traffic->streams, 1);
	pthread_mutex_unlock(&streams->lock);
}

static void remove_stream(struct http_stream *stream)
{
	struct http_streams *streams = stream->streams;

	pthread_mutex_lock(&streams->lock);
	if (stream->earlier)
		stream->earlier->later = stream->later;
	else
		streams->first = stream->later;
	if (stream->later)
		stream->later->earlier = stream->earlier;
	streams->nr--;
	atomic_fetch_sub(&streams->traffic->streams, 1);
	pthread_mutex_unlock(&streams->lock);
}

static void stream_free(void *userdata)
{
	struct http_stream *stream = userdata;

	remove_stream(stream);
	stream->more.free(stream->more.state);
	buffer_done(&stream->body);
	free(stream);
}

struct MHD_Response *http_streams_respond(struct http_streams *streams,
					  struct MHD_Connection *connection,
					  struct reply *reply)
{
	struct http_stream *stream = malloc(sizeof(*stream));
	struct MHD_Response *response;

	if (!stream)
		return NULL;
	*stream = (struct http_stream){
		.streams = streams,
		.connection = connection,
		.more = reply->more,
		.body = reply->body,
		.age = streams->asked_age,
		.fd = MHD_get_connection_info(connection,
			MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
	};
	reply->more = (struct reply_more){ 0 };
	reply->body = (struct buffer){ 0 };
	add(stream);
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384,
						     read_stream, stream,
						     stream_free);
	if (!response)
		stream_free(stream);
	return response;
}
