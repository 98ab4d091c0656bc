// SPDX-License-Identifier: GPL-2.0-only
#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

static void entry_free(struct ledger_entry *entry)
{
	if (!entry)
		return;
	free(entry->rule);
	free(entry->id);
	free(entry->name);
	free(entry);
}

void ledger_done(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->nr; i++)
		entry_free(ledger->all[i]);
	free(ledger->all);
	free(ledger->by_key);
}

static int grow(struct ledger_entry ***array, size_t nr)
{
	struct ledger_entry **grown = reallocarray(*array, nr, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

static int make_room(struct ledger *ledger)
{
	size_t nr = ledger->allocated * 2 + 8;

	if (ledger->nr < ledger->allocated)
		return 0;
	if (grow(&ledger->all, nr) < 0 || grow(&ledger->by_key, nr) < 0)
		return -ENOMEM;
	ledger->allocated = nr;
	return 0;
}

static struct ledger_entry *entry_new(const struct policy_action *action,
				      bool is_pending)
{
	struct ledger_entry *entry = malloc(sizeof(*entry));

	if (!entry)
		return NULL;
	*entry = (struct ledger_entry){
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
	if (entry->rule && entry->id && (!action->name || entry->name))
		return entry;
	entry_free(entry);
	return NULL;
}

/* What identifies the entries of a rule on a container */
struct key {
	const char *rule;
	const char *id;
	int64_t user_id;
};

static int compare(const struct key *key, const struct ledger_entry *entry)
{
	int order = strcmp(key->id, entry->id);

	if (order == 0)
		order = strcmp(key->rule, entry->rule);
	return order ?: (key->user_id > entry->user_id) -
			(key->user_id < entry->user_id);
}

/* A key comes after all entries that have it. */
static int compare_end(const void *key, const void *element)
{
	const struct ledger_entry *const *entry = element;

	return compare(key, *entry) < 0 ? -1 : 1;
}

/* Index behind the last entry with @key, in @by_key */
static size_t end_of(const struct ledger *ledger, const struct key *key)
{
	bool found;

	return sorted_place(key, ledger->by_key, ledger->nr,
			    sizeof(struct ledger_entry *), compare_end, &found);
}

int ledger_add(struct ledger *ledger, const struct policy_action *action,
	       bool is_pending)
{
	const struct key key = { action->rule, action->id, action->user_id };
	struct ledger_entry *entry = entry_new(action, is_pending);
	size_t at;

	if (!entry || make_room(ledger) < 0) {
		entry_free(entry);
		return -ENOMEM;
	}
	at = end_of(ledger, &key);
	memmove(&ledger->by_key[at + 1], &ledger->by_key[at],
		(ledger->nr - at) * sizeof(struct ledger_entry *));
	ledger->by_key[at] = entry;
	ledger->all[ledger->nr++] = entry;
	return 0;
}

struct ledger_entry *ledger_last(struct ledger *ledger, const char *rule,
				 const char *id, int64_t user_id)
{
	const struct key key = { rule, id, user_id };
	size_t end = end_of(ledger, &key);
	struct ledger_entry *last = end > 0 ? ledger->by_key[end - 1] : NULL;

	return last && compare(&key, last) == 0 ? last : NULL;
}

static bool matters(const struct ledger_entry *entry, int64_t boot_ms)
{
	int64_t keep_ms = entry->is_free ||
			  entry->cool_down_ms > LEDGER_KEEP_MS ?
			  entry->cool_down_ms : LEDGER_KEEP_MS;

	return boot_ms - entry->boot_ms < keep_ms;
}

void ledger_expire(struct ledger *ledger, int64_t boot_ms)
{
	size_t i, kept = 0;

	for (i = 0; i < ledger->nr; i++) {
		if (matters(ledger->by_key[i], boot_ms))
			ledger->by_key[kept++] = ledger->by_key[i];
	}
	kept = 0;
	for (i = 0; i < ledger->nr; i++) {
		if (matters(ledger->all[i], boot_ms))
			ledger->all[kept++] = ledger->all[i];
		else
			entry_free(ledger->all[i]);
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
		used += uses_budget(ledger->all[i], boot_ms, window_ms);
	return used;
}

unsigned int ledger_used_by_users(const struct ledger *ledger, int64_t boot_ms,
				  int64_t window_ms)
{
	unsigned int used = 0;
	size_t i;

	for (i = 0; i < ledger->nr; i++)
		used += ledger->all[i]->user_id > 0 &&
			uses_budget(ledger->all[i], boot_ms, window_ms);
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
		const struct ledger_entry *entry = ledger->all[i];
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
		const struct ledger_entry *entry = ledger->all[i];
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
		const struct ledger_entry *entry = ledger->all[i - 1];

		if (boot_ms - entry->boot_ms < LEDGER_KEEP_MS &&
		    !entry->is_undone && strcmp(entry->rule, rule) == 0 &&
		    is_of(entry, id, name, user_id))
			return entry;
	}
	return NULL;
}
