/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions that have ended while their pause or limit is still in force: the
 * audit also records when contmon-engine undid it, or could not.
 */
#ifndef CONTMOND_POLICY_HELD_H
#define CONTMOND_POLICY_HELD_H

#include "pending.h"

/**
 * held_may_be() - may a decision that has ended hold its container?
 *
 * Also if contmon-engine did not say so in time: the pause may still come.
 */
bool held_may_be(const struct pending *pending);

/** held_keep() - takes over a decision that may hold its container */
void held_keep(struct enforce *enforce, struct pending *pending);

/**
 * held_answer() - contmon-engine reports that a pause or limit has ended
 * @pending: the decision if it has not ended yet, else NULL
 */
void held_answer(struct enforce *enforce, struct pending *pending,
		 const struct act_answer *answer);

/** held_finished() - a late answer to a decision that has ended, or its undo */
void held_finished(struct enforce *enforce, const struct act_answer *answer);

/**
 * held_ask() - ask for the end of those that should have ended
 *
 * It may have come while contmond was not connected, or they held nothing.
 */
void held_ask(struct enforce *enforce);

/** held_disconnected() - what was asked may have got lost */
void held_disconnected(struct enforce *enforce);

/** held_expire() - forget those whose end was not heard of */
void held_expire(struct enforce *enforce);

void held_done(struct enforce *enforce);

#endif /* CONTMOND_POLICY_HELD_H */
