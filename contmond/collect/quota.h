/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits how many runs of containers may start in a second, and between two
 * samples. Users get equal shares, and root's share is reserved even while it
 * is not needed, so that nobody's containers hide those of others.
 */
#ifndef CONTMOND_COLLECT_QUOTA_H
#define CONTMOND_COLLECT_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quota_user;

/**
 * struct quota - zero-initialise; free with quota_done()
 * @users: users that recently had runs
 * @second: the current second, in which @nr_began runs have started
 * @nr_new: runs that are not in a sample yet
 */
struct quota {
	struct quota_user *users;
	size_t nr;
	size_t allocated;
	uint64_t second;
	unsigned int nr_began;
	unsigned int nr_new;
};

void quota_done(struct quota *quota);

/** quota_take() - may a run of this user start? If so, counts it */
bool quota_take(struct quota *quota, int64_t user_id, uint64_t boottime_ns);

/** quota_give_back() - a run has ended before it was in a sample */
void quota_give_back(struct quota *quota, int64_t user_id);

/** quota_sampled() - all runs are in a sample now */
void quota_sampled(struct quota *quota);

#endif /* CONTMOND_COLLECT_QUOTA_H */
