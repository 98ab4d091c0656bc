/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes that used most, for each container and for the host's own. */
#ifndef CONTMOND_STORE_BUSIEST_H
#define CONTMOND_STORE_BUSIEST_H

#include <stddef.h>
#include <stdint.h>

#include "varint.h"

/* Of one container at one moment, at most so many by each measure */
#define BUSIEST_BY_CPU 3
#define BUSIEST_BY_MEMORY 2

/**
 * struct process_use - what one process used
 * @c: number of its container, 0 for the host
 * @start_ms: epoch; with @pid it identifies a process, as pids are reused
 * @comm: valid UTF-8
 * @cpu_ms: in the time of the moment
 * @rss_kib: the most
 */
struct process_use {
	uint32_t c;
	uint32_t pid;
	int64_t start_ms;
	char comm[3 * 16 + 1];
	int64_t cpu_ms;
	int64_t rss_kib;
};

/**
 * struct busiest - zero-initialise
 * @all: in ascending order of @c
 *
 * While ticks are added some more are kept of each container, as who leads a
 * tick need not lead the hour.
 */
struct busiest {
	struct process_use *all;
	size_t nr;
	size_t allocated;
};

void busiest_done(struct busiest *busiest);

/** busiest_add() - add to what the process used already; or -ENOMEM */
int busiest_add(struct busiest *busiest, const struct process_use *use);

/** busiest_merge() - add all of @from; or -ENOMEM */
int busiest_merge(struct busiest *busiest, const struct busiest *from);

/** busiest_write() - those that lead by CPU or by memory */
void busiest_write(const struct busiest *busiest, struct buffer *ret);

/** busiest_read() - add what was written; returns -EBADMSG, -ENOMEM */
int busiest_read(struct busiest *busiest, struct reader *bytes);

#endif /* CONTMOND_STORE_BUSIEST_H */
