/* SPDX-License-Identifier: GPL-2.0-only */
/* The published containers of all engines. */
#ifndef CONTMON_ENGINE_TABLE_H
#define CONTMON_ENGINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/names_protocol.h"

/** struct engine_table - opaque */
struct engine_table;

/** struct table_source - the part of one engine; opaque */
struct table_source;

/**
 * struct table_entry - one container
 * @line: made by names_write_set()
 * @cgroup: in @line; NULL if unknown
 * @alive: it has processes
 */
struct table_entry {
	struct table_source *source;
	char *id;
	char *line;
	char *cgroup;
	bool alive;
	bool listed;		/* in the list that is being read; private */
	int64_t created_ms;
};

/**
 * struct table_listener - publishes changes
 * @changed: a container is new or has changed
 * @removed: a container is gone
 * @replaced: everything may have changed: an engine's first list is complete
 */
struct table_listener {
	void (*changed)(const struct table_entry *entry, void *userdata);
	void (*removed)(const char *id, const char *engine, void *userdata);
	void (*replaced)(void *userdata);
	void *userdata;
};

struct engine_table *engine_table_new(void);

/** engine_table_free() - its sources must have been freed */
void engine_table_free(struct engine_table *table);

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener);

/** engine_table_source() - another engine; returns NULL without memory */
struct table_source *engine_table_source(struct engine_table *table,
					 const char *socket);

/**
 * table_source_free() - drop its containers
 *
 * This is not reported: nobody knows containers of an engine that is not known.
 */
void table_source_free(struct table_source *source);

/** table_source_set_user() - whose engine it is; at first not root's */
void table_source_set_user(struct table_source *source, uid_t user);

/** table_source_socket() - of its engine */
const char *table_source_socket(const struct table_source *source);

/** table_source_nr() - how many containers it has */
size_t table_source_nr(const struct table_source *source);

/**
 * engine_table_begin() - a complete list begins
 *
 * Nothing of the first one is reported until engine_table_end(). Of a later
 * one, only what has changed is.
 */
void engine_table_begin(struct table_source *source);

/**
 * engine_table_seen() - a container is in the list
 *
 * Returns whether it is known already; then its data is kept.
 */
bool engine_table_seen(struct table_source *source, const char *id);

/** engine_table_find() - data of a container; NULL if unknown */
const struct table_entry *engine_table_find(const struct table_source *source,
					    const char *id);

/** engine_table_end() - drop all that were not in the list */
void engine_table_end(struct table_source *source);

/** engine_table_complete() - has there been a complete list of it yet? */
bool engine_table_complete(const struct table_source *source);

/**
 * engine_table_set() - add or replace
 *
 * The limit for ended containers is lower, and the oldest of them makes room
 * for a live one. Room is shared: when there are too many containers, or bytes,
 * the source that has the most of these loses one to a source that has less.
 * Those of root's engines come before all of users'.
 * Returns -ENOSPC when there is no room, and then it is not in the table, or
 * -ENOMEM.
 */
int engine_table_set(struct table_source *source, const struct name *name,
		     bool alive);

void engine_table_remove(struct table_source *source, const char *id);

size_t engine_table_nr(const struct engine_table *table);

/** engine_table_has_roots() - do any containers of root's engines run? */
bool engine_table_has_roots(const struct engine_table *table);

/** struct table_place - an entry that may be gone by now; zero: the first */
struct table_place {
	char id[NAME_ID_MAX + 1];
	unsigned int source;
};

/** table_place_of() - where an entry is */
void table_place_of(const struct table_entry *entry, struct table_place *ret);

/** table_is_after() - does an entry come after a place? */
bool table_is_after(const struct table_entry *entry,
		    const struct table_place *place);

/**
 * engine_table_next() - step through those that are, or are not, alive
 *
 * Sorted by id, so that those with the same id follow each other. Returns NULL
 * at the end.
 */
const struct table_entry *engine_table_next(const struct engine_table *table,
					    const struct table_place *after,
					    bool alive);

#endif /* CONTMON_ENGINE_TABLE_H */
