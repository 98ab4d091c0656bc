/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds rules that can never act. They do no harm, but are not what was meant.
 * What depends on the host or on its containers is not found. Pure.
 */
#ifndef CONTMOND_POLICY_IDLE_H
#define CONTMOND_POLICY_IDLE_H

#include "sections.h"

/**
 * policy_find_idle() - of a policy without mistakes
 * @warn: gets what can never be, and why
 *
 * Returns -ENOMEM.
 */
int policy_find_idle(const struct sections *sections,
		     const struct policy *policy, section_complain_fn *warn,
		     void *userdata);

#endif /* CONTMOND_POLICY_IDLE_H */
