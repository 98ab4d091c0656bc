/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of rule files, with their ranges and defaults. Pure. */
#ifndef CONTMOND_POLICY_KEYS_H
#define CONTMOND_POLICY_KEYS_H

#include "base/buffer.h"
#include "sections.h"

/* A time in a rule that has not been set yet */
#define POLICY_UNSET INT64_C(-1)

/** struct policy_key - opaque */
struct policy_key;

const struct policy_key *policy_key_find(enum section_kind kind,
					 const char *name);

/** policy_keys_write() - all keys of a kind of section, comma-separated */
void policy_keys_write(struct buffer *to, enum section_kind kind);

/** policy_key_is_list() - may it be repeated? */
bool policy_key_is_list(const struct policy_key *key);

/**
 * policy_key_set() - parse a value
 * @object: the policy, group or rule to set it in
 */
int policy_key_set(const struct policy_key *key, const char *value,
		   void *object, struct buffer *why);

/** policy_keys_set_defaults() - the defaults of [policy] */
void policy_keys_set_defaults(struct policy *policy);

/** policy_keys_complete() - set what a rule does not set itself */
void policy_keys_complete(const struct policy *policy,
			  struct policy_rule *rule);

#endif /* CONTMOND_POLICY_KEYS_H */
