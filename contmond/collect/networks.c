// SPDX-License-Identifier: GPL-2.0-only
#include "networks.h"

#include <errno.h>

/* The numbers of the host's namespace are not those of a container. */
static void read_network(struct sample_source *source, uint64_t host_namespace,
			 struct sample_container *container)
{
	struct netdev *netdev = &container->scope->netdev;
	int r;

	if (container->tally.processes == 0) {
		netdev_close(netdev);
		return;
	}
	r = netdev_follow(netdev, container->tally.first_pid,
			  container->tally.first_start_ns);
	if (r == -EMFILE || r == -ENFILE)
		source->shortage = r;
	if (r < 0 || !netdev->is_confirmed)
		return;
	container->network_namespace = netdev->namespace_id;
	if (netdev->namespace_id != host_namespace)
		netdev_read(netdev, &container->network);
}

void networks_read(struct sample_source *source, struct sample *sample)
{
	size_t i;

	sample->host_network_namespace = 0;
	if (netdev_follow(&source->host_netdev, 1, 0) == 0) {
		sample->host_network_namespace =
			source->host_netdev.namespace_id;
		netdev_read(&source->host_netdev, &sample->host_network);
	}
	for (i = 0; i < sample->nr_containers; i++)
		read_network(source, sample->host_network_namespace,
			     &sample->containers[i]);
}
