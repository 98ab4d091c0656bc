// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts of ended processes: for each cgroup, the usage of the processes that
 * ended in it.
 *
 * A process belongs to its cgroup until it is freed. If the cgroup has been
 * removed by then, the usage is added to the nearest ancestor that still
 * exists. When a cgroup is removed, its account is added to that of its parent.
 * So the sum over a subtree loses nothing, and there are never more accounts
 * than cgroups.
 *
 * A cgroup is marked offline before its removal is reported. Code that holds
 * the lock of its bucket and finds the cgroup online adds to the account before
 * the account moves; code that takes the lock later finds the cgroup offline.
 */

#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "compat.h"
#include "exited.h"
#include "spare.h"
#include "usage.h"

/* A store that lasts while many processes end before a worker refills it */
#define NR_SPARES 1024

struct bucket {
	raw_spinlock_t lock;
	struct hlist_head accounts;
};

static struct bucket *table;
static unsigned int table_bits;
struct contmon_spares contmon_accounts;
u64 contmon_hash_secret;

/* Always there, so the search for an ancestor ends here at the latest */
static struct contmon_account root_account;

static struct bucket *bucket_of(u64 cgroup_id)
{
	return &table[contmon_hash_id(cgroup_id, table_bits)];
}

/* Lock of @bucket held */
static struct contmon_account *find(struct bucket *bucket, u64 cgroup_id)
{
	struct contmon_account *account;

	hlist_for_each_entry(account, &bucket->accounts, node)
		if (account->cgroup_id == cgroup_id)
			return account;
	return NULL;
}

/*
 * The account of a cgroup. If there is none, *@spare becomes it; NULL if that
 * is NULL, too.
 */
static struct contmon_account *find_or_make(struct bucket *bucket,
					    u64 cgroup_id,
					    struct contmon_account **spare)
{
	struct contmon_account *account = find(bucket, cgroup_id);

	if (account || !*spare)
		return account;
	account = *spare;
	*spare = NULL;
	memset(account, 0, sizeof(*account));
	account->cgroup_id = cgroup_id;
	hlist_add_head(&account->node, &bucket->accounts);
	return account;
}

static bool enter_in(struct cgroup *cgrp, u64 nr_tasks,
		     const struct contmon_usage *usage,
		     struct contmon_account **spare)
{
	struct bucket *bucket = bucket_of(cgroup_id(cgrp));
	struct contmon_account *account = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	/* The root is always online */
	if (contmon_cgroup_is_online(cgrp) || !cgroup_parent(cgrp))
		account = find_or_make(bucket, cgroup_id(cgrp), spare);
	if (account) {
		account->nr_tasks += nr_tasks;
		contmon_usage_add(&account->usage, usage);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return account;
}

/* @level is at most that of @cgrp, so there always is one */
static struct cgroup *ancestor(struct cgroup *cgrp, int level)
{
	return cgroup_ancestor(cgrp, level) ?: cgrp;
}

/**
 * contmon_nearest_online() - @cgrp, or its nearest ancestor not removed
 * @cgrp: a cgroup, which may be removed at any time, as may be the result
 *
 * A user can have removed thousands, one in the other. Whatever is above a
 * cgroup that is online is online, too, so this looks at few of them.
 */
struct cgroup *contmon_nearest_online(struct cgroup *cgrp)
{
	int online = 0, removed = cgrp->level, middle;

	if (contmon_cgroup_is_online(cgrp))
		return cgrp;
	while (online + 1 < removed) {
		middle = (online + removed) / 2;
		if (contmon_cgroup_is_online(ancestor(cgrp, middle)))
			online = middle;
		else
			removed = middle;
	}
	return ancestor(cgrp, online);
}

/*
 * Adds to the account of @cgrp, or of the nearest ancestor that can have one.
 * Returns whether @spare was used.
 */
static bool enter(struct cgroup *cgrp, u64 nr_tasks,
		  const struct contmon_usage *usage,
		  struct contmon_account *spare)
{
	struct contmon_account *left = spare;

