/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits how often contmon-engine queries the engines of one user, all of them
 * together. An engine can report events as often as it likes, and each answer
 * is passed on to contmond and all other clients. Waiting loses nothing,
 * because an answer always has the current state.
 */
#ifndef CONTMON_ENGINE_ALLOWANCE_H
#define CONTMON_ENGINE_ALLOWANCE_H

#include <stdint.h>
#include <sys/types.h>

/* The burst is for the first list, the rate for what follows. */
#define ALLOWANCE_BURST 500
#define ALLOWANCE_PER_SECOND 50

/**
 * allowance_take() - may an engine of this user be queried now?
 *
 * Returns 0 if so, and counts the query. Otherwise returns the time from which
 * it may be. Trusted users have no limit.
 */
uint64_t allowance_take(uid_t user, uint64_t now_ns);

#endif /* CONTMON_ENGINE_ALLOWANCE_H */
