/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When somebody first wanted to act on a run of a container. It is at least so
 * old, even if its owner keeps its age unknown. But an engine that the owner
 * runs can tell of a new run each time.
 */
#ifndef CONTMON_ENGINE_ASKED_H
#define CONTMON_ENGINE_ASKED_H

#include <stddef.h>
#include <stdint.h>

/* Beyond that, those that were asked for first are forgotten. */
#define ASKED_MAX 4096

/** struct asked - zero-initialise; @nr: how many were ever added */
struct asked {
	struct asked_one {
		uint64_t key;
		uint64_t first_ms;
	} all[ASKED_MAX];
	size_t nr;
};

/**
 * asked_since_ms() - how long ago this run of a container was first asked for
 * @run: identifies it
 * @now_ms: by the boot clock
 *
 * Returns -1 if this is the first time.
 */
int64_t asked_since_ms(struct asked *asked, const char *run, uint64_t now_ms);

#endif /* CONTMON_ENGINE_ASKED_H */
