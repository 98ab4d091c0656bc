/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that the engines have reported, by id */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>

#include "names_protocol.h"

/** struct names - opaque */
struct names;

struct names *names_new(void);
void names_free(struct names *names);

/**
 * names_find() - find the container with an id
 * @id: may be NULL
 * @cgroup: the container's cgroup v2 path; NULL if unknown
 *
 * If several engines have a container with this id, returns the one whose
 * engine has reported this cgroup, or NULL if it is ambiguous: no name is
 * better than a wrong one. An engine of a user other than root is believed only
 * about this user's cgroups, and therefore never without @cgroup. The result
 * never changes.
 */
const struct container_info *names_find(const struct names *names,
					const char *id, const char *cgroup);

/**
 * names_find_of() - the same, if the cgroup's user is known from more than its
 * path, also without @cgroup: in cgroup v1
 */
const struct container_info *names_find_of(const struct names *names,
					   const char *id, const char *cgroup,
					   int64_t user_id);

/**
 * names_find_again() - the same for a container that is looked up repeatedly
 * @is_roots: whether an engine of root's has told of it; updated
 *
 * Then no other engine is believed any more: root may map a container to a
 * user, whose own engine can tell of it when root's engine has removed it.
 */
const struct container_info *names_find_again(const struct names *names,
					      const char *id,
					      const char *cgroup,
					      int64_t user_id, bool *is_roots);

/**
 * name_is_trusted() - does the container's engine belong to root?
 *
 * Any user can run an engine, which may claim anything about containers that do
 * not exist or belong to somebody else.
 */
bool name_is_trusted(const struct container_info *container);

/**
 * name_user() - the user to whom a container belongs; 0 for root
 * @container: NULL if it has none; then @cgroup decides
 * @cgroup: may be NULL
 */
int64_t name_user(const struct container_info *container, const char *cgroup);

/**
 * names_is_clear() - does the id alone identify the container?
 * @container: must be from @names
 *
 * For a container of a trusted engine, containers of untrusted engines with the
 * same id do not count.
 */
bool names_is_clear(const struct names *names,
		    const struct container_info *container);

/**
 * names_find_owner() - find the container that a cgroup belongs to
 * @path: of the cgroup in the hierarchy of cgroup v2
 * @ret_length: length of the part of @path that is the container's own cgroup
 *
 * Returns the innermost container, according to the cgroups that the engines
 * reported, or NULL.
 */
const struct container_info *names_find_owner(const struct names *names,
					      const char *path,
					      size_t *ret_length);

/**
 * names_cgroup_changes() - increases when results of names_find_owner() may
 * change
 */
uint64_t names_cgroup_changes(const struct names *names);

/** names_has() - does any container have this name? */
bool names_has(const struct names *names, const char *name);

typedef int names_fn(const struct container_info *container, void *userdata);

/**
 * names_each() - call @fn for all containers, in the order of their ids
 *
 * Stops at the first negative value that @fn returns, and returns it.
 */
int names_each(const struct names *names, names_fn *fn, void *userdata);

/** name_ref() - take a reference to a result of names_find() */
const struct container_info *name_ref(const struct container_info *container);
void name_unref(const struct container_info *container);

/**
 * names_set() - add a copy of @container, or replace the one with the same id
 * and engine
 *
 * When there are NAMES_MAX containers, those from before the current list are
 * dropped. Returns -ENOSPC if that is not enough, -ENOMEM.
 */
int names_set(struct names *names, const struct container_info *container);

/** names_remove() - @engine: path of its socket; NULL if unknown */
void names_remove(struct names *names, const char *id, const char *engine);

/**
 * names_begin() - a complete list follows; known containers are kept for now
 */
void names_begin(struct names *names);

/**
 * names_end() - the list is complete: drop the containers that were not in it
 *
 * Containers of engines whose first list is not complete yet are kept.
 */
void names_end(struct names *names);

/**
 * names_set_engines() - set the list of engines; drops containers of any others
 */
void names_set_engines(struct names *names, const struct name_engine *engines,
		       size_t nr);

/** names_engines() - the engines as they were set */
const struct name_engine *names_engines(const struct names *names,
					size_t *ret_nr);

#endif /* BASE_NAMES_H */
