/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers that start and end, at a tick or between ticks. An engine may
 * report the exit code of a container only some time after its end, so we wait
 * for that for a while.
 */
#ifndef CONTMOND_DEPARTED_H
#define CONTMOND_DEPARTED_H

#include <stdbool.h>

#include "base/names.h"
#include "contmond/collect/runs.h"
#include "contmond/model/model.h"
#include "contmond/store/store.h"
#include "ends.h"

/**
 * struct departed_container
 * @cgroup: where it was; NULL if unknown
 * @user_id: whose it is; 0: root's
 * @is_roots: see names_find_again()
 * @began_ms: when this run did, at the earliest; 0 when unknown
 * @began_boottime_ns: the same by the boot clock
 * @gone_boottime_ns: when it ended; 0 before
 * @next_ms: when the next run of the container began; 0 if none is known
 * @next_boottime_ns: the same by the boot clock
 * @is_named: the engine's name was recorded after its end
 */
struct departed_container {
	uint64_t cgroup_id;
	char *id;
	char *cgroup;
	int64_t user_id;
	bool is_roots;
	int64_t began_ms;
	uint64_t began_boottime_ns;
	uint64_t gone_boottime_ns;
	int64_t next_ms;
	uint64_t next_boottime_ns;
	bool is_named;
};

/*
 * Limit for ended containers that wait for a report; more replace the oldest,
 * those of users before those of root
 */
#define DEPARTED_MAX_GONE 256

/**
 * struct departed - zero-initialise
 * @has_tick: there was a tick; containers of the first one started earlier
 * @present: the containers of the newest tick, and those started since, in
 *	ascending order of their cgroups
 * @gone: containers whose end the engine has not reported yet, the oldest first
 * @ends: those of root that have ended and are not in @gone any more
 */
struct departed {
	bool has_tick;
	struct departed_container *present;
	size_t nr_present;
	struct departed_container gone[DEPARTED_MAX_GONE];
	size_t nr_gone;
	struct ends ends;
};

void departed_done(struct departed *departed);

/**
 * departed_tick() - compare the newest sample with the previous one
 * @store: gets an event for each container that has started or ended
 * @ret_new: whether any containers are new
 *
 * Returns -ENOMEM, and then nothing has changed.
 */
int departed_tick(struct departed *departed, const struct model *model,
		  struct store *store, bool *ret_new);

/**
 * departed_begin() - a container has started, and is in no tick yet
 * @store: gets its event, and the strings in @who
 */
void departed_begin(struct departed *departed, const struct run *run,
		    const struct store_container *who, int64_t t_ms,
		    struct store *store);

/**
 * departed_end() - a container has ended, before or after a tick without it
 * @store: gets its event unless a tick has added it already, and @final
 */
void departed_end(struct departed *departed, const struct run *run,
		  const struct store_final *final, struct store *store);

/** departed_rename() - engines have told more of the containers of @model */
void departed_rename(struct departed *departed, const struct model *model);

/**
 * departed_end_of() - when a container ended, by the boot clock
 * @name: has the end by the wall clock
 *
 * Returns the time now if the end is later, because the clock was set back.
 */
uint64_t departed_end_of(const struct container_info *name);

/** departed_report() - add to the store what engines have reported since */
void departed_report(struct departed *departed, struct store *store,
		     const struct names *names, uint64_t boottime_ns);

/**
 * enum departed_run - whose end an engine tells
 * @DEPARTED_PRESENT: of a container that is there; a later tick may be without
 * @DEPARTED_RECORDED: of one that has ended and is recorded, or may be
 * @DEPARTED_UNSEEN: certainly of none that was seen
 */
enum departed_run {
	DEPARTED_PRESENT,
	DEPARTED_RECORDED,
	DEPARTED_UNSEEN,
};

/**
 * departed_hear() - what an engine of root's says of an end
 * @name: the engine may have removed the container since
 * @ended_boottime_ns: the end by the boot clock
 * @store: gets it, if the container has ended and its report is awaited
 *
 * A user can make a cgroup with any id, so only containers of root count.
 */
enum departed_run departed_hear(struct departed *departed,
				const struct container_info *name,
				uint64_t ended_boottime_ns,
				struct store *store);

#endif /* CONTMOND_DEPARTED_H */
