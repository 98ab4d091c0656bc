// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which engines make room for others when there are too many. Root's engines
 * come before those of users, and users get equal shares. It does not matter
 * who came first.
 */
#include "engines_private.h"
#include "socket_path.h"

static size_t nr_of_user(const struct engines *engines, uid_t user)
{
	const struct engine *engine;
	size_t nr = 0;

	TAILQ_FOREACH(engine, &engines->all, link)
		nr += engine->user == user;
	return nr;
}

/* An engine that is working on an order is kept. */
static bool can_go(const struct engine *engine)
{
	return !socket_path_is_trusted(engine->user) &&
	       !(engine->docker && engine_docker_is_acting(engine->docker));
}

/* The newest engine of the user who has the most; NULL if none can go */
static struct engine *find_victim(const struct engines *engines)
{
	struct engine *engine, *victim = NULL;
	size_t nr, most = 0;

	TAILQ_FOREACH_REVERSE(engine, &engines->all, engine_list, link) {
		nr = nr_of_user(engines, engine->user);
		if (!can_go(engine) || nr <= most)
			continue;
		victim = engine;
		most = nr;
	}
	return victim;
}

struct engine *engines_victim(const struct engines *engines, uid_t user)
{
	struct engine *victim = find_victim(engines);

	if (!victim || socket_path_is_trusted(user))
		return victim;
	return nr_of_user(engines, victim->user) >
	       nr_of_user(engines, user) + 1 ? victim : NULL;
}
