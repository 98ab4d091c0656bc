/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers received and sent by the interfaces of a network namespace, from
 * /proc/PID/net/dev of a process in it. Any user may read that file.
 */
#ifndef CONTMOND_COLLECT_NETDEV_H
#define CONTMOND_COLLECT_NETDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct netdev_counters - what was received and sent since it was made */
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

#define NETDEV_NAME_SIZE 16	/* IFNAMSIZ; the kernel has no longer names */

/** struct netdev_interface - @name: may contain any bytes */
struct netdev_interface {
	char name[NETDEV_NAME_SIZE];
	struct netdev_counters counters;
};

/**
 * struct netdev_stats - all interfaces except the loopback
 * @is_valid: the other members are filled
 * @read_boottime_ns: when it was read
 * @all: the sum of all @interfaces
 * @interfaces: in the order of their names; free with netdev_stats_done()
 */
struct netdev_stats {
	bool is_valid;
	uint64_t read_boottime_ns;
	struct netdev_counters all;
	struct netdev_interface *interfaces;
	size_t nr_interfaces;
};

void netdev_stats_done(struct netdev_stats *stats);

/** netdev_stats_copy() - @ret: free with netdev_stats_done(); 0, -ENOMEM */
int netdev_stats_copy(const struct netdev_stats *stats,
		      struct netdev_stats *ret);

/** netdev_stats_find() - the counters of an interface, or NULL */
const struct netdev_counters *
netdev_stats_find(const struct netdev_stats *stats, const char *name);

/**
 * struct netdev - an open file; begin with netdev_init()
 * @fd: keeps the namespace alive, so it is closed when the process is gone
 * @pid, @start_ns: the process
 * @is_confirmed: the process existed before and after the file was opened, so
 *	the file is not that of another process with the same pid
 * @namespace_id: inode number of the file, which is unique for each namespace;
 *	0 when it is not open
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
 * netdev_follow() - open the file of a process just seen, unless it is open
 * @start_ns: when the process began
 *
 * Returns 0 when it is open, or a negative error: -ENOENT no such process,
 * -EACCES hidden by procfs, -EMFILE or -ENFILE not enough descriptors.
 */
int netdev_follow(struct netdev *netdev, int32_t pid, uint64_t start_ns);

/**
 * netdev_read() - @ret is not valid when the file cannot be read; free it with
 * netdev_stats_done()
 */
void netdev_read(const struct netdev *netdev, struct netdev_stats *ret);

void netdev_close(struct netdev *netdev);

/*
 * Parse the contents of the file; @text is changed. For netdev.c and its test.
 */
bool netdev_parse(char *text, struct netdev_stats *stats);

#endif /* CONTMOND_COLLECT_NETDEV_H */
