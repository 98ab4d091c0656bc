// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sorted.h"

/* Maximum number of ended containers */
#define MAX_WITH_ENDED 4096

/* Sorted by id. */
struct engine_table {
	struct table_listener listener;
	struct table_entry *entries;
	size_t nr;
	size_t allocated;
	bool listing;
	bool complete;
};

struct engine_table *engine_table_new(void)
{
	return calloc(1, sizeof(struct engine_table));
}

static void entry_done(struct table_entry *entry)
{
	free(entry->id);
	free(entry->line);
}

void engine_table_free(struct engine_table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < table->nr; i++)
		entry_done(&table->entries[i]);
	free(table->entries);
	free(table);
}

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener)
{
	table->listener = *listener;
}

static void report_change(const struct engine_table *table,
			  const struct table_entry *entry)
{
	if (!table->listing && table->listener.changed)
		table->listener.changed(entry, table->listener.userdata);
}

static void report_removal(const struct engine_table *table, const char *id)
{
	if (!table->listing && table->listener.removed)
		table->listener.removed(id, table->listener.userdata);
}

/* Places */

static int compare(const void *id, const void *element)
{
	return strcmp(id, ((const struct table_entry *)element)->id);
}

static size_t place_of(const struct engine_table *table, const char *id,
		       bool *found)
{
	return sorted_place(id, table->entries, table->nr,
			    sizeof(*table->entries), compare, found);
}

static void remove_at(struct engine_table *table, size_t place)
{
	struct table_entry entry = table->entries[place];

	table->nr--;
	memmove(&table->entries[place], &table->entries[place + 1],
		(table->nr - place) * sizeof(*table->entries));
	report_removal(table, entry.id);
	entry_done(&entry);
}

static int remove_oldest_ended(struct engine_table *table)
{
	const struct table_entry *oldest = NULL, *entry;

	for (entry = table->entries; entry < table->entries + table->nr;
	     entry++) {
		if (!entry->alive &&
		    (!oldest || entry->created_ms < oldest->created_ms))
			oldest = entry;
	}
	if (!oldest)
		return -ENOSPC;
	remove_at(table, (size_t)(oldest - table->entries));
	return 0;
}

static int make_room(struct engine_table *table, bool alive)
{
	size_t allocated = table->allocated * 2 ?: 32;
	struct table_entry *grown;
	int r;

	if (!alive && table->nr >= MAX_WITH_ENDED)
		return -ENOSPC;
	if (alive && table->nr >= MAX_WITH_ENDED) {
		r = remove_oldest_ended(table);
		if (r < 0 && table->nr >= NAMES_MAX)
			return r;
	}
	if (table->nr < table->allocated)
		return 0;
	grown = reallocarray(table->entries, allocated, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	table->entries = grown;
	table->allocated = allocated;
	return 0;
}

static void insert(struct engine_table *table, struct table_entry *entry)
{
	bool found;
	size_t place = place_of(table, entry->id, &found);

	memmove(&table->entries[place + 1], &table->entries[place],
		(table->nr - place) * sizeof(*table->entries));
	table->entries[place] = *entry;
	table->nr++;
}

/* Lists */

void engine_table_begin(struct engine_table *table)
{
	size_t i;

	table->listing = true;
	for (i = 0; i < table->nr; i++)
		table->entries[i].listed = false;
}

bool engine_table_seen(struct engine_table *table, const char *id)
{
	bool found;
	size_t place = place_of(table, id, &found);

	if (found)
		table->entries[place].listed = true;
	return found;
}

const struct table_entry *engine_table_find(const struct engine_table *table,
					    const char *id)
{
	bool found;
	size_t place = place_of(table, id, &found);

	return found ? &table->entries[place] : NULL;
}

void engine_table_end(struct engine_table *table)
{
	size_t i, kept = 0;

	for (i = 0; i < table->nr; i++) {
		if (table->entries[i].listed)
			table->entries[kept++] = table->entries[i];
		else
			entry_done(&table->entries[i]);
	}
	table->nr = kept;
	table->listing = false;
	table->complete = true;
	if (table->listener.replaced)
		table->listener.replaced(table->listener.userdata);
}

bool engine_table_complete(const struct engine_table *table)
{
	return table->complete;
}

/* Single containers */

static int entry_init(struct table_entry *entry, const struct name *name,
		      bool alive)
{
	struct buffer line = { 0 };

	names_write_set(&line, name);
	*entry = (struct table_entry){
		.id = strdup(name->id),
		.line = line.failed ? NULL : strdup(line.text),
		.alive = alive,
		.listed = true,
		.created_ms = name->created_ms,
	};
	buffer_done(&line);
	if (entry->id && entry->line)
		return 0;
	entry_done(entry);
	return -ENOMEM;
}

static void replace(struct engine_table *table, size_t place,
		    struct table_entry *entry)
{
	struct table_entry *old = &table->entries[place];
	bool same = strcmp(old->line, entry->line) == 0;

	entry_done(old);
	*old = *entry;
	if (!same)
		report_change(table, old);
}

int engine_table_set(struct engine_table *table, const struct name *name,
		     bool alive)
{
	struct table_entry entry;
	bool found;
	size_t place = place_of(table, name->id, &found);
	int r = entry_init(&entry, name, alive);

	if (r < 0)
		return r;
	if (found) {
		replace(table, place, &entry);
		return 0;
	}
	r = make_room(table, alive);
	if (r < 0) {
		entry_done(&entry);
		return r;
	}
	insert(table, &entry);
	report_change(table, &entry);
	return 0;
}

void engine_table_remove(struct engine_table *table, const char *id)
{
	bool found;
	size_t place = place_of(table, id, &found);

	if (found)
		remove_at(table, place);
}

size_t engine_table_nr(const struct engine_table *table)
{
	return table->nr;
}

const struct table_entry *engine_table_next(const struct engine_table *table,
					    const char *after, bool alive)
{
	bool found;
	size_t place = place_of(table, after, &found);

	for (place += found; place < table->nr; place++) {
		if (table->entries[place].alive == alive)
			return &table->entries[place];
	}
	return NULL;
}
