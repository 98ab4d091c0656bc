/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_EXITED_H
#define CONTMON_EXITED_H

#include <linux/cgroup.h>
#include <linux/contmon.h>
#include <linux/hash.h>
#include <linux/types.h>

#include "spare.h"
#include "usage.h"

struct task_struct;

/**
 * struct contmon_account - usage of the ended processes of one cgroup
 * @node: in the table of accounts
 * @cgroup_id: of the cgroup
 * @nr_tasks: how many processes ended
 * @usage: what they used
 */
struct contmon_account {
	struct hlist_node node;
	u64 cgroup_id;
	u64 nr_tasks;
	struct contmon_usage usage;
};

/*
 * Memory for accounts. The entry of an ended process is taken from here, too,
 * so that it can become the account of its cgroup when the process is freed.
 */
extern struct contmon_spares contmon_accounts;

/*
 * contmon_cgroup_is_online() - whether a cgroup has not been removed
 *
 * Another CPU may be removing it now. Where that matters, the lock of its
 * account decides: see exited.c.
 */
static inline bool contmon_cgroup_is_online(const struct cgroup *cgrp)
{
	return READ_ONCE(cgrp->self.flags) & CSS_ONLINE;
}

struct cgroup *contmon_nearest_online(struct cgroup *cgrp);

extern u64 contmon_hash_secret;

/*
 * contmon_hash_id() - of a cgroup's id
 *
 * Ids are given in ascending order, so whoever may create cgroups could keep
 * those whose hash_64() is in a small range, which makes each search long.
 */
static inline u32 contmon_hash_id(u64 cgroup_id, unsigned int bits)
{
	u64 mixed = cgroup_id * contmon_hash_secret;

	return hash_64(mixed ^ (mixed >> 32), bits);
}

int contmon_exited_init(void);
void contmon_exited_exit(void);
unsigned int contmon_exited_table_bits(void);
bool contmon_exited_add(struct task_struct *leader,
			struct contmon_account *spare);
void contmon_exited_remove(struct cgroup *cgrp);
void contmon_exited_get(u64 cgroup_id, struct contmon_cgroup *row);

#endif /* CONTMON_EXITED_H */
