/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_POLICY_FATE_H
#define CONTMOND_POLICY_FATE_H

#include "pending.h"

/* What has become of the candidate of a decision */
enum fate {
	FATE_SAME,	/* unchanged */
	FATE_ENDED,	/* it has ended, or is not there */
	FATE_AGAIN,	/* the same id, started again */
	FATE_OTHER,	/* another container has its name */
};

/** fate_of() - @ret: index of the candidate; unchanged if it is not there */
enum fate fate_of(const struct pending *pending,
		  const struct enforce_tick *tick, size_t *ret);
const char *fate_text(enum fate fate);

/** fate_start_of() - the time that is part of its identity; NAN if unknown */
double fate_start_of(const struct policy_candidate *candidate);

#endif /* CONTMOND_POLICY_FATE_H */
