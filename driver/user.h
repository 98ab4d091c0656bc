/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The resources that the open files of one user hold, and their limits.
 *
 * Memory and timers of an open file appear in no RSS and no oom_score. So they
 * are limited, for all files that one user has opened.
 */
#ifndef CONTMON_USER_H
#define CONTMON_USER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>

/**
 * struct contmon_user - one user with open files
 * @node: in the list of users; guarded by its lock, like @uid and @nr_files
 * @uid: real user id of the task that opened the files, or, if that task is in
 *	user namespaces, the creator of the outermost one
 * @nr_files: number of open files; each holds a reference
 * @mapped_bytes: size of their mappings, up to CONTMON_MAX_USER_MAPPING
 * @row_bytes: memory for the rows of calls on them, up to CONTMON_MAX_USER_ROWS
 * @nr_streams: number of their streams, up to CONTMON_MAX_USER_STREAMS
 */
struct contmon_user {
	struct list_head node;
	kuid_t uid;
	unsigned int nr_files;
	atomic_long_t mapped_bytes;
	atomic_long_t row_bytes;
	atomic_long_t nr_streams;
};

struct contmon_user *contmon_user_get(void);
void contmon_user_put(struct contmon_user *user);

/* A call keeps its rows while it waits for the memory that they go to */
#define CONTMON_MAX_USER_ROWS (256L << 20)

void *contmon_rows_alloc(struct contmon_user *user, u32 nr, u32 size);
void contmon_rows_free(struct contmon_user *user, void *rows, u32 nr, u32 size);

/* contmon_charge() - take @nr of @max; returns false when fewer are left */
static inline bool contmon_charge(atomic_long_t *taken, long nr, long max)
{
	if (atomic_long_add_return(nr, taken) <= max)
		return true;
	atomic_long_sub(nr, taken);
	return false;
}

static inline void contmon_uncharge(atomic_long_t *taken, long nr)
{
	atomic_long_sub(nr, taken);
}

#endif /* CONTMON_USER_H */
