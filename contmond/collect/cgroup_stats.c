// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup_stats.h"

#include <stdlib.h>

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
