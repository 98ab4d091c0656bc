/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the interfaces of a network namespace have received and sent, from
 * /proc/PID/net/dev of a process in it. Any user may read that.
 */
#ifndef CONTMOND_COLLECT_NETDEV_H
#define CONTMOND_COLLECT_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct netdev_stats - sums over all interfaces but the loopback
 * @is_valid: the rest means something
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
 * @fd: keeps the namespace alive, so close it when the process has gone
 * @pid, @start_ns: the process that it is about
 * @is_confirmed: the process was there before and after the file was opened,
 *	so it is not that of another one with the same pid
 * @namespace_id: inode number of the file, which each namespace has one of;
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
 * netdev_follow() - a process was just seen: open its file, unless it is open
 * @start_ns: when the process began
 *
 * Returns 0 when it is open, or a negative error: -ENOENT no such process,
 * -EACCES procfs hides it, -EMFILE or -ENFILE too few descriptors.
 */
int netdev_follow(struct netdev *netdev, int32_t pid, uint64_t start_ns);

/** netdev_read() - @ret is not valid when it cannot be read */
void netdev_read(const struct netdev *netdev, struct netdev_stats *ret);

void netdev_close(struct netdev *netdev);

/* What the file says; @text is changed. For netdev.c and its test. */
bool netdev_parse(char *text, struct netdev_stats *stats);

#endif /* CONTMOND_COLLECT_NETDEV_H */
