// SPDX-License-Identifier: GPL-2.0-only
/* How many containers, and how much of each engine, there is room for. */
#include <errno.h>
#include <stdlib.h>

#include "table_private.h"

/* Maximum number of containers while some of them have ended */
#define MAX_WITH_ENDED 4096
#define BYTES_WITH_ENDED_MAX (12 * 1024 * 1024)

static size_t size_of(const struct table_source *source, bool alive,
		      bool in_bytes)
{
	return in_bytes ? source->bytes[alive] : source->nr[alive];
}

static struct table_source *largest(const struct engine_table *table,
				    bool alive, bool in_bytes)
{
	struct table_source *source, *most = LIST_FIRST(&table->sources);

	LIST_FOREACH(source, &table->sources, link) {
		if (size_of(source, alive, in_bytes) >
		    size_of(most, alive, in_bytes))
			most = source;
	}
	return most;
}

static void remove_oldest(struct table_source *source, bool alive)
{
	struct engine_table *table = source->table;
	const struct table_entry *oldest = NULL, *entry;

	for (entry = table->entries; entry < table->entries + table->nr;
	     entry++) {
		if (entry->source == source && entry->alive == alive &&
		    (!oldest || entry->created_ms < oldest->created_ms))
			oldest = entry;
	}
	if (oldest)
		table_remove_at(table, (size_t)(oldest - table->entries));
}

/* struct need - what has to find room; has_room() sets the last two */
struct need {
	struct table_source *source;
	bool alive;
	size_t bytes;
	bool with_ended;
	bool in_bytes;
};

/*
 * Takes an ended one for one that is alive, or one of the same kind from a
 * source that has more: more containers, or more bytes, whichever there is too
 * much of. A few long ones must not cost another engine its many short ones.
 */
static int remove_for(const struct need *need)
{
	struct engine_table *table = need->source->table;
	bool alive = need->alive && !need->with_ended;
	struct table_source *other = largest(table, alive,
					     need->in_bytes);
	size_t mine = size_of(need->source, alive, need->in_bytes) +
		      (need->in_bytes ? need->bytes : 1);

	if (alive == need->alive &&
	    size_of(other, alive, need->in_bytes) <= mine)
		return -ENOSPC;
	remove_oldest(other, alive);
	return 0;
}

static bool has_room(const struct engine_table *table, struct need *need)
{
	need->with_ended = !need->alive ||
			   largest(table, false, false)->nr[false] > 0;
	need->in_bytes = table->nr < (need->with_ended ? MAX_WITH_ENDED :
							 NAMES_MAX);
	return need->in_bytes && table->bytes + need->bytes <=
	       (need->with_ended ? BYTES_WITH_ENDED_MAX : TABLE_BYTES_MAX);
}

static size_t nr_alive(const struct engine_table *table)
{
	const struct table_source *source;
	size_t nr = 0;

	LIST_FOREACH(source, &table->sources, link)
		nr += source->nr[true];
	return nr;
}

int table_make_room(struct table_source *source, bool alive, size_t bytes)
{
	struct engine_table *table = source->table;
	struct need need = { .source = source, .alive = alive, .bytes = bytes };
	size_t allocated = table->allocated * 2 ?: 32;
	struct table_entry *grown;
	int r = 0;

	if (!alive && nr_alive(table) >= MAX_WITH_ENDED)
		return -ENOSPC;
	while (r == 0 && !has_room(table, &need))
		r = remove_for(&need);
	if (r < 0 || table->nr < table->allocated)
		return r;
	grown = reallocarray(table->entries, allocated, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	table->entries = grown;
	table->allocated = allocated;
	return 0;
}
