/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What processes used that ended since the last sample, which have no row in
 * the next one.
 *
 * The driver reports a process when it begins to end. What it uses after that
 * is in its cgroup's account of ended processes only, so it is known for a
 * container but not for a process. The difference is divided equally among the
 * processes of the container that ended.
 */
#ifndef CONTMOND_COLLECT_EXITS_H
#define CONTMOND_COLLECT_EXITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "runs.h"
#include "scope.h"

struct sample;

/* Most ends between two samples; with more, all of them count as unknown */
#define EXITS_MAX 16384

#define EXIT_COMM_BYTES sizeof(((struct contmon_event *)NULL)->comm)

/**
 * struct exit - one process that ended
 * @cgroup_id: its container's own cgroup if @is_in_run, else the one it was in
 * @runtime_ns: CPU time of its whole life
 * @gained_ns: the part since the last sample; 0 if the sample still has the
 *	process, whose row counts it
 * @owner: the container that it was in, as in struct sample
 */
struct exit {
	uint64_t start_boottime_ns;
	uint64_t cgroup_id;
	uint64_t runtime_ns;
	uint64_t gained_ns;
	int32_t pid;
	int32_t owner;
	bool is_in_run;
	char comm[EXIT_COMM_BYTES];
};

/**
 * struct exit_list - processes that ended between two samples
 * @is_known: all of them are in the list
 * @is_host_known: so are those outside of containers
 */
struct exit_list {
	struct exit *all;
	size_t nr;
	size_t allocated;
	bool is_known;
	bool is_host_known;
};

void exit_list_done(struct exit_list *list);

/** struct exits - opaque; NULL if nothing reports them */
struct exits;

/** exits_new() - NULL without memory */
struct exits *exits_new(void);
void exits_free(struct exits *exits);

/** exits_happened() - an EXIT event, in a container of @run if not NULL */
void exits_happened(struct exits *exits, const struct contmon_event *event,
		    const struct run *run);

/** exits_lose() - some were not reported: those until the next sample */
void exits_lose(struct exits *exits);

/**
 * exits_read_accounts() - what ended processes used according to the driver
 *
 * Call it before the events up to a sample are read: then each process in an
 * account has been reported.
 */
void exits_read_accounts(struct exits *exits, struct contmon *device);

/**
 * exits_sampled() - fill @sample->exits with those since the last sample
 * @sample: has its processes and containers
 * @runs_missed: runs_missed(): the cgroup of such a run cannot be told from
 *	one of the host that is gone
 *
 * Without memory they are unknown. With NULL for @exits they always are.
 */
void exits_sampled(struct exits *exits, const struct scope_map *scopes,
		   uint64_t runs_missed, struct sample *sample);

#endif /* CONTMOND_COLLECT_EXITS_H */
