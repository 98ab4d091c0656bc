// SPDX-License-Identifier: GPL-2.0-only
#include "table_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sorted.h"
#include "socket_path.h"

struct engine_table *engine_table_new(void)
{
	return calloc(1, sizeof(struct engine_table));
}

static size_t bytes_of(const struct table_entry *entry)
{
	return sizeof(*entry) + strlen(entry->id) + strlen(entry->line) +
	       strlen(entry->cgroup ?: "");
}

static void entry_done(struct table_entry *entry)
{
	free(entry->id);
	free(entry->line);
	free(entry->cgroup);
}

void engine_table_free(struct engine_table *table)
{
	if (!table)
		return;
	free(table->entries);
	free(table);
}

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener)
{
	table->listener = *listener;
}

/* The first list of an engine is reported as a whole, at its end. */
static bool is_reported(const struct table_entry *entry)
{
	return !entry->source->listing || entry->source->complete;
}

static void report_change(const struct engine_table *table,
			  const struct table_entry *entry)
{
	if (is_reported(entry) && table->listener.changed)
		table->listener.changed(entry, table->listener.userdata);
}

static void report_removal(const struct engine_table *table,
			   const struct table_entry *entry)
{
	if (is_reported(entry) && table->listener.removed)
		table->listener.removed(entry->id, entry->source->socket,
					table->listener.userdata);
}

static void report_all(const struct engine_table *table)
{
	if (table->listener.replaced)
		table->listener.replaced(table->listener.userdata);
}

/* Places */

struct key {
	const char *id;
	unsigned int source;
};

static int compare(const void *key, const void *element)
{
	const struct table_entry *entry = element;
	const struct key *wanted = key;
	int order = strcmp(wanted->id, entry->id);

	return order ?: (wanted->source > entry->source->number) -
			(wanted->source < entry->source->number);
}

static size_t place_of_key(const struct engine_table *table, const char *id,
			   unsigned int source, bool *found)
{
	const struct key key = { id, source };

	return sorted_place(&key, table->entries, table->nr,
			    sizeof(*table->entries), compare, found);
}

static size_t place_of(const struct table_source *source, const char *id,
		       bool *found)
{
	return place_of_key(source->table, id, source->number, found);
}

/* Adds an entry to the counters, or subtracts it. */
static void account(const struct table_entry *entry, bool in)
{
	struct table_source *source = entry->source;
	size_t bytes = bytes_of(entry);

	if (in) {
		source->nr[entry->alive]++;
		source->bytes[entry->alive] += bytes;
		source->table->bytes += bytes;
	} else {
		source->nr[entry->alive]--;
		source->bytes[entry->alive] -= bytes;
		source->table->bytes -= bytes;
	}
}

void table_remove_at(struct engine_table *table, size_t place)
{
	struct table_entry entry = table->entries[place];

	account(&entry, false);
	table->nr--;
	memmove(&table->entries[place], &table->entries[place + 1],
		(table->nr - place) * sizeof(*table->entries));
	report_removal(table, &entry);
	entry_done(&entry);
}

static struct table_entry *insert(struct engine_table *table,
				  const struct table_entry *entry)
{
	bool found;
	size_t place = place_of(entry->source, entry->id, &found);

	memmove(&table->entries[place + 1], &table->entries[place],
		(table->nr - place) * sizeof(*table->entries));
	table->entries[place] = *entry;
	table->nr++;
	account(entry, true);
	return &table->entries[place];
}

/* Lists */

void engine_table_begin(struct table_source *source)
{
	struct engine_table *table = source->table;
	size_t i;

	source->listing = true;
	for (i = 0; i < table->nr; i++) {
		if (table->entries[i].source == source)
			table->entries[i].listed = false;
	}
}

bool engine_table_seen(struct table_source *source, const char *id)
{
	bool found;
	size_t place = place_of(source, id, &found);

	if (found)
		source->table->entries[place].listed = true;
	return found;
}

const struct table_entry *engine_table_find(const struct table_source *source,
					    const char *id)
{
	bool found;
	size_t place = place_of(source, id, &found);

	return found ? &source->table->entries[place] : NULL;
}

const struct table_entry *table_source_next(const struct table_source *source,
					    const char *id)
{
	const struct engine_table *table = source->table;
	bool found;
	size_t place = place_of(source, id, &found);

	for (place += found; place < table->nr; place++) {
		const struct table_entry *entry = &table->entries[place];

		if (entry->source == source && entry->alive)
			return entry;
	}
	return NULL;
}

/*
 * Moves the entries to drop to the end, and reports them only when the table is
 * consistent again: listeners may read it.
 */
