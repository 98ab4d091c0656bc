// SPDX-License-Identifier: GPL-2.0-only
#include "fate.h"

#include <math.h>
#include <string.h>

double fate_start_of(const struct policy_candidate *candidate)
{
	double started_ms = candidate->row->started_ms;

	return isnan(started_ms) ? candidate->row->created_ms : started_ms;
}

/*
 * Cgroup ids are compared first, because an engine's container gets a new
 * cgroup with each start. Start times may differ after a restart of contmond,
 * if the clock was set in between.
 */
static bool is_other_run(const struct pending *pending,
			 const struct policy_candidate *candidate,
			 const struct enforce_target *target)
{
	double started_ms = fate_start_of(candidate);

	if (pending->had_ended && isnan(candidate->ended_ms))
		return true;
	if (target->cgroup_id && pending->target.cgroup_id)
		return target->cgroup_id != pending->target.cgroup_id;
	return !isnan(started_ms) && !isnan(pending->started_ms) &&
	       started_ms != pending->started_ms;
}

static bool is_of_another_user(const struct pending *pending,
			       const struct policy_candidate *candidate)
{
	return pending->user_id != POLICY_NO_USER &&
	       pending->user_id != candidate->user_id;
}

static bool is_running(const struct policy_candidate *candidate)
{
	return isnan(candidate->ended_ms) &&
	       !(candidate->row->state &&
		 strcmp(candidate->row->state, "empty") == 0);
}

static bool has_name_of(const struct policy_candidate *candidate,
			const struct pending *pending)
{
	return pending->name && candidate->name &&
	       strcmp(candidate->name, pending->name) == 0 &&
	       !is_of_another_user(pending, candidate);
}

static enum fate fate_of_same(const struct pending *pending,
			      const struct policy_candidate *candidate)
{
	return pending->had_ended || is_running(candidate) ? FATE_SAME :
							     FATE_ENDED;
}

/*
 * Other candidates may have the same id: a user can create a cgroup of that
 * name, to keep the container from being acted on or from seeming to have
 * ended.
 */
enum fate fate_of(const struct pending *pending,
		  const struct enforce_tick *all, size_t *ret)
{
	const struct policy_tick *tick = &all->tick;
	enum fate fate = FATE_ENDED;
	bool has_id = false;
	size_t i;

	for (i = 0; i < tick->nr_candidates; i++) {
		const struct policy_candidate *candidate =
			&tick->candidates[i];

		if (strcmp(candidate->id, pending->id) != 0) {
			if (!has_id && is_running(candidate) &&
			    has_name_of(candidate, pending))
				fate = FATE_OTHER;
			continue;
		}
		if (!is_other_run(pending, candidate, &all->targets[i])) {
			*ret = i;
			return fate_of_same(pending, candidate);
		}
		if (is_of_another_user(pending, candidate))
			continue;
		*ret = i;
		has_id = true;
		fate = is_running(candidate) ? FATE_AGAIN : FATE_ENDED;
	}
	return fate;
}

const char *fate_text(enum fate fate)
{
	static const char *const texts[] = {
		[FATE_SAME] = "it is there as before",
		[FATE_ENDED] = "it ended by itself",
		[FATE_AGAIN] = "it was started again",
		[FATE_OTHER] = "another container has its name by now",
	};

	return texts[fate];
}
