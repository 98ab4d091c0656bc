// SPDX-License-Identifier: GPL-2.0-only
/* The resources that the open files of one user hold. See user.h */

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "user.h"

/*
 * A list, because only few users may open the device. The lock guards it, and
 * its owner keeps the CPU, also with PREEMPT_RT: a task that is at the memory
 * limit of its cgroup, or has used up its CPU time, must not delay the open()
 * of others.
 */
static LIST_HEAD(users);
static DEFINE_RAW_SPINLOCK(users_lock);

static struct contmon_user *find(kuid_t uid)
{
	struct contmon_user *user;

	list_for_each_entry(user, &users, node)
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

/*
 * A user who creates a user namespace can be many users in it. All of them
 * count as its creator.
 */
static kuid_t accountable_uid(void)
{
	struct user_namespace *ns = current_user_ns();
	kuid_t uid = current_uid();

	for (; ns != &init_user_ns; ns = ns->parent)
		uid = ns->owner;
	return uid;
}

/* contmon_user_get() - current's user, with a reference; NULL without memory */
struct contmon_user *contmon_user_get(void)
{
	struct contmon_user *user, *unused;
	kuid_t uid = accountable_uid();

	unused = kzalloc(sizeof(*unused), GFP_KERNEL_ACCOUNT);
	if (!unused)
		return NULL;
	unused->uid = uid;
	raw_spin_lock(&users_lock);
	user = find(uid);
	if (!user) {
		user = unused;
		unused = NULL;
		list_add(&user->node, &users);
	}
	user->nr_files++;
	raw_spin_unlock(&users_lock);
	kfree(unused);
	return user;
}

void contmon_user_put(struct contmon_user *user)
{
	bool last;

	raw_spin_lock(&users_lock);
	last = !--user->nr_files;
	if (last)
		list_del(&user->node);
	raw_spin_unlock(&users_lock);
	if (last)
		kfree(user);
}

/* contmon_rows_alloc() - memory for @nr rows of @size bytes, or NULL */
void *contmon_rows_alloc(struct contmon_user *user, u32 nr, u32 size)
{
	long bytes = (long)nr * size;
	void *rows;

	if (!contmon_charge(&user->row_bytes, bytes, CONTMON_MAX_USER_ROWS))
		return NULL;
	rows = kvmalloc_array(nr, size, GFP_KERNEL_ACCOUNT);
	if (!rows)
		contmon_uncharge(&user->row_bytes, bytes);
	return rows;
}

void contmon_rows_free(struct contmon_user *user, void *rows, u32 nr, u32 size)
{
	kvfree(rows);
	contmon_uncharge(&user->row_bytes, (long)nr * size);
}
