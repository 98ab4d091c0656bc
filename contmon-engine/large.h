/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A few places for large values, shared by all streams. When none is free, the
 * user with the most places gives one up to a user with fewer, and any user
 * gives one up to a trusted user.
 */
#ifndef CONTMON_ENGINE_LARGE_H
#define CONTMON_ENGINE_LARGE_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#define LARGE_MAX 8

/** large_fn - the place was taken away: call large_give() */
typedef void large_fn(void *userdata);

/**
 * struct large - one stream
 * @user: whom the place counts for
 * @held, @link: private, zero-initialised
 */
struct large {
	uid_t user;
	large_fn *lose;
	void *userdata;
	bool held;
	TAILQ_ENTRY(large) link;
};

/**
 * large_take() - returns whether @large has a place now; it may have had one
 */
bool large_take(struct large *large);

/** large_give() - give up the place, if there is one */
void large_give(struct large *large);

#endif /* CONTMON_ENGINE_LARGE_H */
