/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places for large values, so that all streams together have few of them. Users
 * share them: when none is free, the user with the most gives one up to a user
 * with fewer, and any user gives one up to a trusted one.
 */
#ifndef CONTMON_ENGINE_LARGE_H
#define CONTMON_ENGINE_LARGE_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#define LARGE_MAX 8

/** large_fn - its place is taken: call large_give() */
typedef void large_fn(void *userdata);

/**
 * struct large - one stream; zero-initialise what is private
 * @user: for whom it takes a place
 * @held, @link: private
 */
struct large {
	uid_t user;
	large_fn *lose;
	void *userdata;
	bool held;
	TAILQ_ENTRY(large) link;
};

/** large_take() - is there a place? If it has one already, it keeps that */
bool large_take(struct large *large);

/** large_give() - it no longer needs its place, if it has one */
void large_give(struct large *large);

#endif /* CONTMON_ENGINE_LARGE_H */
