/* SPDX-License-Identifier: GPL-2.0-only */
/* What the engine calls its containers. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct name - what the engine says of one container; never changes
 * @references: holders
 * @generation: of the list in which it was said last
 * @id: the engine's id
 * @name: without a leading slash; valid UTF-8, as the next two
 * @image: NULL when unknown
 * @command: NULL when unknown
 * @created_ms: epoch, 0 when unknown
 * @started_ms: epoch, 0 when unknown or not running
 */
struct name {
	unsigned int references;
	unsigned int generation;
	char *id;
	char *name;
	char *image;
	char *command;
	int64_t created_ms;
	int64_t started_ms;
};

/** name_new() - with copies of the texts; NULL for want of memory */
struct name *name_new(const char *id, const char *name, const char *image,
		      const char *command);
struct name *name_ref(struct name *name);
void name_unref(struct name *name);

/** struct names - all that are known, by id; opaque */
struct names;

struct names *names_new(void);
void names_free(struct names *names);

/** names_find() - @id may be NULL; the reference stays with @names */
struct name *names_find(const struct names *names, const char *id);

/**
 * names_set() - add or replace; takes over the reference
 *
 * Returns -ENOSPC when there are more than anybody has, -ENOMEM.
 */
int names_set(struct names *names, struct name *name);

void names_remove(struct names *names, const char *id);

/** names_begin() - a new complete list begins */
void names_begin(struct names *names);

/** names_end() - the list is complete: forget what was not in it */
void names_end(struct names *names);

#endif /* BASE_NAMES_H */
