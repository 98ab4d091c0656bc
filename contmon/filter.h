/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_FILTER_H
#define CONTMON_FILTER_H

#include "process.h"
#include "rollup.h"

/**
 * struct cli_filter - which rows are shown; what is NULL or
 *	empty lets all pass
 * @container: the beginning of a container's id, or "host"
 * @name: part of a name, or a pattern of glob(7) for all of it
 * @states: letters of /proc/PID/stat
 * @uid: with @by_uid, the real user id
 */
struct cli_filter {
	const char *container;
	const char *name;
	const char *states;
	bool by_uid;
	uint32_t uid;
};

/* CLI_GO_ON, or CLI_USAGE after saying what is wrong */
int cli_filter_states(struct cli_filter *filter, const char *letters);
int cli_filter_user(struct cli_filter *filter, const char *name);

/* One condition each, for what is no row */
bool cli_filter_name(const struct cli_filter *filter, const char *name);
bool cli_filter_cgroup(const struct cli_filter *filter,
		       const struct cli_cgroup *cgroup);

bool cli_filter_process(const struct cli_filter *filter,
			const struct cli_process *process);

/* A container's names are its id and the path of its cgroup. */
bool cli_filter_container(const struct cli_filter *filter,
			  const struct cli_container *container);

#endif /* CONTMON_FILTER_H */
