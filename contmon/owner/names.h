/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_OWNER_NAMES_H
#define CONTMON_OWNER_NAMES_H

#include <stdbool.h>

#define CLI_ENGINE_SOCKET "/run/contmon/engine.sock"

/**
 * struct cli_names - what containers are called; opaque
 *
 * contmon-engine tells. Where it is not running or has nothing to tell, no
 * container has a name, which is no error. A NULL knows no names.
 */
struct cli_names;

/*
 * Connect to @path and wait, for some 100 ms at most, for all names there are
 * now. NULL without memory.
 */
struct cli_names *cli_names_new(const char *path);
void cli_names_free(struct cli_names *names);

/*
 * Take what was told since, without waiting; now and then try to connect again
 * if the connection was lost. Returns whether a name may have changed: then
 * what cli_names_find() gave before is no longer valid.
 */
bool cli_names_follow(struct cli_names *names);

/* By the engine's id; NULL: it has none. May hold any bytes */
const char *cli_names_find(const struct cli_names *names, const char *id);

/* Is any container called so? */
bool cli_names_has(const struct cli_names *names, const char *name);

#endif /* CONTMON_OWNER_NAMES_H */
