// SPDX-License-Identifier: GPL-2.0-only
#include "netdev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

/* A line has some 130 bytes. A longer file counts as unknown, not truncated. */
#define MAX_FILE_BYTES (256 << 10)
#define NR_COUNTERS 16

void netdev_init(struct netdev *netdev)
{
	*netdev = (struct netdev){ .fd = -1 };
}

void netdev_close(struct netdev *netdev)
{
	close_p(&netdev->fd);
	netdev_init(netdev);
}

int netdev_follow(struct netdev *netdev, int32_t pid, uint64_t start_ns)
{
	struct stat status;
	char path[32];
	int r;

	if (netdev->fd >= 0 && netdev->pid == pid &&
	    netdev->start_ns == start_ns) {
		netdev->is_confirmed = true;
		return 0;
	}
	netdev_close(netdev);
	snprintf(path, sizeof(path), "/proc/%d/net/dev", (int)pid);
	netdev->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (netdev->fd < 0)
		return -errno;
	if (fstat(netdev->fd, &status) < 0) {
		r = -errno;
		netdev_close(netdev);
		return r;
	}
	netdev->pid = pid;
	netdev->start_ns = start_ns;
	netdev->namespace_id = status.st_ino;
	return 0;
}

void netdev_stats_done(struct netdev_stats *stats)
{
	free(stats->interfaces);
	*stats = (struct netdev_stats){ 0 };
}

int netdev_stats_copy(const struct netdev_stats *stats,
		      struct netdev_stats *ret)
{
	struct netdev_stats copy = *stats;
	size_t bytes = stats->nr_interfaces * sizeof(*copy.interfaces);

	copy.interfaces = NULL;
	if (bytes > 0) {
		copy.interfaces = malloc(bytes);
		if (!copy.interfaces)
			return -ENOMEM;
		memcpy(copy.interfaces, stats->interfaces, bytes);
	}
	*ret = copy;
	return 0;
}

/* Works because the name is the first member. */
static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

const struct netdev_counters *
netdev_stats_find(const struct netdev_stats *stats, const char *name)
{
	const struct netdev_interface *found = stats->nr_interfaces == 0 ?
		NULL : bsearch(name, stats->interfaces, stats->nr_interfaces,
			       sizeof(*stats->interfaces), by_name);

	return found ? &found->counters : NULL;
}

static void sum(struct netdev_counters *all, const struct netdev_counters *one)
{
	all->receive_bytes += one->receive_bytes;
	all->receive_packets += one->receive_packets;
	all->receive_errors += one->receive_errors;
	all->receive_drops += one->receive_drops;
	all->transmit_bytes += one->transmit_bytes;
	all->transmit_packets += one->transmit_packets;
	all->transmit_errors += one->transmit_errors;
	all->transmit_drops += one->transmit_drops;
}

static bool add(struct netdev_stats *stats, const char *name,
		const struct netdev_counters *counters)
{
	size_t length = strlen(name), nr = stats->nr_interfaces;
	struct netdev_interface *interfaces;

	if (length >= NETDEV_NAME_SIZE)
		return false;
	interfaces = reallocarray(stats->interfaces, nr + 1,
				  sizeof(*interfaces));
	if (!interfaces)
		return false;
	interfaces[nr] = (struct netdev_interface){ .counters = *counters };
	memcpy(interfaces[nr].name, name, length);
	stats->interfaces = interfaces;
	stats->nr_interfaces = nr + 1;
	sum(&stats->all, counters);
	return true;
}

/* " eth0: 1 2 3 ...": eight counters for receiving, then eight for sending */
static bool add_line(char *line, struct netdev_stats *stats)
{
	uint64_t numbers[NR_COUNTERS];
	char *colon = strrchr(line, ':'), *next, *end;
	struct netdev_counters counters;
	size_t i;

	if (!colon)
		return false;
	*colon = '\0';
	next = colon + 1;
	for (i = 0; i < NR_COUNTERS; i++, next = end) {
		numbers[i] = strtoull(next, &end, 10);
		if (end == next)
			return false;
	}
	line += strspn(line, " ");
	if (strcmp(line, "lo") == 0)
		return true;
	counters = (struct netdev_counters){
		.receive_bytes = numbers[0],
		.receive_packets = numbers[1],
		.receive_errors = numbers[2],
		.receive_drops = numbers[3],
		.transmit_bytes = numbers[8],
		.transmit_packets = numbers[9],
		.transmit_errors = numbers[10],
		.transmit_drops = numbers[11],
	};
	return add(stats, line, &counters);
}

bool netdev_parse(char *text, struct netdev_stats *stats)
{
	char *line, *rest = text;

	/* Skip the two heading lines */
	strsep(&rest, "\n");
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n"))) {
		if (*line && !add_line(line, stats))
			return false;
	}
	if (stats->nr_interfaces > 1)
		qsort(stats->interfaces, stats->nr_interfaces,
		      sizeof(*stats->interfaces), by_name);
	return true;
}

void netdev_read(const struct netdev *netdev, struct netdev_stats *ret)
{
	static char text[MAX_FILE_BYTES];
	ssize_t length = 0, r;

	*ret = (struct netdev_stats){ .read_boottime_ns = clock_boottime_ns() };
	do {
		r = pread(netdev->fd, text + length,
			  sizeof(text) - 1 - (size_t)length, length);
		if (r < 0)
			return;
		length += r;
	} while (r > 0 && (size_t)length < sizeof(text) - 1);
	if (r > 0)
		return;
	text[length] = '\0';
	ret->is_valid = length > 0 && netdev_parse(text, ret);
	if (!ret->is_valid)
		netdev_stats_done(ret);
}
