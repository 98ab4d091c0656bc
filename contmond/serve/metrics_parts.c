// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_parts.h"

#include <errno.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "base/util.h"
#include "contmond/model/known.h"
#include "contmond/model/metric_label.h"

struct metric_parts parts_of(const struct model_container *container,
			     const struct sample_container *sampled)
{
	struct metric_parts parts = { 0 };

	if (!sampled)
		return parts;
	if (container->owns_network && sampled->network.is_valid &&
	    sampled->network.nr_interfaces <= PARTS_MAX_INTERFACES) {
		parts.network = &sampled->network;
		parts.network_before = &container->network_before;
	}
	if (sampled->stats.valid & (CGROUP_STATS_IO | CGROUP_STATS_IO_OPS))
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

/* cAdvisor, too, omits the host's ends of the containers' interfaces. */
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

static bool counts_ops(size_t member)
{
	return member == offsetof(struct device_io, read_ops) ||
	       member == offsetof(struct device_io, write_ops);
}

double parts_device(const struct metric_parts *parts, size_t i, size_t member)
{
	if (!(parts->io->valid & (counts_ops(member) ? CGROUP_STATS_IO_OPS :
						       CGROUP_STATS_IO)))
		return NAN;
	return (double)member_of(&parts->io->devices[i], member);
}

static double setting(uint64_t value)
{
	return known_limit(1, 1, value);
}

/* Converts like cAdvisor. 0 is cpu.idle, which has no place on this scale. */
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
	return settings->cpu_shares == CONTMON_UNLIMITED ?
	       shares(settings->cpu_weight) : (double)settings->cpu_shares;
}

/* Labels */

/**
 * struct part_name
 * @interface: empty for a device
 * @text: as metric_label() writes it, preceded by a brace
 */
struct part_name {
	char interface[NETDEV_NAME_SIZE];
	unsigned int major;
	unsigned int minor;
	struct buffer text;
};

static int compare(const void *a, const void *b)
{
	const struct part_name *x = a, *y = b;
	int order = strcmp(x->interface, y->interface);

	if (order == 0)
		order = (x->major > y->major) - (x->major < y->major);
	if (order == 0)
		order = (x->minor > y->minor) - (x->minor < y->minor);
	return order;
}

static const struct part_name *find(const struct part_names *names,
				    const struct part_name *key)
{
	struct part_name *const *found = tfind(key, &names->tree, compare);

	return found ? *found : NULL;
}

static struct part_name key_of_interface(const char *interface)
{
	struct part_name key = { 0 };

	memcpy(key.interface, interface, strnlen(interface,
						 NETDEV_NAME_SIZE - 1));
	return key;
}

static struct part_name key_of_device(const struct device_io *device)
{
	return (struct part_name){
		.major = device->major, .minor = device->minor,
	};
}

/*
 * The kernel allows any bytes but a slash and a few others. An invalid one is
 * shown as "/ff", so that different names stay different.
 */
static void label_interface(struct part_name *name)
{
	char text[3 * NETDEV_NAME_SIZE] = "";
	const char *from = name->interface;
	size_t used = 0;

	while (*from) {
		size_t length = utf8_length(from, strlen(from));

		if (length > 0)
			memcpy(text + used, from, length);
		else
			snprintf(text + used, sizeof(text) - used, "/%02x",
				 (unsigned char)*from);
		used += length ?: 3;
		from += length ?: 1;
	}
	text[used] = '\0';
	metric_label(&name->text, "interface", text);
}

void parts_device_label(struct buffer *to, unsigned int major,
			unsigned int minor)
{
	char number[24], path[sizeof("/dev/") + DEVICE_NAME_MAX];
	char node[DEVICE_NAME_MAX];

	snprintf(number, sizeof(number), "%u:%u", major, minor);
	snprintf(path, sizeof(path), "/dev/%s",
		 device_name(major, minor, node) == 0 ? node : "");
	metric_label(to, "device", path[5] ? path : number);
}

static void free_name(void *node)
{
	struct part_name *name = node;

	buffer_done(&name->text);
	free(name);
}

static int add(struct part_names *names, const struct part_name *key)
{
	struct part_name *name;

	if (find(names, key))
		return 0;
	name = malloc(sizeof(*name));
	if (!name)
		return -ENOMEM;
	*name = *key;
	if (name->interface[0])
		label_interface(name);
	else
		parts_device_label(&name->text, name->major, name->minor);
	if (name->text.failed || !tsearch(name, &names->tree, compare)) {
		free_name(name);
		return -ENOMEM;
	}
	return 0;
}

int part_names_add(struct part_names *names, const struct metric_parts *parts)
{
	size_t i, nr = parts->network ? parts->network->nr_interfaces : 0;
	struct part_name key;
	int r = 0;

	for (i = 0; i < nr && r == 0; i++) {
		key = key_of_interface(parts->network->interfaces[i].name);
		if (!is_left_out(parts, key.interface))
			r = add(names, &key);
	}
	nr = parts->io ? parts->io->nr_devices : 0;
	for (i = 0; i < nr && r == 0; i++) {
		key = key_of_device(&parts->io->devices[i]);
		r = add(names, &key);
	}
	return r;
}

void part_names_done(struct part_names *names)
{
	tdestroy(names->tree, free_name);
	names->tree = NULL;
}

const char *parts_labels(const struct part_names *names,
			 const struct metric_parts *parts,
			 const struct metric *metric, size_t i)
{
	const struct part_name *name;
	struct part_name key;

	if (metric->from == METRIC_INTERFACE)
		key = key_of_interface(parts->network->interfaces[i].name);
	else if (metric->from == METRIC_DEVICE)
		key = key_of_device(&parts->io->devices[i]);
	else
		return metric->labels ?: "";
	name = find(names, &key);
	return name ? name->text.text + 1 : "";
}
