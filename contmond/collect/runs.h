/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of containers, known from events: from the creation of a cgroup to its
 * removal. This records containers that ended before a sample was taken, and
 * what other containers used after their last sample.
 */
#ifndef CONTMOND_COLLECT_RUNS_H
#define CONTMOND_COLLECT_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "cgroupfs.h"
#include "scope.h"

/*
 * How many runs may begin in a second, and how many may not be in a sample yet;
 * users share both, see quota.h. Further ones are counted and only found by
 * samples, because every new run makes all titles be computed again.
 */
#define RUNS_MAX_PER_SECOND 200
#define RUNS_MAX_NEW 500

/**
 * struct run - one run of a container
 * @references: how many pointers to it are held
 * @scope: referenced
 * @is_new: it began after the newest sample
 * @is_whole: its creation and all exits of its processes were seen
 * @made_boottime_ns: when its cgroup was made; 0 if that was not seen
 * @emptied_boottime_ns: when its last process was gone; 0 while it has one
 * @removed_boottime_ns: when its cgroup was removed; 0 before
 * @exits: how many processes were seen to end in it
 * @first_start_boottime_ns: when the first of those was started, 0 for none;
 *	without the processes with which runc makes the container
 * @first_exit_status: the exit status of that process, as in wait(2)
 * @utime_ns: sum over those processes, as is @stime_ns
 * @rss_peak_bytes: the largest peak of those processes
 * @stats: read from its files when it was empty; no group is valid before, or
 *	if it was removed too soon
 */
struct run {
	unsigned int references;
	struct scope *scope;
	bool is_new;
	bool is_whole;
	uint64_t made_boottime_ns;
	uint64_t emptied_boottime_ns;
	uint64_t removed_boottime_ns;
	uint64_t exits;
	uint64_t first_start_boottime_ns;
	uint32_t first_exit_status;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t rss_peak_bytes;
	struct cgroup_stats stats;
};

/**
 * struct runs_listener - functions to call with runs, in order
 * @began: the cgroup of a container was made
 * @ended: the cgroup of a container was removed; also called for containers
 *	that existed before. @run is freed when it returns
 */
struct runs_listener {
	void (*began)(const struct run *run, void *userdata);
	void (*ended)(const struct run *run, void *userdata);
	void *userdata;
};

/** struct runs - opaque; NULL if there are no events */
struct runs;

/**
 * runs_new()
 * @cgroups: finds the container of a cgroup; must outlive it
 * @sees_exits: exits of processes are also reported
 * @listener: copied
 */
int runs_new(struct cgroups *cgroups, bool sees_exits,
	     const struct runs_listener *listener, struct runs **ret);
void runs_free(struct runs *runs);

/** runs_happened() - handle CREATED, EMPTIED, REMOVED and EXIT events */
void runs_happened(struct runs *runs, const struct contmon_event *event);

/**
 * runs_sampled() - learn the containers of a sample that no event has shown
 *
 * Runs that are missing in two consecutive samples are removed, because their
 * event was lost.
 */
void runs_sampled(struct runs *runs, const struct contmon_cgroups *snapshot,
		  const struct scope_map *scopes);

/** runs_find() - the run of the container that a cgroup is in, or NULL */
struct run *runs_find(const struct runs *runs, uint64_t cgroup_id);

/**
 * runs_missed() - starts and ends that were not noted
 *
 * With the driver an upper bound, without it a lower bound.
 */
uint64_t runs_missed(const struct runs *runs);

/** run_has_exit_status() - is it the status of the first process? */
bool run_has_exit_status(const struct run *run);

#endif /* CONTMOND_COLLECT_RUNS_H */
