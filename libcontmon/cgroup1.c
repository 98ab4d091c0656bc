// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Directories of containers in the hierarchies of cgroup v1. Each hierarchy has
 * its own controllers, paths and mounts.
 */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The members are owned. */
struct contmon_cgroup1 {
	struct contmon_mount *mounts;
	size_t nr;
};

static void free_mount(struct contmon_mount *mount)
{
	free(mount->root);
	free(mount->point);
	free(mount->options);
}

static int add_mount(void *arg, const struct contmon_mount *mount)
{
	struct contmon_cgroup1 *cgroup1 = arg;
	struct contmon_mount copy, *grown;

	if (!mount->options)
		return 0;
	grown = reallocarray(cgroup1->mounts, cgroup1->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cgroup1->mounts = grown;
	copy = (struct contmon_mount){
		.root = strdup(mount->root),
		.point = strdup(mount->point),
		.options = strdup(mount->options),
	};
	if (!copy.root || !copy.point || !copy.options) {
		free_mount(&copy);
		return -ENOMEM;
	}
	grown[cgroup1->nr++] = copy;
	return 0;
}

int contmon_cgroup1_read(const char *mountinfo, struct contmon_cgroup1 **ret)
{
	struct contmon_cgroup1 *cgroup1 = calloc(1, sizeof(*cgroup1));
	int r;

	if (!cgroup1)
		return -ENOMEM;
	r = contmon_each_mount(mountinfo, "cgroup", add_mount, cgroup1);
	if (r == 0 && cgroup1->nr == 0)
		r = -ENOENT;
	if (r < 0)
		contmon_cgroup1_free(cgroup1);
	else
		*ret = cgroup1;
	return r;
}

int contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	return contmon_cgroup1_read("/proc/self/mountinfo", ret);
}

void contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1)
{
	size_t i;

	if (!cgroup1)
		return;
	for (i = 0; i < cgroup1->nr; i++)
		free_mount(&cgroup1->mounts[i]);
	free(cgroup1->mounts);
	free(cgroup1);
}

static bool is_of(const struct contmon_mount *mount, const char *controller)
{
	return contmon_list_has(mount->options, strlen(mount->options),
				controller);
}

static bool is_mounted(const struct contmon_cgroup1 *cgroup1,
		       const char *controller)
{
	size_t i;

	for (i = 0; i < cgroup1->nr; i++) {
		if (is_of(&cgroup1->mounts[i], controller))
			return true;
	}
	return false;
}

static size_t part_length(const struct contmon_mount *mount)
{
	size_t n = strlen(mount->root);

	return n == 1 ? 0 : n;	/* "/" */
}

/* Above what is mounted, as seen from our cgroup namespace */
static bool leads_out(const char *path, size_t length)
{
	return length >= 3 && memcmp(path, "/..", 3) == 0 &&
	       (length == 3 || path[3] == '/');
}

static bool shows(const struct contmon_mount *mount, const char *path,
		  size_t length)
{
	size_t n = part_length(mount);

	return n <= length && memcmp(path, mount->root, n) == 0 &&
	       (n == length || path[n] == '/') &&
	       !leads_out(path + n, length - n);
}

/* The mount that shows most of the hierarchy, and this path in any case */
static const struct contmon_mount *
find_mount(const struct contmon_cgroup1 *cgroup1, const char *controller,
	   const char *path, size_t length)
{
	const struct contmon_mount *found = NULL;
	size_t i;

	for (i = 0; i < cgroup1->nr; i++) {
		const struct contmon_mount *mount = &cgroup1->mounts[i];

		if (is_of(mount, controller) && shows(mount, path, length) &&
		    (!found || part_length(mount) < part_length(found)))
			found = mount;
	}
	return found;
}

int contmon_cgroup1_find_in(const struct contmon_cgroup1 *cgroup1,
			    const char *text, const char *controller,
			    const char *id, char **ret_directory,
			    size_t *ret_root_length)
{
	const struct contmon_mount *mount;
	struct contmon_identity who;
	size_t length, n;
	const char *path = contmon_find_membership(text, controller, &length);
	char *directory;

	if (!path || contmon_identify_part(path, length, &who) != 1 ||
	    strcmp(who.id, id) != 0)
		return -ENOENT;
	mount = find_mount(cgroup1, controller, path, who.path_length);
	if (!mount)
		return -ENOENT;
	n = part_length(mount);
	if (asprintf(&directory, "%s%.*s", mount->point,
		     (int)(who.path_length - n), path + n) < 0)
		return -ENOMEM;
	*ret_directory = directory;
	*ret_root_length = strlen(mount->point);
	return 0;
}

int contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1, int32_t pid,
			 const char *controller, const char *id,
			 char **ret_directory, size_t *ret_root_length)
{
	char *text;
	int r;

	if (!is_mounted(cgroup1, controller))
		return -ENOENT;
	r = contmon_read_memberships(pid, &text);
	if (r < 0)
		return r;
	r = contmon_cgroup1_find_in(cgroup1, text, controller, id,
				    ret_directory, ret_root_length);
	free(text);
	return r;
}
