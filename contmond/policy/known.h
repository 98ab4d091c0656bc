/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that are remembered from tick to tick. Pure. */
#ifndef CONTMOND_POLICY_KNOWN_H
#define CONTMOND_POLICY_KNOWN_H

#include "ledger.h"
#include "watch.h"

#define NO_CLASS SIZE_MAX

/**
 * struct known - one container
 * @id, @started_ms: its identity
 * @seen_boot_ms: boot time of the first tick that has this run
 * @name: NULL if unknown
 * @user_id: the user to whom it belongs
 * @texts_hash: hash of the strings that selectors compare, as of @profile
 * @profile: what its strings say; @is_young, @is_running and @is_alive are
 *	those of this tick
 * @class_label: owns the name of a class that only a label names
 * @is_left_alone: it does not even want notifications
 * @class: index into the policy's classes, or NO_CLASS
 * @watches: one for each rule; NULL if the rule does not select it
 * @cool_ms: boot time until which it cools down
 * @has_ended: at this tick
 * @ended_ms: as reported; NAN until it has ended
 * @ended_ago_ms: time since its end, as of @ended_boot_ms
 * @gone_ms: boot time until which it counts as gone after an action
 * @taken_by: the rule that has it at this tick, or NULL; borrowed
 * @held_by: owns @taken_by if the rule has it since an earlier tick
 * @parked_until_ms: boot time until which it waits for its next run
 */
struct known {
	char *id;
	double started_ms;
	int64_t seen_boot_ms;
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
 * struct known_list - sorted by identity
 * @of_candidate: the container of each candidate of the tick
 * @parked: containers that have gone, kept for their next run; newest last
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

/** known_forget_parked() - their next runs start without a history */
void known_forget_parked(struct known_list *list, size_t nr_rules);

/** known_started_ms() - start of a candidate; 0 if unknown */
double known_started_ms(const struct policy_candidate *candidate);

/**
 * known_update() - find the containers of a tick, and forget all others
 *
 * After -ENOMEM the list can only be freed.
 */
int known_update(struct known_list *list, const struct policy *policy,
		 const struct ledger *ledger, const struct policy_tick *tick);

/**
 * known_hold() - mark containers of decisions that have not ended as taken
 *
 * To be called after known_update(). Returns -ENOMEM.
 */
int known_hold(struct known_list *list, const struct policy_tick *tick);

/**
 * known_adopt() - continue with another policy
 *
 * Returns -ENOMEM, and then changes nothing.
 */
int known_adopt(struct known_list *list, const struct policy *from,
		const struct policy *to);

/**
 * known_ended_seconds() - time since its end; NAN while it runs
 *
 * Counts from when the end was first seen, so that setting the wall clock does
 * not matter.
 */
double known_ended_seconds(const struct known *known, int64_t boot_ms);

/** known_look_up() - update cool-down and gone time from the ledger */
void known_look_up(struct known *known, const struct ledger *ledger);

/** known_look_up_all() - the ledger has changed for this id or name */
void known_look_up_all(struct known_list *list, const struct ledger *ledger,
		       const char *id, const char *name);

#endif /* CONTMOND_POLICY_KNOWN_H */
