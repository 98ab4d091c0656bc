/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store of the past: see STORE.md.
 *
 * The thread of the ticks calls store_tick(), store_rename() and store_end(),
 * which never wait for a disk. A thread of the store writes. Everything else
 * may be called by any thread.
 */
#ifndef CONTMOND_STORE_STORE_H
#define CONTMOND_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/model/device_rows.h"

/** struct store - opaque */
struct store;

/**
 * struct store_options - settings of the store
 * @path: the database; NULL for memory, which lasts as long as contmond runs
 * @boot_id: identifies this boot of the host
 * @max_bytes: limit for the size of the files; 0 for the default;
 *	STORE_KEEP_ALL: nothing is ever deleted, and adding waits for the disk
 *	instead of dropping what does not fit in memory
 * @ret_why: NULL allows another file or memory instead of @path. Otherwise
 *	store_open() fails, and this is the reason: malloced, or NULL if there
 *	is no memory
 */
struct store_options {
	const char *path;
	const char *boot_id;
	uint64_t max_bytes;
	char **ret_why;
};

#define STORE_MAX_BYTES (250ULL << 20)
#define STORE_MIN_BYTES (16ULL << 20)
#define STORE_KEEP_ALL UINT64_MAX

/**
 * store_open() - returns 0 or -ENOMEM
 *
 * A file that cannot be opened is put aside or left alone, as described in
 * STORE.md, and logged. The store then uses a new file, or memory until the
 * file can be opened. With @ret_why, fails with an error of db_open() instead.
 */
int store_open(const struct store_options *options, struct store **ret);

/**
 * store_probe() - could a store use the file at @path right now?
 *
 * Reads only the header of the file, and changes nothing. A database that is in
 * use is accepted. Returns a negative errno, for some with a reason.
 */
int store_probe(const char *path, const char **ret_why);

/* The path of the database, unless the configuration sets another */
#define STORE_PATH "/var/lib/contmon/contmond.db"

/**
 * store_open_reader() - open a file that contmond may be writing, or a copy
 * @ret_why: after a failure, what went wrong; malloced
 *
 * The store is read-only: nothing is written or put aside. Errors are those of
 * db_open().
 */
int store_open_reader(const char *path, struct store **ret, char **ret_why);

/**
 * store_open_archive() - open or create a file for numbers recorded elsewhere
 * @ret_why: after a failure, what went wrong; malloced
 *
 * Nothing is ever deleted from it. Returns -EEXIST if the file exists and was
 * not created by this function; other errors are those of db_open().
 */
int store_open_archive(const char *path, struct store **ret, char **ret_why);

/** store_close() - write all entries, end the thread; accepts NULL */
void store_close(struct store *store);

/** struct store_process - usage of a process since the previous tick, or NAN */
struct store_process {
	uint32_t pid;
	int64_t start_ms;
	const char *comm;
	double cpu_seconds;
	double rss_bytes;
};

/**
 * struct store_command - CPU of a command since the previous tick
 * @living_seconds: of processes that are alive; NAN if unknown
 * @exited_seconds: of those that ended
 */
struct store_command {
	const char *comm;
	double living_seconds;
	double exited_seconds;
};

/**
 * struct store_commands - candidates for the busiest commands, in any order
 * @may_lack_exits: processes may have ended unseen, so the CPU of all processes
 *	that ended is unknown
 */
struct store_commands {
	const struct store_command *all;
	size_t nr;
	bool may_lack_exits;
};

/*
 * Limit for the devices of a container that are recorded one by one. Each costs
 * memory and time for every container, even one that does not use it.
 */
#define STORE_DEVICES 3

/* Together, all others are in the slot after these, and have this name. */
#define STORE_OTHERS (STORE_DEVICES + 1)
#define STORE_OTHERS_NAME "others"

/**
 * struct store_container - one container in a tick; all borrowed
 * @row: its strings identify it, its metrics are stored
 * @is_named: an engine gave it the name in @row
 * @is_roots: an engine of root's has told of it
 * @user_id: whose it is; 0: root's. Counts along with the cgroup or id in @row
 * @labels: a JSON object, or NULL
 * @pid: its first process; 0 if unknown
 * @earlier_oom_kills: those of earlier runs, which @row includes
 * @processes: candidates for its busiest processes, in any order, but some
 *	whose CPU is unknown before those that lead only by memory
 * @lacks_unknown: others that are not in @processes have an unknown CPU as well
 * @devices: those in its io.stat, in any order
 * @before: see struct store_tick
 */
struct store_container {
	uint64_t cgroup_id;
	const struct container_row *row;
	bool is_named;
	bool is_roots;
	int64_t user_id;
	const char *labels;
	uint32_t pid;
	double earlier_oom_kills;
	const struct store_process *processes;
	size_t nr_processes;
	bool lacks_unknown;
	struct store_commands commands;
	const struct model_device *devices;
	size_t nr_devices;
	const struct container_row *before;
};

/**
 * struct store_tick - everything that is stored of one tick; all borrowed
 * @t_ms: CLOCK_REALTIME
 * @boottime_ns: the same moment in CLOCK_BOOTTIME
 * @processes: candidates for the busiest outside of all containers
 * @commands: likewise
 * @lacks_unknown: as in struct store_container
 * @hides_commands: nobody knows what any command used, because procfs hides
 *	processes or there were no samples for a while. The first tick covers no
 *	time, so it does not matter for that
 * @gained_ms: 0: totals have gained since the previous tick. Otherwise they
 *	have gained since the rows @before of the containers (NULL if unknown),
 *	in this time
 */
