// SPDX-License-Identifier: GPL-2.0-only
#include "container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW SIZE_MAX

/* The row that the tasks of a cgroup are added to */
struct cgroup_row {
	uint64_t cgroup_id;
	size_t row;
};

static int compare_ids(const void *a, const void *b)
{
	const struct cgroup_row *x = a, *y = b;

	return x->cgroup_id < y->cgroup_id ? -1 : x->cgroup_id > y->cgroup_id;
}

static struct cgroup_row *make_rows(const struct contmon_cgroups *all)
{
	struct cgroup_row *rows = calloc(all->nr + 1, sizeof(*rows));
	size_t i;

	if (!rows)
		return NULL;
	for (i = 0; i < all->nr; i++) {
		rows[i].cgroup_id = all->entries[i].cgroup_id;
		rows[i].row = NO_ROW;
	}
	qsort(rows, all->nr, sizeof(*rows), compare_ids);
	return rows;
}

static struct cgroup_row *find(struct cgroup_row *rows, size_t nr, uint64_t id)
{
	struct cgroup_row key = { .cgroup_id = id };

	return bsearch(&key, rows, nr, sizeof(key), compare_ids);
}

static void add_row(struct cli_containers *containers,
		    const struct contmon_cgroup *entry, uint64_t parent_id,
		    const struct cgroup *cgroup)
{
	containers->v[containers->nr++] = (struct cli_container){
		.row = {
			.id = entry->cgroup_id,
			.parent_id = parent_id,
			.cgroup = cgroup,
		},
		.sums = *entry,
	};
}

/* Parents come before children, so the row of the parent is already known. */
static void add_entry(struct cgroup_row *rows, size_t nr,
		      const struct contmon_cgroup *entry,
		      const struct cgroup *cgroup,
		      struct cli_containers *containers)
{
	struct cgroup_row *own = find(rows, nr, entry->cgroup_id);
	const struct cgroup_row *parent = find(rows, nr, entry->parent_id);
	struct cli_container *around = NULL;

	if (parent && parent->row != NO_ROW)
		around = &containers->v[parent->row];
	if (cgroup_is_own(cgroup)) {
		own->row = containers->nr;
		add_row(containers, entry, around ? around->row.id : 0,
			cgroup);
	} else if (around) {
		own->row = parent->row;
		contmon_cgroup_add(&around->sums, entry);
	}
}

int cli_roll_up(const struct contmon_cgroups *all,
		struct cgroups *cgroups, bool every,
		struct cli_containers *ret)
{
	struct cgroup_row *rows = make_rows(all);
	struct cli_containers containers = { 0 };
	size_t i;

	containers.v = calloc(all->nr + 1, sizeof(*containers.v));
	if (!rows || !containers.v) {
		free(rows);
		free(containers.v);
		return -ENOMEM;
	}

	for (i = 0; i < all->nr; i++) {
		const struct contmon_cgroup *entry = &all->entries[i];
		const struct cgroup *cgroup =
			cgroups_get(cgroups, entry->cgroup_id);

		if (every)
			add_row(&containers, entry, entry->parent_id, cgroup);
		else
			add_entry(rows, all->nr, entry, cgroup,
				  &containers);
	}
	for (i = 0; i < containers.nr; i++)
		containers.v[i].taken_boottime_ns = all->taken_boottime_ns;
	free(rows);
	*ret = containers;
	return 0;
}

static const char *limit_owner(struct cgroups *cgroups,
			       const struct contmon_limit *limit)
{
	return limit->owner_id ? cgroups_get(cgroups, limit->owner_id)->path :
				 NULL;
}

void cli_containers_limit(struct cli_containers *containers,
			  const struct contmon_cgroups *all,
			  struct cgroups *cgroups)
{
	struct contmon_paths *paths = cgroups_paths(cgroups);
	struct contmon_limits *limits = NULL;
	size_t i;

	if (!paths || contmon_limits_new(paths, all, &limits) < 0)
		return;
	for (i = 0; i < containers->nr; i++) {
		struct cli_container *row = &containers->v[i];

		/* If the cgroup is gone, its limits stay unknown. */
		if (contmon_limits_get(limits, row->row.id, &row->limits) < 0)
			continue;
		row->memory_limit_owner =
			limit_owner(cgroups, &row->limits.memory_bytes);
		row->cpu_limit_owner =
			limit_owner(cgroups, &row->limits.cpu_ns);
	}
	contmon_limits_free(limits);
}

void cli_containers_done(struct cli_containers *containers)
{
	size_t i;

	for (i = 0; i < containers->nr_texts; i++)
		free(containers->texts[i]);
	free(containers->texts);
	free(containers->v);
	*containers = (struct cli_containers){ 0 };
}
