/* SPDX-License-Identifier: GPL-2.0-only */
/* contmond --once: print one sample and exit. */
#ifndef CONTMOND_ONCE_H
#define CONTMOND_ONCE_H

#include <stdbool.h>

/**
 * once_run() - take two samples, half a second to a second apart, and print the
 * result
 * @json: print an object with the answers of /api/v1/health, system, containers
 *	and processes under these names; otherwise tables for people
 *
 * Serves and stores nothing, and needs no configuration. Returns 0, or a
 * negative error that was logged.
 */
int once_run(bool json);

#endif /* CONTMOND_ONCE_H */
