// SPDX-License-Identifier: LGPL-2.1-or-later
/* container_memory: the memory of a container, or of a cgroup by its path */
#include <contmon.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Is @path the container whose id begins with @name, or the cgroup @name? */
static bool is_meant(const char *name, const char *path)
{
	struct contmon_identity who;

	if (name[0] == '/')
		return strcmp(name, path) == 0;
	return contmon_identify(path, &who) == 1 &&
	       path[who.path_length] == 0 &&	/* not a cgroup inside it */
	       strncmp(name, who.id, strlen(name)) == 0;
}

static int find(const struct contmon_cgroups *all,
		struct contmon_paths *cgroups, const char *name,
		const struct contmon_cgroup **ret)
{
	const struct contmon_cgroup *found = NULL;
	const char *path;
	for (size_t i = 0; i < all->nr; i++) {
		if (contmon_paths_find(cgroups, all->entries[i].cgroup_id,
					 &path) < 0 || !is_meant(name, path))
			continue;
		if (found)
			return -ENOTUNIQ;
		found = &all->entries[i];
	}
	*ret = found;
	if (!found)
		return -ENOENT;
	return found->valid & CONTMON_CGROUP_MEMCG ? 0 : -ENODATA;
}

static void print_limit(const char *what, uint64_t bytes)
{
	if (bytes == CONTMON_UNLIMITED)
		printf("%s unlimited\n", what);
	else
		printf("%s %" PRIu64 "\n", what, bytes);
}

int main(int argc, char **argv)
{
	const struct contmon_cgroup *found = NULL;
	struct contmon_cgroups all = { 0 };
	struct contmon_paths *cgroups = NULL;
	struct contmon *c = NULL;
	int r = argc == 2 && argv[1][0] ? 0 : -EINVAL;

	if (r == 0)
		r = contmon_open(NULL, &c);
	if (r == 0)
		r = contmon_paths_new(NULL, &cgroups);
	if (r == 0)
		r = contmon_snapshot_cgroups(c, CONTMON_CGROUP_MEMCG, 0,
						&all);
	if (r == 0)
		r = find(&all, cgroups, argv[1], &found);
	if (r == 0) {
		printf("current %" PRIu64 "\n",
		       (uint64_t)found->memory_current_bytes);
		print_limit("max", found->memory_max_bytes);
	} else {
		fprintf(stderr, "container_memory ID|/CGROUP: %s\n",
			strerror(-r));
	}
	contmon_cgroups_done(&all);
	contmon_paths_free(cgroups);
	contmon_close(c);
	return r == 0 ? 0 : 1;
}
