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

/* A line has some 130 bytes. A file that is too long is unknown, not cut. */
#define MAX_FILE_BYTES (64 << 10)
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

/* " eth0: 1 2 3 ...": eight numbers received, then eight numbers sent */
static bool add_line(char *line, struct netdev_stats *stats)
{
	uint64_t counters[NR_COUNTERS];
	char *colon = strrchr(line, ':'), *next, *end;
	size_t i;

	if (!colon)
		return false;
	*colon = '\0';
	next = colon + 1;
	for (i = 0; i < NR_COUNTERS; i++, next = end) {
		counters[i] = strtoull(next, &end, 10);
		if (end == next)
			return false;
	}
	line += strspn(line, " ");
	if (strcmp(line, "lo") == 0)
		return true;
	stats->receive_bytes += counters[0];
	stats->receive_packets += counters[1];
	stats->receive_errors += counters[2];
	stats->receive_drops += counters[3];
	stats->transmit_bytes += counters[8];
	stats->transmit_packets += counters[9];
	stats->transmit_errors += counters[10];
	stats->transmit_drops += counters[11];
	return true;
}

bool netdev_parse(char *text, struct netdev_stats *stats)
{
	char *line, *rest = text;

	/* Skip two lines of headings */
	strsep(&rest, "\n");
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n"))) {
		if (*line && !add_line(line, stats))
			return false;
	}
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
}
