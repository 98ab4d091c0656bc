// SPDX-License-Identifier: GPL-2.0-only
#include "known.h"

#include <stdlib.h>
#include <string.h>

/*
 * A step of a build has no name, and its digits alone say little. A container
 * that is called "host" must not look like the host.
 */
static void set_title(struct cgroup *cgroup)
{
	bool is_step = cgroup->identity.runtime == CONTMON_RUNTIME_BUILDKIT;
	bool is_host = cgroup_is_host(cgroup->name ?: cgroup->identity.id);

	strcpy(cgroup->short_id, cgroup->identity.id);
	if (is_step || strlen(cgroup->short_id) == 64)
		cgroup->short_id[12] = 0;
	strcpy(cgroup->title, is_step ? "build-" :
			      is_host ? CGROUP_HOST "-" : "");
	strcat(cgroup->title, cgroup->short_id);
}

void known_set_name(struct known *known, const struct names *names)
{
	const struct cgroup *cgroup = &known->cgroup;
	const struct container_info *named =
		names_find_again(names, cgroup->identity.id, cgroup->path,
				 cgroup->user_id, &known->is_roots);

	name_unref(known->named);
	known->named = named ? name_ref(named) : NULL;
	known->cgroup.name = named ? named->name : NULL;
	set_title(&known->cgroup);
}

void known_free(void *known)
{
	struct known *one = known;

	name_unref(one->named);
	free((char *)one->cgroup.path);
	free(one);
}
