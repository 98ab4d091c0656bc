/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CONTMON_INTERNAL_H
#define CONTMON_INTERNAL_H

/* What contmon.h declares is exported; everything else is hidden. */
#pragma GCC visibility push(default)
#include "contmon.h"
#pragma GCC visibility pop

/* The oldest driver whose records this library understands */
#define CONTMON_API_NEEDED 1

/**
 * struct contmon - an open device
 * @fd: the device
 * @path: where it was opened; owned
 * @info: what it said when it was opened
 * @mapping: where it writes task records; NULL without a mapping
 * @mapping_length: in bytes, as given to mmap(2)
 * @mapping_entries: records that fit into @mapping; 0 without one
 * @mapping_tried: a mapping was made, or refused once and for all
 */
struct contmon {
	int fd;
	char *path;
	struct contmon_get_info info;
	const struct contmon_task *mapping;
	size_t mapping_length;
	uint32_t mapping_entries;
	bool mapping_tried;
};

/* Open a device for reading and mapping; returns the descriptor or -errno. */
int contmon_open_device(const char *path, int flags);

/* The only way into the driver. Returns what ioctl() did, or -errno. */
int contmon_ioctl(int fd, unsigned long request, void *arg);

/* Swap of the whole host in bytes; both arguments may be NULL. */
int contmon_read_swap(uint64_t *ret_total_bytes, uint64_t *ret_free_bytes);

/*
 * Where cgroup v2 is mounted, by a file like /proc/self/mountinfo; the caller
 * frees the answer. -ENOENT: nowhere.
 */
int contmon_find_cgroup2(const char *mountinfo, char **ret_point);

#endif /* CONTMON_INTERNAL_H */