struct store_tick {
	int64_t t_ms;
	uint64_t boottime_ns;
	const struct system_row *system;
	const struct store_container *containers;
	size_t nr_containers;
	const struct store_process *processes;
	size_t nr_processes;
	bool lacks_unknown;
	struct store_commands commands;
	bool hides_commands;
	uint32_t gained_ms;
};

/**
 * store_tick() - store a tick
 *
 * A container of the previous tick that is not in this one has ended. After
 * -ENOMEM nothing of the tick was stored.
 */
int store_tick(struct store *store, const struct store_tick *tick);

/**
 * store_begin() - a container has started that is not in a tick yet
 *
 * If it is not in the next tick either, it has ended. Returns -ENOMEM.
 */
int store_begin(struct store *store, const struct store_container *who,
		int64_t t_ms);

/** store_rename() - a container's strings have changed between ticks */
void store_rename(struct store *store, const struct store_container *who);

/**
 * store_is_roots() - has an engine of root's told of a container?
 *
 * Also known of one that ran before contmond was started.
 */
bool store_is_roots(struct store *store, uint64_t cgroup_id);

/**
 * struct store_final - final numbers of a container that ended
 *
 * If a number is NAN, the one from the last tick is kept. A total or a peak
 * (from @cpu_seconds on) is also kept if it is larger.
 */
struct store_final {
	double started_ms;
	double ended_ms;
	double exit_code;
	double oom_killed;
	double restarts;
	double cpu_seconds;
	double cpu_user_seconds;
	double cpu_system_seconds;
	double memory_peak_bytes;
	double oom_kills;
	double read_bytes;
	double write_bytes;
	double read_ops;
	double write_ops;
	double network_receive_bytes;
	double network_transmit_bytes;
};

#define STORE_FINAL_NR (sizeof(struct store_final) / sizeof(double))

/** store_final_init() - set all numbers to NAN */
void store_final_init(struct store_final *final);

/**
 * store_end() - a container has ended, and more is known than from ticks
 *
 * May be called before or after the first tick without it, and again when more
 * becomes known. An unknown container is added if its row has its cgroup or id.
 */
int store_end(struct store *store, const struct store_container *who,
	      const struct store_final *final);

/**
 * struct store_event - one thing that happened
 * @seq: number of an event that was read; ascending, never used twice
 * @kind: one of event_kinds.h
 * @cgroup_id: set by the writer; 0 outside of containers
 * @is_of_user: likewise: it is outside, and of a user other than root
 * @user: likewise, of what a policy says: who can make it say so without end;
 *	0: root's, or nobody's. Other events have it by @cgroup_id
 * @container_id: set by the store when the event is read
 * @pid: the writer may set 0 when there is no process; NAN when read
 * @detail: a JSON object, or NULL
 */
struct store_event {
	double seq;
	double t_ms;
	const char *kind;
	uint64_t cgroup_id;
	bool is_of_user;
	int64_t user;
	const char *container;
	const char *container_id;
	double pid;
	const char *comm;
	const char *detail;
};

int store_event(struct store *store, const struct store_event *event);

/** store_events_fn - called by the store's thread; it must not wait for long */
typedef void store_events_fn(void *userdata);

/**
 * store_watch_events() - call @fn each time after events were written
 *
 * It replaces an earlier one, of which no call is under way any more. NULL: no
 * function.
 */
void store_watch_events(struct store *store, store_events_fn *fn,
			void *userdata);

/**
 * struct store_decision - a row of the audit; texts may be NULL
 * @seq: as in struct store_event
 * @dry_run: 1 when nothing was done, else 0
 * @cgroup_id, @user: set by the writer, as in struct store_event
 */
struct store_decision {
	double seq;
	double t_ms;
	const char *decision;
	const char *state;
	const char *action;
	double dry_run;
	uint64_t cgroup_id;
	int64_t user;
	const char *container_id;
	const char *container;
	const char *rule;
	const char *rule_hash;
	const char *reason;
	const char *detail;
};

int store_decision(struct store *store,
		   const struct store_decision *decision);

/**
 * store_set_cursor() - all ticks before @seq were delivered to @target
 * @seq: as in struct tick
 */
int store_set_cursor(struct store *store, const char *target, int64_t seq);

/**
 * struct store_status - the status of the store
 * @path: of the database, empty in memory
 * @why: why the database is not written, empty if it is
 * @put_aside: the newest file that could not be read, empty for none
 * @removed: how often the file was removed or replaced while it was in use
 * @bytes: size of the database's files
 * @waiting: number of entries that are not written yet
 * @waiting_bytes: the memory that they need
 * @lost: number of entries that never will be
 * @lost_of_users: of these, of users other than root
 * @damaged: number of parts that could not be read
 * @commit_seconds: how long all commits took
 */
struct store_status {
	char path[256];
	char why[256];
	char put_aside[256];
	uint64_t bytes;
	uint64_t max_bytes;
	uint64_t waiting;
	uint64_t waiting_bytes;
	uint64_t lost;
	uint64_t lost_of_users;
	uint64_t damaged;
	uint64_t removed;
	uint64_t commits;
	double commit_seconds;
	double last_commit_seconds;
	double slowest_commit_seconds;
};

/** store_history_seconds() - time range of the coarsest numbers */
int64_t store_history_seconds(void);

/** store_is_empty() - was no tick ever recorded? */
bool store_is_empty(struct store *store);

void store_get_status(struct store *store, struct store_status *ret);

/** store_try_again() - open the file without waiting for the next attempt */
void store_try_again(struct store *store);

/** store_sync() - wait until everything added is written and tidied up */
void store_sync(struct store *store);

#endif /* CONTMOND_STORE_STORE_H */
