/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of containers by interface and device, which only /metrics has */
#ifndef CONTMOND_SERVE_METRICS_PARTS_H
#define CONTMOND_SERVE_METRICS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "contmond/model/metric_tables.h"
#include "contmond/model/model.h"

/**
 * struct metric_parts - of one container, or of the host; borrowed
 * @network: NULL if unknown, or if it belongs to another container or the host
 * @network_before: the counters when the namespace became this container's
 * @io: NULL if unknown
 * @settings: NULL if unknown
 */
struct metric_parts {
	bool is_host;
	const struct netdev_stats *network;
	const struct netdev_stats *network_before;
	const struct cgroup_stats *io;
	const struct settings *settings;
};

/*
 * If a container has more, none is shown: it can create any number of them, and
 * the next sample waits for an answer.
 */
#define PARTS_MAX_INTERFACES 256

/** parts_of() - @sampled: NULL if the container is in no sample */
struct metric_parts parts_of(const struct model_container *container,
			     const struct sample_container *sampled);
struct metric_parts parts_of_host(const struct sample *sample);

/**
 * parts_member() - what the key of a metric refers to in the next two functions
 */
size_t parts_member(const struct metric *metric);

/** parts_interface() - number of the @i-th interface; NAN if it is not shown */
double parts_interface(const struct metric_parts *parts, size_t i,
		       size_t member);
double parts_device(const struct metric_parts *parts, size_t i, size_t member);

/** parts_setting() - number of METRIC_SETTING; NAN if unknown */
double parts_setting(const struct metric_parts *parts, const char *key);

/**
 * struct part_names - labels of interfaces and devices; zero-initialise
 * @tree: for tsearch(3)
 */
struct part_names {
	void *tree;
};

/**
 * parts_device_label() - add the label of a device, as in containers' series
 */
void parts_device_label(struct buffer *to, unsigned int major,
			unsigned int minor);

/** part_names_add() - add those of a container; returns 0 or -ENOMEM */
int part_names_add(struct part_names *names, const struct metric_parts *parts);
void part_names_done(struct part_names *names);

/** parts_labels() - labels of a sample in addition to those of its container */
const char *parts_labels(const struct part_names *names,
			 const struct metric_parts *parts,
			 const struct metric *metric, size_t i);

#endif /* CONTMOND_SERVE_METRICS_PARTS_H */
