/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last rows of containers that have ended. They are kept for a while, so
 * that Prometheus gets their final records.
 */
#ifndef CONTMOND_MODEL_ENDED_H
#define CONTMOND_MODEL_ENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "rows.h"

/* Enough for several scrapes at any usual interval */
#define ENDED_KEEP_NS (300ULL * 1000000000)

/*
 * If more containers end within that time, the oldest rows are dropped: those
 * of users before those of root.
 */
#define ENDED_MAX 256

/**
 * struct ended_run - what is known of a run
 * @cgroup_id: in v1 that of all runs of a container
 * @oom_kills: including those of the runs before
 * @oom_kills_before: those of the runs before
 */
struct ended_run {
	uint64_t cgroup_id;
	double oom_kills;
	double oom_kills_before;
};

/**
 * struct ended - one container that has ended
 * @row: totals, its start, its peak, its id and the strings that are labels in
 *	Prometheus, malloced; all else is unknown
 * @cgroup_id: of its own cgroup
 * @oom_kills_before: as in struct ended_run
 * @user_id: whose it is; 0: root's
 * @is_roots: see names_find_again()
 * @ended_boottime_ns: when it was first missing from a sample
 * @ended_ms: when it ended according to the engine, otherwise
 *	@ended_boottime_ns by the wall clock
 * @exit_code: NAN until the engine has reported it
 * @next_ms: when the next run began in the same place; 0 if none is known
 */
struct ended {
	struct container_row row;
	uint64_t cgroup_id;
	double oom_kills_before;
	int64_t user_id;
	bool is_roots;
	uint64_t ended_boottime_ns;
	double ended_ms;
	double exit_code;
	int64_t next_ms;
};

/** struct ended_list - oldest first; zero-initialise before the first use */
struct ended_list {
	struct ended *all;
	size_t nr;
};

/**
 * ended_add() - copy @row; replaces a row with the same container_place(), and
 * if that is an id, of the same user
 * @is_roots: see names_find_again()
 *
 * Returns 0 or -ENOMEM.
 */
int ended_add(struct ended_list *list, const struct container_row *row,
	      int64_t user_id, bool is_roots, uint64_t boottime_ns,
	      int64_t t_ms);

/**
 * ended_is_before_start() - does the engine tell an end before its start?
 * @began_ms: of the run that is asked about
 *
 * So it is when the clock was set back while it ran: then the start tells that
 * it is this run, and not an earlier one.
 */
bool ended_is_before_start(const struct container_info *name, double began_ms);

/**
 * ended_is_of_next() - does the engine tell of a later run?
 * @next_ms: when the next run began; 0 if none is known
 *
 * The engine may have missed the run before it, or told only later ones.
 */
bool ended_is_of_next(const struct container_info *name, int64_t next_ms);

/** ended_name() - update from what engines have reported about the ends */
void ended_name(struct ended_list *list, const struct names *names);

/**
 * ended_take() - a container is there again, in the same place
 * @place: container_place()
 * @user_id: whose it is; counts if the place is an id
 *
 * Removes its row. Returns what is known of the run; zeros if there was no row.
 */
struct ended_run ended_take(struct ended_list *list, const char *place,
			    int64_t user_id);

/** ended_expire() - drop those that ended ENDED_KEEP_NS ago or earlier */
void ended_expire(struct ended_list *list, uint64_t boottime_ns);

struct model;
struct model_container;
struct scope;

/**
 * ended_update() - add containers of @old that have ended by the model's new
 * sample
 *
 * Files of a cgroup disappear before the cgroup does, so the last sample may
 * lack some totals; earlier ones are used then. Returns 0 or -ENOMEM.
 */
int ended_update(struct model *model, const struct model_container *old,
		 size_t nr_old);

/**
 * ended_note_next() - a container of cgroup v2 began, and is in no sample yet
 * @began_ms: when it did
 *
 * It may end before the next sample, and its end is not that of the run before.
 */
void ended_note_next(struct model *model, const struct scope *scope,
		     int64_t began_ms);

/** totals_fill() - take totals that are unknown in @row from @known */
void totals_fill(struct container_row *row, const struct container_row *known);

void ended_done(struct ended_list *list);

#endif /* CONTMOND_MODEL_ENDED_H */
