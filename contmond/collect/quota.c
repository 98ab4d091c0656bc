// SPDX-License-Identifier: GPL-2.0-only
#include "quota.h"

#include <stdlib.h>

#include "base/clock.h"
#include "runs.h"

/**
 * struct quota_user
 * @nr_asked: runs in this second, including those that were not allowed
 * @asked_before: there were any in the previous second
 */
struct quota_user {
	int64_t user_id;
	unsigned int nr_asked;
	bool asked_before;
	unsigned int nr_began;
	unsigned int nr_new;
};

void quota_done(struct quota *quota)
{
	free(quota->users);
	*quota = (struct quota){ 0 };
}

static bool is_active(const struct quota_user *user)
{
	return user->nr_asked > 0 || user->asked_before || user->nr_new > 0;
}

/* Forgets users that have had no runs for some time. */
static void begin_second(struct quota *quota, uint64_t second)
{
	bool is_next = second == quota->second + 1;
	size_t i, kept = 0;

	for (i = 0; i < quota->nr; i++) {
		struct quota_user user = quota->users[i];

		user.asked_before = is_next && user.nr_asked > 0;
		user.nr_asked = user.nr_began = 0;
		if (is_active(&user))
			quota->users[kept++] = user;
	}
	quota->nr = kept;
	quota->nr_began = 0;
	quota->second = second;
}

static struct quota_user *find(struct quota *quota, int64_t user_id)
{
	size_t i;

	for (i = 0; i < quota->nr; i++) {
		if (quota->users[i].user_id == user_id)
			return &quota->users[i];
	}
	return NULL;
}

/* Returns NULL if there is no memory. */
static struct quota_user *add(struct quota *quota, int64_t user_id)
{
	size_t allocated = quota->allocated * 2 ?: 8;
	struct quota_user *users;

	if (quota->nr == quota->allocated) {
		users = reallocarray(quota->users, allocated, sizeof(*users));
		if (!users)
			return NULL;
		quota->users = users;
		quota->allocated = allocated;
	}
	quota->users[quota->nr] = (struct quota_user){ .user_id = user_id };
	return &quota->users[quota->nr++];
}

static unsigned int nr_sharing(const struct quota *quota)
{
	unsigned int nr = 1;	/* root */
	size_t i;

	for (i = 0; i < quota->nr; i++)
		nr += quota->users[i].user_id != 0 &&
		      is_active(&quota->users[i]);
	return nr;
}

bool quota_take(struct quota *quota, int64_t user_id, uint64_t boottime_ns)
{
	uint64_t second = boottime_ns / NS_PER_SECOND;
	struct quota_user *user;
	unsigned int nr;

	if (second != quota->second)
		begin_second(quota, second);
	user = find(quota, user_id) ?: add(quota, user_id);
	if (!user)
		return false;
	user->nr_asked++;
	nr = nr_sharing(quota);
	if (quota->nr_began >= RUNS_MAX_PER_SECOND ||
	    quota->nr_new >= RUNS_MAX_NEW ||
	    user->nr_began >= RUNS_MAX_PER_SECOND / nr ||
	    user->nr_new >= RUNS_MAX_NEW / nr)
		return false;
	user->nr_began++;
	user->nr_new++;
	quota->nr_began++;
	quota->nr_new++;
	return true;
}

void quota_give_back(struct quota *quota, int64_t user_id)
{
	struct quota_user *user = find(quota, user_id);

	if (!user || user->nr_new == 0)
		return;
	user->nr_new--;
	quota->nr_new--;
}

void quota_sampled(struct quota *quota)
{
	size_t i;

	for (i = 0; i < quota->nr; i++)
		quota->users[i].nr_new = 0;
	quota->nr_new = 0;
}
