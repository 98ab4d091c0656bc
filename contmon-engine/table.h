/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that the engine has, as they are published. */
#ifndef CONTMON_ENGINE_TABLE_H
#define CONTMON_ENGINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "parse.h"

/**
 * struct table_listener - what publishes the changes
 * @changed: a line that reports one change
 * @replaced: everything may have changed: report it all
 */
struct table_listener {
	void (*changed)(const char *line, void *userdata);
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
 * engine_table_begin() - a new complete list begins
 *
 * Until engine_table_end() no change is reported.
 */
void engine_table_begin(struct engine_table *table);

/** engine_table_end() - forget what was not in the list, report it all */
void engine_table_end(struct engine_table *table);

/** engine_table_complete() - has there been a complete list yet? */
bool engine_table_complete(const struct engine_table *table);

/**
 * engine_table_set() - add or replace; takes over what @description owns
 *
 * Returns -ENOSPC for more containers than are published, -ENOMEM.
 */
int engine_table_set(struct engine_table *table,
		     struct description *description);

void engine_table_remove(struct engine_table *table, const char *id);

size_t engine_table_nr(const struct engine_table *table);

/** engine_table_record() - the line of the @i-th container */
const char *engine_table_record(const struct engine_table *table, size_t i);

#endif /* CONTMON_ENGINE_TABLE_H */
