/* SPDX-License-Identifier: GPL-2.0-only */
/* contmond --once: print one sample, and end. */
#ifndef CONTMOND_ONCE_H
#define CONTMOND_ONCE_H

#include <stdbool.h>

/**
 * once_run() - read twice, half a second to a second apart, and print it
 * @json: the answers of /api/v1/health, system, containers and processes as
 *	one object, under these names; else tables for people
 *
 * Serves nothing, remembers nothing, and needs no configuration. Returns 0, or
 * a negative error that was logged.
 */
int once_run(bool json);

#endif /* CONTMOND_ONCE_H */
