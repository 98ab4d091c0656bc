// SPDX-License-Identifier: GPL-2.0-only
#include "newest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

/* Each user has separate groups, whatever that user's engine may invent. */
static int compare_groups(const struct member *one, const struct member *other)
{
	if (one->user_id != other->user_id)
		return one->user_id < other->user_id ? -1 : 1;
	return strcmp(one->group, other->group);
}

static int by_group(const void *a, const void *b)
{
	const struct member *one = a, *other = b;
	int order = compare_groups(one, other);

	if (order != 0)
		return order;
	if (one->made_ms != other->made_ms)
		return one->made_ms < other->made_ms ? 1 : -1;
	return strcmp(one->id, other->id);
}

static const char *group_of(const struct policy_rule *rule,
			    const struct known *known,
			    const struct policy_candidate *candidate)
{
	const struct subject subject = {
		.candidate = candidate,
		.class = known->profile.class,
		.type = known->profile.type,
	};
	const char *group;

	if (rule->per == POLICY_NR_FIELDS)
		return "";
	select_text(&subject, rule->per, &group);
	return group;
}

/*
 * Uses the creation time if known, so that a restart makes a container no
 * newer.
 */
static double made_ms(const struct policy_candidate *candidate)
{
	double created_ms = candidate->row->created_ms;

	return isnan(created_ms) ? known_started_ms(candidate) : created_ms;
}

static size_t gather(struct policy_state *state,
		     const struct policy_rule *rule,
		     const struct policy_tick *tick,
		     struct policy_verdict *verdicts)
{
	size_t i, nr = 0;

	for (i = 0; i < tick->nr_candidates; i++) {
		const struct policy_candidate *candidate =
			&tick->candidates[i];
		struct member member = {
			.candidate = i,
			.user_id = candidate->user_id,
			.id = candidate->id,
		};

		if (verdicts[i].finding != POLICY_CHOSEN)
			continue;
		member.group = group_of(rule, state->known.of_candidate[i],
					candidate);
		member.made_ms = made_ms(candidate);
		if (member.group && member.made_ms > 0)
			state->members[nr++] = member;
		else
			verdicts[i].finding = POLICY_UNKNOWN;
	}
	return nr;
}

/* It is among the newest known, but missing ended containers might be newer. */
static void spare(struct policy_verdict *verdict, bool lacks_ended)
{
	verdict->finding = lacks_ended ? POLICY_UNKNOWN : POLICY_IS_NEWEST;
	if (lacks_ended)
		verdict->why = "ended containers, which are not recorded, may "
			       "be newer";
}

void newest_find(struct policy_state *state, const struct policy_rule *rule,
		 const struct policy_tick *tick,
		 struct policy_verdict *verdicts)
{
	struct member *members = state->members;
	size_t nr = gather(state, rule, tick, verdicts), i, rank = 0;
	bool lacks_ended = tick->lacks_ended &&
			   policy_ended_of(rule) != POLICY_ENDED_IGNORED;

	qsort(members, nr, sizeof(*members), by_group);
	for (i = 0; i < nr; i++) {
		if (i > 0 && compare_groups(&members[i], &members[i - 1]) == 0)
			rank++;
		else
			rank = 0;
		if (rank < rule->keep_newest)
			spare(&verdicts[members[i].candidate], lacks_ended);
	}
}
