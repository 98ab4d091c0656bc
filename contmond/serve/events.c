// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <math.h>

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

	if (past_answer_begin(&answer, request, reply))
		past_answer_end(&answer, store_events(facts->store,
						      &answer.query, add,
						      &answer));
}
