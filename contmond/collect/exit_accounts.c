// SPDX-License-Identifier: GPL-2.0-only
#include "exit_accounts.h"

#include <stdlib.h>

#include "base/util.h"
#include "sample.h"

/**
 * struct sum - for one container
 * @is_known: it has an account
 * @tasks: ended processes in its account; @runtime_ns: what they used
 * @later_is_known, @later_tasks: the same, later
 * @nr_exiting: its processes in the sample that may have ended
 * @nr_ended: exits reported since the last sample; @lives_ns: what these
 *	processes had used in their whole lives when they were reported
 */
struct sum {
	bool is_known;
	uint64_t tasks;
	uint64_t runtime_ns;
	bool later_is_known;
	uint64_t later_tasks;
	uint64_t nr_exiting;
	uint64_t nr_ended;
	uint64_t lives_ns;
};

/* The container of an account, or a number below 0 */
static int32_t owner_of(const struct contmon_cgroup *row,
			const struct scope_map *scopes,
			const struct sample *sample)
{
	struct scope *scope;

	if (!(row->valid & CONTMON_CGROUP_EXITED) ||
	    scope_map_find(scopes, row->cgroup_id, &scope) < 0 || !scope)
		return SAMPLE_UNKNOWN;
	return sample_find(sample, scope->cgroup_id);
}

static void sum_accounts(const struct contmon_cgroups *accounts,
			 const struct scope_map *scopes,
			 const struct sample *sample, struct sum *sums)
{
	size_t i;

	for (i = 0; i < accounts->nr; i++) {
		const struct contmon_cgroup *row = &accounts->entries[i];
		int32_t owner = owner_of(row, scopes, sample);

		if (owner < 0)
			continue;
		sums[owner].is_known = true;
		sums[owner].tasks += row->exited_tasks;
		sums[owner].runtime_ns += row->exited_runtime_ns;
	}
}

static void sum_later(const struct contmon_cgroups *later,
		      const struct scope_map *scopes,
		      const struct sample *sample, struct sum *sums)
{
	size_t i;

	for (i = 0; i < later->nr; i++) {
		const struct contmon_cgroup *row = &later->entries[i];
		int32_t owner = owner_of(row, scopes, sample);

		if (owner < 0)
			continue;
		sums[owner].later_is_known = true;
		sums[owner].later_tasks += row->exited_tasks;
	}
	for (i = 0; i < sample->tasks.nr; i++)
		if (sample->owners[i] >= 0 &&
		    sample->tasks.entries[i].flags & CONTMON_TASK_EXITING)
			sums[sample->owners[i]].nr_exiting++;
}

static void sum_lost(const struct sample *sample, struct sum *sums)
{
	const struct exit_list *list = &sample->exits;
	size_t i;

	for (i = 0; i < list->nr_groups; i++) {
		const struct exit_group *group = &list->groups[i];
		int32_t owner = sample_find(sample, group->cgroup_id);

		if (!group->is_lost || owner < 0)
			continue;
		sums[owner].nr_ended += group->nr;
		sums[owner].lives_ns += group->lives_ns;
	}
}

static void sum_exits(const struct exit_list *list, struct sum *sums)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct exit *exit = &list->all[i];

		if (exit->owner < 0)
			continue;
		sums[exit->owner].nr_ended++;
		sums[exit->owner].lives_ns += exit->runtime_ns;
	}
}

/*
 * An account may be behind: it lacks processes that were reported but not
 * reaped yet. In that case late_ns is too small, never too large. If an account
 * has more processes than were reported, that of a container inside was added
 * to it or some were dropped, and the comparison starts over: nr_behind may be
 * too small, too. Returns whether it went on.
 */
static bool compare_account(struct ended_account *account,
			    const struct sum *sum)
{
	uint64_t tasks = sum->tasks - account->tasks;
	bool is_usable = account->is_known && sum->is_known &&
			 sum->tasks >= account->tasks &&
			 sum->runtime_ns >= account->runtime_ns &&
			 tasks <= account->nr_behind + sum->nr_ended;

	if (is_usable) {
		account->nr_behind += sum->nr_ended - tasks;
		account->late_ns += (int64_t)(sum->runtime_ns -
					      account->runtime_ns) -
				    (int64_t)sum->lives_ns;
	} else {
		account->nr_behind = 0;
		account->late_ns = 0;
	}
	if (account->nr_behind == 0 && account->late_ns < 0)
		account->late_ns = 0;
	account->is_known = sum->is_known;
	account->tasks = sum->tasks;
	account->runtime_ns = sum->runtime_ns;
	return is_usable;
}

/*
 * A process that was reported, but is not in the account, was either still in
 * the sample, or is in the later account. So there are at most as many as these
 * two say. If an end was not reported, nr_behind is less than the number of
 * those, because the account has or will have that process nevertheless.
 */
static bool lacks_none(const struct ended_account *account,
		       const struct sum *sum)
{
	return sum->later_is_known && sum->later_tasks >= sum->tasks &&
	       account->nr_behind ==
	       sum->nr_exiting + sum->later_tasks - sum->tasks;
}

/* Returns each process's share of what was used late. */
static uint64_t take_share(struct ended_account *account, uint64_t nr_ended)
{
	uint64_t share;

	if (nr_ended == 0 || account->late_ns <= 0)
		return 0;
	share = (uint64_t)account->late_ns / nr_ended;
	account->late_ns -= (int64_t)(share * nr_ended);
	return share;
}

static void add_shares(struct exit_list *list, const struct sum *sums)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (list->all[i].owner >= 0)
			list->all[i].gained_ns +=
				sums[list->all[i].owner].lives_ns;
}

static void compare(struct sample *sample, struct sum *sums, bool has_dropped)
{
	size_t i;

	for (i = 0; i < sample->nr_containers; i++) {
		struct sample_container *container = &sample->containers[i];
		struct ended_account *account = &container->scope->ended;
		bool goes_on = compare_account(account, &sums[i]);

		if (has_dropped && !(goes_on && lacks_none(account, &sums[i])))
			container->lacks_exits = true;
		/* From here on, lives_ns is the share of each process. */
		sums[i].lives_ns = take_share(account, sums[i].nr_ended);
	}
}

void exit_accounts_compare(const struct contmon_cgroups *accounts,
			   const struct contmon_cgroups *later,
			   const struct scope_map *scopes,
			   struct sample *sample)
{
	_cleanup_free_ struct sum *sums = NULL;

	sums = calloc(sample->nr_containers + 1, sizeof(*sums));
	if (!sums) {
		sample->exits.is_known &= !later;
		return;
	}
	sum_accounts(accounts, scopes, sample, sums);
	if (later)
		sum_later(later, scopes, sample, sums);
	sum_exits(&sample->exits, sums);
	sum_lost(sample, sums);
	compare(sample, sums, later);
	add_shares(&sample->exits, sums);
}
