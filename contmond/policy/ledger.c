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
	const struct ledger_list *all = &ledger->lists[LEDGER_BY_ID];
	size_t i;

	for (i = 0; i < all->nr; i++)
		entry_free(all->all[i]);
	for (i = 0; i < NR_LEDGER_ORDERS; i++)
		free(ledger->lists[i].all);
}

static int grow(struct ledger_list *list, size_t nr)
{
	struct ledger_entry **grown = reallocarray(list->all, nr,
						   sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->all = grown;
	return 0;
}

/* No list is longer than the one by id. */
static int make_room(struct ledger *ledger)
{
	size_t i, nr = ledger->allocated * 2 + 8;

	if (ledger->lists[LEDGER_BY_ID].nr < ledger->allocated)
		return 0;
	for (i = 0; i < NR_LEDGER_ORDERS; i++) {
		if (grow(&ledger->lists[i], nr) < 0)
			return -ENOMEM;
	}
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

/* Lists */

/**
 * struct key - what entries have in common
 * @text: id or name
 * @rule: NULL for all
 */
struct key {
	enum ledger_order order;
	const char *text;
	int64_t user_id;
	const char *rule;
};

static int compare(const struct key *key, const struct ledger_entry *entry)
{
	int order = strcmp(key->text, key->order == LEDGER_BY_NAME ?
				      entry->name : entry->id);

	if (order == 0)
		order = (key->user_id > entry->user_id) -
			(key->user_id < entry->user_id);
	if (order == 0 && key->rule)
		order = strcmp(key->rule, entry->rule);
	return order;
}

/* A key comes before all entries that have it, */
static int compare_begin(const void *key, const void *element)
{
	const struct ledger_entry *const *entry = element;

	return compare(key, *entry) > 0 ? 1 : -1;
}

/* or after them. */
static int compare_end(const void *key, const void *element)
{
	const struct ledger_entry *const *entry = element;

	return compare(key, *entry) < 0 ? -1 : 1;
}

struct moment {
	int64_t boot_ms;
	uint64_t number;
};

/* A moment comes after the entry that has it. */
static int compare_moments(const void *key, const void *element)
{
	const struct ledger_entry *const *entry = element;
	const struct moment *moment = key;

	if (moment->boot_ms != (*entry)->boot_ms)
		return moment->boot_ms < (*entry)->boot_ms ? -1 : 1;
	return moment->number < (*entry)->number ? -1 : 1;
}

static size_t place_in(const struct ledger_list *list, const void *key,
		       sorted_fn *order)
{
	bool found;

	return sorted_place(key, list->all, list->nr, sizeof(*list->all),
			    order, &found);
}

static void insert(struct ledger_list *list, struct ledger_entry *entry,
		   const void *key, sorted_fn *order)
{
	size_t at = place_in(list, key, order);

	memmove(&list->all[at + 1], &list->all[at],
		(list->nr - at) * sizeof(*list->all));
	list->all[at] = entry;
	list->nr++;
}

static void insert_by(struct ledger *ledger, enum ledger_order order,
		      struct ledger_entry *entry)
{
	const struct key key = {
		order, order == LEDGER_BY_NAME ? entry->name : entry->id,
		entry->user_id, entry->rule,
	};

	insert(&ledger->lists[order], entry, &key, compare_end);
}

static void remove_from(struct ledger_list *list,
			const struct ledger_entry *entry)
{
	const struct moment moment = { entry->boot_ms, entry->number };
	size_t after = place_in(list, &moment, compare_moments);

	memmove(&list->all[after - 1], &list->all[after],
		(list->nr - after) * sizeof(*list->all));
	list->nr--;
}

/* Count it for the budget, or stop that. */
static void charge(struct ledger *ledger, struct ledger_entry *entry)
{
	const struct moment moment = { entry->boot_ms, entry->number };

	if (entry->is_free)
		return;
	insert(&ledger->lists[LEDGER_BY_TIME], entry, &moment,
	       compare_moments);
	if (entry->user_id > 0)
		insert(&ledger->lists[LEDGER_OF_USERS], entry, &moment,
		       compare_moments);
}

static void discharge(struct ledger *ledger, const struct ledger_entry *entry)
{
	if (entry->is_free)
		return;
	remove_from(&ledger->lists[LEDGER_BY_TIME], entry);
	if (entry->user_id > 0)
		remove_from(&ledger->lists[LEDGER_OF_USERS], entry);
}

/* Entries */

int ledger_add(struct ledger *ledger, const struct policy_action *action,
	       bool is_pending)
{
	struct ledger_entry *entry = entry_new(action, is_pending);

	if (!entry || make_room(ledger) < 0) {
		entry_free(entry);
		return -ENOMEM;
	}
	entry->number = ledger->nr_added++;
	insert_by(ledger, LEDGER_BY_ID, entry);
	if (entry->name)
		insert_by(ledger, LEDGER_BY_NAME, entry);
	charge(ledger, entry);
	return 0;
}

struct ledger_entry *ledger_last(struct ledger *ledger, const char *rule,
				 const char *id, int64_t user_id)
{
	const struct ledger_list *list = &ledger->lists[LEDGER_BY_ID];
	const struct key key = { LEDGER_BY_ID, id, user_id, rule };
	size_t end = place_in(list, &key, compare_end);
	struct ledger_entry *last = end > 0 ? list->all[end - 1] : NULL;

	return last && compare(&key, last) == 0 ? last : NULL;
}

void ledger_acted(struct ledger *ledger, struct ledger_entry *entry,
		  int64_t boot_ms, int64_t cool_down_ms)
{
	discharge(ledger, entry);
	entry->boot_ms = boot_ms;
	entry->cool_down_ms = cool_down_ms;
	entry->is_pending = false;
	charge(ledger, entry);
}

void ledger_undone(struct ledger *ledger, struct ledger_entry *entry,
		   bool was_asked)
{
	discharge(ledger, entry);
	entry->is_undone = true;
	entry->is_free = !was_asked;
	entry->is_pending = false;
	charge(ledger, entry);
}

static bool matters(const struct ledger_entry *entry, int64_t boot_ms)
{
	int64_t keep_ms = entry->is_free ||
			  entry->cool_down_ms > LEDGER_KEEP_MS ?
			  entry->cool_down_ms : LEDGER_KEEP_MS;

	return boot_ms - entry->boot_ms < keep_ms;
}

static void drop_old(struct ledger_list *list, int64_t boot_ms,
		     void (*free_entry)(struct ledger_entry *entry))
{
	size_t i, kept = 0;

	for (i = 0; i < list->nr; i++) {
		if (matters(list->all[i], boot_ms))
			list->all[kept++] = list->all[i];
		else if (free_entry)
			free_entry(list->all[i]);
	}
	list->nr = kept;
}

void ledger_expire(struct ledger *ledger, int64_t boot_ms)
{
	enum ledger_order order = NR_LEDGER_ORDERS;

	while (--order > LEDGER_BY_ID)
		drop_old(&ledger->lists[order], boot_ms, NULL);
	drop_old(&ledger->lists[LEDGER_BY_ID], boot_ms, entry_free);
}

/* Budgets */

static unsigned int count_after(const struct ledger_list *list,
				int64_t boot_ms)
{
	const struct moment last = { boot_ms, UINT64_MAX };

	return (unsigned int)(list->nr -
			      place_in(list, &last, compare_moments));
}

unsigned int ledger_used(const struct ledger *ledger, int64_t boot_ms,
			 int64_t window_ms)
{
	return count_after(&ledger->lists[LEDGER_BY_TIME],
			   boot_ms - window_ms);
}

unsigned int ledger_used_by_users(const struct ledger *ledger, int64_t boot_ms,
				  int64_t window_ms)
{
	return count_after(&ledger->lists[LEDGER_OF_USERS],
			   boot_ms - window_ms);
}

/* Cool-downs */

/* Entries of @list from @begin on, before @end */
struct range {
	const struct ledger_list *list;
	size_t begin, end;
};

static struct range find(const struct ledger *ledger, const struct key *key)
{
	const struct ledger_list *list = &ledger->lists[key->order];

	return (struct range){ list, place_in(list, key, compare_begin),
			       place_in(list, key, compare_end) };
}

#define NR_RANGES 4

/*
 * Entries for the container or its name, of @rule or all. The user must match:
 * some ids are names, such as those of LXC, and a user can create a cgroup with
 * the name of any container.
 */
static void find_all(const struct ledger *ledger, const char *rule,
		     const char *id, const char *name, int64_t user_id,
		     struct range ranges[NR_RANGES])
{
	const int64_t users[] = { user_id, POLICY_NO_USER };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct key key = { LEDGER_BY_ID, id, users[i], rule };

		ranges[2 * i] = find(ledger, &key);
		key.order = LEDGER_BY_NAME;
		key.text = name;
		ranges[2 * i + 1] = name ? find(ledger, &key) :
					   (struct range){ 0 };
	}
}

static int64_t later_of(int64_t until_ms, const struct ledger_entry *entry)
{
	int64_t end_ms = entry->boot_ms + entry->cool_down_ms;

	return end_ms > until_ms ? end_ms : until_ms;
}

int64_t ledger_cool_ms(const struct ledger *ledger, const char *id,
		       const char *name, int64_t user_id)
{
	int64_t until_ms = POLICY_NO_TIME;
	struct range ranges[NR_RANGES];
	size_t i, j;

	find_all(ledger, NULL, id, name, user_id, ranges);
	for (i = 0; i < NR_RANGES; i++) {
		for (j = ranges[i].begin; j < ranges[i].end; j++)
			until_ms = later_of(until_ms, ranges[i].list->all[j]);
	}
	return until_ms;
}

/* Is the container as it was when it was acted on gone since? */
static bool has_ended(const struct ledger_entry *entry, double started_ms)
{
	return entry->is_disruptive && !entry->is_undone &&
	       (entry->started_ms == 0 || entry->started_ms == started_ms);
}

int64_t ledger_gone_ms(const struct ledger *ledger, const char *id,
		       int64_t user_id, double started_ms)
{
	int64_t until_ms = POLICY_NO_TIME;
	struct range ranges[NR_RANGES];
	size_t i, j;

	find_all(ledger, NULL, id, NULL, user_id, ranges);
	for (i = 0; i < NR_RANGES; i++) {
		for (j = ranges[i].begin; j < ranges[i].end; j++) {
			const struct ledger_entry *entry =
				ranges[i].list->all[j];

			if (has_ended(entry, started_ms))
				until_ms = later_of(until_ms, entry);
		}
	}
	return until_ms;
}

/* The last one in @range that was carried out, unless that is long ago */
static const struct ledger_entry *last_in(const struct range *range,
					  int64_t boot_ms)
{
	size_t i;

	for (i = range->end; i > range->begin; i--) {
		const struct ledger_entry *entry = range->list->all[i - 1];

		if (boot_ms - entry->boot_ms < LEDGER_KEEP_MS &&
		    !entry->is_undone)
			return entry;
	}
	return NULL;
}

const struct ledger_entry *ledger_earlier(const struct ledger *ledger,
					  const char *rule, const char *id,
					  const char *name, int64_t user_id,
					  int64_t boot_ms)
{
	const struct ledger_entry *last = NULL, *other;
	struct range ranges[NR_RANGES];
	size_t i;

	find_all(ledger, rule, id, name, user_id, ranges);
	for (i = 0; i < NR_RANGES; i++) {
		other = last_in(&ranges[i], boot_ms);
		if (other && (!last || other->number > last->number))
			last = other;
	}
	return last;
}
