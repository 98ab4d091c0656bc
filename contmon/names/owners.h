/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers of cgroups, with the names that contmon-engine reports. */
#ifndef CONTMON_NAMES_OWNERS_H
#define CONTMON_NAMES_OWNERS_H

#include "owner/cgroup.h"
#include "names.h"

/**
 * struct cli_owners - zero-initialise
 * @cgroups: NULL if no cgroup is known
 * @must_rename: there was no memory to take all that the engine has reported
 */
struct cli_owners {
	struct cgroups *cgroups;
	struct cli_names *names;
	bool must_rename;
};

/* Errors: those of cgroups_new(); then no cgroup is known */
int cli_owners_init(struct cli_owners *owners);
void cli_owners_done(struct cli_owners *owners);

/* Take the names that the engine has reported since the last call. */
void cli_owners_follow(struct cli_owners *owners);

/*
 * The title to show: its container's name, else its title; CGROUP_HOST outside
 * of containers and never for one; NULL if unknown
 */
const char *cli_title(const struct cgroup *cgroup);

#endif /* CONTMON_NAMES_OWNERS_H */
