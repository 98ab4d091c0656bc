// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "past_answer.h"

struct event_row {
	double seq;
	double t;
	const char *kind;
	const char *container;
	const char *container_id;
	double pid;
	const char *comm;
	const char *detail;
};

#define ROW event_row
static const struct column columns[] = {
	COLUMN(seq, UNIT_ID),
	COLUMN(t, UNIT_TIME),
	COLUMN(kind, UNIT_TEXT),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(pid, UNIT_ID),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(detail, UNIT_TEXT),
};
#undef ROW

static const struct table event_table = TABLE(columns);

/* Those that there are: a misspelt one must not look like an answer. */
static const char kinds[] = "container_ended,container_started,oom_killed";

static bool are_kinds(const char *list, struct reply *reply)
{
	_cleanup_free_ char *words = list ? strdup(list) : NULL;
	char *rest = words, *word;

	while ((word = strsep(&rest, ","))) {
		if (!*word || text_in_list(kinds, word))
			continue;
		reply_error(reply, 400, "kind: none of %s: %s", kinds, word);
		return false;
	}
	return true;
}

static int add(const struct store_event *event, void *userdata)
{
	const struct event_row row = {
		.seq = (double)event->seq,
		.t = (double)event->t_ms,
		.kind = event->kind,
		.container = event->container,
		.container_id = event->container_id,
		.pid = event->pid > 0 ? (double)event->pid : NAN,
		.comm = event->comm,
		.detail = event->detail,
	};

	past_answer_add(userdata, &event_table, &row);
	return 0;
}

void events_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	struct past_answer answer;

	if (are_kinds(request_get(request, "kind"), reply) &&
	    past_answer_begin(&answer, request, reply))
		past_answer_end(&answer, store_events(facts->store,
						      &answer.query, add,
						      &answer));
}
