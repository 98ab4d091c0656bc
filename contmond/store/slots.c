// SPDX-License-Identifier: GPL-2.0-only
#include "slots.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

struct key {
	const struct slots *slots;
	const char *cgroup;
};

static int by_cgroup(const void *a, const void *b)
{
	const struct key *key = a;

	return strcmp(key->cgroup,
		      key->slots->all[*(const uint32_t *)b].cgroup);
}

static size_t place_of(const struct slots *slots, const char *cgroup,
		       bool *ret_found)
{
	struct key key = { slots, cgroup };

	return sorted_place(&key, slots->by_cgroup, slots->nr_used,
			    sizeof(*slots->by_cgroup), by_cgroup, ret_found);
}

static int grow(struct slots *slots)
{
	size_t i, nr = slots->nr * 2 ?: 32;
	struct slot *all;
	uint32_t *numbers;

	all = reallocarray(slots->all, nr, sizeof(*all));
	if (!all)
		return -ENOMEM;
	slots->all = all;
	numbers = reallocarray(slots->by_cgroup, nr, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	slots->by_cgroup = numbers;
	numbers = reallocarray(slots->free, nr, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	slots->free = numbers;
	for (i = nr; i-- > slots->nr;) {
		slots->all[i] = (struct slot){ 0 };
		slots->free[slots->nr_free++] = (uint32_t)i;
	}
	slots->nr = nr;
	return 0;
}

static int set_title(struct slot *slot, const char *title)
{
	char *copy;

	if (slot->title && strcmp(slot->title, title) == 0)
		return 0;
	copy = strdup(title);
	if (!copy)
		return -ENOMEM;
	free(slot->title);
	slot->title = copy;
	return 0;
}

static void clear(struct slot *slot)
{
	free(slot->cgroup);
	free(slot->id);
	free(slot->title);
	*slot = (struct slot){ 0 };
}

static int insert(struct slots *slots, size_t place,
		  const struct container_row *row, uint32_t *ret_slot)
{
	struct slot made = { .references = 1 };
	uint32_t slot;

	if (slots->nr_free == 0 && grow(slots) < 0)
		return -ENOMEM;
	made.cgroup = strdup(row->cgroup);
	made.id = strdup(row->id);
	if (!made.cgroup || !made.id || set_title(&made, row->container) < 0) {
		clear(&made);
		return -ENOMEM;
	}
	slot = slots->free[--slots->nr_free];
	slots->all[slot] = made;
	memmove(&slots->by_cgroup[place + 1], &slots->by_cgroup[place],
		(slots->nr_used - place) * sizeof(*slots->by_cgroup));
	slots->by_cgroup[place] = slot;
	slots->nr_used++;
	*ret_slot = slot;
	return 0;
}

int slots_ref(struct slots *slots, const struct container_row *row,
	      uint32_t *ret_slot)
{
	bool found;
	size_t place = place_of(slots, row->cgroup, &found);
	uint32_t slot;
	int r;

	if (!found)
		return insert(slots, place, row, ret_slot);
	slot = slots->by_cgroup[place];
	r = set_title(&slots->all[slot], row->container);
	if (r < 0)
		return r;
	slots->all[slot].references++;
	*ret_slot = slot;
	return 0;
}

void slots_unref(struct slots *slots, uint32_t slot)
{
	bool found;
	size_t place;

	if (--slots->all[slot].references > 0)
		return;
	place = place_of(slots, slots->all[slot].cgroup, &found);
	slots->nr_used--;
	memmove(&slots->by_cgroup[place], &slots->by_cgroup[place + 1],
		(slots->nr_used - place) * sizeof(*slots->by_cgroup));
	clear(&slots->all[slot]);
	slots->free[slots->nr_free++] = slot;
}

int slots_rename(struct slots *slots, const struct container_row *row)
{
	bool found;
	size_t place = place_of(slots, row->cgroup, &found);

	if (!found)
		return 0;
	return set_title(&slots->all[slots->by_cgroup[place]], row->container);
}

void slots_done(struct slots *slots)
{
	size_t i;

	for (i = 0; i < slots->nr; i++)
		clear(&slots->all[i]);
	free(slots->all);
	free(slots->by_cgroup);
	free(slots->free);
	*slots = (struct slots){ 0 };
}
