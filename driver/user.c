// SPDX-License-Identifier: GPL-2.0-only
/* The resources that the open files of one user hold. See user.h */

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "user.h"

/* A list, because only few users may open the device. The lock guards it. */
static LIST_HEAD(users);
static DEFINE_MUTEX(users_lock);

static struct contmon_user *find(kuid_t uid)
{
	struct contmon_user *user;

	list_for_each_entry(user, &users, node)
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

static struct contmon_user *add(kuid_t uid)
{
	struct contmon_user *user;

	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (!user)
		return NULL;
	user->uid = uid;
	list_add(&user->node, &users);
	return user;
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
	struct contmon_user *user;
	kuid_t uid = accountable_uid();

	mutex_lock(&users_lock);
	user = find(uid) ?: add(uid);
	if (user)
		user->nr_files++;
	mutex_unlock(&users_lock);
	return user;
}

void contmon_user_put(struct contmon_user *user)
{
	mutex_lock(&users_lock);
	if (!--user->nr_files) {
		list_del(&user->node);
		kfree(user);
	}
	mutex_unlock(&users_lock);
}
