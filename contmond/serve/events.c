// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "past_answer.h"

#define ROW store_event
static const struct column columns[] = {
	COLUMN(seq, UNIT_ID),
	COLUMN_AS(t, t_ms, UNIT_TIME),
	COLUMN(kind, UNIT_TEXT),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(pid, UNIT_ID),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(detail, UNIT_TEXT),
};
#undef ROW

static const struct table event_table = TABLE(columns);

/* A misspelt kind is an error, not an answer without rows. */
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

void events_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	if (are_kinds(request_get(request, "kind"), reply))
		past_answer(facts, request, reply, &event_table, store_events);
}
