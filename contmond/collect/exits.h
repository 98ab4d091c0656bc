/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What processes used that ended since the last sample and therefore have no
 * row in the next one.
 *
 * The driver reports a process when it starts to exit. What it uses after that
 * appears only in its cgroup's account of ended processes, so it is known for
 * the container but not for the process. The difference is divided equally
 * among the processes of the container that ended.
 */
#ifndef CONTMOND_COLLECT_EXITS_H
#define CONTMOND_COLLECT_EXITS_H

#include <stdint.h>

#include <contmon.h>

#include "exit_list.h"
#include "runs.h"
#include "scope.h"

struct sample;

/** struct exits - opaque; NULL if nothing reports exits */
struct exits;

/** exits_new() - returns NULL if there is no memory */
struct exits *exits_new(void);
void exits_free(struct exits *exits);

/**
 * exits_happened() - handle the first EXIT event of a process
 * @run: its container's run, or NULL
 */
void exits_happened(struct exits *exits, const struct contmon_event *event,
		    const struct run *run);

/** exits_drop() - the driver dropped some before the next sample */
void exits_drop(struct exits *exits);

/** exits_miss_runs() - a container before the next sample may have no run */
void exits_miss_runs(struct exits *exits);

/** exits_lose() - any exits before the next sample may not be reported */
void exits_lose(struct exits *exits);

/**
 * exits_read_accounts() - read the driver's accounts of ended processes
 *
 * To be called before the events up to a sample are read, so that every process
 * in an account has been reported.
 */
void exits_read_accounts(struct exits *exits, struct contmon *device);

/**
 * exits_sampled() - fill @sample->exits with the exits since the last sample
 * @sample: already has its processes and containers; of these, it is set
 *	whether they lack exits
 * @runs_missed: result of runs_missed(): the cgroup of such a run cannot be
 *	distinguished from a cgroup of the host that is gone
 *
 * If there is no memory, or if @exits is NULL, they are unknown.
 */
void exits_sampled(struct exits *exits, struct contmon *device,
		   const struct scope_map *scopes, uint64_t runs_missed,
		   struct sample *sample);

#endif /* CONTMOND_COLLECT_EXITS_H */
