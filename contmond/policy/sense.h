/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks what no single value shows: keys that need each other. Pure. */
#ifndef CONTMOND_POLICY_SENSE_H
#define CONTMOND_POLICY_SENSE_H

#include "sections.h"

/**
 * policy_check_sense() - check a policy whose values are all valid
 *
 * Completes the rules with their defaults. Returns -EINVAL after mistakes.
 */
int policy_check_sense(const struct sections *sections, struct policy *policy,
		       section_complain_fn *complain, void *userdata);

/** sense_is_setting() - is a number not used but set for a container? */
bool sense_is_setting(const char *key);

#endif /* CONTMOND_POLICY_SENSE_H */
