/* SPDX-License-Identifier: GPL-2.0-only */
/* IO of a cgroup by block device and its limits: io.stat, io.max, v1's blkio */
#ifndef CONTMOND_COLLECT_DEVICES_H
#define CONTMOND_COLLECT_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct device_io - IO on one device since the cgroup was created */
struct device_io {
	unsigned int major;
	unsigned int minor;
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t read_ops;
	uint64_t write_ops;
	uint64_t discard_bytes;
	uint64_t discard_ops;
};

/** struct device_rates - limits per second, or CONTMON_UNLIMITED */
struct device_rates {
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t read_ops;
	uint64_t write_ops;
};

/**
 * struct device_limits - limits for one device
 * @own: set on the cgroup itself
 * @effective: the lowest of @own and those of its ancestors
 */
struct device_limits {
	unsigned int major;
	unsigned int minor;
	struct device_rates own;
	struct device_rates effective;
};

/** devices_parse_stat() - parse a line of io.stat; false if it has no device */
bool devices_parse_stat(char *line, struct device_io *ret);

/**
 * devices_parse_max() - merge the limits of an io.max file
 * @text: its contents; modified
 * @is_own: it is the file of the cgroup itself, not of an ancestor
 * @limits, @nr: malloced; new devices are added
 *
 * Returns 0 or -ENOMEM.
 */
int devices_parse_max(char *text, bool is_own, struct device_limits **limits,
		      size_t *nr);

/**
 * devices_parse_throttle() - merge one of blkio.throttle.*_device of cgroup v1
 * @rate: offset in struct device_rates of what the file limits
 *
 * Limits of cgroups above do not apply. Returns 0, -ENOMEM.
 */
int devices_parse_throttle(char *text, size_t rate,
			   struct device_limits **limits, size_t *nr);

#define DEVICE_NAME_MAX 32

/** device_name() - "sda" for 8:0; -ENOENT if the device does not exist */
int device_name(unsigned int major, unsigned int minor,
		char ret[DEVICE_NAME_MAX]);

#endif /* CONTMOND_COLLECT_DEVICES_H */
