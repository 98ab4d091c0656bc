/* SPDX-License-Identifier: GPL-2.0-only */
/* Recent actions, for budgets and cool-downs. Pure. */
#ifndef CONTMOND_POLICY_LEDGER_H
#define CONTMOND_POLICY_LEDGER_H

#include "decide.h"

/*
 * How long an action is remembered, or its cool-down if that is longer; one
 * that was not asked for only for its cool-down
 */
#define LEDGER_KEEP_MS INT64_C(3600000)

/**
 * struct ledger_entry - one action, or the decision to act; owns its strings
 * @user_id: the user to whom the container belongs; POLICY_NO_USER if unknown
 * @started_ms: 0 if unknown
 * @is_disruptive: the container counts as gone afterwards
 * @is_pending: decided, but policy_state_acted() was not called yet
 * @is_undone: it was not carried out
 * @is_free: nor asked for, so that it uses no budget
 */
struct ledger_entry {
	char *rule;
	char *id;
	char *name;
	int64_t user_id;
	double started_ms;
	int64_t boot_ms;
	int64_t cool_down_ms;
	bool is_disruptive;
	bool is_pending;
	bool is_undone;
	bool is_free;
};

/**
 * struct ledger - actions
 * @all: in the order in which they were added
 * @by_key: the same, sorted by id, rule and user; those that have all three in
 *	common stay in the order in which they were added
 */
struct ledger {
	struct ledger_entry **all;
	struct ledger_entry **by_key;
	size_t nr;
	size_t allocated;
};

void ledger_done(struct ledger *ledger);

/** ledger_add() - returns -ENOMEM */
int ledger_add(struct ledger *ledger, const struct policy_action *action,
	       bool is_pending);

/**
 * ledger_last() - the last action of a rule on a container, or NULL
 *
 * A binary search: many actions may be remembered, on other containers.
 */
struct ledger_entry *ledger_last(struct ledger *ledger, const char *rule,
				 const char *id, int64_t user_id);

/** ledger_expire() - forget actions that no longer matter */
void ledger_expire(struct ledger *ledger, int64_t boot_ms);

/** ledger_used() - how many actions count for the budget in this time window */
unsigned int ledger_used(const struct ledger *ledger, int64_t boot_ms,
			 int64_t window_ms);

/** ledger_used_by_users() - how many of them were on containers of users */
unsigned int ledger_used_by_users(const struct ledger *ledger, int64_t boot_ms,
				  int64_t window_ms);

/**
 * ledger_cool_ms() - until when a container cools down, by id and name
 *
 * Entries for another user's containers do not count.
 */
int64_t ledger_cool_ms(const struct ledger *ledger, const char *id,
		       const char *name, int64_t user_id);

/** ledger_gone_ms() - until when a container counts as gone */
int64_t ledger_gone_ms(const struct ledger *ledger, const char *id,
		       int64_t user_id, double started_ms);

/**
 * ledger_earlier() - a rule's last recent action on a container or its name
 *
 * Returns NULL if there is none.
 */
const struct ledger_entry *ledger_earlier(const struct ledger *ledger,
					  const char *rule, const char *id,
					  const char *name, int64_t user_id,
					  int64_t boot_ms);

#endif /* CONTMOND_POLICY_LEDGER_H */
