/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often contmon-engine asks the engines of one user, all of them together.
 * An engine can say that something has happened as often as it likes, and each
 * answer goes on to contmond and to every other client. Nothing is lost by
 * waiting, because an answer has the state of its time.
 */
#ifndef CONTMON_ENGINE_ALLOWANCE_H
#define CONTMON_ENGINE_ALLOWANCE_H

#include <stdint.h>
#include <sys/types.h>

/* At once, as for the first list, and then as long as it goes on */
#define ALLOWANCE_BURST 500
#define ALLOWANCE_PER_SECOND 50

/**
 * allowance_take() - may the engine of a user be asked?
 *
 * Returns 0 if so, and then it is asked; else when it may be. That of one who
 * is trusted may always be.
 */
uint64_t allowance_take(uid_t user, uint64_t now_ns);

#endif /* CONTMON_ENGINE_ALLOWANCE_H */
