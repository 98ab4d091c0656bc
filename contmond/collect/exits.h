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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "runs.h"
#include "scope.h"

struct sample;

/*
 * Maximum number of exits between two samples; if there are more, all are
 * unknown
 */
#define EXITS_MAX 16384

#define EXIT_COMM_BYTES sizeof(((struct contmon_event *)NULL)->comm)

/**
 * struct exit - one process that ended
 * @cgroup_id: the container's own cgroup if @is_in_run, else the one it was in
 * @runtime_ns: CPU time of its whole life
 * @gained_ns: CPU time since the last sample; 0 if this sample still has the
 *	process, and its row counts it
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
 * @is_known: the list is complete
 * @is_host_known: it is complete for processes outside of containers
 */
struct exit_list {
	struct exit *all;
	size_t nr;
	size_t allocated;
	bool is_known;
	bool is_host_known;
};

void exit_list_done(struct exit_list *list);

/** struct exits - opaque; NULL if nothing reports exits */
struct exits;

/** exits_new() - returns NULL if there is no memory */
struct exits *exits_new(void);
void exits_free(struct exits *exits);

/**
 * exits_happened() - handle an EXIT event; @run is its container's run, or NULL
 */
void exits_happened(struct exits *exits, const struct contmon_event *event,
		    const struct run *run);

/** exits_lose() - some exits before the next sample were not reported */
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
 * @sample: already has its processes and containers
 * @runs_missed: result of runs_missed(): the cgroup of such a run cannot be
 *	distinguished from a cgroup of the host that is gone
 *
 * If there is no memory, or if @exits is NULL, they are unknown.
 */
void exits_sampled(struct exits *exits, const struct scope_map *scopes,
		   uint64_t runs_missed, struct sample *sample);

#endif /* CONTMOND_COLLECT_EXITS_H */
