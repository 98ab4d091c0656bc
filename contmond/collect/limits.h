/* SPDX-License-Identifier: GPL-2.0-only */
/* The effective limits of containers, and the cgroups that set them */
#ifndef CONTMOND_COLLECT_LIMITS_H
#define CONTMOND_COLLECT_LIMITS_H

#include <contmon.h>

#include "directories.h"
#include "settings.h"

/**
 * struct limits - of one container
 * @now: of its own cgroup; valid is 0 if nothing is known
 * @memory_owner: path of the cgroup that sets the effective memory limit; NULL
 *	if none does; owned
 * @cpu_owner, @swap_owner: the same for the CPU quota and for swap
 */
struct limits {
	struct contmon_cgroup_limits now;
	char *memory_owner;
	char *cpu_owner;
	char *swap_owner;
};

/**
 * limits_read() - read the limits of a cgroup; free with limits_done()
 *
 * Returns 0, or an error of this process: -ENOMEM, -EMFILE, -ENFILE.
 */
int limits_read(struct contmon_limits *limits, struct contmon_paths *paths,
		uint64_t cgroup_id, struct limits *ret);

/**
 * limits_add_v1() - add those of controllers that are in cgroup v1
 * @settings: of the container; has these limits
 *
 * Returns 0, or an error of this process; @limits has the others then.
 */
int limits_add_v1(const struct settings *settings,
		  const struct directories *directories, struct limits *limits);

void limits_done(struct limits *limits);

#endif /* CONTMOND_COLLECT_LIMITS_H */
