/* SPDX-License-Identifier: GPL-2.0-only */
/* The busiest processes of each container and of the host */
#ifndef CONTMOND_STORE_BUSIEST_H
#define CONTMOND_STORE_BUSIEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "varint.h"

/* Limits for each container and moment, by CPU and by memory */
#define BUSIEST_BY_CPU 3
#define BUSIEST_BY_MEMORY 2
/* Of those whose CPU is unknown, the first ones; others may lead by memory */
#define BUSIEST_UNKNOWN 3

#define PROCESS_USE_UNKNOWN (-1)

/**
 * struct process_use - the usage of one process
 * @c: number of its container, 0 for the host
 * @start_ms: epoch; identifies the process together with @pid
 * @comm: valid UTF-8
 * @cpu_ms: during the moment; PROCESS_USE_UNKNOWN if any part is unknown
 * @rss_kib: the largest that is known; PROCESS_USE_UNKNOWN if none is
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
 * process_use_is_others() - is this no process, but what busiest_others() has
 * added?
 */
bool process_use_is_others(const struct process_use *use);

/**
 * struct busiest - zero-initialise
 * @all: in ascending order of @c
 *
 * More processes of each container are kept while ticks are added, because the
 * leaders of a tick need not be the leaders of the hour.
 */
struct busiest {
	struct process_use *all;
	size_t nr;
	size_t allocated;
};

void busiest_done(struct busiest *busiest);

/** busiest_add() - add to the usage of a process. Returns 0 or -ENOMEM */
int busiest_add(struct busiest *busiest, const struct process_use *use);

/**
 * busiest_others() - the CPU of other processes of a container is unknown
 *
 * They are neither added before nor afterwards. That there are some is kept and
 * written as well. Returns 0 or -ENOMEM.
 */
int busiest_others(struct busiest *busiest, uint32_t c);

/** busiest_are_known() - are there no such processes? */
bool busiest_are_known(const struct busiest *busiest, uint32_t c);

/** busiest_clear_cpu() - there was no time in which any could use CPU */
void busiest_clear_cpu(struct busiest *busiest);

/** busiest_merge() - add all of @from. Returns 0 or -ENOMEM */
int busiest_merge(struct busiest *busiest, const struct busiest *from);

/**
 * busiest_write() - write the leaders by CPU and by memory, and some whose CPU
 * is unknown: any more of these are written as others
 */
void busiest_write(const struct busiest *busiest, struct buffer *ret);

/**
 * busiest_read() - append what was written
 *
 * Any number of lists can be appended, and then busiest_settle() must be called
 * before processes are added. Returns 0, -ENOMEM, or -EBADMSG, also if there
 * are too many.
 */
int busiest_read(struct busiest *busiest, struct reader *bytes);

/** busiest_skip() - read over what was written. Returns 0 or -EBADMSG */
int busiest_skip(struct reader *bytes);

/** busiest_append() - append all of @from, or nothing if there are too many */
int busiest_append(struct busiest *busiest, const struct busiest *from);

/**
 * busiest_settle() - add everything that was appended, in order
 *
 * Added one by one, lists from a hostile file would be moved again and again.
 * Returns 0 or -ENOMEM.
 */
int busiest_settle(struct busiest *busiest);

#endif /* CONTMOND_STORE_BUSIEST_H */
