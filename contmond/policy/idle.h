/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds rules that can never act. They do no harm, but cannot be what was
 * meant. Rules whose effect depends on the host or its containers are not
 * reported. Pure.
 */
#ifndef CONTMOND_POLICY_IDLE_H
#define CONTMOND_POLICY_IDLE_H

#include "sections.h"

/**
 * policy_find_idle() - check a policy that has no errors
 * @warn: receives what can never have an effect, and the reason
 *
 * Returns -ENOMEM.
 */
int policy_find_idle(const struct sections *sections,
		     const struct policy *policy, section_complain_fn *warn,
		     void *userdata);

#endif /* CONTMOND_POLICY_IDLE_H */
