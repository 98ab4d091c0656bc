/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions that have ended while their pause or limit is in force: the audit
 * also has when contmon-engine undid it, or could not.
 */
#ifndef CONTMOND_POLICY_HELD_H
#define CONTMOND_POLICY_HELD_H

#include "pending.h"

/** held_keep() - takes over a decision that holds its container */
void held_keep(struct enforce *enforce, struct pending *pending);

/**
 * held_answer() - contmon-engine says that a pause or limit has ended
 * @pending: the decision if it has not ended yet, else NULL
 */
void held_answer(struct enforce *enforce, struct pending *pending,
		 const struct act_answer *answer);

/** held_expire() - forget those whose end was not heard of */
void held_expire(struct enforce *enforce);

void held_done(struct enforce *enforce);

#endif /* CONTMOND_POLICY_HELD_H */
