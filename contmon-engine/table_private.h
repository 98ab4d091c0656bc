/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of the table only. */
#ifndef CONTMON_ENGINE_TABLE_PRIVATE_H
#define CONTMON_ENGINE_TABLE_PRIVATE_H

#include <sys/queue.h>

#include "table.h"

/*
 * Limit for all lines together, so that memory is bounded whatever engines say
 */
#define TABLE_BYTES_MAX (16 * 1024 * 1024)

/*
 * @trusted: it is an engine of root
 * @number: unique among the sources of a table, never reused
 * @nr, @bytes: indexed by whether containers are alive
 */
struct table_source {
	struct engine_table *table;
	LIST_ENTRY(table_source) link;
	char *socket;
	bool trusted;
	unsigned int number;
	size_t nr[2];
	size_t bytes[2];
	bool listing;
	bool complete;
};

/* Sorted by id, then by source. */
struct engine_table {
	struct table_listener listener;
	LIST_HEAD(, table_source) sources;
	unsigned int nr_numbered;
	struct table_entry *entries;
	size_t nr;
	size_t allocated;
	size_t bytes;
};

/** table_remove_at() - remove the entry at an index, and report the removal */
void table_remove_at(struct engine_table *table, size_t place);

/* table_room.c */

/**
 * table_make_room() - make room for one more entry
 *
 * Returns -ENOSPC or -ENOMEM if there is none.
 */
int table_make_room(struct table_source *source, bool alive, size_t bytes);

#endif /* CONTMON_ENGINE_TABLE_PRIVATE_H */
