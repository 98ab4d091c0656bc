// SPDX-License-Identifier: GPL-2.0-only
#include "ends.h"

#include "base/util.h"
#include "contmond/policy/hash.h"

void ends_begin(struct ends *ends, int64_t t_ms)
{
	ends->lists[false].since_ms = t_ms;
	ends->lists[true].since_ms = t_ms;
}

void ends_add(struct ends *ends, bool of_user, const char *id,
	      int64_t began_ms, int64_t gone_ms)
{
	struct ends_list *list = &ends->lists[of_user];
	struct past_run *run = &list->all[list->next];

	if (run->gone_ms > list->since_ms)
		list->since_ms = run->gone_ms;
	*run = (struct past_run){
		.id = hash_text(HASH_START, id),
		.began_ms = began_ms,
		.gone_ms = gone_ms,
	};
	list->next = (list->next + 1) % ENDS_MAX;
}

static bool has(const struct ends_list *list, uint64_t id, int64_t ended_ms)
{
	size_t i;

	for (i = 0; i < ENDS_MAX; i++) {
		const struct past_run *run = &list->all[i];

		if (run->id == id && run->began_ms <= ended_ms &&
		    ended_ms <= run->gone_ms)
			return true;
	}
	return false;
}

/*
 * A container of root may be in the cgroup of a user, so both lists are
 * searched. But only root's list says from when on its ends are remembered:
 * users could make that time later by starting and ending containers.
 */
bool ends_lack(const struct ends *ends, const char *id, int64_t ended_ms)
{
	uint64_t hash = hash_text(HASH_START, id);

	return ended_ms > ends->lists[false].since_ms &&
	       !has(&ends->lists[false], hash, ended_ms) &&
	       !has(&ends->lists[true], hash, ended_ms);
}
