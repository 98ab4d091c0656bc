/* SPDX-License-Identifier: GPL-2.0-only */
/* Describes verdicts in words, for the audit and for people. Pure. */
#ifndef CONTMOND_POLICY_REASON_H
#define CONTMOND_POLICY_REASON_H

#include "base/buffer.h"
#include "decide.h"

/**
 * policy_write_reason() - write one sentence without a full stop
 * @rule: the rule of the verdict
 * @boot_ms: time of its tick
 *
 * "cpu_percent > 20 for 31 s: now 93.1, from 80 to 95.5", or
 * "spared: class high has a minimum of 2".
 */
void policy_write_reason(struct buffer *to, const struct policy *policy,
			 const struct policy_rule *rule,
			 const struct policy_verdict *verdict,
			 int64_t boot_ms);

#endif /* CONTMOND_POLICY_REASON_H */
