// SPDX-License-Identifier: GPL-2.0-only
#include "large.h"

#include <stddef.h>

#include "socket_path.h"

/* All streams that have a place, oldest first */
static TAILQ_HEAD(, large) holders = TAILQ_HEAD_INITIALIZER(holders);

static size_t nr_held(void)
{
	const struct large *large;
	size_t nr = 0;

	TAILQ_FOREACH(large, &holders, link)
		nr++;
	return nr;
}

static size_t nr_of_user(uid_t user)
{
	const struct large *large;
	size_t nr = 0;

	TAILQ_FOREACH(large, &holders, link)
		nr += large->user == user;
	return nr;
}

/*
 * The oldest of the user who has the most; NULL if all belong to trusted users
 */
static struct large *find_victim(void)
{
	struct large *large, *victim = NULL;
	size_t nr, most = 0;

	TAILQ_FOREACH(large, &holders, link) {
		nr = nr_of_user(large->user);
		if (socket_path_is_trusted(large->user) || nr <= most)
			continue;
		victim = large;
		most = nr;
	}
	return victim;
}

static bool make_room(uid_t user)
{
	struct large *victim = find_victim();

	if (!victim || (!socket_path_is_trusted(user) &&
			nr_of_user(victim->user) <= nr_of_user(user) + 1))
		return false;
	victim->lose(victim->userdata);
	return true;
}

bool large_take(struct large *large)
{
	if (large->held)
		return true;
	if (nr_held() == LARGE_MAX && !make_room(large->user))
		return false;
	TAILQ_INSERT_TAIL(&holders, large, link);
	large->held = true;
	return true;
}

void large_give(struct large *large)
{
	if (large->held)
		TAILQ_REMOVE(&holders, large, link);
	large->held = false;
}
