/* SPDX-License-Identifier: GPL-2.0-only */
/* The published containers of all engines */
#ifndef CONTMON_ENGINE_TABLE_H
#define CONTMON_ENGINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/names_protocol.h"

/** struct engine_table - opaque */
struct engine_table;

/** struct table_source - one engine's part of the table; opaque */
struct table_source;

/**
 * struct table_entry - one container
 * @line: made by names_write_set()
 * @cgroup: the same as in @line; NULL if unknown
 * @alive: it has processes
 */
struct table_entry {
	struct table_source *source;
	char *id;
	char *line;
	char *cgroup;
	bool alive;
	bool listed;		/* in the list being read; private */
	int64_t created_ms;
};

/**
 * struct table_listener - is told of changes
 * @changed: a container is new or has changed
 * @removed: a container is gone
 * @replaced: the first list of an engine is complete, so everything may have
 *	changed
 */
struct table_listener {
	void (*changed)(const struct table_entry *entry, void *userdata);
	void (*removed)(const char *id, const char *engine, void *userdata);
	void (*replaced)(void *userdata);
	void *userdata;
};

struct engine_table *engine_table_new(void);

/** engine_table_free() - its sources must have been freed before */
void engine_table_free(struct engine_table *table);

void engine_table_listen(struct engine_table *table,
			 const struct table_listener *listener);

/** engine_table_source() - add an engine; returns NULL if there is no memory */
struct table_source *engine_table_source(struct engine_table *table,
					 const char *socket);

/**
 * table_source_free() - drop the engine and its containers
 *
 * The removals are not reported: clients drop an engine's containers with it.
 */
void table_source_free(struct table_source *source);

/**
 * table_source_set_user() - the engine's user; it is not trusted before this
 */
void table_source_set_user(struct table_source *source, uid_t user);

/** table_source_socket() - the engine's socket */
const char *table_source_socket(const struct table_source *source);

/** table_source_nr() - the number of its containers */
size_t table_source_nr(const struct table_source *source);

/**
 * engine_table_begin() - start to read a complete list
 *
 * Nothing of an engine's first list is reported before engine_table_end(). Of
 * later lists, only changes are reported.
 */
void engine_table_begin(struct table_source *source);

/**
 * engine_table_seen() - a container is in the list
 *
 * Returns whether it was known already; then its data is kept.
 */
bool engine_table_seen(struct table_source *source, const char *id);

/**
 * table_source_next() - the engine's next live container, in the order of ids
 * @id: of the previous one, which may be gone; "" for the first
 *
 * Returns NULL at the end.
 */
const struct table_entry *table_source_next(const struct table_source *source,
					    const char *id);

/** engine_table_find() - look up a container; NULL if it is unknown */
const struct table_entry *engine_table_find(const struct table_source *source,
					    const char *id);

/** engine_table_end() - drop the containers that were not in the list */
void engine_table_end(struct table_source *source);

/** engine_table_complete() - has a complete list of it been read yet? */
bool engine_table_complete(const struct table_source *source);

/**
 * engine_table_set() - add or replace a container
 *
 * Ended containers have a lower limit, and the oldest of them makes room for a
 * live one. When there are too many containers or bytes, the source that has
 * the most of these loses one to a source that has less. Root's engines have
 * precedence over those of users.
 * Returns -ENOSPC if there is no room, and then it is not in the table, or
 * -ENOMEM.
 */
int engine_table_set(struct table_source *source,
		     const struct container_info *name, bool alive);

void engine_table_remove(struct table_source *source, const char *id);

size_t engine_table_nr(const struct engine_table *table);

/** engine_table_has_roots() - is any container of root's engines alive? */
bool engine_table_has_roots(const struct engine_table *table);

/**
 * struct table_place - position of an entry that may be gone; zero for the
 * start
 */
struct table_place {
	char id[NAME_ID_MAX + 1];
	unsigned int source;
};

/** table_place_of() - the position of an entry */
void table_place_of(const struct table_entry *entry, struct table_place *ret);

/** table_is_after() - does an entry come after a position? */
bool table_is_after(const struct table_entry *entry,
		    const struct table_place *place);

/**
 * engine_table_next() - step through the entries that are, or are not, alive
 *
 * They are sorted by id, so entries with the same id are adjacent. Returns NULL
 * at the end.
 */
const struct table_entry *engine_table_next(const struct engine_table *table,
					    const struct table_place *after,
					    bool alive);

#endif /* CONTMON_ENGINE_TABLE_H */
