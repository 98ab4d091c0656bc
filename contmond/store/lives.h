/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The current containers, by the id of their cgroup, with their numbers in the
 * store. The kernel does not reuse ids of cgroups before the next boot.
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
 * struct life_device - a device whose IO is recorded
 * @is_known: false if the slot is taken, but its row is lost or damaged
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
 * @seen_ms: time of that tick; before @last_ms if the clock was set back
 * @ended: it was missing in a tick, or its end was reported
 * @just_ended: it was missing in the newest tick
 * @of_user: it has ended, and belonged to a user other than root
 * @end: sequence number of its end, counted separately for users and root
 * @is_named: an engine gave it its title
 * @is_roots: an engine of root's has told of it
 * @user_id: whose it is; 0: root's, or not known
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
	bool is_named;
	bool is_roots;
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
 * How many ended containers to remember, because their end may still be
 * reported: this many of users, and as many others. Those that were missing
 * only in the newest tick do not count.
 */
#define LIVES_MAX_ENDED 320

/**
 * struct lives - zero-initialise, then call lives_init()
 * @lock: protects the titles, which readers use; only the thread of the ticks
 *	changes them
 * @all: in ascending order of @cgroup_id
 * @nr_ends: how many have ended, of root [0] and of users [1]
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
 * Queues changes. Returns its number, or 0 if there is no memory.
 */
uint32_t lives_see(struct lives *lives, const struct store_container *seen,
		   int64_t t_ms, uint64_t seq);

/**
 * lives_devices() - find the slots of a container's devices
 * @ret: for each slot the row of its device; NULL for none. The last is that of
 *	all other devices that were used
 * @ret_others: memory for that row, of which only kept totals are set
 *
 * Devices that the container has used get free slots, and the changes are
 * queued. If not all fit, those with more IO come first.
 */
void lives_devices(struct lives *lives, const struct store_container *seen,
		   const struct device_row *ret[STORE_OTHERS],
		   struct device_row *ret_others);

/**
 * lives_resume_device() - restore a slot of a container
 *
 * An invalid slot is ignored. A slot whose device number cannot be read is
 * taken, but its device is unknown.
 */
int lives_resume_device(struct lives *lives, uint32_t c, int64_t slot,
			const char *number, const char *name);

/** lives_write_devices() - queue all slots of a container */
void lives_write_devices(struct lives *lives, const struct life *life);

/**
 * life_slot() - slot of a device, by number or name, or of the others; 0 for
 * none
 */
unsigned int life_slot(const struct life *life, const char *device);

/**
 * life_take_text() - copy a string unless it is NULL; returns whether it
 * changed
 */
bool life_take_text(struct life *life, enum life_text i, const char *text);

/** life_take_texts() - copy all known strings; returns whether any changed */
bool life_take_texts(struct life *life, const struct store_container *seen);

/** lives_by_cgroup() - call under the lock; may return NULL */
struct life *lives_by_cgroup(struct lives *lives, uint64_t cgroup_id);

/** lives_begin() - add a container that is not in any tick yet; or -ENOMEM */
int lives_begin(struct lives *lives, const struct store_container *who,
		int64_t t_ms);

/** lives_end_tick() - containers that were not in tick @seq have ended */
void lives_end_tick(struct lives *lives, uint64_t seq);

/** lives_end() - the end of a container was reported; returns -ENOMEM */
int lives_end(struct lives *lives, const struct store_container *who,
	      const struct store_final *final);

/**
 * lives_resume() - add a container that ran before contmond was started
 * @title: NULL unless an engine gave it
 */
int lives_resume(struct lives *lives, uint64_t cgroup_id, uint32_t c,
		 const char *title, int64_t user_id, int64_t first_ms,
		 int64_t last_ms, int64_t seen_ms);

/** lives_rewrite() - queue all containers again, for a new database */
void lives_rewrite(struct lives *lives);

/** lives_see_all() - queue when each running container was last seen */
void lives_see_all(struct lives *lives);

/** lives_rename() - update a known container from its row */
void lives_rename(struct lives *lives, const struct store_container *who);

/**
 * lives_number() - number of the container of a cgroup, or 0; for any thread
 */
uint32_t lives_number(struct lives *lives, uint64_t cgroup_id);

/**
 * lives_user() - user of the container of a cgroup; 0 for root or unknown; for
 * any thread
 */
int64_t lives_user(struct lives *lives, uint64_t cgroup_id);

/**
 * lives_is_roots() - has an engine of root's told of the container of a cgroup?
 */
bool lives_is_roots(struct lives *lives, uint64_t cgroup_id);

/** life_entry() - new entry with the container as its first value */
struct entry *life_entry(const struct life *life, enum statement statement);

/** lives_find() - find by number, or NULL; only for the thread of the ticks */
const struct life *lives_find(const struct lives *lives, uint32_t c);

#endif /* CONTMOND_STORE_LIVES_H */
