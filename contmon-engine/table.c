// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sorted.h"

#define MAX_CONTAINERS 4096

struct entry {
	char *id;
	char *record;
	bool listed;	/* in the list that is being made */
};

/* Sorted by id. */
struct engine_table {
	struct table_listener listener;
	struct entry *entries;
	size_t nr;
	size_t allocated;
	bool listing;
	bool complete;
};

struct engine_table *engine_table_new(void)
{
	return calloc(1, sizeof(struct engine_table));
}

static void entry_free(struct entry *entry)
{
	free(entry->id);
	free(entry->record);
}

void engine_table_free(struct engine_table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < table->nr; i++)
		entry_free(&table->entries[i]);
	free(table->entries);
	free(table);
}

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener)
{
	table->listener = *listener;
}

static void report(const struct engine_table *table, const char *line)
{
	if (!table->listing && table->listener.changed)
		table->listener.changed(line, table->listener.userdata);
}

void engine_table_begin(struct engine_table *table)
{
	size_t i;

	table->listing = true;
	for (i = 0; i < table->nr; i++)
		table->entries[i].listed = false;
}

void engine_table_end(struct engine_table *table)
{
	size_t i, kept = 0;

	for (i = 0; i < table->nr; i++) {
		if (table->entries[i].listed)
			table->entries[kept++] = table->entries[i];
		else
			entry_free(&table->entries[i]);
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

static int compare(const void *id, const void *element)
{
	return strcmp(id, ((const struct entry *)element)->id);
}

static size_t place_of(const struct engine_table *table, const char *id,
		       bool *found)
{
	return sorted_place(id, table->entries, table->nr,
			    sizeof(*table->entries), compare, found);
}

static int make_room(struct engine_table *table, size_t place)
{
	struct entry *grown;

	if (table->nr >= MAX_CONTAINERS)
		return -ENOSPC;
	if (table->nr == table->allocated) {
		size_t allocated = table->allocated * 2 ?: 32;

		grown = reallocarray(table->entries, allocated,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		table->entries = grown;
		table->allocated = allocated;
	}
	memmove(&table->entries[place + 1], &table->entries[place],
		(table->nr - place) * sizeof(*table->entries));
	table->entries[place] = (struct entry){ 0 };
	table->nr++;
	return 0;
}

int engine_table_set(struct engine_table *table,
		     struct description *description)
{
	bool found;
	size_t place = place_of(table, description->id, &found);
	struct entry *entry;
	int r;

	if (!found) {
		r = make_room(table, place);
		if (r < 0) {
			description_done(description);
			return r;
		}
	}
	entry = &table->entries[place];
	entry->listed = true;
	if (found && strcmp(entry->record, description->record) == 0) {
		description_done(description);
		return 0;
	}
	entry_free(entry);
	entry->id = description->id;
	entry->record = description->record;
	*description = (struct description){ 0 };
	report(table, entry->record);
	return 0;
}

void engine_table_remove(struct engine_table *table, const char *id)
{
	struct buffer line = { 0 };
	bool found;
	size_t place = place_of(table, id, &found);

	if (!found)
		return;
	names_write_remove(&line, id);
	entry_free(&table->entries[place]);
	table->nr--;
	memmove(&table->entries[place], &table->entries[place + 1],
		(table->nr - place) * sizeof(*table->entries));
	if (!line.failed)
		report(table, line.text);
	buffer_done(&line);
}

size_t engine_table_nr(const struct engine_table *table)
{
	return table->nr;
}

const char *engine_table_record(const struct engine_table *table, size_t i)
{
	return table->entries[i].record;
}
