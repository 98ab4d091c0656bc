/* SPDX-License-Identifier: GPL-2.0-only */
/* How full the file systems on the host's disks are */
#ifndef CONTMOND_COLLECT_FILESYSTEMS_H
#define CONTMOND_COLLECT_FILESYSTEMS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FILESYSTEMS_MAX 64

/**
 * struct filesystem - a mounted file system
 * @major, @minor: its block device
 * @size_bytes: capacity, without what the file system needs for itself
 * @used_bytes: what is reserved for root counts as free
 */
struct filesystem {
	unsigned int major;
	unsigned int minor;
	uint64_t size_bytes;
	uint64_t used_bytes;
};

/** struct filesystems - each device once, at most FILESYSTEMS_MAX */
struct filesystems {
	size_t nr;
	struct filesystem entries[FILESYSTEMS_MAX];
};

/**
 * filesystems_read() - read those on local disks
 *
 * Never queries a file system that may wait for others (a server, a process),
 * nor passes one on the way, so it cannot hang. What cannot be read is omitted.
 */
void filesystems_read(struct filesystems *ret);

/** filesystems_parse() - the same, from a file like /proc/self/mountinfo */
void filesystems_parse(FILE *mountinfo, struct filesystems *ret);

#endif /* CONTMOND_COLLECT_FILESYSTEMS_H */
