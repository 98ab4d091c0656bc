/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The latest ends of root's containers that were recorded. An engine may report
 * an end late, and more than once: it is recorded only if it certainly was not
 * recorded before. Times are of the boot clock, because the wall clock can be
 * set while a container runs.
 */
#ifndef CONTMOND_ENDS_H
#define CONTMOND_ENDS_H

#include <stdbool.h>
#include <stdint.h>

/* Ends that are remembered */
#define ENDS_MAX 512

/**
 * struct past_run - a run of a container
 * @id: a hash of the container's id
 * @began_boottime_ns: at the earliest; 0 when unknown
 * @gone_boottime_ns: the run had ended by then; 0 for a free slot
 * @told_ms: its end as an engine told it, epoch; 0 if none did
 */
struct past_run {
	uint64_t id;
	uint64_t began_boottime_ns;
	uint64_t gone_boottime_ns;
	int64_t told_ms;
};

/**
 * struct ends - zero-initialise
 * @next: the oldest of @all
 * @since_boottime_ns: ends up to this time may have been forgotten
 */
struct ends {
	struct past_run all[ENDS_MAX];
	unsigned int next;
	uint64_t since_boottime_ns;
};

/** ends_begin() - an earlier contmond may have recorded ends up to now */
void ends_begin(struct ends *ends, uint64_t boottime_ns);

/**
 * ends_add() - remember a recorded run instead of the oldest one
 * @run: everything but its id
 */
void ends_add(struct ends *ends, const char *id, const struct past_run *run);

/**
 * ends_lack() - has this end of a container of root certainly no record?
 * @told_ms: as an engine tells it, epoch
 * @ended_boottime_ns: the same by the boot clock
 */
bool ends_lack(const struct ends *ends, const char *id, int64_t told_ms,
	       uint64_t ended_boottime_ns);

#endif /* CONTMOND_ENDS_H */
