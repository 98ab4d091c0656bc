// SPDX-License-Identifier: GPL-2.0-only
#include "exit_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

void exit_list_done(struct exit_list *list)
{
	free(list->all);
	free(list->groups);
	*list = (struct exit_list){ 0 };
}

void exit_list_clear(struct exit_list *list)
{
	list->nr = list->nr_groups = 0;
	list->is_known = list->is_host_known = false;
}

/* Makes room for one more. */
static int grow(void **array, size_t nr, size_t *allocated, size_t size)
{
	size_t more = *allocated * 2 ?: 64;
	void *grown;

	if (nr < *allocated)
		return 0;
	grown = reallocarray(*array, more, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*allocated = more;
	return 0;
}

/* Groups */

static uint64_t group_of(const struct exit *exit)
{
	return exit->is_in_run ? exit->cgroup_id : EXIT_GROUP_REST;
}

static int compare(const void *key, const void *element)
{
	uint64_t cgroup_id = *(const uint64_t *)key;
	const struct exit_group *group = element;

	return (cgroup_id > group->cgroup_id) - (cgroup_id < group->cgroup_id);
}

/* Finds or adds a group. Returns NULL if there is no memory. */
static struct exit_group *get_group(struct exit_list *list, uint64_t cgroup_id)
{
	bool found;
	size_t at = sorted_place(&cgroup_id, list->groups, list->nr_groups,
				 sizeof(*list->groups), compare, &found);

	if (found)
		return &list->groups[at];
	if (grow((void **)&list->groups, list->nr_groups,
		 &list->groups_allocated, sizeof(*list->groups)) < 0)
		return NULL;
	memmove(&list->groups[at + 1], &list->groups[at],
		(list->nr_groups++ - at) * sizeof(*list->groups));
	list->groups[at] = (struct exit_group){ .cgroup_id = cgroup_id };
	return &list->groups[at];
}

static struct exit_group *largest_kept(const struct exit_list *list)
{
	struct exit_group *largest = NULL;
	size_t i;

	for (i = 0; i < list->nr_groups; i++) {
		struct exit_group *group = &list->groups[i];

		if (!group->is_lost && (!largest || group->nr > largest->nr))
			largest = group;
	}
	return largest;
}

/* The list is full, so one of the groups is in it. */
static void lose_largest(struct exit_list *list)
{
	struct exit_group *group = largest_kept(list);
	size_t i, kept = 0;

	group->is_lost = true;
	for (i = 0; i < list->nr; i++)
		if (group_of(&list->all[i]) != group->cgroup_id)
			list->all[kept++] = list->all[i];
	list->nr = kept;
}

int exit_list_add(struct exit_list *list, const struct exit *exit)
{
	struct exit_group *group = get_group(list, group_of(exit));

	if (!group)
		return -ENOMEM;
	group->nr++;
	group->lives_ns += exit->runtime_ns;
	if (!group->is_lost && list->nr == EXITS_MAX)
		lose_largest(list);
	if (group->is_lost)
		return 0;
	if (grow((void **)&list->all, list->nr, &list->allocated,
		 sizeof(*list->all)) < 0)
		return -ENOMEM;
	list->all[list->nr++] = *exit;
	return 0;
}
