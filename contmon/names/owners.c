// SPDX-License-Identifier: GPL-2.0-only
#include "owners.h"

#include <errno.h>

int cli_owners_init(struct cli_owners *owners)
{
	int r;

	owners->names = cli_names_new(NAMES_SOCKET);
	if (!owners->names)
		return -ENOMEM;
	r = cgroups_new(cli_names_known(owners->names), &owners->cgroups);
	if (r < 0)
		cli_owners_done(owners);
	return r;
}

void cli_owners_done(struct cli_owners *owners)
{
	cgroups_free(owners->cgroups);
	cli_names_free(owners->names);
	*owners = (struct cli_owners){ 0 };
}

void cli_owners_follow(struct cli_owners *owners)
{
	if (cli_names_follow(owners->names) || owners->must_rename)
		owners->must_rename = cgroups_rename(owners->cgroups) < 0;
}

const char *cli_title(const struct cgroup *cgroup)
{
	if (cgroup->name && !cgroup_is_host(cgroup->name))
		return cgroup->name;
	if (*cgroup->title)
		return cgroup->title;
	return cgroup->is_known ? CGROUP_HOST : NULL;
}
