// SPDX-License-Identifier: GPL-2.0-only
/* Describes an event in one line for people */
#include "item.h"

#include <math.h>
#include <string.h>

#include "base/util.h"
#include "contmond/model/title.h"
#include "contmond/store/event_kinds.h"

/* Words for kinds of events that have nothing to add */
static const struct {
	const char *kind;
	const char *words;
} plain[] = {
	{ EVENT_CONTAINER_STARTED, "started" },
	{ EVENT_CONTAINER_ENDED, "ended" },
};

/* Words for events of a policy, and for states of its decisions */
static const struct {
	const char *kind;
	const char *state;
} of_policies[] = {
	{ EVENT_POLICY_WARNED, "warned" },
	{ EVENT_POLICY_ACTED, "acted" },
	{ EVENT_POLICY_NOTIFIED, "notified" },
	{ EVENT_POLICY_GAVE_UP, "gave up" },
};

static void put_decision(struct buffer *to, const char *rule,
			 const char *action, const char *state, bool dry_run,
			 const char *reason)
{
	buffer_printf(to, ": rule %s: %s: %s", rule ?: "?", action ?: "?",
		      state);
	if (dry_run)
		buffer_puts(to, " (dry run)");
	if (reason)
		buffer_printf(to, ": %s", reason);
}

static const char *detail_text(const struct item *item, const char *key)
{
	return json_string_value(json_object_get(item->detail, key));
}

static bool put_policy_event(struct buffer *to, const struct item *item)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_policies); i++) {
		if (strcmp(of_policies[i].kind, item->kind) != 0)
			continue;
		put_decision(to, detail_text(item, "rule"),
			     detail_text(item, "action"), of_policies[i].state,
			     json_is_true(json_object_get(item->detail,
							  "dry_run")),
			     detail_text(item, "reason"));
		return true;
	}
	return false;
}

static void put_kill(struct buffer *to, const struct store_event *event)
{
	buffer_printf(to, ": the OOM killer chose %s",
		      event->comm ?: "a process");
	if (isfinite(event->pid))
		buffer_printf(to, " (pid %.0f)", event->pid);
}

static void put_event(struct buffer *to, const struct item *item)
{
	size_t i;

	if (strcmp(item->kind, EVENT_OOM_KILLED) == 0) {
		put_kill(to, item->row);
		return;
	}
	if (put_policy_event(to, item))
		return;
	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		if (strcmp(plain[i].kind, item->kind) == 0) {
			buffer_printf(to, " %s", plain[i].words);
			return;
		}
	}
	buffer_printf(to, ": %s", item->kind);
}

void item_put_summary(struct buffer *to, const struct item *item)
{
	const struct store_decision *decision = item->row;

	buffer_puts(to, item_text(item, "container") ?: TITLE_HOST);
	if (item->table == item_table(FEED_EVENTS))
		put_event(to, item);
	else
		put_decision(to, decision->rule, decision->action, item->kind,
			     decision->dry_run == 1, decision->reason);
}
