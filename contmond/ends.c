// SPDX-License-Identifier: GPL-2.0-only
#include "ends.h"

#include <stddef.h>

#include "contmond/policy/hash.h"

void ends_begin(struct ends *ends, uint64_t boottime_ns)
{
	ends->since_boottime_ns = boottime_ns;
}

void ends_add(struct ends *ends, const char *id, const struct past_run *run)
{
	struct past_run *oldest = &ends->all[ends->next];

	if (oldest->gone_boottime_ns > ends->since_boottime_ns)
		ends->since_boottime_ns = oldest->gone_boottime_ns;
	*oldest = *run;
	oldest->id = hash_text(HASH_START, id);
	ends->next = (ends->next + 1) % ENDS_MAX;
}

/* If the clock was set since it was told, it is at another boot time now. */
static bool is_end_of(const struct past_run *run, int64_t told_ms,
		      uint64_t ended_boottime_ns)
{
	return (run->told_ms > 0 && run->told_ms == told_ms) ||
	       (run->began_boottime_ns <= ended_boottime_ns &&
		ended_boottime_ns <= run->gone_boottime_ns);
}

bool ends_lack(const struct ends *ends, const char *id, int64_t told_ms,
	       uint64_t ended_boottime_ns)
{
	uint64_t hash = hash_text(HASH_START, id);
	size_t i;

	if (ended_boottime_ns <= ends->since_boottime_ns)
		return false;
	for (i = 0; i < ENDS_MAX; i++) {
		if (ends->all[i].id == hash &&
		    is_end_of(&ends->all[i], told_ms, ended_boottime_ns))
			return false;
	}
	return true;
}
