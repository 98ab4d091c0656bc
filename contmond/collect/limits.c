// SPDX-License-Identifier: GPL-2.0-only
#include "limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* If the cgroup has been removed, its limit has no owner. */
static int copy_path(struct contmon_paths *paths, uint64_t cgroup_id,
		     char **ret)
{
	const char *path;
	int r;

	if (cgroup_id == 0)
		return 0;
	r = contmon_paths_find(paths, cgroup_id, &path);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	*ret = strdup(path);
	return *ret ? 0 : -ENOMEM;
}

int limits_read(struct contmon_limits *limits, struct contmon_paths *paths,
		uint64_t cgroup_id, struct limits *ret)
{
	struct limits found = { 0 };
	int r;

	r = contmon_limits_get(limits, cgroup_id, &found.now);
	if (r == 0)
		r = copy_path(paths, found.now.memory_bytes.owner_id,
			      &found.memory_owner);
	if (r == 0)
		r = copy_path(paths, found.now.cpu_ns.owner_id,
			      &found.cpu_owner);
	if (r == 0)
		r = copy_path(paths, found.now.swap_bytes.owner_id,
			      &found.swap_owner);
	if (r < 0)
		limits_done(&found);
	else
		*ret = found;
	return r;
}

void limits_done(struct limits *limits)
{
	free(limits->memory_owner);
	free(limits->cpu_owner);
	free(limits->swap_owner);
	*limits = (struct limits){ 0 };
}
