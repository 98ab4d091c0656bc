// SPDX-License-Identifier: GPL-2.0-only
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names_entry.h"
#include "base/util.h"
#include "contmond/model/title.h"
#include "contmond/policy/hash.h"
#include "contmond/store/event_kinds.h"
#include "container_event.h"
#include "final.h"
#include "labels.h"

/* An empty cgroup is hardly ever kept for longer than this. */
#define PATIENCE_NS (60 * NS_PER_SECOND)

void told_done(struct told *told)
{
	while (told->nr > 0)
		name_unref(told->all[--told->nr].name);
}

static struct told_end *find(struct told *told,
			     const struct container_info *name)
{
	size_t i;

	for (i = 0; i < told->nr; i++) {
		struct told_end *end = &told->all[i];

		if (end->name->finished_ms == name->finished_ms &&
		    strcmp(end->name->id, name->id) == 0)
			return end;
	}
	return NULL;
}

static void forget_oldest(struct told *told)
{
	name_unref(told->all[0].name);
	told->nr--;
	memmove(told->all, told->all + 1, told->nr * sizeof(*told->all));
}

/* An engine may report an end in several steps; the newest report counts. */
void told_hear(struct told *told, const struct departed *departed,
	       const struct container_info *name, uint64_t boottime_ns)
{
	uint64_t ended_ns = departed_end_of(name);
	struct name_entry *entry;
	struct told_end *known;

	if (!name_is_trusted(name) ||
	    !ends_lack(&departed->ends, name->id, name->finished_ms, ended_ns))
		return;
	entry = name_entry_new(name);
	if (!entry)
		return;
	known = find(told, name);
	if (known) {
		name_unref(known->name);
		known->name = &entry->name;
		return;
	}
	if (told->nr == TOLD_MAX)
		forget_oldest(told);
	told->all[told->nr++] = (struct told_end){ &entry->name, boottime_ns,
						   ended_ns };
}

/* An id that neither a cgroup nor a container of cgroup v1 has: see cgroup.h */
static uint64_t number_of(const struct container_info *name)
{
	uint64_t hash = hash_text(HASH_START, name->id);

	hash = (hash ^ (uint64_t)name->finished_ms) * HASH_PRIME;
	return hash >> 3 | UINT64_C(1) << 61;
}

/* No container has the title of the host. */
static bool has_title(const struct container_info *name)
{
	return name->name && strcmp(name->name, TITLE_HOST) != 0;
}

static void row_of(const struct container_info *name, const char *short_id,
		   struct container_row *ret)
{
	container_row_init(ret);
	ret->container = has_title(name) ? name->name : short_id;
	ret->id = name->id;
	ret->runtime = name->runtime;
	ret->image = name->image;
	ret->command = name->command;
	if (name->created_ms > 0)
		ret->created_ms = (double)name->created_ms;
}

static void record_events(const struct container_info *name, uint64_t number,
			  const struct container_row *row, int64_t began_ms,
			  struct store *store)
{
	if (began_ms > 0)
		container_event(store, EVENT_CONTAINER_STARTED, began_ms,
				number, row);
	container_event(store, EVENT_CONTAINER_ENDED, name->finished_ms,
			number, NULL);
}

/* The clock may have been set while it ran, before its end was told. */
static void remember(struct ends *ends, const struct told_end *end,
		     int64_t began_ms)
{
	const struct container_info *name = end->name;
	uint64_t age_ns = began_ms > 0 ?
		(uint64_t)(name->finished_ms - began_ms) * NS_PER_MS : 0;
	const struct past_run run = {
		.began_boottime_ns = age_ns < end->ended_boottime_ns ?
				     end->ended_boottime_ns - age_ns : 0,
		.gone_boottime_ns = end->ended_boottime_ns,
		.told_ms = name->finished_ms,
	};

	ends_add(ends, name->id, &run);
}

static void record(const struct told_end *end, struct ends *ends,
		   struct store *store)
{
	const struct container_info *name = end->name;
	_cleanup_free_ char *labels = labels_text(name);
	int64_t began_ms = name->began_ms <= name->finished_ms ?
			   name->began_ms : 0;
	char short_id[SHORT_ID_LENGTH + 1];
	struct container_row row;
	const struct store_container who = {
		.cgroup_id = number_of(name),
		.row = &row,
		.is_named = has_title(name),
		.is_roots = true,
		.labels = labels,
	};
	struct store_final final;

	title_short_id(short_id, name->id);
	row_of(name, short_id, &row);
	final_of_name(name, &final);
	if (began_ms > 0)
		final.started_ms = (double)began_ms;
	store_end(store, &who, &final);
	record_events(name, who.cgroup_id, &row, began_ms, store);
	remember(ends, end, began_ms);
}

/* Returns false if a later tick has to decide. */
static bool decide(const struct told_end *end, struct departed *departed,
		   struct store *store, uint64_t boottime_ns)
{
	if (end->heard_boottime_ns >= boottime_ns)
		return false;
	switch (departed_hear(departed, end->name, end->ended_boottime_ns,
			      store)) {
	case DEPARTED_PRESENT:
		return boottime_ns >= end->heard_boottime_ns + PATIENCE_NS;
	case DEPARTED_RECORDED:
		return true;
	case DEPARTED_UNSEEN:
		break;
	}
	record(end, &departed->ends, store);
	return true;
}

void told_tick(struct told *told, struct departed *departed,
	       struct store *store, uint64_t boottime_ns)
{
	size_t i, kept = 0;

	for (i = 0; i < told->nr; i++) {
		struct told_end *end = &told->all[i];

		if (decide(end, departed, store, boottime_ns))
			name_unref(end->name);
		else
			told->all[kept++] = *end;
	}
	told->nr = kept;
}
