/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many runs may begin: a limited number in a second, and between two
 * samples. Users share it evenly, and root's part is kept even while it needs
 * none, so that nobody's containers hide those of others.
 */
#ifndef CONTMOND_COLLECT_QUOTA_H
#define CONTMOND_COLLECT_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quota_user;

/**
 * struct quota - zero-initialise; free with quota_done()
 * @users: those that had runs lately
 * @second: the newest one, in which @nr_began runs have begun
 * @nr_new: runs that no sample has yet
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

/** quota_take() - may a run of a user begin? Then it is counted. */
bool quota_take(struct quota *quota, int64_t user_id, uint64_t boottime_ns);

/** quota_give_back() - one has ended before a sample had it */
void quota_give_back(struct quota *quota, int64_t user_id);

/** quota_sampled() - none is new any more */
void quota_sampled(struct quota *quota);

#endif /* CONTMOND_COLLECT_QUOTA_H */
