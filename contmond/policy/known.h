/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that are known from tick to tick. Pure. */
#ifndef CONTMOND_POLICY_KNOWN_H
#define CONTMOND_POLICY_KNOWN_H

#include "ledger.h"
#include "watch.h"

#define NO_CLASS SIZE_MAX

/**
 * struct known - one container
 * @id, @started_ms: its identity
 * @name: NULL when unknown
 * @user_id: whose it is
 * @texts_hash: of what selectors compare, when @profile was made
 * @profile: what its texts say; its @is_young, @is_running and @is_alive are of
 *	this tick
 * @class_label: owns the class that a label names
 * @is_left_alone: not even notifications
 * @class: index into the policy's classes, or NO_CLASS
 * @watches: for each rule; NULL where it is not selected
 * @cool_ms: boot time until which it cools down
 * @has_ended: in this tick
 * @ended_ms: of the candidate; NAN until it has ended
 * @ended_ago_ms: how long ago that was when it was seen, at @ended_boot_ms
 * @gone_ms: boot time until which it counts as gone after an action
 * @taken_by: the rule that has it in this tick, or NULL; borrowed
 * @held_by: owns that text if the rule has it from an earlier tick
 * @parked_until_ms: boot time until which it waits for another run
 */
struct known {
	char *id;
	double started_ms;
	char *name;
	int64_t user_id;
	uint64_t texts_hash;
	struct policy_profile profile;
	char *class_label;
	bool is_left_alone;
	size_t class;
	struct watch **watches;
	int64_t cool_ms;
	int64_t gone_ms;
	bool has_ended;
	double ended_ms;
	double ended_ago_ms;
	int64_t ended_boot_ms;
	const char *taken_by;
	char *held_by;
	int64_t parked_until_ms;
};

/**
 * struct known_list - in the order of identities
 * @of_candidate: for each candidate of the tick its container
 * @parked: those that have gone, whose next run goes on with what is remembered
 *	of them; the newest last
 */
struct known_list {
	struct known **all;
	size_t nr;
	struct known **of_candidate;
	size_t nr_candidates;
	struct known **parked;
	size_t nr_parked;
};

void known_list_done(struct known_list *list, size_t nr_rules);

/** known_forget_parked() - no next run goes on with what they were */
void known_forget_parked(struct known_list *list, size_t nr_rules);

/** known_started_ms() - a candidate's start, 0 when unknown */
double known_started_ms(const struct policy_candidate *candidate);

/**
 * known_update() - find the containers of a tick, forget all others
 *
 * Returns -ENOMEM; the list can then only be freed.
 */
int known_update(struct known_list *list, const struct policy *policy,
		 const struct ledger *ledger, const struct policy_tick *tick);

/**
 * known_hold() - let rules have containers that they have not let go yet
 *
 * After known_update(). Returns -ENOMEM.
 */
int known_hold(struct known_list *list, const struct policy_tick *tick);

/**
 * known_adopt() - go on with another policy
 *
 * Returns -ENOMEM and changes nothing.
 */
int known_adopt(struct known_list *list, const struct policy *from,
		const struct policy *to);

/**
 * known_ended_seconds() - time since its end; NAN while it runs
 *
 * Once it was seen, whatever the wall clock is set to.
 */
double known_ended_seconds(const struct known *known, int64_t boot_ms);

/** known_look_up() - take from the ledger what concerns one container */
void known_look_up(struct known *known, const struct ledger *ledger);

/** known_look_up_all() - the ledger has changed for an id and a name */
void known_look_up_all(struct known_list *list, const struct ledger *ledger,
		       const char *id, const char *name);

#endif /* CONTMOND_POLICY_KNOWN_H */
