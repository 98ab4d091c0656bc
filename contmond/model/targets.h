/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The progress of forwarding. The forwarding thread writes it and endpoints
 * read it, each under the lock.
 */
#ifndef CONTMOND_MODEL_TARGETS_H
#define CONTMOND_MODEL_TARGETS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGETS_MAX 16
#define TARGET_NAME_MAX 32

/**
 * struct target_reason - why something failed, for people; empty if nothing did
 * @full: includes the words of libcurl and of the target's answer
 * @plain: without these, because a target may answer with what it was sent
 */
struct target_reason {
	char full[200];
	char plain[100];
};

/**
 * target_reason_text() - the part that may be shown; NULL if nothing failed
 * @hides_processes: as in the request
 */
static inline const char *
target_reason_text(const struct target_reason *reason, bool hides_processes)
{
	if (!reason->plain[0])
		return NULL;
	return hides_processes ? reason->plain : reason->full;
}

/**
 * struct target_status - a target; totals count from the start of contmond
 * @type: as in the configuration
 * @error: why the last request failed; empty if it succeeded, and before the
 *	first one
 * @rejection: why rows were last refused; empty if they never were
 * @drop_reason: why ticks were last skipped; NULL if they never were
 * @backlog_ticks: ticks that are written and not delivered
 * @dropped_ticks: ticks that were skipped
 * @rejected_rows: rows that the target refused for good
 * @requests: those that have ended, @failed_requests among them
 * @last_delivered_ms: when a request last succeeded; 0 for never
 */
struct target_status {
	char name[TARGET_NAME_MAX + 1];
	const char *type;
	struct target_reason error;
	struct target_reason rejection;
	const char *drop_reason;
	uint64_t backlog_ticks;
	uint64_t delivered_ticks;
	uint64_t dropped_ticks;
	uint64_t rejected_rows;
	uint64_t requests;
	uint64_t failed_requests;
	int64_t last_delivered_ms;
};

/** struct targets - zero-initialise, except for @lock */
struct targets {
	pthread_mutex_t lock;
	struct target_status all[TARGETS_MAX];
	size_t nr;
};

/** targets_copy() - copy the current status; returns the number of targets */
static inline size_t targets_copy(struct targets *targets,
				  struct target_status *ret)
{
	size_t i, nr;

	pthread_mutex_lock(&targets->lock);
	nr = targets->nr;
	for (i = 0; i < nr; i++)
		ret[i] = targets->all[i];
	pthread_mutex_unlock(&targets->lock);
	return nr;
}

#endif /* CONTMOND_MODEL_TARGETS_H */
