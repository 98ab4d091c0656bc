// SPDX-License-Identifier: GPL-2.0-only
#include "network.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/rate.h"
#include "base/util.h"

struct tenant {
	uint64_t namespace_id;
	uint64_t start_ns;
	size_t i;
};

/* By namespace, and in each namespace the earliest container first */
static int compare(const void *a, const void *b)
{
	const struct tenant *x = a, *y = b;

	if (x->namespace_id != y->namespace_id)
		return x->namespace_id > y->namespace_id ? 1 : -1;
	if (x->start_ns != y->start_ns)
		return x->start_ns > y->start_ns ? 1 : -1;
	return (x->i > y->i) - (x->i < y->i);
}

int network_owners(const struct sample *sample, size_t *ret)
{
	_cleanup_free_ struct tenant *tenants =
		calloc(sample->nr_containers + 1, sizeof(*tenants));
	size_t i, nr = sample->nr_containers, owner = 0;

	if (!tenants)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		tenants[i] = (struct tenant){
			sample->containers[i].network_namespace,
			sample->containers[i].tally.first_start_ns, i,
		};
	qsort(tenants, nr, sizeof(*tenants), compare);
	for (i = 0; i < nr; i++) {
		uint64_t id = tenants[i].namespace_id;

		if (i == 0 || id != tenants[i - 1].namespace_id)
			owner = tenants[i].i;
		if (id == 0)
			owner = NETWORK_UNKNOWN;
		else if (id == sample->host_network_namespace)
			owner = NETWORK_HOST;
		ret[tenants[i].i] = owner;
	}
	return 0;
}

static double since(uint64_t base, uint64_t now)
{
	return now >= base ? (double)(now - base) : NAN;
}

void network_fill(const struct sample_container *before,
		  const struct sample_container *now,
		  const struct netdev_stats *base,
		  struct container_row *row)
{
	const struct netdev_stats *stats = &now->network, *old;
	uint64_t ns;

	network_fill_unknown(row);
	if (!stats->is_valid)
		return;
#define TOTAL(member) \
	row->network_##member##_total = since(base->all.member, \
					      stats->all.member)
	TOTAL(receive_bytes);
	TOTAL(receive_packets);
	TOTAL(receive_errors);
	TOTAL(receive_drops);
	TOTAL(transmit_bytes);
	TOTAL(transmit_packets);
	TOTAL(transmit_errors);
	TOTAL(transmit_drops);
#undef TOTAL
	if (!before || !before->network.is_valid ||
	    before->network_namespace != now->network_namespace)
		return;
	old = &before->network;
	ns = stats->read_boottime_ns - old->read_boottime_ns;
	row->network_receive_bytes_per_second =
		rate_per_second(old->all.receive_bytes,
				stats->all.receive_bytes, ns);
	row->network_transmit_bytes_per_second =
		rate_per_second(old->all.transmit_bytes,
				stats->all.transmit_bytes, ns);
}

void network_fill_unknown(struct container_row *row)
{
	row->network_receive_bytes_total = NAN;
	row->network_receive_packets_total = NAN;
	row->network_receive_errors_total = NAN;
	row->network_receive_drops_total = NAN;
	row->network_transmit_bytes_total = NAN;
	row->network_transmit_packets_total = NAN;
	row->network_transmit_errors_total = NAN;
	row->network_transmit_drops_total = NAN;
	row->network_receive_bytes_per_second = NAN;
	row->network_transmit_bytes_per_second = NAN;
}
