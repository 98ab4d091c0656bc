// SPDX-License-Identifier: GPL-2.0-only
#include "asked.h"

#include <string.h>

#include "base/siphash.h"

/* A user chooses the ids of containers, but not so that two have one key. */
static uint64_t key_of(const char *run)
{
	static const uint8_t key[SIPHASH_KEY_BYTES] = "contmon asked";

	return siphash(key, run, strlen(run));
}

int64_t asked_since_ms(struct asked *asked, const char *run, uint64_t now_ms)
{
	const uint64_t key = key_of(run);
	size_t i;

	for (i = 0; i < asked->nr && i < ASKED_MAX; i++) {
		if (asked->all[i].key == key)
			return (int64_t)(now_ms - asked->all[i].first_ms);
	}
	asked->all[asked->nr++ % ASKED_MAX] =
		(struct asked_one){ key, now_ms };
	return -1;
}
