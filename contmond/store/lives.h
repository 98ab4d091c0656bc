/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The current containers, by the id of their cgroup, and their numbers in the
 * store. The id of a cgroup is not reused while the host is up.
 */
#ifndef CONTMOND_STORE_LIVES_H
#define CONTMOND_STORE_LIVES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/collect/devices.h"
#include "queue.h"
#include "store.h"

enum life_text {
	LIFE_CGROUP,
	LIFE_ID,
	LIFE_TITLE,
	LIFE_RUNTIME,
	LIFE_POD,
	LIFE_IMAGE,
	LIFE_COMMAND,
	LIFE_LABELS,
	NR_LIFE_TEXTS,
};

/**
 * struct life_device - a device whose IO is kept
 * @is_known: false for a slot that was taken and whose row is lost or damaged
 */
struct life_device {
	bool is_known;
	unsigned int major;
	unsigned int minor;
	char name[DEVICE_NAME_MAX];	/* empty: unknown */
};

/**
 * struct life - one container
 * @c: its number in this run
 * @seen: the last tick in which it was present
 * @seen_ms: when that was; before @last_ms if the clock was set back
 * @ended: it was missing in a tick, or its end was reported
 * @just_ended: the newest tick ended it
 * @of_user: it has ended, and is of a user other than root
 * @end: the number of its end, of users' or of root's
 * @is_named: an engine gave it its title
 * @user_id: whose it is; 0: root's, or not known
 * @reported: its end was reported by store_end(), which has more than a tick
 * @final: its final record, as far as known from ticks
 * @devices: slots, each for one device as long as the container lives; room for
 *	STORE_DEVICES, NULL before the first
 * @nr_devices: the last slot that was taken; only those after it are free
 */
struct life {
	uint64_t cgroup_id;
	uint32_t c;
	uint32_t pid;
	uint64_t seen;
	uint64_t end;
	bool ended;
	bool just_ended;
	bool of_user;
	bool reported;
	bool is_named;
	int64_t user_id;
	char *texts[NR_LIFE_TEXTS];
	int64_t created_ms;
	int64_t first_ms;
	int64_t last_ms;
	int64_t seen_ms;
	struct store_final final;
	struct life_device *devices;
	unsigned int nr_devices;
};

#define LIVES_NR_FINALS 12

/*
 * Ended containers to remember, because their end may still be reported: so
 * many of users, and as many others. Those that the newest tick ended are also
 * remembered.
 */
#define LIVES_MAX_ENDED 320

/**
 * struct lives - zero-initialise, then call lives_init()
 * @lock: readers use the titles; only the thread of the ticks changes them
 * @all: in ascending order of @cgroup_id
 * @nr_ends: how many have ended: of root, and of users
 */
struct lives {
	pthread_mutex_t lock;
	struct queue *queue;
	char boot_id[37];
	const struct column *columns[LIVES_NR_FINALS];
	struct life *all;
	size_t nr;
	size_t allocated;
	uint64_t nr_ends[2];
	uint32_t next_c;
};

void lives_init(struct lives *lives, struct queue *queue,
		const char *boot_id);
void lives_done(struct lives *lives);

/**
 * lives_see() - a container is present in tick @seq
 *
 * Changes of it are queued. Returns its number, 0 without memory.
 */
uint32_t lives_see(struct lives *lives, const struct store_container *seen,
		   int64_t t_ms, uint64_t seq);

/**
 * lives_devices() - find the devices of a container in their slots
 * @ret: for each slot the row of its device, NULL for none
 *
 * Devices that it has used take free slots, and the changes are queued. When
 * not all fit, those with more IO come first.
 */
void lives_devices(struct lives *lives, const struct store_container *seen,
		   const struct device_row *ret[STORE_DEVICES]);

/**
 * lives_resume_device() - a slot of a container as recorded
 *
 * One that does not exist is ignored. One whose number cannot be read is taken,
 * but not known to be anybody's.
 */
int lives_resume_device(struct lives *lives, uint32_t c, int64_t slot,
			const char *number, const char *name);

/** lives_write_devices() - queue the slots of a container */
void lives_write_devices(struct lives *lives, const struct life *life);

/** life_slot() - of a device by number or name, 0 for none */
unsigned int life_slot(const struct life *life, const char *device);

/** life_take_text() - keep a copy unless it is NULL; whether it has changed */
bool life_take_text(struct life *life, enum life_text i, const char *text);

/** life_take_texts() - keep copies of those known; whether any has changed */
bool life_take_texts(struct life *life, const struct store_container *seen);

/** lives_by_cgroup() - under the lock; or NULL */
struct life *lives_by_cgroup(struct lives *lives, uint64_t cgroup_id);

/** lives_begin() - a container exists that is in no tick yet; or -ENOMEM */
int lives_begin(struct lives *lives, const struct store_container *who,
		int64_t t_ms);

/** lives_end_tick() - containers that were not seen in tick @seq have ended */
void lives_end_tick(struct lives *lives, uint64_t seq);

/** lives_end() - the end of a container was reported; returns -ENOMEM */
int lives_end(struct lives *lives, const struct store_container *who,
	      const struct store_final *final);

/**
 * lives_resume() - add a container that ran before contmond was started
 * @title: if an engine gave it, else NULL
 */
int lives_resume(struct lives *lives, uint64_t cgroup_id, uint32_t c,
		 const char *title, int64_t user_id, int64_t first_ms,
		 int64_t last_ms, int64_t seen_ms);

/**
 * lives_rewrite() - queue all of them again, because the database is a new one
 */
void lives_rewrite(struct lives *lives);

/** lives_see_all() - queue for each running container when it was last seen */
void lives_see_all(struct lives *lives);

/** lives_rename() - update a known container from its row */
void lives_rename(struct lives *lives, const struct store_container *who);

/** lives_number() - number of the container of a cgroup, or 0; any thread */
uint32_t lives_number(struct lives *lives, uint64_t cgroup_id);

/** lives_user() - whose container it is; 0: root's, or not known; any thread */
int64_t lives_user(struct lives *lives, uint64_t cgroup_id);

/** life_entry() - of this statement, with the container as its first value */
struct entry *life_entry(const struct life *life, enum statement statement);

/** lives_find() - find by number, or NULL; for the thread of the ticks */
const struct life *lives_find(const struct lives *lives, uint32_t c);

#endif /* CONTMOND_STORE_LIVES_H */
