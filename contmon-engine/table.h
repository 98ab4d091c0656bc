/* SPDX-License-Identifier: GPL-2.0-only */
/* The published containers of the engine. */
#ifndef CONTMON_ENGINE_TABLE_H
#define CONTMON_ENGINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names_protocol.h"

/**
 * struct table_entry - one container
 * @line: made by names_write_set()
 * @alive: it has processes
 */
struct table_entry {
	char *id;
	char *line;
	bool alive;
	bool listed;		/* in the list that is being read; private */
	int64_t created_ms;
};

/**
 * struct table_listener - publishes changes
 * @changed: a container is new or has changed
 * @removed: a container is gone
 * @replaced: everything may have changed
 */
struct table_listener {
	void (*changed)(const struct table_entry *entry, void *userdata);
	void (*removed)(const char *id, void *userdata);
	void (*replaced)(void *userdata);
	void *userdata;
};

/** struct engine_table - opaque */
struct engine_table;

struct engine_table *engine_table_new(void);
void engine_table_free(struct engine_table *table);

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener);

/**
 * engine_table_begin() - a complete list begins
 *
 * Changes are not reported until engine_table_end().
 */
void engine_table_begin(struct engine_table *table);

/**
 * engine_table_seen() - a container is in the list
 *
 * Returns whether it is known already; then its data is kept.
 */
bool engine_table_seen(struct engine_table *table, const char *id);

/** engine_table_find() - data of a container; NULL if unknown */
const struct table_entry *engine_table_find(const struct engine_table *table,
					    const char *id);

/** engine_table_end() - drop all that were not in the list, report the rest */
void engine_table_end(struct engine_table *table);

/** engine_table_complete() - has there been a complete list yet? */
bool engine_table_complete(const struct engine_table *table);

/**
 * engine_table_set() - add or replace
 *
 * Fewer ended containers than live ones are kept, and the oldest of them makes
 * room for a live one. Returns -ENOSPC when there is no room, -ENOMEM.
 */
int engine_table_set(struct engine_table *table, const struct name *name,
		     bool alive);

void engine_table_remove(struct engine_table *table, const char *id);

size_t engine_table_nr(const struct engine_table *table);

/**
 * engine_table_next() - step through those that are, or are not, alive
 * @after: id of the previous one, "" for the first
 *
 * Returns NULL at the end.
 */
const struct table_entry *engine_table_next(const struct engine_table *table,
					    const char *after, bool alive);

#endif /* CONTMON_ENGINE_TABLE_H */
