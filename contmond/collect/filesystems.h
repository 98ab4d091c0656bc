/* SPDX-License-Identifier: GPL-2.0-only */
/* How full the file systems of the host's disks are. */
#ifndef CONTMOND_COLLECT_FILESYSTEMS_H
#define CONTMOND_COLLECT_FILESYSTEMS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FILESYSTEMS_MAX 64

/**
 * struct filesystem - one that is mounted, wherever
 * @major, @minor: its block device
 * @size_bytes: without what it needs for itself
 * @used_bytes: of these; what is reserved for root counts as free
 */
struct filesystem {
	unsigned int major;
	unsigned int minor;
	uint64_t size_bytes;
	uint64_t used_bytes;
};

/** struct filesystems - each device once, the first FILESYSTEMS_MAX */
struct filesystems {
	size_t nr;
	struct filesystem entries[FILESYSTEMS_MAX];
};

/**
 * filesystems_read() - those of local disks
 *
 * Never asks a file system that waits for others (a server, a process), and
 * never passes one on the way, so it cannot hang. What cannot be read is left
 * out.
 */
void filesystems_read(struct filesystems *ret);

/** filesystems_parse() - the same from a file like /proc/self/mountinfo */
void filesystems_parse(FILE *mountinfo, struct filesystems *ret);

#endif /* CONTMOND_COLLECT_FILESYSTEMS_H */
