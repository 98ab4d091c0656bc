/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings of a cgroup, and numbers that rarely change. They are read only from
 * time to time, so opening the files each time costs less than keeping them
 * open.
 */
#ifndef CONTMOND_COLLECT_SETTINGS_H
#define CONTMOND_COLLECT_SETTINGS_H

#include <stdint.h>

#include <contmon.h>

#include "devices.h"
#include "directories.h"

/* Maximum age, in seconds */
#define SETTINGS_AGE 10

/**
 * struct bound - a limit, together with those of its ancestors
 * @own: of the cgroup itself
 * @effective: the lowest of its own and those above
 * @owner: path of the cgroup that has @effective, in its hierarchy; malloced,
 *	NULL without one
 *
 * CONTMON_UNLIMITED means no limit, or unknown.
 */
struct bound {
	uint64_t own;
	uint64_t effective;
	char *owner;
};

/**
 * struct settings - of one container; CONTMON_UNLIMITED is unknown, or no limit
 * @due_boottime_ns: when to read them again; 0: they were never read
 * @devices: the limits of each device in io.max; malloced
 * @cpuset_cpus: how many CPUs it may run on
 * @cpu_shares: of cgroup v1; then @cpu_weight is made from it
 * @cpu_quota_usec: CPU time in each period
 * @memory_max, @cpu_ns: of cgroup v1; libcontmon finds those of v2. CPU time in
 *	a second: 1000000000 is one CPU
 */
struct settings {
	uint64_t due_boottime_ns;
	uint64_t cpu_weight;
	uint64_t cpu_shares;
	uint64_t cpu_quota_usec;
	uint64_t cpu_period_usec;
	uint64_t cpuset_cpus;
	uint64_t io_weight;
	uint64_t swap_peak_bytes;
	uint64_t swap_max_events;
	uint64_t swap_fail_events;
	uint64_t pids_peak;
	uint64_t pids_max_events;
	struct bound memory_high;
	struct bound pids;
	struct bound memory_max;
	struct bound cpu_ns;
	struct device_limits *devices;
	size_t nr_devices;
};

/** settings_init() - set all to unknown */
void settings_init(struct settings *settings);
void settings_done(struct settings *settings);

/**
 * settings_read() - read the settings again if they are too old
 * @cgroup_id: determines how early the second reading is, so that containers
 *	first seen together are not all read at the same time
 * @directories: of the cgroup, where the controllers are
 *
 * Settings that cannot be read are unknown. Returns -EMFILE or -ENFILE if there
 * are too few descriptors, or -ENOMEM; then @settings are unchanged.
 */
int settings_read(struct settings *settings, uint64_t cgroup_id,
		  const struct directories *directories,
		  uint64_t now_boottime_ns);

/** settings_copy() - free @ret with settings_done(); returns 0 or -ENOMEM */
int settings_copy(const struct settings *settings, struct settings *ret);

#endif /* CONTMOND_COLLECT_SETTINGS_H */
