/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_FILTER_H
#define CONTMON_ROWS_FILTER_H

#include "container.h"
#include "process.h"

/**
 * struct cli_filter - which rows are shown; NULL and empty members pass all
 * @container: a container's name, the beginning of its id, or "host"
 * @named: @container is a name, so it is not taken as the beginning of an id
 * @name: part of a name, or a pattern of glob(7) for a whole name
 * @states: letters of /proc/PID/stat
 * @uid: with @by_uid, the real user id
 * @min_rss_bytes: committed memory; 0: any
 */
struct cli_filter {
	const char *container;
	bool named;
	const char *name;
	const char *states;
	bool by_uid;
	uint32_t uid;
	uint64_t min_rss_bytes;
};

/* CLI_GO_ON, or CLI_USAGE after reporting an error */
int cli_filter_states(struct cli_filter *filter, const char *letters);
int cli_filter_min_rss(struct cli_filter *filter, const char *size);
int cli_filter_user(struct cli_filter *filter, const char *name);

/* Looks for the name: call it after parsing and before filtering */
void cli_filter_begin(struct cli_filter *filter,
		      const struct cgroups *cgroups);

/*
 * Let the source filter rows as far as it can. The rows must still be filtered
 * afterwards.
 */
void cli_filter_query(const struct cli_filter *filter, struct contmon *c,
		      struct cgroups *cgroups,
		      struct contmon_query *query);

/*
 * Does @container exist, even without processes, or without any that pass the
 * other conditions? Also true if that is unknown.
 */
bool cli_filter_finds(const struct cli_filter *filter, struct contmon *c,
		      struct cgroups *cgroups);

/* Single conditions, for items that are not rows */
bool cli_filter_name(const struct cli_filter *filter, const char *name);
bool cli_filter_cgroup(const struct cli_filter *filter,
		       const struct cgroup *cgroup);

bool cli_filter_process(const struct cli_filter *filter,
			const struct cli_process *process);

/* A container's names are its name, its id and the path of its cgroup. */
bool cli_filter_container(const struct cli_filter *filter,
			  const struct cli_container *container);

#endif /* CONTMON_ROWS_FILTER_H */
