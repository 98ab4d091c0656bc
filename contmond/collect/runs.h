/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of containers, known from events: from the creation of a cgroup to its
 * removal. This records containers that ended before they were in a sample, and
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
 * How many runs may start in a second, and how many may be in no sample yet.
 * Users share both, see quota.h. Any more are counted, but found only by
 * samples, because every new run causes all titles to be computed again.
 */
#define RUNS_MAX_PER_SECOND 200
#define RUNS_MAX_NEW 500

/**
 * struct run - one run of a container
 * @references: number of pointers to it
 * @scope: referenced
 * @is_new: it started after the newest sample
 * @is_whole: its creation and all exits of its processes were seen
 * @made_boottime_ns: when its cgroup was created; 0 if that was not seen
 * @emptied_boottime_ns: when its last process ended; 0 while it has one
 * @removed_boottime_ns: when its cgroup was removed; 0 before
 * @exits: number of processes that were seen to end in it
 * @exited_boottime_ns: when the last of these ended
 * @first_start_boottime_ns: start of the first of these; 0 if there is none;
 *	ignores the processes with which runc sets up the container
 * @first_exit_status: exit status of that process, as in wait(2)
 * @utime_ns: sum over these processes, as is @stime_ns
 * @rss_peak_bytes: the largest peak of these processes
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
	uint64_t exited_boottime_ns;
	uint64_t first_start_boottime_ns;
	uint32_t first_exit_status;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t rss_peak_bytes;
	struct cgroup_stats stats;
};

/**
 * struct runs_listener - functions to call with runs, in order
 * @began: the cgroup of a container was created
 * @ended: the cgroup of a container was removed; also called for containers
 *	that already existed. @run is freed after it returns
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
 * @sees_exits: exits of processes are reported as well
 * @listener: copied
 */
int runs_new(struct cgroups *cgroups, bool sees_exits,
	     const struct runs_listener *listener, struct runs **ret);
void runs_free(struct runs *runs);

/**
 * runs_happened() - handle CREATED, EMPTIED and REMOVED events, and the first
 * EXIT event of a process
 */
void runs_happened(struct runs *runs, const struct contmon_event *event);

/** runs_lose_exits() - the driver dropped some, of whichever containers */
void runs_lose_exits(struct runs *runs);

/**
 * runs_sampled() - add containers of a sample that no event has reported
 *
 * Runs that are missing in two consecutive samples are removed, because their
 * event was lost. One in which processes have ended and which is empty now is
 * treated as if EMPTIED had come, which the driver does not always report.
 */
void runs_sampled(struct runs *runs, const struct contmon_cgroups *snapshot,
		  const struct scope_map *scopes);

/** runs_find() - the run of the container that a cgroup belongs to, or NULL */
struct run *runs_find(const struct runs *runs, uint64_t cgroup_id);

/**
 * runs_missed() - number of starts and ends that were not recorded
 *
 * An upper bound with the driver, a lower bound without.
 */
uint64_t runs_missed(const struct runs *runs);

/** run_has_exit_status() - is the status that of the container's process 1? */
bool run_has_exit_status(const struct run *run);

#endif /* CONTMOND_COLLECT_RUNS_H */