static void drop_unlisted(struct table_source *source)
{
	struct engine_table *table = source->table;
	struct table_entry *entries = table->entries;
	size_t i, kept = 0, nr = table->nr;

	for (i = 0; i < nr; i++) {
		struct table_entry entry = entries[i];

		if (entry.source == source && !entry.listed) {
			account(&entry, false);
			continue;
		}
		entries[i] = entries[kept];
		entries[kept++] = entry;
	}
	table->nr = kept;
	for (; kept < nr; kept++) {
		report_removal(table, &entries[kept]);
		entry_done(&entries[kept]);
	}
}

void engine_table_end(struct table_source *source)
{
	bool first = !source->complete;

	drop_unlisted(source);
	source->listing = false;
	source->complete = true;
	if (first)
		report_all(source->table);
}

bool engine_table_complete(const struct table_source *source)
{
	return source->complete;
}

/* Single containers */

static int entry_init(struct table_entry *entry, struct table_source *source,
		      const struct container_info *name, bool alive)
{
	struct buffer line = { 0 };

	names_write_set(&line, name);
	*entry = (struct table_entry){
		.source = source,
		.id = strdup(name->id),
		.line = line.failed ? NULL : strdup(line.text),
		.cgroup = name->cgroup ? strdup(name->cgroup) : NULL,
		.alive = alive,
		.listed = true,
		.created_ms = name->created_ms,
	};
	buffer_done(&line);
	if (entry->id && entry->line && (entry->cgroup || !name->cgroup))
		return 0;
	entry_done(entry);
	return -ENOMEM;
}

/* Replaces an entry. Returns whether it has changed. */
static bool replace(struct table_entry *old, const struct table_entry *entry)
{
	bool same = strcmp(old->line, entry->line) == 0;

	account(old, false);
	entry_done(old);
	*old = *entry;
	account(old, true);
	return !same;
}

static size_t growth(const struct table_entry *old,
		     const struct table_entry *entry)
{
	size_t before = bytes_of(old), now = bytes_of(entry);

	return now > before ? now - before : 0;
}

int engine_table_set(struct table_source *source,
		     const struct container_info *name, bool alive)
{
	struct engine_table *table = source->table;
	struct table_entry entry, *old;
	bool found;
	size_t place;
	int r = entry_init(&entry, source, name, alive);

	if (r < 0)
		return r;
	place = place_of(source, name->id, &found);
	old = &table->entries[place];
	if (found && table->bytes + growth(old, &entry) <= TABLE_BYTES_MAX) {
		if (replace(old, &entry))
			report_change(table, old);
		return 0;
	}
	if (found)
		table_remove_at(table, place);
	r = table_make_room(source, alive, bytes_of(&entry));
	if (r < 0)
		entry_done(&entry);
	else
		report_change(table, insert(table, &entry));
	return r;
}

void engine_table_remove(struct table_source *source, const char *id)
{
	bool found;
	size_t place = place_of(source, id, &found);

	if (found)
		table_remove_at(source->table, place);
}

size_t engine_table_nr(const struct engine_table *table)
{
	return table->nr;
}

bool engine_table_has_roots(const struct engine_table *table)
{
	const struct table_source *source;

	LIST_FOREACH(source, &table->sources, link) {
		if (source->trusted && source->nr[true] > 0)
			return true;
	}
	return false;
}

void table_place_of(const struct table_entry *entry, struct table_place *ret)
{
	strcpy(ret->id, entry->id);
	ret->source = entry->source->number;
}

bool table_is_after(const struct table_entry *entry,
		    const struct table_place *place)
{
	const struct key key = { place->id, place->source };

	return compare(&key, entry) < 0;
}

const struct table_entry *engine_table_next(const struct engine_table *table,
					    const struct table_place *after,
					    bool alive)
{
	bool found;
	size_t place = place_of_key(table, after->id, after->source, &found);

	for (place += found; place < table->nr; place++) {
		if (table->entries[place].alive == alive)
			return &table->entries[place];
	}
	return NULL;
}

/* Sources */

struct table_source *engine_table_source(struct engine_table *table,
					 const char *socket)
{
	struct table_source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->socket = strdup(socket);
	if (!source->socket) {
		free(source);
		return NULL;
	}
	source->table = table;
	source->number = ++table->nr_numbered;
	LIST_INSERT_HEAD(&table->sources, source, link);
	return source;
}

/*
 * The removals are not reported: clients drop the containers of an engine that
 * is no longer in the list of engines.
 */
void table_source_free(struct table_source *source)
{
	if (!source)
		return;
	source->complete = false;
	engine_table_begin(source);
	drop_unlisted(source);
	LIST_REMOVE(source, link);
	free(source->socket);
	free(source);
}

void table_source_set_user(struct table_source *source, uid_t user)
{
	source->trusted = socket_path_is_trusted(user);
}

const char *table_source_socket(const struct table_source *source)
{
	return source->socket;
}

size_t table_source_nr(const struct table_source *source)
{
	return source->nr[false] + source->nr[true];
}
