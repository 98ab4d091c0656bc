// SPDX-License-Identifier: GPL-2.0-only
#include "device_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rate.h"
#include "known.h"
#include "model.h"

/* Rates */

static const struct device_io *find_io(const struct cgroup_stats *stats,
				       unsigned int major, unsigned int minor)
{
	size_t i;

	for (i = 0; i < stats->nr_devices; i++) {
		if (stats->devices[i].major == major &&
		    stats->devices[i].minor == minor)
			return &stats->devices[i];
	}
	return NULL;
}

/*
 * A device that io.stat did not list had not been used.
 * @valid: in both readings
 */
static struct device_flow flow_of(const struct cgroup_stats *before,
				  const struct device_io *now,
				  unsigned int valid, uint64_t ns)
{
	static const struct device_io unused;
	const struct device_io *old = find_io(before, now->major, now->minor) ?:
				      &unused;
	struct device_flow flow = { NAN, NAN, NAN, NAN };

	if (valid & CGROUP_STATS_IO) {
		flow.read_bytes = rate_per_second(old->read_bytes,
						  now->read_bytes, ns);
		flow.write_bytes = rate_per_second(old->write_bytes,
						   now->write_bytes, ns);
	}
	if (valid & CGROUP_STATS_IO_OPS) {
		flow.read_ops = rate_per_second(old->read_ops, now->read_ops,
						ns);
		flow.write_ops = rate_per_second(old->write_ops,
						 now->write_ops, ns);
	}
	return flow;
}

struct device_flow *device_flows(const struct sample_container *before,
				 const struct sample_container *now)
{
	const struct cgroup_stats *stats = &now->stats;
	struct device_flow *flows;
	unsigned int valid = 0;
	uint64_t ns = 0;
	size_t i;

	if (stats->nr_devices == 0)
		return NULL;
	flows = calloc(stats->nr_devices, sizeof(*flows));
	if (before &&
	    stats->read_boottime_ns > before->stats.read_boottime_ns) {
		ns = stats->read_boottime_ns - before->stats.read_boottime_ns;
		valid = before->stats.valid & stats->valid;
	}
	for (i = 0; flows && i < stats->nr_devices; i++)
		flows[i] = flow_of(before ? &before->stats : stats,
				   &stats->devices[i], valid, ns);
	return flows;
}

static void fill_flow(const struct device_flow *flow, struct device_row *row)
{
	row->read_bytes_per_second = flow->read_bytes;
	row->write_bytes_per_second = flow->write_bytes;
	row->read_ops_per_second = flow->read_ops;
	row->write_ops_per_second = flow->write_ops;
}

/* Limits */

static const struct device_limits *
limits_of(const struct settings *settings, unsigned int major,
	  unsigned int minor)
{
	size_t i;

	for (i = 0; i < settings->nr_devices; i++) {
		const struct device_limits *limits = &settings->devices[i];

		if (limits->major == major && limits->minor == minor)
			return limits;
	}
	return NULL;
}

static double rate(uint64_t value)
{
	return known_limit(1, 1, value);
}

static void fill_limits(const struct device_limits *limits,
			struct device_row *row)
{
	static const struct device_limits none = {
		.own = { CONTMON_UNLIMITED, CONTMON_UNLIMITED,
			 CONTMON_UNLIMITED, CONTMON_UNLIMITED },
		.effective = { CONTMON_UNLIMITED, CONTMON_UNLIMITED,
			       CONTMON_UNLIMITED, CONTMON_UNLIMITED },
	};

	if (!limits)
		limits = &none;
	row->read_max_bytes_per_second = rate(limits->own.read_bytes);
	row->write_max_bytes_per_second = rate(limits->own.write_bytes);
	row->read_max_ops_per_second = rate(limits->own.read_ops);
	row->write_max_ops_per_second = rate(limits->own.write_ops);
	row->read_limit_bytes_per_second = rate(limits->effective.read_bytes);
	row->write_limit_bytes_per_second =
		rate(limits->effective.write_bytes);
	row->read_limit_ops_per_second = rate(limits->effective.read_ops);
	row->write_limit_ops_per_second = rate(limits->effective.write_ops);
}

/* Rows */

/* The @i-th device that has limits but is not in io.stat */
static bool find_unused(const struct sample_container *sampled, size_t i,
			struct device_io *ret)
{
	const struct settings *settings = &sampled->settings;
	size_t j;

	for (j = 0; j < settings->nr_devices; j++) {
		const struct device_limits *limits = &settings->devices[j];

		if (find_io(&sampled->stats, limits->major, limits->minor) ||
		    i-- > 0)
			continue;
		*ret = (struct device_io){ .major = limits->major,
					   .minor = limits->minor };
		return true;
	}
	return false;
}

static void fill_totals(const struct device_io *io, unsigned int valid,
			struct device_row *row)
{
#define TOTAL(member, group) \
	row->member##_total = known(valid, CGROUP_STATS_##group, io->member)
	TOTAL(read_bytes, IO);
	TOTAL(write_bytes, IO);
	TOTAL(read_ops, IO_OPS);
	TOTAL(write_ops, IO_OPS);
	TOTAL(discard_bytes, DISCARDS);
	TOTAL(discard_ops, DISCARD_OPS);
#undef TOTAL
}

size_t model_nr_used(const struct model *model,
		     const struct model_container *container)
{
	const struct sample_container *sampled =
		model_sampled(model, container);

	return sampled ? sampled->stats.nr_devices : 0;
}

bool model_device(const struct model *model,
		  const struct model_container *container, size_t i,
		  struct model_device *ret)
{
	const struct device_flow unknown = { NAN, NAN, NAN, NAN };
	const struct sample_container *sampled =
		model_sampled(model, container);
	size_t nr = model_nr_used(model, container);
	struct device_io io;

	if (sampled && i < nr)
		io = sampled->stats.devices[i];
	else if (!sampled || !find_unused(sampled, i - nr, &io))
		return false;
	ret->major = io.major;
	ret->minor = io.minor;
	snprintf(ret->number, sizeof(ret->number), "%u:%u", io.major,
		 io.minor);
	ret->row = (struct device_row){
		.t = container->row.t,
		.container = container->row.container,
		.device = ret->number,
	};
	fill_totals(&io, sampled->stats.valid, &ret->row);
	fill_flow(i < nr && container->flows ? &container->flows[i] : &unknown,
		  &ret->row);
	fill_limits(limits_of(&sampled->settings, io.major, io.minor),
		    &ret->row);
	return true;
}
