/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of containers as events show them, from the making of a cgroup to its
 * removal. So one that no sample has seen leaves its numbers, and any other
 * those of its last moments.
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
 * Runs that begin within a second, and runs that no sample has yet. More are
 * left to samples, and counted: titles are made again for each of them.
 */
#define RUNS_MAX_PER_SECOND 200
#define RUNS_MAX_NEW 500

/**
 * struct run - one run of a container
 * @references: holders
 * @scope: referenced
 * @is_new: it began after the newest sample
 * @is_whole: all of it was seen: its making, and each process that ended
 * @made_boottime_ns: when its cgroup was made; 0 if that was not seen
 * @emptied_boottime_ns: when its last process was gone; 0 while it has one
 * @removed_boottime_ns: when its cgroup was removed; 0 before
 * @exits: processes that ended in it and were seen
 * @first_start_boottime_ns: when the first of those was started, 0 for none;
 *	not counting those by which runc makes the container
 * @first_exit_status: what that one ended with, as wait(2) gives it
 * @utime_ns: of all of @exits, as @stime_ns
 * @rss_peak_bytes: the largest of @exits
 * @stats: read from its files when it was empty; nothing is valid before, nor
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
 * @ended: the cgroup of a container was removed; called for those that were
 *	there before, too. @run is gone when it returns
 */
struct runs_listener {
	void (*began)(const struct run *run, void *userdata);
	void (*ended)(const struct run *run, void *userdata);
	void *userdata;
};

/** struct runs - opaque; NULL where nothing reports them */
struct runs;

/**
 * runs_new()
 * @cgroups: says whose a cgroup is; must outlive it
 * @sees_exits: processes that end are reported, too
 * @listener: copied
 */
int runs_new(struct cgroups *cgroups, bool sees_exits,
	     const struct runs_listener *listener, struct runs **ret);
void runs_free(struct runs *runs);

/** runs_happened() - of types CREATED, EMPTIED, REMOVED, and EXIT */
void runs_happened(struct runs *runs, const struct contmon_event *event);

/**
 * runs_sampled() - learn the containers of a sample that no event has shown
 *
 * What two samples in a row do not have is forgotten: its event was lost.
 */
void runs_sampled(struct runs *runs, const struct contmon_cgroups *snapshot,
		  const struct scope_map *scopes);

/** runs_find() - of the container that a cgroup is in; or NULL */
struct run *runs_find(const struct runs *runs, uint64_t cgroup_id);

/** runs_missed() - that began or ended and could not be noted, at most */
uint64_t runs_missed(const struct runs *runs);

/** run_has_exit_status() - is it that of its first process? */
bool run_has_exit_status(const struct run *run);

#endif /* CONTMOND_COLLECT_RUNS_H */
