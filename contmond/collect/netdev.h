/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers received and sent by the interfaces of a network namespace, from
 * /proc/PID/net/dev of a process in it. Any user may read that file.
 */
#ifndef CONTMOND_COLLECT_NETDEV_H
#define CONTMOND_COLLECT_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct netdev_stats - sums over all interfaces except the loopback
 * @is_valid: the other members are filled
 * @read_boottime_ns: when it was read
 */
struct netdev_stats {
	bool is_valid;
	uint64_t read_boottime_ns;
	uint64_t receive_bytes;
	uint64_t receive_packets;
	uint64_t receive_errors;
	uint64_t receive_drops;
	uint64_t transmit_bytes;
	uint64_t transmit_packets;
	uint64_t transmit_errors;
	uint64_t transmit_drops;
};

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

/** netdev_read() - @ret is not valid when the file cannot be read */
void netdev_read(const struct netdev *netdev, struct netdev_stats *ret);

void netdev_close(struct netdev *netdev);

/*
 * Parse the contents of the file; @text is changed. For netdev.c and its test.
 */
bool netdev_parse(char *text, struct netdev_stats *stats);

#endif /* CONTMOND_COLLECT_NETDEV_H */
