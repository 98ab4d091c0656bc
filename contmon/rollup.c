// SPDX-License-Identifier: GPL-2.0-only
#include "rollup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW SIZE_MAX

/* To which row the tasks of a cgroup belong */
struct place {
	uint64_t cgroup_id;
	size_t row;
};

static int compare_ids(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->cgroup_id < y->cgroup_id ? -1 : x->cgroup_id > y->cgroup_id;
}

static struct place *make_places(const struct contmon_containers *all)
{
	struct place *places = calloc(all->nr + 1, sizeof(*places));
	size_t i;

	if (!places)
		return NULL;
	for (i = 0; i < all->nr; i++) {
		places[i].cgroup_id = all->entries[i].cgroup_id;
		places[i].row = NO_ROW;
	}
	qsort(places, all->nr, sizeof(*places), compare_ids);
	return places;
}

static struct place *find(struct place *places, size_t nr, uint64_t id)
{
	struct place key = { .cgroup_id = id };

	return bsearch(&key, places, nr, sizeof(key), compare_ids);
}

static int add_owner(struct cli_owners *owners,
		     const struct contmon_container *entry,
		     const struct cli_cgroup *cgroup)
{
	struct cli_owner *owner = &owners->v[owners->nr];

	owner->sums = *entry;
	owner->cgroup = *cgroup;
	if (cgroup->path) {
		owner->cgroup.path = strdup(cgroup->path);
		if (!owner->cgroup.path)
			return -ENOMEM;
	}
	owners->nr++;
	return 0;
}

/* Is this the cgroup that the runtime made, not one inside of it? */
static bool is_own(const struct cli_cgroup *cgroup)
{
	return cgroup->path &&
	       cgroup->identity.runtime != CONTMON_RUNTIME_NONE &&
	       cgroup->identity.path_length == strlen(cgroup->path);
}

/* Parents come before children, so the parent's place is known already. */
static int place_entry(struct place *places, size_t nr,
		       const struct contmon_container *entry,
		       const struct cli_cgroup *cgroup,
		       struct cli_owners *owners)
{
	struct place *place = find(places, nr, entry->cgroup_id);
	const struct place *parent = find(places, nr, entry->parent_id);

	if (is_own(cgroup)) {
		place->row = owners->nr;
		return add_owner(owners, entry, cgroup);
	}
	if (parent && parent->row != NO_ROW) {
		place->row = parent->row;
		contmon_container_add(&owners->v[place->row].sums, entry);
	}
	return 0;
}

int cli_roll_up(const struct contmon_containers *all,
		struct contmon_cgroups *cgroups, bool every,
		struct cli_owners *ret)
{
	struct place *places = make_places(all);
	struct cli_owners owners = { 0 };
	size_t i;
	int r = 0;

	owners.v = calloc(all->nr + 1, sizeof(*owners.v));
	if (!places || !owners.v)
		r = -ENOMEM;

	for (i = 0; r == 0 && i < all->nr; i++) {
		const struct contmon_container *entry = &all->entries[i];
		struct cli_cgroup cgroup;

		cli_look_up(cgroups, entry->cgroup_id, &cgroup);
		if (every)
			r = add_owner(&owners, entry, &cgroup);
		else
			r = place_entry(places, all->nr, entry, &cgroup,
					&owners);
	}
	free(places);

	if (r < 0)
		cli_owners_done(&owners);
	else
		*ret = owners;
	return r;
}

void cli_owners_done(struct cli_owners *owners)
{
	size_t i;

	for (i = 0; i < owners->nr; i++)
		free((char *)owners->v[i].cgroup.path);
	free(owners->v);
	*owners = (struct cli_owners){ 0 };
}
