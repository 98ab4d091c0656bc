/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that the engines have reported, by their ids. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>

#include "names_protocol.h"

/** struct names - opaque */
struct names;

struct names *names_new(void);
void names_free(struct names *names);

/**
 * names_find() - find the container with an id; the result never changes
 * @id: may be NULL
 * @cgroup: where it is, in the hierarchy of cgroup v2; NULL if unknown
 *
 * Of containers of several engines with the same id it is the one whose engine
 * has reported this cgroup. NULL if that does not tell which is meant: no name
 * is better than that of another container. The engine of a user other than
 * root is only believed about what is or was in this user's cgroups, so not
 * without @cgroup.
 */
const struct name *names_find(const struct names *names, const char *id,
			      const char *cgroup);

/**
 * names_find_of() - the same, where more is known of whose the cgroup is than
 * its path tells
 */
const struct name *names_find_of(const struct names *names, const char *id,
				 const char *cgroup, int64_t user_id);

/**
 * name_is_trusted() - is its engine root's?
 *
 * Any user can run an engine that says anything about containers that do not
 * exist, or are somebody else's.
 */
bool name_is_trusted(const struct name *name);

/**
 * name_user() - whose container it is; 0: root's
 * @name: NULL if it has none; then @cgroup tells
 * @cgroup: where it is; may be NULL
 */
int64_t name_user(const struct name *name, const char *cgroup);

/**
 * names_is_clear() - does its id alone tell which container is meant?
 * @name: of @names
 *
 * An engine that is not trusted cannot make that unclear for a container of one
 * that is.
 */
bool names_is_clear(const struct names *names, const struct name *name);

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
 * names_set() - add a copy of @name, or replace the one of the same engine with
 * the same id
 *
 * Returns -ENOSPC when there are NAMES_MAX already since the newest list began;
 * older ones go for it. -ENOMEM.
 */
int names_set(struct names *names, const struct name *name);

/** names_remove() - @engine: its socket; NULL if unknown */
void names_remove(struct names *names, const char *id, const char *engine);

/** names_begin() - a complete list begins; what is known stays for now */
void names_begin(struct names *names);

/**
 * names_end() - the list is complete: drop all that were not in it
 *
 * Those of engines that have not been listed yet are kept.
 */
void names_end(struct names *names);

/** names_set_engines() - these are all: drop containers of any others */
void names_set_engines(struct names *names, const struct name_engine *engines,
		       size_t nr);

/** names_engines() - as they were set */
const struct name_engine *names_engines(const struct names *names,
					size_t *ret_nr);

#endif /* BASE_NAMES_H */