	cgrp = contmon_nearest_online(cgrp);
	while (!enter_in(cgrp, nr_tasks, usage, &left))
		cgrp = contmon_nearest_online(cgroup_parent(cgrp));
	return left != spare;
}

/**
 * contmon_exited_add() - add the usage of a process to an account
 * @leader: of the process, which was reaped, so its usage is final
 * @spare: memory for an account, or NULL if none is left: then, if its cgroup
 *	has no account yet, the usage goes to an ancestor's
 *
 * Returns whether @spare was used. Called by handlers and by processes.
 * Handlers call it only when all threads have left their usage, so a handler
 * never waits for the lock that guards it.
 */
bool contmon_exited_add(struct task_struct *leader,
			struct contmon_account *spare)
{
	struct contmon_usage usage;
	bool used;

	rcu_read_lock();
	contmon_usage_process(&usage, leader, true);
	used = enter(task_dfl_cgroup(leader), 1, &usage, spare);
	rcu_read_unlock();
	return used;
}

/*
 * contmon_exited_remove() - move the account of an offline cgroup upwards
 *
 * If the parent has no account, this one's memory becomes it, so no memory is
 * needed to keep the usage where it belongs.
 */
void contmon_exited_remove(struct cgroup *cgrp)
{
	struct bucket *bucket = bucket_of(cgroup_id(cgrp));
	struct contmon_account *account;
	struct contmon_usage usage;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	account = find(bucket, cgroup_id(cgrp));
	if (account)
		hlist_del(&account->node);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	if (!account)
		return;

	usage = account->usage;
	if (!enter(cgroup_parent(cgrp), account->nr_tasks, &usage, account))
		contmon_spare_give(&contmon_accounts, account);
}

static struct contmon_usage *usage_of(struct contmon_cgroup *row)
{
	BUILD_BUG_ON(offsetofend(struct contmon_cgroup,
				 exited_cancelled_write_bytes) -
		     offsetof(struct contmon_cgroup, exited_utime_ns) !=
		     sizeof(struct contmon_usage));
	return (struct contmon_usage *)&row->exited_utime_ns;
}

/* contmon_exited_get() - fill the EXITED group of a row */
void contmon_exited_get(u64 cgroup_id, struct contmon_cgroup *row)
{
	struct bucket *bucket = bucket_of(cgroup_id);
	struct contmon_account *account;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	account = find(bucket, cgroup_id);
	if (account) {
		row->exited_tasks = account->nr_tasks;
		*usage_of(row) = account->usage;
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	row->valid |= CONTMON_CGROUP_EXITED;
}

/* A bucket for each 4 MiB of RAM: a larger host has more cgroups */
unsigned int contmon_exited_table_bits(void)
{
	return clamp(ilog2(totalram_pages()) - (22 - PAGE_SHIFT), 10, 16);
}

int contmon_exited_init(void)
{
	unsigned long i;

	/* Odd, so that no two ids become the same */
	contmon_hash_secret = get_random_u64() | 1;
	table_bits = contmon_exited_table_bits();
	table = kvcalloc(1UL << table_bits, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < 1UL << table_bits; i++)
		raw_spin_lock_init(&table[i].lock);
	root_account.cgroup_id = cgroup_id(&cgrp_dfl_root.cgrp);
	hlist_add_head(&root_account.node,
		       &bucket_of(root_account.cgroup_id)->accounts);
	contmon_spares_init(&contmon_accounts, sizeof(root_account), NR_SPARES);
	return 0;
}

/* Called when no handler can run */
void contmon_exited_exit(void)
{
	struct hlist_node *next;
	struct contmon_account *account;
	unsigned long i;

	hlist_del(&root_account.node);
	for (i = 0; i < 1UL << table_bits; i++)
		hlist_for_each_entry_safe(account, next, &table[i].accounts,
					  node)
			kfree(account);
	contmon_spares_destroy(&contmon_accounts);
	kvfree(table);
}
