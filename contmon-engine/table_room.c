// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many containers there is room for, and how much of that each engine gets.
 * Users' engines never take room from those of root.
 */
#include <errno.h>
#include <stdlib.h>

#include "table_private.h"

/* Maximum number of containers while any of them has ended */
#define MAX_WITH_ENDED 4096
#define BYTES_WITH_ENDED_MAX (12 * 1024 * 1024)

static size_t size_of(const struct table_source *source, bool alive,
		      bool in_bytes)
{
	return in_bytes ? source->bytes[alive] : source->nr[alive];
}

/* The largest source of root or of users; NULL if none has such containers */
static struct table_source *largest(const struct engine_table *table,
				    bool trusted, bool alive, bool in_bytes)
{
	struct table_source *source, *most = NULL;

	LIST_FOREACH(source, &table->sources, link) {
		if (source->trusted == trusted && source->nr[alive] > 0 &&
		    (!most || size_of(source, alive, in_bytes) >
			      size_of(most, alive, in_bytes)))
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

/*
 * struct need - what needs room; has_room() sets the last three members
 * @of_all: the limit for all engines together is exceeded
 * @with_ended: ended containers are removed first
 * @in_bytes: the limit for bytes is exceeded, not the one for containers
 */
struct need {
	struct table_source *source;
	bool alive;
	size_t bytes;
	bool of_all;
	bool with_ended;
	bool in_bytes;
};

/* Removes a container of users for one of root. */
static bool remove_users(const struct need *need)
{
	const struct engine_table *table = need->source->table;
	struct table_source *other;
	bool alive = false;

	if (!need->of_all || !need->source->trusted)
		return false;
	other = largest(table, false, alive, need->in_bytes);
	if (!other) {
		alive = true;
		other = largest(table, false, alive, need->in_bytes);
	}
	if (other)
		remove_oldest(other, alive);
	return other;
}

/*
 * Removes an ended container for a live one, or one of the same kind from a
 * source that has more. What counts is the limit that is exceeded, containers
 * or bytes: a few long entries must not cost another engine its many short
 * ones.
 */
static int remove_for(const struct need *need)
{
	bool alive = need->alive && !need->with_ended;
	struct table_source *other;
	size_t mine = size_of(need->source, alive, need->in_bytes) +
		      (need->in_bytes ? need->bytes : 1);

	if (remove_users(need))
		return 0;
	other = largest(need->source->table, need->source->trusted, alive,
			need->in_bytes);
	if (!other || (alive == need->alive &&
		       size_of(other, alive, need->in_bytes) <= mine))
		return -ENOSPC;
	remove_oldest(other, alive);
	return 0;
}

static bool fits(struct need *need, size_t nr, size_t bytes, size_t max_nr,
		 size_t max_bytes)
{
	need->in_bytes = nr < max_nr;
	return need->in_bytes && bytes + need->bytes <= max_bytes;
}

/*
 * Is there room for the container as long as ended ones are kept? Containers of
 * users' engines take no room from those of root's engines.
 */
static bool fits_with_ended(const struct engine_table *table,
			    struct need *need)
{
	const struct table_source *other;
	size_t nr = 0, bytes = 0;

	LIST_FOREACH(other, &table->sources, link) {
		if (!other->trusted && need->source->trusted)
			continue;
		nr += other->nr[false] + other->nr[true];
		bytes += other->bytes[false] + other->bytes[true];
	}
	return fits(need, nr, bytes, MAX_WITH_ENDED, BYTES_WITH_ENDED_MAX);
}

static bool has_room(const struct engine_table *table, struct need *need)
{
	need->with_ended = !need->alive ||
			   largest(table, need->source->trusted, false,
				   false);
	need->of_all = !fits(need, table->nr, table->bytes, NAMES_MAX,
			     TABLE_BYTES_MAX);
	return !need->of_all && (!need->with_ended ||
				 fits_with_ended(table, need));
}

/* Live containers, which are never removed for an ended one of @source */
static size_t nr_alive(const struct table_source *source)
{
	const struct table_source *other;
	size_t nr = 0;

	LIST_FOREACH(other, &source->table->sources, link) {
		if (other->trusted || !source->trusted)
			nr += other->nr[true];
	}
	return nr;
}

int table_make_room(struct table_source *source, bool alive, size_t bytes)
{
	struct engine_table *table = source->table;
	struct need need = { .source = source, .alive = alive, .bytes = bytes };
	size_t allocated = table->allocated * 2 ?: 32;
	struct table_entry *grown;
	int r = 0;

	if (!alive && nr_alive(source) >= MAX_WITH_ENDED)
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
