// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comparing globs is slow, and the strings of a container hardly ever change,
 * so the result is kept until they do.
 */
#include "known.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/names_protected.h"
#include "profile.h"

/* The number of containers that can wait for their next run */
#define PARKED_MAX 1024

static void known_free(struct known *known, size_t nr_rules)
{
	size_t i;

	if (!known)
		return;
	for (i = 0; known->watches && i < nr_rules; i++)
		watch_free(known->watches[i]);
	free(known->watches);
	free(known->class_label);
	free(known->held_by);
	free(known->name);
	free(known->id);
	free(known);
}

void known_forget_parked(struct known_list *list, size_t nr_rules)
{
	size_t i;

	for (i = 0; i < list->nr_parked; i++)
		known_free(list->parked[i], nr_rules);
	free(list->parked);
	list->parked = NULL;
	list->nr_parked = 0;
}

void known_list_done(struct known_list *list, size_t nr_rules)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		known_free(list->all[i], nr_rules);
	known_forget_parked(list, nr_rules);
	free(list->all);
	free(list->of_candidate);
	*list = (struct known_list){ 0 };
}

double known_started_ms(const struct policy_candidate *candidate)
{
	const struct container_row *row = candidate->row;

	if (!isnan(row->started_ms))
		return row->started_ms;
	return isnan(row->created_ms) ? 0 : row->created_ms;
}

static struct known *known_new(const struct policy_candidate *candidate,
			       size_t nr_rules, int64_t boot_ms)
{
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	known->id = strdup(candidate->id);
	known->started_ms = known_started_ms(candidate);
	known->seen_boot_ms = boot_ms;
	known->ended_ms = NAN;
	known->watches = calloc(nr_rules ?: 1, sizeof(*known->watches));
	if (known->id && known->watches)
		return known;
	known_free(known, nr_rules);
	return NULL;
}

/* Between two runs */

static void unpark(struct known_list *list, size_t i)
{
	list->nr_parked--;
	memmove(&list->parked[i], &list->parked[i + 1],
		(list->nr_parked - i) * sizeof(*list->parked));
}

static void drop_parked(struct known_list *list, size_t i, size_t nr_rules)
{
	known_free(list->parked[i], nr_rules);
	unpark(list, i);
}

static void expire_parked(struct known_list *list, size_t nr_rules,
			  int64_t boot_ms)
{
	size_t i;

	for (i = list->nr_parked; i > 0; i--) {
		if (list->parked[i - 1]->parked_until_ms <= boot_ms)
			drop_parked(list, i - 1, nr_rules);
	}
}

/* How long a later run still needs what is known now; resets the rest */
static int64_t rerun_ms(struct known *known, const struct policy *policy)
{
	int64_t longest_ms = 0;
	size_t i;

	for (i = 0; i < policy->nr_rules && !known->has_ended; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (known->watches[i] &&
		    watch_rerun(known->watches[i], rule) &&
		    rule->for_ms > longest_ms)
			longest_ms = rule->for_ms;
	}
	return longest_ms;
}

/* The oldest one of a user, or else the oldest */
static size_t find_dispensable(const struct known_list *list)
{
	size_t i;

	for (i = 0; i < list->nr_parked; i++) {
		if (list->parked[i]->user_id != 0)
			return i;
	}
	return 0;
}

/* Keeps a container that has gone. If there is no memory, it is forgotten. */
static void park(struct known_list *list, struct known *known,
		 const struct policy *policy, int64_t boot_ms)
{
	int64_t keep_ms = rerun_ms(known, policy);
	struct known **grown = NULL;

	if (keep_ms > 0 && list->nr_parked == PARKED_MAX)
		drop_parked(list, find_dispensable(list), policy->nr_rules);
	if (keep_ms > 0)
		grown = reallocarray(list->parked, list->nr_parked + 1,
				     sizeof(*grown));
	if (!grown) {
		known_free(known, policy->nr_rules);
		return;
	}
	known->parked_until_ms = boot_ms + keep_ms;
	list->parked = grown;
	list->parked[list->nr_parked++] = known;
}

