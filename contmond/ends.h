/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The latest ends of containers that were recorded. An engine may report an
 * end late, and more than once: it is recorded only if it certainly was not
 * recorded before.
 */
#ifndef CONTMOND_ENDS_H
#define CONTMOND_ENDS_H

#include <stdbool.h>
#include <stdint.h>

/* Ends remembered of root's containers, and as many of other users */
#define ENDS_MAX 512

/**
 * struct past_run - a run of a container
 * @id: a hash of the container's id
 * @began_ms: at the earliest; 0 when unknown
 * @gone_ms: the run had ended by then; 0 for a free slot
 */
struct past_run {
	uint64_t id;
	int64_t began_ms;
	int64_t gone_ms;
};

/**
 * struct ends_list
 * @next: the oldest of @all
 * @since_ms: ends up to this time may have been forgotten
 */
struct ends_list {
	struct past_run all[ENDS_MAX];
	unsigned int next;
	int64_t since_ms;
};

/** struct ends - of root, and of users; zero-initialise */
struct ends {
	struct ends_list lists[2];
};

/** ends_begin() - an earlier contmond may have recorded ends up to @t_ms */
void ends_begin(struct ends *ends, int64_t t_ms);

/** ends_add() - remember a recorded run instead of the oldest one */
void ends_add(struct ends *ends, bool of_user, const char *id,
	      int64_t began_ms, int64_t gone_ms);

/** ends_lack() - has this end of a container of root certainly no record? */
bool ends_lack(const struct ends *ends, const char *id, int64_t ended_ms);

#endif /* CONTMOND_ENDS_H */
