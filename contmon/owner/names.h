/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_OWNER_NAMES_H
#define CONTMON_OWNER_NAMES_H

#include <stdbool.h>

#include "base/names.h"

/**
 * struct cli_names - what containers are called; opaque
 *
 * contmon-engine reports the names. Where it does not run, or has nothing to
 * report, no container has a name, which is no error. NULL knows no names.
 */
struct cli_names;

/*
 * Connect to @path and wait, for some 100 ms at most, for all names there are
 * now. NULL when out of memory.
 */
struct cli_names *cli_names_new(const char *path);
void cli_names_free(struct cli_names *names);

/*
 * Take what has been reported since, without waiting; now and then try to
 * connect again if the connection was lost. Returns whether a name may have
 * changed: then what cli_names_find() returned before is no longer valid.
 */
bool cli_names_follow(struct cli_names *names);

/*
 * The innermost container that @path, of a cgroup, is in by what the engine
 * says of cgroups; sets the length of the part that is its own. NULL: none
 */
const struct name *cli_names_find_owner(const struct cli_names *names,
					const char *path, size_t *ret_length);

/* By the engine's id; NULL: it has none. May hold any characters */
const char *cli_names_find(const struct cli_names *names, const char *id);

/* Is any container called @name? */
bool cli_names_has(const struct cli_names *names, const char *name);

#endif /* CONTMON_OWNER_NAMES_H */
