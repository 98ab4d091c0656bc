/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_NAMES_NAMES_H
#define CONTMON_NAMES_NAMES_H

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
 * changed.
 */
bool cli_names_follow(struct cli_names *names);

/* What is known now; belongs to @names. A name may hold any characters. */
const struct names *cli_names_known(const struct cli_names *names);

#endif /* CONTMON_NAMES_NAMES_H */
