// SPDX-License-Identifier: GPL-2.0-only
#include "networks.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"

/**
 * struct tenant - a container in a namespace that is not the host's
 * @i: of the sample's containers
 */
struct tenant {
	uint64_t namespace_id;
	size_t i;
};

static int compare(const void *a, const void *b)
{
	const struct tenant *x = a, *y = b;

	if (x->namespace_id != y->namespace_id)
		return x->namespace_id > y->namespace_id ? 1 : -1;
	return (x->i > y->i) - (x->i < y->i);
}

/* Being short of descriptors is told, because it may pass. */
static int follow_file(struct sample_source *source, struct netdev *netdev,
		       int32_t pid, uint64_t start_ns)
{
	int r = netdev_follow(netdev, pid, start_ns);

	if (r == -EMFILE || r == -ENFILE)
		source->shortage = r;
	return r;
}

/* Opens the file of a container. Returns its namespace, 0 if unknown. */
static uint64_t follow(struct sample_source *source,
		       const struct sample_container *container)
{
	struct netdev *netdev = &container->scope->netdev;
	int r;

	if (container->tally.processes == 0) {
		netdev_close(netdev);
		return 0;
	}
	r = follow_file(source, netdev, container->tally.first_pid,
			container->tally.first_start_ns);
	return r < 0 || !netdev->is_confirmed ? 0 : netdev->namespace_id;
}

/*
 * A container in the host's namespace has no numbers of its own. While that
 * namespace is unknown, any container may be in it, so that none is known.
 */
static size_t find_tenants(struct sample_source *source, struct sample *sample,
			   struct tenant *tenants)
{
	const uint64_t host = sample->host_network_namespace;
	size_t i, nr = 0;

	for (i = 0; i < sample->nr_containers; i++) {
		uint64_t id = follow(source, &sample->containers[i]);

		if (host == 0)
			id = 0;
		sample->containers[i].network_namespace = id;
		if (id != 0 && id != host)
			tenants[nr++] = (struct tenant){ id, i };
	}
	qsort(tenants, nr, sizeof(*tenants), compare);
	return nr;
}

/*
 * The kernel adds up the counters of all CPUs for each reader, so that of the
 * containers that share a namespace, as in a pod, only the first one reads.
 */
static int read_tenants(struct sample *sample, const struct tenant *tenants,
			size_t nr)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < nr; i++) {
		struct sample_container *container =
			&sample->containers[tenants[i].i];

		if (i > 0 &&
		    tenants[i].namespace_id == tenants[i - 1].namespace_id)
			r = netdev_stats_copy(
				&sample->containers[tenants[i - 1].i].network,
				&container->network);
		else
			netdev_read(&container->scope->netdev,
				    &container->network);
	}
	return r;
}

int networks_read(struct sample_source *source, struct sample *sample)
{
	_cleanup_free_ struct tenant *tenants =
		calloc(sample->nr_containers + 1, sizeof(*tenants));

	if (!tenants)
		return -ENOMEM;
	sample->host_network_namespace = 0;
	if (follow_file(source, &source->host_netdev, 1, 0) == 0) {
		sample->host_network_namespace =
			source->host_netdev.namespace_id;
		netdev_read(&source->host_netdev, &sample->host_network);
	}
	return read_tenants(sample, tenants,
			    find_tenants(source, sample, tenants));
}
