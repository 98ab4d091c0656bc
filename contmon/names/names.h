/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_NAMES_NAMES_H
#define CONTMON_NAMES_NAMES_H

#include <stdbool.h>

#include "base/names.h"

/**
 * struct cli_names - names of containers; opaque
 *
 * contmon-engine reports the names. If it is not running, or has nothing to
 * report, no container has a name, which is no error. NULL is an empty set.
 */
struct cli_names;

/*
 * Connect to @path and wait until all current names have arrived, for some 100
 * ms at most. NULL without memory.
 */
struct cli_names *cli_names_new(const char *path);
void cli_names_free(struct cli_names *names);

/*
 * Take new messages without waiting. If the connection was lost, try to connect
 * again at intervals. Returns whether a name may have changed.
 */
bool cli_names_follow(struct cli_names *names);

/* The current names; owned by @names. A name may contain any characters. */
const struct names *cli_names_known(const struct cli_names *names);

#endif /* CONTMON_NAMES_NAMES_H */