static struct known *run_again(struct known_list *list,
			       const struct policy_candidate *candidate,
			       int64_t boot_ms)
{
	size_t i;

	for (i = list->nr_parked; i > 0 && isnan(candidate->ended_ms); i--) {
		struct known *known = list->parked[i - 1];

		if (strcmp(known->id, candidate->id) != 0 ||
		    known->user_id != candidate->user_id)
			continue;
		unpark(list, i - 1);
		known->started_ms = known_started_ms(candidate);
		known->seen_boot_ms = boot_ms;
		known->texts_hash = 0;
		known->class = NO_CLASS;
		known->profile = (struct policy_profile){ 0 };
		return known;
	}
	return NULL;
}

/* Order of identities */

/* A candidate, and where it is in the tick */
struct indexed {
	const struct policy_candidate *candidate;
	size_t index;
};

static int compare(const char *id, double started_ms, const char *other_id,
		   double other_started_ms)
{
	int order = strcmp(id, other_id);

	if (order != 0)
		return order;
	return (started_ms > other_started_ms) -
	       (started_ms < other_started_ms);
}

static int by_identity(const void *a, const void *b)
{
	const struct indexed *one = a, *other = b;
	int order = compare(one->candidate->id,
			    known_started_ms(one->candidate),
			    other->candidate->id,
			    known_started_ms(other->candidate));

	return order ?: (one->index > other->index) -
			(one->index < other->index);
}

static struct indexed *sort_candidates(const struct policy_tick *tick)
{
	struct indexed *sorted = calloc(tick->nr_candidates ?: 1,
					sizeof(*sorted));
	size_t i;

	if (!sorted)
		return NULL;
	for (i = 0; i < tick->nr_candidates; i++)
		sorted[i] = (struct indexed){ &tick->candidates[i], i };
	qsort(sorted, tick->nr_candidates, sizeof(*sorted), by_identity);
	return sorted;
}

/* Both are sorted: containers that are skipped have gone. */
static struct known *take(struct known_list *list, struct known_list *old,
			  size_t *at, const struct policy *policy,
			  const struct policy_candidate *candidate,
			  int64_t boot_ms)
{
	for (; *at < old->nr; ++*at) {
		struct known *known = old->all[*at];
		int order = compare(known->id, known->started_ms,
				    candidate->id,
				    known_started_ms(candidate));

		if (order > 0)
			break;
		old->all[*at] = NULL;
		if (order == 0) {
			++*at;
			return known;
		}
		park(list, known, policy, boot_ms);
	}
	return run_again(list, candidate, boot_ms) ?:
	       known_new(candidate, policy->nr_rules, boot_ms);
}

static int merge(struct known_list *list, const struct policy *policy,
		 const struct policy_tick *tick, const struct indexed *sorted)
{
	struct known_list old = *list;
	size_t i, at = 0, nr = tick->nr_candidates;
	int r = 0;

	list->all = calloc(nr ?: 1, sizeof(*list->all));
	list->of_candidate = calloc(nr ?: 1, sizeof(*list->of_candidate));
	list->nr = 0;
	list->nr_candidates = nr;
	old.parked = NULL;
	old.nr_parked = 0;
	if (!list->all || !list->of_candidate)
		r = -ENOMEM;
	for (i = 0; r == 0 && i < nr; i++) {
		struct known *known = take(list, &old, &at, policy,
					   sorted[i].candidate, tick->boot_ms);

		if (!known) {
			r = -ENOMEM;
			break;
		}
		list->all[list->nr++] = known;
		list->of_candidate[sorted[i].index] = known;
	}
	for (; r == 0 && at < old.nr; at++) {
		park(list, old.all[at], policy, tick->boot_ms);
		old.all[at] = NULL;
	}
	known_list_done(&old, policy->nr_rules);
	return r;
}

