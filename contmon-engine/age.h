/* SPDX-License-Identifier: GPL-2.0-only */
/* How old a container is. An age that is not known is -1. */
#ifndef CONTMON_ENGINE_AGE_H
#define CONTMON_ENGINE_AGE_H

#include <stdint.h>

#include "facts.h"

/**
 * age_of_container_ms() - since its start, or if it does not run its creation
 *
 * The engine says when that was, by a clock that may have been set since. So
 * the container is never taken to be older than its first process, if that is
 * known. After the clock was set back, only that process tells.
 */
int64_t age_of_container_ms(const struct facts *facts);

/**
 * age_of_cgroup_ms() - the age of its oldest process
 * @directory: of the cgroup
 * @enough_ms: stops looking once a process is so old
 */
int64_t age_of_cgroup_ms(int directory, int64_t enough_ms);

#endif /* CONTMON_ENGINE_AGE_H */
