/* SPDX-License-Identifier: GPL-2.0-only */
/* Advances a decision from state to state. */
#ifndef CONTMOND_POLICY_PROGRESS_H
#define CONTMOND_POLICY_PROGRESS_H

#include "enforce.h"

struct pending;

/**
 * progress() - as far as possible at this tick; returns false if it has ended
 */
bool progress(struct enforce *enforce, struct pending *pending,
	      const struct enforce_tick *tick);

/** resume_forget() - free what was read from the audit */
void resume_forget(struct enforce *enforce);

#endif /* CONTMOND_POLICY_PROGRESS_H */
