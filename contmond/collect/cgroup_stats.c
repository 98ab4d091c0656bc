// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup_stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What memory.stat has, in the order of the members */
#define MEMORY_FIRST offsetof(struct cgroup_stats, memory_anon_bytes)
#define MEMORY_END offsetof(struct cgroup_stats, memory_current_bytes)
#define MEMORY_GROUPS (CGROUP_STATS_MEMORY | CGROUP_STATS_KERNEL)

void cgroup_stats_init(struct cgroup_stats *stats)
{
	*stats = (struct cgroup_stats){
		.read_boottime_ns = clock_boottime_ns(),
	};
	memset((char *)stats + MEMORY_FIRST, 0xff, MEMORY_END - MEMORY_FIRST);
}

void cgroup_stats_copy_memory(const struct cgroup_stats *from,
			      struct cgroup_stats *to)
{
	memcpy((char *)to + MEMORY_FIRST, (const char *)from + MEMORY_FIRST,
	       MEMORY_END - MEMORY_FIRST);
	to->valid |= from->valid & MEMORY_GROUPS;
}

/* If memory is short, the device is missing only in the list. */
void cgroup_stats_add(struct cgroup_stats *stats, const struct device_io *io)
{
	struct device_io *grown;

	stats->read_bytes += io->read_bytes;
	stats->write_bytes += io->write_bytes;
	stats->read_ops += io->read_ops;
	stats->write_ops += io->write_ops;
	stats->discard_bytes += io->discard_bytes;
	stats->discard_ops += io->discard_ops;
	grown = reallocarray(stats->devices, stats->nr_devices + 1,
			     sizeof(*grown));
	if (!grown)
		return;
	stats->devices = grown;
	grown[stats->nr_devices++] = *io;
}

void cgroup_stats_done(struct cgroup_stats *stats)
{
	free(stats->devices);
	stats->devices = NULL;
	stats->nr_devices = 0;
}
