// SPDX-License-Identifier: GPL-2.0-only
#include "scope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scope *scope_ref(struct scope *scope)
{
	scope->references++;
	return scope;
}

void scope_unref(struct scope *scope)
{
	if (!scope || --scope->references > 0)
		return;
	cgroupfs_close(&scope->files);
	settings_done(&scope->settings);
	netdev_close(&scope->netdev);
	free(scope->id);
	free(scope->title);
	free(scope->pod);
	free(scope->cgroup);
	directories_done(&scope->directories);
	free(scope);
}

/* Sets the path of @cgroup, unless it is only in cgroup v1. Returns -ENOMEM. */
static int set_place(struct scope *scope, const char *root,
		     const struct cgroup *cgroup)
{
	char **directory = &scope->directories.paths[DIRECTORY_V2];

	if (!cgroup->path)
		return 0;
	scope->cgroup = strndup(cgroup->path, cgroup->identity.path_length);
	if (!scope->cgroup)
		return -ENOMEM;
	if (asprintf(directory, "%s%s", root, scope->cgroup) < 0) {
		*directory = NULL;
		return -ENOMEM;
	}
	scope->directories.root_lengths[DIRECTORY_V2] =
		strlen(*directory) - strlen(scope->cgroup);
	return 0;
}

struct scope *scope_new(const struct cgroups *cgroups,
			const struct cgroup *cgroup)
{
	const struct contmon_identity *identity = &cgroup->identity;
	struct contmon_paths *paths = cgroups_paths(cgroups);
	struct scope *scope = calloc(1, sizeof(*scope));

	if (!scope)
		return NULL;
	scope->references = 1;
	cgroupfs_init(&scope->files);
	settings_init(&scope->settings);
	netdev_init(&scope->netdev);
	scope->cgroup_id = cgroup->id;
	scope->user_id = cgroup->user_id;
	scope->runtime = identity->runtime;
	scope->id = strdup(identity->id);
	scope->title = strdup(cgroup->title);
	if (identity->pod[0])
		scope->pod = strdup(identity->pod);
	if (scope->id && scope->title && !scope->pod == !identity->pod[0] &&
	    set_place(scope, paths ? contmon_paths_root(paths) : NULL,
		      cgroup) == 0)
		return scope;
	scope_unref(scope);
	return NULL;
}
