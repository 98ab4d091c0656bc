// SPDX-License-Identifier: GPL-2.0-only
#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void entry_done(struct ledger_entry *entry)
{
	free(entry->rule);
	free(entry->id);
	free(entry->name);
}

void ledger_done(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->nr; i++)
		entry_done(&ledger->all[i]);
	free(ledger->all);
}

static int make_room(struct ledger *ledger)
{
	size_t nr = ledger->allocated * 2 + 8;
	struct ledger_entry *grown;

	if (ledger->nr < ledger->allocated)
		return 0;
	grown = reallocarray(ledger->all, nr, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	ledger->all = grown;
	ledger->allocated = nr;
	return 0;
}

int ledger_add(struct ledger *ledger, const struct policy_action *action,
	       bool is_pending)
{
	struct ledger_entry entry = {
		.rule = strdup(action->rule),
		.id = strdup(action->id),
		.name = action->name ? strdup(action->name) : NULL,
		.user_id = action->user_id,
		.started_ms = action->started_ms,
		.boot_ms = action->boot_ms,
		.cool_down_ms = action->cool_down_ms,
		.is_disruptive = action->steps & POLICY_DISRUPTIVE,
		.is_pending = is_pending,
	};

	if (!entry.rule || !entry.id || (action->name && !entry.name) ||
	    make_room(ledger) < 0) {
		entry_done(&entry);
		return -ENOMEM;
	}
	ledger->all[ledger->nr++] = entry;
	return 0;
}

struct ledger_entry *ledger_last(struct ledger *ledger, const char *rule,
				 const char *id, int64_t user_id)
{
	size_t i;

	for (i = ledger->nr; i > 0; i--) {
		struct ledger_entry *entry = &ledger->all[i - 1];

		if (strcmp(entry->rule, rule) == 0 &&
		    strcmp(entry->id, id) == 0 && entry->user_id == user_id)
			return entry;
	}
	return NULL;
}

void ledger_expire(struct ledger *ledger, int64_t boot_ms)
{
	size_t i, kept = 0;

	for (i = 0; i < ledger->nr; i++) {
		struct ledger_entry *entry = &ledger->all[i];
		int64_t keep_ms = entry->is_free ||
				  entry->cool_down_ms > LEDGER_KEEP_MS ?
				  entry->cool_down_ms : LEDGER_KEEP_MS;

		if (boot_ms - entry->boot_ms < keep_ms)
			ledger->all[kept++] = *entry;
		else
			entry_done(entry);
	}
	ledger->nr = kept;
}

static bool uses_budget(const struct ledger_entry *entry, int64_t boot_ms,
			int64_t window_ms)
{
	return !entry->is_free && boot_ms - entry->boot_ms < window_ms;
}

unsigned int ledger_used(const struct ledger *ledger, int64_t boot_ms,
			 int64_t window_ms)
{
	unsigned int used = 0;
	size_t i;

	for (i = 0; i < ledger->nr; i++)
		used += uses_budget(&ledger->all[i], boot_ms, window_ms);
	return used;
}

unsigned int ledger_used_by_users(const struct ledger *ledger, int64_t boot_ms,
				  int64_t window_ms)
{
	unsigned int used = 0;
	size_t i;

	for (i = 0; i < ledger->nr; i++)
		used += ledger->all[i].user_id > 0 &&
			uses_budget(&ledger->all[i], boot_ms, window_ms);
	return used;
}

/*
 * The user must match: some ids are names, such as those of LXC, and a user can
 * create a cgroup with the name of any container.
 */
static bool may_be_users(const struct ledger_entry *entry, int64_t user_id)
{
	return entry->user_id == POLICY_NO_USER || entry->user_id == user_id;
}

static bool is_of(const struct ledger_entry *entry, const char *id,
		  const char *name, int64_t user_id)
{
	return may_be_users(entry, user_id) &&
	       (strcmp(entry->id, id) == 0 ||
		(name && entry->name && strcmp(entry->name, name) == 0));
}

int64_t ledger_cool_ms(const struct ledger *ledger, const char *id,
		       const char *name, int64_t user_id)
{
	int64_t until_ms = POLICY_NO_TIME;
	size_t i;

	for (i = 0; i < ledger->nr; i++) {
		const struct ledger_entry *entry = &ledger->all[i];
		int64_t end_ms = entry->boot_ms + entry->cool_down_ms;

		if (end_ms > until_ms && is_of(entry, id, name, user_id))
			until_ms = end_ms;
	}
	return until_ms;
}

int64_t ledger_gone_ms(const struct ledger *ledger, const char *id,
		       int64_t user_id, double started_ms)
{
	int64_t until_ms = POLICY_NO_TIME;
	size_t i;

	for (i = 0; i < ledger->nr; i++) {
		const struct ledger_entry *entry = &ledger->all[i];
		int64_t end_ms = entry->boot_ms + entry->cool_down_ms;

		if (end_ms > until_ms && entry->is_disruptive &&
		    !entry->is_undone && is_of(entry, id, NULL, user_id) &&
		    (entry->started_ms == 0 ||
		     entry->started_ms == started_ms))
			until_ms = end_ms;
	}
	return until_ms;
}

const struct ledger_entry *ledger_earlier(const struct ledger *ledger,
					  const char *rule, const char *id,
					  const char *name, int64_t user_id,
					  int64_t boot_ms)
{
	size_t i;

	for (i = ledger->nr; i > 0; i--) {
		const struct ledger_entry *entry = &ledger->all[i - 1];

		if (boot_ms - entry->boot_ms < LEDGER_KEEP_MS &&
		    !entry->is_undone && strcmp(entry->rule, rule) == 0 &&
		    is_of(entry, id, name, user_id))
			return entry;
	}
	return NULL;
}
