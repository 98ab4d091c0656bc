/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks for mistakes that no single value shows, such as keys that need each
 * other. Pure.
 */
#ifndef CONTMOND_POLICY_SENSE_H
#define CONTMOND_POLICY_SENSE_H

#include "sections.h"

/**
 * policy_check_sense() - check a policy whose values are all valid
 *
 * Fills in the defaults of rules. Returns -EINVAL after mistakes.
 */
int policy_check_sense(const struct sections *sections, struct policy *policy,
		       section_complain_fn *complain, void *userdata);

/** sense_is_setting() - is this number a setting rather than a usage? */
bool sense_is_setting(const char *key);

#endif /* CONTMOND_POLICY_SENSE_H */
