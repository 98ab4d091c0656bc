// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_parts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/util.h"
#include "contmond/model/known.h"
#include "contmond/model/metric_label.h"

struct metric_parts parts_of(const struct model_container *container,
			     const struct sample_container *sampled)
{
	struct metric_parts parts = { 0 };

	if (!sampled)
		return parts;
	if (container->owns_network && sampled->network.is_valid) {
		parts.network = &sampled->network;
		parts.network_before = &container->network_before;
	}
	if (sampled->stats.valid & CGROUP_STATS_IO)
		parts.io = &sampled->stats;
	if (sampled->settings.due_boottime_ns > 0)
		parts.settings = &sampled->settings;
	return parts;
}

struct metric_parts parts_of_host(const struct sample *sample)
{
	const bool is_known = sample->host_network.is_valid;

	return (struct metric_parts){
		.is_host = true,
		.network = is_known ? &sample->host_network : NULL,
	};
}

/* Numbers */

size_t parts_member(const struct metric *metric)
{
	static const struct {
		const char *key;
		size_t member;
	} members[] = {
#define NETWORK(name) { "network_" #name "_total", \
			offsetof(struct netdev_counters, name) }
		NETWORK(receive_bytes), NETWORK(receive_packets),
		NETWORK(receive_errors), NETWORK(receive_drops),
		NETWORK(transmit_bytes), NETWORK(transmit_packets),
		NETWORK(transmit_errors), NETWORK(transmit_drops),
#undef NETWORK
#define DEVICE(name) { #name "_total", offsetof(struct device_io, name) }
		DEVICE(read_bytes), DEVICE(write_bytes),
		DEVICE(read_ops), DEVICE(write_ops),
#undef DEVICE
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (strcmp(members[i].key, metric->key) == 0)
			return members[i].member;
	}
	return 0;
}

static uint64_t member_of(const void *record, size_t member)
{
	return *(const uint64_t *)((const char *)record + member);
}

/* cAdvisor leaves out the host's ends of the containers' interfaces, too. */
static bool is_left_out(const struct metric_parts *parts, const char *name)
{
	static const char *const prefixes[] = { "veth", "docker", "nerdctl" };
	size_t i;

	for (i = 0; parts->is_host && i < ARRAY_SIZE(prefixes); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

double parts_interface(const struct metric_parts *parts, size_t i,
		       size_t member)
{
	const struct netdev_interface *interface =
		&parts->network->interfaces[i];
	const struct netdev_counters *before = parts->network_before ?
		netdev_stats_find(parts->network_before, interface->name) :
		NULL;
	uint64_t now = member_of(&interface->counters, member);
	uint64_t base = before ? member_of(before, member) : 0;

	if (is_left_out(parts, interface->name) || now < base)
		return NAN;
	return (double)(now - base);
}

double parts_device(const struct metric_parts *parts, size_t i, size_t member)
{
	return (double)member_of(&parts->io->devices[i], member);
}

static double setting(uint64_t value)
{
	return known_limit(1, 1, value);
}

/* As cAdvisor converts it; 0 is cpu.idle, which has no place on this scale */
static double shares(uint64_t weight)
{
	if (weight == CONTMON_UNLIMITED || weight == 0)
		return NAN;
	return (double)(2 + (weight - 1) * 262142 / 9999);
}

double parts_setting(const struct metric_parts *parts, const char *key)
{
	const struct settings *settings = parts->settings;

	if (!settings)
		return NAN;
	if (strcmp(key, "cpu_quota") == 0)
		return setting(settings->cpu_quota_usec);
	if (strcmp(key, "cpu_period") == 0)
		return setting(settings->cpu_period_usec);
	return shares(settings->cpu_weight);
}

/* Labels */

/**
 * struct part_name
 * @interface: empty for a device
 * @text: as metric_label() writes it, with a brace before it
 */
struct part_name {
	char interface[NETDEV_NAME_SIZE];
	unsigned int major;
	unsigned int minor;
	struct buffer text;
};

static const struct part_name *find_interface(const struct part_names *names,
					      const char *interface)
{
	size_t i;

	for (i = 0; i < names->nr; i++) {
		if (strcmp(names->all[i].interface, interface) == 0)
			return &names->all[i];
	}
	return NULL;
}

static const struct part_name *find_device(const struct part_names *names,
					   const struct device_io *device)
{
	size_t i;

	for (i = 0; i < names->nr; i++) {
		const struct part_name *name = &names->all[i];

		if (!name->interface[0] && name->major == device->major &&
		    name->minor == device->minor)
			return name;
	}
	return NULL;
}

static struct part_name *add(struct part_names *names)
{
	struct part_name *all = reallocarray(names->all, names->nr + 1,
					     sizeof(*all));

	if (!all)
		return NULL;
	names->all = all;
	all[names->nr] = (struct part_name){ 0 };
	return &all[names->nr++];
}

static int add_interface(struct part_names *names, const char *interface)
{
	struct part_name *name = add(names);

	if (!name)
		return -ENOMEM;
	memcpy(name->interface, interface, sizeof(name->interface));
	metric_label(&name->text, "interface", interface);
	return name->text.failed ? -ENOMEM : 0;
}

static int add_device(struct part_names *names, const struct device_io *device)
{
	char number[24], path[sizeof("/dev/") + DEVICE_NAME_MAX];
	char node[DEVICE_NAME_MAX];
	struct part_name *name = add(names);

	if (!name)
		return -ENOMEM;
	name->major = device->major;
	name->minor = device->minor;
	snprintf(number, sizeof(number), "%u:%u", name->major, name->minor);
	snprintf(path, sizeof(path), "/dev/%s",
		 device_name(name->major, name->minor, node) == 0 ? node : "");
	metric_label(&name->text, "device", path[5] ? path : number);
	return name->text.failed ? -ENOMEM : 0;
}

int part_names_add(struct part_names *names, const struct metric_parts *parts)
{
	size_t i, nr = parts->network ? parts->network->nr_interfaces : 0;
	int r = 0;

	for (i = 0; i < nr && r == 0; i++) {
		const char *name = parts->network->interfaces[i].name;

		if (!is_left_out(parts, name) && !find_interface(names, name))
			r = add_interface(names, name);
	}
	nr = parts->io ? parts->io->nr_devices : 0;
	for (i = 0; i < nr && r == 0; i++) {
		if (!find_device(names, &parts->io->devices[i]))
			r = add_device(names, &parts->io->devices[i]);
	}
	return r;
}

void part_names_done(struct part_names *names)
{
	size_t i;

	for (i = 0; i < names->nr; i++)
		buffer_done(&names->all[i].text);
	free(names->all);
	*names = (struct part_names){ 0 };
}

const char *parts_labels(const struct part_names *names,
			 const struct metric_parts *parts,
			 const struct metric *metric, size_t i)
{
	const struct part_name *name = NULL;

	if (metric->from == METRIC_INTERFACE)
		name = find_interface(names,
				      parts->network->interfaces[i].name);
	else if (metric->from == METRIC_DEVICE)
		name = find_device(names, &parts->io->devices[i]);
	return name ? name->text.text + 1 : metric->labels ?: "";
}
