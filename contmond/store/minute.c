// SPDX-License-Identifier: GPL-2.0-only
#include "minute.h"

#include <math.h>

#include "base/util.h"

static double mean_of(const struct layout *layout, const char *metric,
		      const struct cell *cells)
{
	int i = layout_find(layout, metric);
	const struct cell *cell;

	if (i < 0)
		return NAN;
	cell = &cells[layout->all[i].of_host ?
		      (size_t)i - layout->nr_container : (size_t)i];
	if (cell->n == 0)
		return NAN;
	return kept_number(&layout->all[i],
			   (double)cell_mean(cell, &layout->all[i]));
}

static double gain_of(const struct layout *layout, const char *metric,
		      const struct cell *cells)
{
	int i = layout_find(layout, metric);

	if (i < 0 || cells[i].ms == 0)
		return NAN;
	return kept_number(&layout->all[i], (double)cells[i].gain);
}

static void write_host(const struct moment *bucket, struct queue *queue)
{
	static const char *const metrics[] = { "system_ram_total_bytes",
		"system_ram_free_bytes", "system_ram_used_bytes" };
	struct entry *entry = entry_new(ADD_HOST_MINUTE);
	size_t i;

	entry_add(entry, VALUE_INTEGER, bucket->t_ms / 1000);
	for (i = 0; i < ARRAY_SIZE(metrics); i++)
		entry_add_whole(entry, round(mean_of(bucket->layout, metrics[i],
						     bucket->host) / 1024));
	entry_add_whole(entry, round(mean_of(bucket->layout, "system_processes",
					     bucket->host)));
	queue_add(queue, entry);
}

void minute_write(const struct moment *bucket, struct lives *lives,
		  struct queue *queue)
{
	const struct layout *layout = bucket->layout;
	double cpus = mean_of(layout, "system_nr_cpus", bucket->host);
	double ram = mean_of(layout, "system_ram_total_bytes", bucket->host);
	size_t i;

	write_host(bucket, queue);
	for (i = 0; i < bucket->nr; i++) {
		const struct cell *cells = moment_cells(bucket, i);
		const struct member *member = &bucket->members[i];
		const struct life *life = lives_find(lives, member->c);
		struct entry *entry = entry_new(ADD_CONTAINER_MINUTE);
		double cpu = gain_of(layout, "cpu_seconds_total", cells) /
			     (member->ms / 1e3) / cpus;
		double memory = mean_of(layout, "memory_current_bytes",
					cells) / ram;

		entry_add(entry, VALUE_CONTAINER, member->c);
		if (life && life->pid)
			entry_add(entry, VALUE_INTEGER, life->pid);
		else
			entry_add_null(entry);
		entry_add_whole(entry, round(cpu * 1e6));
		entry_add_whole(entry, round(memory * 1e6));
		queue_add(queue, entry);
	}
	lives_see_all(lives);
}
