// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/store/event_kinds.h"
#include "contmond/store/past_tables.h"
#include "past_answer.h"
#include "range.h"

/* How many events of a stream are in memory; the others wait in the store. */
#define MAX_AT_ONCE 100

#define RETRY_MS 3000

/* A misspelled kind is an error, rather than an answer without rows. */
static bool are_kinds(const char *list, struct reply *reply)
{
	_cleanup_free_ char *words = list ? strdup(list) : NULL;
	char *rest = words, *word;

	while ((word = strsep(&rest, ","))) {
		if (!*word || text_in_list(EVENT_KINDS, word))
			continue;
		reply_error(reply, 400, "kind: none of " EVENT_KINDS ": %s",
			    word);
		return false;
	}
	return true;
}

/* Without what only its process shows; NULL if nothing else is known */
static char *detail_of_hidden(const struct store_event *kill)
{
	json_t *detail = json_loads(kill->detail ?: "{}", 0, NULL);
	char *text = NULL;

	json_object_del(detail, EVENT_VICTIM_RSS);
	if (json_object_size(detail) > 0)
		text = json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	return text;
}

/* @ret_detail: free it once the event is not used any more */
static struct store_event shown(const struct store_event *event,
				bool hides_processes, char **ret_detail)
{
	struct store_event copy = *event;

	if (!hides_processes)
		return copy;
	copy.pid = (double)NAN;
	copy.comm = NULL;
	if (strcmp(event->kind, EVENT_OOM_KILLED) == 0)
		copy.detail = *ret_detail = detail_of_hidden(event);
	return copy;
}

static int add(const void *row, void *userdata)
{
	struct past_answer *answer = userdata;
	_cleanup_free_ char *detail = NULL;
	const struct store_event event = shown(row, answer->hides_processes,
					       &detail);

	past_answer_add(answer, &event);
	return 0;
}

void events_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	struct past_answer answer;

	if (are_kinds(request_get(request, "kind"), reply) &&
	    past_answer_begin(&answer, facts, &event_table, request, reply))
		past_answer_end(&answer, store_events(facts->store,
						      &answer.query, add,
						      &answer));
}

/* Server-sent events */

/**
 * struct stream - events after @after_seq of the query, and since its @from_ms
 * @body: where to write them, during a call of next_events()
 * @hides_processes: as in the request
 */
struct stream {
	struct store *store;
	const char *host;
	struct past_follow follow;
	char *containers;
	char *kinds;
	struct buffer *body;
	size_t nr;
	bool hides_processes;
};

static void stream_free(void *state)
{
	struct stream *stream = state;

	free(stream->containers);
	free(stream->kinds);
	free(stream);
}

static int copy(const char *from, char **ret)
{
	*ret = from ? strdup(from) : NULL;
	return from && !*ret ? -ENOMEM : 0;
}

static int stream_new(const struct facts *facts, const struct request *request,
		      struct stream **ret)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return -ENOMEM;
	if (copy(request_get(request, "container"), &stream->containers) < 0 ||
	    copy(request_get(request, "kind"), &stream->kinds) < 0) {
		stream_free(stream);
		return -ENOMEM;
	}
	stream->store = facts->store;
	stream->host = facts->status->host;
	stream->follow.moved = -1;
	stream->hides_processes = request->hides_processes;
	stream->follow.query = (struct past_query){
		.to_ms = INT64_MAX,
		.containers = stream->containers,
		.kinds = stream->kinds,
		.oldest_first = true,
		.max_rows = MAX_AT_ONCE,
	};
	*ret = stream;
	return 0;
}

static int tell(const void *row, void *userdata)
{
	struct stream *stream = userdata;
	_cleanup_free_ char *detail = NULL;
	const struct store_event event = shown(row, stream->hides_processes,
					       &detail);

	stream->nr++;
	stream->follow.query.after_seq = (int64_t)event.seq;
	buffer_printf(stream->body, "id: %" PRId64 "\ndata: ",
		      stream->follow.query.after_seq);
	emit_row_of_host(stream->body, stream->host, &event_table, NULL,
			 &event);
	buffer_puts(stream->body, "\n\n");
	return 0;
}

static int next_events(void *state, struct buffer *body)
{
	struct stream *stream = state;
	struct past_follow *follow = &stream->follow;
	int r;

	stream->body = body;
	stream->nr = 0;
	r = store_next_events(stream->store, follow, tell, stream);
	/* Any others up to there are not wanted. */
	if (r == 0 && stream->nr < MAX_AT_ONCE)
		follow->query.after_seq = follow->newest;
	return r;
}

/*
 * Starts after the event in the header, which is newer, or in the parameter.
 * Without these, starts at the requested time, or after the newest event.
 */
static bool read_begin(const struct request *request, struct reply *reply,
		       struct stream *stream)
{
	const char *after = request_get(request, "after");
	struct past_query *query = &stream->follow.query;
	int64_t *seq = &query->after_seq;
	int r;

	*seq = request_get(request, "from") ? 0 : -1;
	if (!range_read_ms(request, reply, "from", &query->from_ms))
		return false;
	if (request->last_event_id && *request->last_event_id) {
		if (!range_read_seq("Last-Event-ID", request->last_event_id,
				    reply, seq))
			return false;
	} else if (after && !range_read_seq("after", after, reply, seq)) {
		return false;
	}
	r = store_place(stream->store, &stream->follow);
	if (r < 0)
		reply_past_error(reply, r);
	return r == 0;
}

void events_stream_handle(const struct facts *facts,
			  const struct request *request, struct reply *reply)
{
	struct stream *stream;

	if (!are_kinds(request_get(request, "kind"), reply))
		return;
	if (stream_new(facts, request, &stream) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	if (!read_begin(request, reply, stream)) {
		stream_free(stream);
		return;
	}
	reply->status = 200;
	reply->content_type = "text/event-stream";
	reply->more = (struct reply_more){ next_events, stream_free, stream };
	buffer_printf(&reply->body, "retry: %d\nid: %" PRId64 "\n\n", RETRY_MS,
		      stream->follow.query.after_seq);
}
