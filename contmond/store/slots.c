// SPDX-License-Identifier: GPL-2.0-only
#include "slots.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static size_t place_of(const struct series_table *table, const char *cgroup,
		       bool *found)
{
	size_t low = 0, high = table->nr;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t slot = table->by_cgroup[middle];
		int order = strcmp(table->slots[slot].cgroup, cgroup);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int grow(struct series_table *table)
{
	size_t i, nr = table->nr_slots * 2 ?: 32;
	struct series *slots;
	uint32_t *numbers;

	slots = reallocarray(table->slots, nr, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	table->slots = slots;
	numbers = reallocarray(table->by_cgroup, nr, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	table->by_cgroup = numbers;
	numbers = reallocarray(table->free_slots, nr, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	table->free_slots = numbers;
	for (i = nr; i-- > table->nr_slots;) {
		table->slots[i] = (struct series){ 0 };
		table->free_slots[table->nr_free++] = (uint32_t)i;
	}
	table->nr_slots = nr;
	return 0;
}

static int set_label(struct series *series, const char *label)
{
	char *copy;

	if (series->label && strcmp(series->label, label) == 0)
		return 0;
	copy = strdup(label);
	if (!copy)
		return -ENOMEM;
	free(series->label);
	series->label = copy;
	return 0;
}

static void series_free(struct series *series)
{
	free(series->cgroup);
	free(series->id);
	free(series->label);
	*series = (struct series){ 0 };
}

static int insert(struct series_table *table, size_t place,
		  const struct container_row *row, uint32_t *ret_slot)
{
	struct series made = { .references = 1 };
	uint32_t slot;

	if (table->nr_free == 0 && grow(table) < 0)
		return -ENOMEM;
	made.cgroup = strdup(row->cgroup);
	made.id = strdup(row->id);
	if (!made.cgroup || !made.id || set_label(&made, row->container) < 0) {
		series_free(&made);
		return -ENOMEM;
	}
	slot = table->free_slots[--table->nr_free];
	table->slots[slot] = made;
	memmove(&table->by_cgroup[place + 1], &table->by_cgroup[place],
		(table->nr - place) * sizeof(*table->by_cgroup));
	table->by_cgroup[place] = slot;
	table->nr++;
	*ret_slot = slot;
	return 0;
}

int series_ref(struct series_table *table, const struct container_row *row,
	       uint32_t *ret_slot)
{
	bool found;
	size_t place = place_of(table, row->cgroup, &found);
	uint32_t slot;
	int r;

	if (!found)
		return insert(table, place, row, ret_slot);
	slot = table->by_cgroup[place];
	r = set_label(&table->slots[slot], row->container);
	if (r < 0)
		return r;
	table->slots[slot].references++;
	*ret_slot = slot;
	return 0;
}

void series_unref(struct series_table *table, uint32_t slot)
{
	struct series *series = &table->slots[slot];
	bool found;
	size_t place;

	if (--series->references > 0)
		return;
	place = place_of(table, series->cgroup, &found);
	table->nr--;
	memmove(&table->by_cgroup[place], &table->by_cgroup[place + 1],
		(table->nr - place) * sizeof(*table->by_cgroup));
	series_free(series);
	table->free_slots[table->nr_free++] = slot;
}

int series_label(struct series_table *table, const struct container_row *row)
{
	bool found;
	size_t place = place_of(table, row->cgroup, &found);

	if (!found)
		return 0;
	return set_label(&table->slots[table->by_cgroup[place]],
			 row->container);
}

void series_done(struct series_table *table)
{
	size_t i;

	for (i = 0; i < table->nr_slots; i++)
		series_free(&table->slots[i]);
	free(table->slots);
	free(table->by_cgroup);
	free(table->free_slots);
	*table = (struct series_table){ 0 };
}
