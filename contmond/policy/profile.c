// SPDX-License-Identifier: GPL-2.0-only
#include "profile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/names_protected.h"
#include "hash.h"
#include "select.h"

static uint64_t add(uint64_t hash, const char *text)
{
	return hash_text(hash_text(hash, text ? "=" : ""), text ?: "");
}

/* Never 0, which means that it was not computed yet */
static uint64_t hash_texts(const struct policy_candidate *candidate)
{
	const struct container_row *row = candidate->row;
	uint64_t hash = add(HASH_START, candidate->name);
	size_t i;

	hash = add(hash, row->image);
	hash = add(hash, row->command);
	hash = add(hash, row->runtime);
	hash = add(hash, row->pod);
	hash = add(hash, row->state);
	hash = add(hash, row->compose_project);
	hash = add(hash, row->compose_service);
	for (i = 0; i < candidate->nr_labels; i++) {
		hash = add(hash, candidate->labels[i].key);
		hash = add(hash, candidate->labels[i].value);
	}
	hash = add(hash, candidate->is_described ? "described" : NULL);
	hash = add(hash, candidate->is_own ? "own" : NULL);
	return hash ?: 1;
}

static const char *protection_of(const struct policy *policy,
				 const struct subject *subject)
{
	const struct policy_candidate *candidate = subject->candidate;
	const struct container_info name = {
		.name = candidate->name,
		.image = candidate->row->image,
		.labels = candidate->labels,
		.nr_labels = candidate->nr_labels,
	};
	const char *why = name_protection(&name);
	const struct policy_term *term;
	size_t i;

	if (why)
		return why;
	if (candidate->is_own)
		return "this program runs in it";
	if (!candidate->is_described)
		return "its engine has not described it yet";
	for (i = 0; i < policy->protect.nr; i++) {
		if (select_any(&policy->protect.all[i].match, subject,
			       &term) == POLICY_YES)
			return term->text;
	}
	return NULL;
}

static size_t class_index(const struct policy *policy, const char *name)
{
	size_t i;

	for (i = 0; name && i < policy->classes.nr; i++) {
		if (strcmp(policy->classes.all[i].name, name) == 0)
			return i;
	}
	return NO_CLASS;
}

/* Keeps a copy of a class that only a label names. */
static int set_class(struct known *known, const struct policy *policy,
		     const char *class)
{
	known->class = class_index(policy, class);
	free(known->class_label);
	known->class_label = NULL;
	known->profile.class = NULL;
	if (known->class != NO_CLASS) {
		known->profile.class = policy->classes.all[known->class].name;
	} else if (class) {
		known->class_label = strdup(class);
		known->profile.class = known->class_label;
		return known->class_label ? 0 : -ENOMEM;
	}
	return 0;
}

static int choose_rules(struct known *known, const struct policy *policy,
			const struct subject *subject)
{
	size_t i;

	for (i = 0; i < policy->nr_rules; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		struct watch **watch = &known->watches[i];

		if (select_all(&rule->select, subject) != POLICY_YES) {
			watch_free(*watch);
			*watch = NULL;
		} else if (!*watch) {
			*watch = watch_new(rule);
			if (!*watch)
				return -ENOMEM;
		}
	}
	return 0;
}

static int set_name(struct known *known, const struct ledger *ledger,
		    const struct policy_candidate *candidate)
{
	free(known->name);
	known->user_id = candidate->user_id;
	known->name = candidate->name ? strdup(candidate->name) : NULL;
	if (candidate->name && !known->name)
		return -ENOMEM;
	known_look_up(known, ledger);
	return 0;
}

static int look_again(struct known *known, const struct policy *policy,
		      const struct ledger *ledger,
		      const struct policy_candidate *candidate)
{
	const struct container_info name = {
		.labels = candidate->labels, .nr_labels = candidate->nr_labels,
	};
	struct subject subject;
	int r;

	select_subject(policy, candidate, &subject);
	known->profile.type = subject.type;
	known->profile.protection = protection_of(policy, &subject);
	known->is_left_alone = name_is_left_alone(&name);
	r = set_name(known, ledger, candidate);
	if (r == 0)
		r = choose_rules(known, policy, &subject);
	if (r == 0)
		r = set_class(known, policy, subject.class);
	return r;
}

/*
 * While it is not running, its age counts from its last start, or else from its
 * creation. If that is unknown, or later than now, it is at least as old as it
 * has been seen: its user may tell no start.
 */
static double age_ms(const struct known *known, const struct policy_tick *tick,
		     const struct policy_candidate *candidate)
{
	double started_ms = known_started_ms(candidate);

	if (!isnan(candidate->row->uptime_seconds))
		return candidate->row->uptime_seconds * 1e3;
	if (started_ms > 0 && started_ms <= (double)tick->t_ms)
		return (double)tick->t_ms - started_ms;
	return (double)(tick->boot_ms - known->seen_boot_ms);
}

/*
 * The age of the end is taken once, so that setting the clock does not change
 * it.
 */
static void note_end(struct known *known, const struct policy_tick *tick,
		     const struct policy_candidate *candidate)
{
	double ago_ms = (double)tick->t_ms - candidate->ended_ms;

	known->has_ended = !isnan(candidate->ended_ms);
	if (known->has_ended && candidate->ended_ms != known->ended_ms) {
		known->ended_ago_ms = ago_ms > 0 ? ago_ms : 0;
		known->ended_boot_ms = tick->boot_ms;
	}
	known->ended_ms = candidate->ended_ms;
}

int profile_update(struct known *known, const struct policy *policy,
		   const struct ledger *ledger, const struct policy_tick *tick,
		   const struct policy_candidate *candidate)
{
	uint64_t hash = hash_texts(candidate);
	const char *state = candidate->row->state;
	double age = age_ms(known, tick, candidate);
	int r = 0;

	/*
	 * The strings may be the same although the owner has changed to root.
	 */
	if (hash != known->texts_hash || candidate->user_id != known->user_id)
		r = look_again(known, policy, ledger, candidate);
	if (r < 0)
		return r;
	known->texts_hash = hash;
	known->taken_by = NULL;
	note_end(known, tick, candidate);
	known->profile.is_young = age < (double)policy->min_age_ms;
	known->profile.is_running = !known->has_ended && state &&
				    strcmp(state, "running") == 0;
	known->profile.is_alive = known->profile.is_running &&
				  known->gone_ms <= tick->boot_ms;
	return 0;
}
