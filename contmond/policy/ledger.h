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
 * @number: counts the entries in the order in which they were added
 * @user_id: the user to whom the container belongs; POLICY_NO_USER if unknown
 * @started_ms: 0 if unknown
 * @is_disruptive: the container counts as gone afterwards
 * @is_pending: decided, but policy_state_acted() was not called yet
 * @is_undone: it was not carried out
 * @is_free: nor asked for, so that it uses no budget
 */
struct ledger_entry {
	uint64_t number;
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
 * enum ledger_order - how a list is sorted; those that are equal stay in the
 * order in which they were added
 * @LEDGER_BY_ID: by id, user and rule
 * @LEDGER_BY_NAME: by name, user and rule; only those with a name
 * @LEDGER_BY_TIME: by @boot_ms; only those that use the budget
 * @LEDGER_OF_USERS: the same, only those on containers of users
 */
enum ledger_order {
	LEDGER_BY_ID,
	LEDGER_BY_NAME,
	LEDGER_BY_TIME,
	LEDGER_OF_USERS,
	NR_LEDGER_ORDERS,
};

struct ledger_list {
	struct ledger_entry **all;
	size_t nr;
};

/**
 * struct ledger - actions; zero-initialise
 * @nr_added: so far
 *
 * Many actions may be remembered, so all searches are binary. Then they look at
 * the entries of one container and name, which its cool-downs keep few.
 */
struct ledger {
	struct ledger_list lists[NR_LEDGER_ORDERS];
	size_t allocated;	/* for each of @lists */
	uint64_t nr_added;
};

void ledger_done(struct ledger *ledger);

/** ledger_add() - returns -ENOMEM */
int ledger_add(struct ledger *ledger, const struct policy_action *action,
	       bool is_pending);

/** ledger_last() - the last action of a rule on a container, or NULL */
struct ledger_entry *ledger_last(struct ledger *ledger, const char *rule,
				 const char *id, int64_t user_id);

/** ledger_acted() - a pending action was carried out, at this time */
void ledger_acted(struct ledger *ledger, struct ledger_entry *entry,
		  int64_t boot_ms, int64_t cool_down_ms);

/**
 * ledger_undone() - an action was not carried out
 * @was_asked: it was asked for, so it uses the budget
 */
void ledger_undone(struct ledger *ledger, struct ledger_entry *entry,
		   bool was_asked);

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