int known_update(struct known_list *list, const struct policy *policy,
		 const struct ledger *ledger, const struct policy_tick *tick)
{
	struct indexed *sorted = sort_candidates(tick);
	size_t i;
	int r;

	expire_parked(list, policy->nr_rules, tick->boot_ms);
	r = sorted ? merge(list, policy, tick, sorted) : -ENOMEM;
	free(sorted);
	for (i = 0; r == 0 && i < tick->nr_candidates; i++)
		r = profile_update(list->of_candidate[i], policy, ledger, tick,
				   &tick->candidates[i]);
	return r;
}

static bool is_of(const struct policy_hold *hold, const struct known *known)
{
	return strcmp(known->id, hold->id) == 0 &&
	       (hold->user_id == POLICY_NO_USER ||
		hold->user_id == known->user_id);
}

/* A nested loop, because few decisions are under way at a time */
int known_hold(struct known_list *list, const struct policy_tick *tick)
{
	size_t i, j;

	for (i = 0; i < tick->nr_holds; i++) {
		for (j = 0; j < list->nr; j++) {
			struct known *known = list->all[j];

			if (!is_of(&tick->holds[i], known))
				continue;
			free(known->held_by);
			known->held_by = strdup(tick->holds[i].rule);
			if (!known->held_by)
				return -ENOMEM;
			known->taken_by = known->held_by;
		}
	}
	return 0;
}

double known_ended_seconds(const struct known *known, int64_t boot_ms)
{
	if (!known->has_ended)
		return NAN;
	return (known->ended_ago_ms +
		(double)(boot_ms - known->ended_boot_ms)) / 1e3;
}

void known_look_up(struct known *known, const struct ledger *ledger)
{
	known->cool_ms = ledger_cool_ms(ledger, known->id, known->name,
					known->user_id);
	known->gone_ms = ledger_gone_ms(ledger, known->id, known->user_id,
					known->started_ms);
}

void known_look_up_all(struct known_list *list, const struct ledger *ledger,
		       const char *id, const char *name)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		struct known *known = list->all[i];

		if (strcmp(known->id, id) == 0 ||
		    (name && known->name && strcmp(known->name, name) == 0))
			known_look_up(known, ledger);
	}
}

/* Another policy */

static size_t find_same(const struct policy *policy,
			const struct policy_rule *rule)
{
	const struct policy_rule *found = policy_rule_find(policy, rule->name);

	if (!found || strcmp(found->hash, rule->hash) != 0)
		return SIZE_MAX;
	return (size_t)(found - policy->rules);
}

static void adopt_one(struct known *known, struct watch **watches,
		      const struct policy *from, const struct policy *to)
{
	size_t i;

	for (i = 0; i < to->nr_rules; i++) {
		size_t same = find_same(from, &to->rules[i]);

		if (same == SIZE_MAX)
			continue;
		watches[i] = known->watches[same];
		known->watches[same] = NULL;
	}
	for (i = 0; i < from->nr_rules; i++)
		watch_free(known->watches[i]);
	free(known->watches);
	known->watches = watches;
	known->texts_hash = 0;
	known->class = NO_CLASS;
	known->profile = (struct policy_profile){ 0 };
}

int known_adopt(struct known_list *list, const struct policy *from,
		const struct policy *to)
{
	struct watch ***fresh = calloc(list->nr ?: 1, sizeof(*fresh));
	bool failed = !fresh;
	size_t i;

	for (i = 0; !failed && i < list->nr; i++) {
		fresh[i] = calloc(to->nr_rules ?: 1, sizeof(**fresh));
		failed = !fresh[i];
	}
	for (i = 0; fresh && i < list->nr; i++) {
		if (failed)
			free(fresh[i]);
		else
			adopt_one(list->all[i], fresh[i], from, to);
	}
	if (!failed)
		known_forget_parked(list, from->nr_rules);
	free(fresh);
	return failed ? -ENOMEM : 0;
}
