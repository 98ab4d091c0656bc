/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that is read in one tick */
#ifndef CONTMOND_COLLECT_SAMPLE_H
#define CONTMOND_COLLECT_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "events.h"
#include "exits.h"
#include "filesystems.h"
#include "limits.h"
#include "runs.h"
#include "scope.h"
#include "tally.h"
#include "vmstat.h"

/*
 * The process is in no container; other values are indices of sample.containers
 */
#define SAMPLE_HOST	(-1)
#define SAMPLE_UNKNOWN	(-2)

/**
 * struct sample_container - one container
 * @scope: its identity; holds a reference
 * @row: the driver's row of its own cgroup, and what the files of cgroup v1
 *	have of it
 * @tally: sums over the visible processes in it and in the cgroups below
 * @stats: from the files of its own cgroups in v2 and v1
 * @settings: of its own cgroup, up to some seconds old
 * @limits: its own limits, and the effective ones set by ancestors
 * @lacks_exits: not all processes of it that ended are in the sample's @exits
 * @network_namespace: that of its oldest process; 0 if unknown, or while that
 *	of the host is
 * @network: counters of that namespace; not valid if it is the host's
 */
struct sample_container {
	struct scope *scope;
	struct contmon_cgroup row;
	struct tally tally;
	struct cgroup_stats stats;
	struct settings settings;
	struct limits limits;
	bool lacks_exits;
	uint64_t network_namespace;
	struct netdev_stats network;
};

/**
 * struct sample - one tick; zero-initialise before the first use
 * @t_ms: when it started, CLOCK_REALTIME
 * @boottime_ns: the same moment, CLOCK_BOOTTIME
 * @hides_tasks: procfs does not show all processes, for instance with
 *	hidepid=2, so sums over them are too small
 * @misses_emptied: the driver does not report when a cgroup becomes empty
 * @hides_cgroups: no cgroup hierarchy is mounted, so containers are unknown
 * @tally: sums over all visible processes
 * @vmstat: of the whole host
 * @filesystems: of the whole host, up to 10 s old
 * @host_network_namespace: that of process 1; 0 if unknown
 * @host_network: counters of that namespace
 * @containers: in ascending order of their scope's cgroup_id
 * @owners: for each of @tasks.entries the container that it is in
 * @exits: processes that ended since the previous sample
 */
struct sample {
	int64_t t_ms;
	uint64_t boottime_ns;
	struct contmon_tasks tasks;
	struct contmon_cgroups cgroups;
	struct contmon_system system;
	bool hides_tasks;
	bool hides_cgroups;
	bool misses_emptied;
	struct tally tally;
	struct vmstat vmstat;
	struct filesystems filesystems;
	uint64_t host_network_namespace;
	struct netdev_stats host_network;
	struct sample_container *containers;
	size_t nr_containers;
	int32_t *owners;
	struct exit_list exits;
};

/**
 * struct sample_source - sources of the numbers of a sample
 * @cgroups: NULL if no hierarchy is mounted
 * @cgroup1: mounts of cgroup v1; NULL if there are none
 * @events: of the driver; NULL if it reports none
 * @runs, @exits: NULL if nothing reports them
 * @limits: of the newest sample; NULL before the first
 * @host_netdev: of process 1
 * @filesystems: of the newest sample
 * @filesystems_due_ns: when to read them again, CLOCK_BOOTTIME
 * @shortage: -EMFILE or -ENFILE if the newest sample had too few descriptors to
 *	open a file of a cgroup, else 0
 */
struct sample_source {
	struct contmon *device;
	struct cgroups *cgroups;
	struct contmon_cgroup1 *cgroup1;
	struct scope_map *scopes;
	struct events *events;
	struct runs *runs;
	struct exits *exits;
	struct cgroupfs_buffer buffer;
	struct contmon_limits *limits;
	struct netdev host_netdev;
	struct filesystems filesystems;
	uint64_t filesystems_due_ns;
	int shortage;
};

/**
 * sample_take() - read everything
 *
 * @sample may have been used before; its old contents are released first. After
 *	a failure it is empty.
 */
int sample_take(struct sample_source *source, struct sample *sample);

/** sample_clear() - release the containers, but keep the memory */
void sample_clear(struct sample *sample);

/**
 * sample_stale_ns() - the age at which a sample no longer shows the present
 *
 * API.md explains these numbers: a busy host delays some samples.
 */
uint64_t sample_stale_ns(uint64_t interval_ms);

/** sample_done() - free everything */
void sample_done(struct sample *sample);

/** sample_find() - index of the container whose own cgroup this is, or -1 */
int32_t sample_find(const struct sample *sample, uint64_t cgroup_id);

#endif /* CONTMOND_COLLECT_SAMPLE_H */
