/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of the interfaces of a network namespace, from /proc/PID/net/dev of
 * a process in it, which any user may read
 */
#ifndef CONTMOND_COLLECT_NETDEV_H
#define CONTMOND_COLLECT_NETDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct netdev_counters - totals since the interface was created */
struct netdev_counters {
	uint64_t receive_bytes;
	uint64_t receive_packets;
	uint64_t receive_errors;
	uint64_t receive_drops;
	uint64_t transmit_bytes;
	uint64_t transmit_packets;
	uint64_t transmit_errors;
	uint64_t transmit_drops;
};

#define NETDEV_NAME_SIZE 16	/* IFNAMSIZ */

/** struct netdev_interface - @name: may contain any bytes */
struct netdev_interface {
	char name[NETDEV_NAME_SIZE];
	struct netdev_counters counters;
};

/**
 * struct netdev_stats - all interfaces except the loopback
 * @is_valid: the other members are filled
 * @read_boottime_ns: when they were read
 * @all: sum of all @interfaces
 * @interfaces: sorted by name; free with netdev_stats_done()
 */
struct netdev_stats {
	bool is_valid;
	uint64_t read_boottime_ns;
	struct netdev_counters all;
	struct netdev_interface *interfaces;
	size_t nr_interfaces;
};

void netdev_stats_done(struct netdev_stats *stats);

/**
 * netdev_stats_copy() - free @ret with netdev_stats_done(); returns 0 or
 * -ENOMEM
 */
int netdev_stats_copy(const struct netdev_stats *stats,
		      struct netdev_stats *ret);

/** netdev_stats_find() - the counters of an interface, or NULL */
const struct netdev_counters *
netdev_stats_find(const struct netdev_stats *stats, const char *name);

/**
 * struct netdev - an open file; initialise with netdev_init()
 * @fd: keeps the namespace alive, so close it when the process is gone
 * @pid, @start_ns: the process
 * @is_confirmed: the process existed before and after the file was opened, so
 *	the file is not that of another process with the same pid
 * @namespace_id: inode number of the file, unique for each namespace; 0 if it
 *	is not open
 */
struct netdev {
	int fd;
	int32_t pid;
	uint64_t start_ns;
	bool is_confirmed;
	uint64_t namespace_id;
};

void netdev_init(struct netdev *netdev);

/**
 * netdev_follow() - open the file of a process, unless it is already open
 * @start_ns: when the process started
 *
 * Returns 0 if it is open, or a negative error: -ENOENT if there is no such
 * process, -EACCES if procfs hides it, -EMFILE or -ENFILE if there are too few
 * descriptors.
 */
int netdev_follow(struct netdev *netdev, int32_t pid, uint64_t start_ns);

/**
 * netdev_read() - @ret is not valid if the file cannot be read; free it with
 * netdev_stats_done()
 */
void netdev_read(const struct netdev *netdev, struct netdev_stats *ret);

void netdev_close(struct netdev *netdev);

/*
 * Parse the contents of the file; @text is modified. For netdev.c and its test.
 */
bool netdev_parse(char *text, struct netdev_stats *stats);

#endif /* CONTMOND_COLLECT_NETDEV_H */
