/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums over processes. The driver has them, too, but would walk all tasks again
 * to compute them. These sums come from the walk that is made anyway, and agree
 * with its rows.
 */
#ifndef CONTMOND_COLLECT_TALLY_H
#define CONTMOND_COLLECT_TALLY_H

#include <stdint.h>

#include <contmon.h>

/**
 * struct tally - zero-initialise
 * @first_start_ns: start of the oldest process, since boot
 * @first_pid: pid of that process
 * @asked_start_ns: start of a process, since boot; may be set before counting
 * @asked_pid: pid of that process
 * @next_start_ns: start of the oldest process that is younger than that one
 * @next_pid: pid of that process; 0 for none
 * @idle: in state I or P; every process is in one of these states
 */
struct tally {
	uint64_t first_start_ns;
	int32_t first_pid;
	uint64_t asked_start_ns;
	int32_t asked_pid;
	uint64_t next_start_ns;
	int32_t next_pid;
	uint64_t processes;
	uint64_t threads;
	uint64_t running;
	uint64_t sleeping;
	uint64_t uninterruptible;
	uint64_t stopped;
	uint64_t zombie;
	uint64_t idle;
	uint64_t vsz_bytes;
	uint64_t rss_bytes;
	uint64_t minor_faults;
	uint64_t major_faults;
};

/** tally_add() - add one process */
void tally_add(struct tally *tally, const struct contmon_task *task);

#endif /* CONTMOND_COLLECT_TALLY_H */
