/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that the engine has reported, by their ids. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>

#include "names_protocol.h"

/** struct names - opaque */
struct names;

struct names *names_new(void);
void names_free(struct names *names);

/** names_find() - @id may be NULL; the result never changes */
const struct name *names_find(const struct names *names, const char *id);

/**
 * names_find_owner() - find the container of a cgroup
 * @path: in the hierarchy of cgroup v2, from the root on
 * @ret_length: length of the part of @path that is the container's own cgroup
 *
 * Returns the innermost container, by the cgroups that the engine reported, or
 * NULL.
 */
const struct name *names_find_owner(const struct names *names, const char *path,
				    size_t *ret_length);

/**
 * names_cgroup_changes() - grows when results of names_find_owner() may change
 */
uint64_t names_cgroup_changes(const struct names *names);

/** names_has() - does any container have this name? */
bool names_has(const struct names *names, const char *name);

typedef int names_fn(const struct name *name, void *userdata);

/**
 * names_each() - call @fn with all of them, in the order of their ids
 *
 * Ends with the first negative value that @fn returns, and returns it.
 */
int names_each(const struct names *names, names_fn *fn, void *userdata);

/** name_ref() - take a reference to a result of names_find() */
const struct name *name_ref(const struct name *name);
void name_unref(const struct name *name);

/**
 * names_set() - add a copy of @name, or replace the one with the same id
 *
 * Returns -ENOSPC when there are NAMES_MAX already, -ENOMEM.
 */
int names_set(struct names *names, const struct name *name);

void names_remove(struct names *names, const char *id);

/** names_begin() - a complete list begins */
void names_begin(struct names *names);

/** names_end() - the list is complete: drop all that were not in it */
void names_end(struct names *names);

#endif /* BASE_NAMES_H */
