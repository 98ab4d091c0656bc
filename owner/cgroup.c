// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/user_slice.h"
#include "cgroup_v1.h"
#include "known.h"
#include "maker.h"

/* How many more cgroups than live ones are kept before some are dropped */
#define SLACK 256

/* How many cgroups known from cgroups_learn() are kept */
#define LEARNT_MAX 4096

/* Recently looked up cgroups, by the last digits of their ids */
#define NR_RECENT 256

/* @paths is NULL without cgroup v2, @v1 without cgroup v1. */
struct cgroups {
	struct contmon_paths *paths;
	const struct names *names;
	void *known;	/* tsearch(3) tree by cgroup id */
	size_t nr;
	size_t nr_learnt;	/* of @nr */
	struct known *recent[NR_RECENT];	/* of @known, or NULL */
	struct cgroups_v1 *v1;
};

static int compare(const void *a, const void *b)
{
	const struct known *known_a = a, *known_b = b;
	uint64_t x = known_a->cgroup.id, y = known_b->cgroup.id;

	return (x > y) - (x < y);
}

int cgroups_new(const struct names *names, struct cgroups **ret)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));
	bool has_cgroup1 = contmon_has_cgroup1() == 1;
	int r;

	if (!cgroups)
		return -ENOMEM;
	cgroups->names = names;
	r = contmon_paths_new(NULL, &cgroups->paths);
	if (r == -ENOENT && has_cgroup1)
		r = 0;
	if (r == 0 && has_cgroup1)
		r = cgroups_v1_new(cgroups->names, &cgroups->v1);
	if (r < 0)
		cgroups_free(cgroups);
	else
		*ret = cgroups;
	return r;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	tdestroy(cgroups->known, known_free);
	cgroups_v1_free(cgroups->v1);
	contmon_paths_free(cgroups->paths);
	free(cgroups);
}

struct contmon_paths *cgroups_paths(const struct cgroups *cgroups)
{
	return cgroups ? cgroups->paths : NULL;
}

/* Again only if it is another's cgroup, because it looks at files. */
static int set_user(const struct cgroups *cgroups, struct cgroup *cgroup,
		    size_t length_before)
{
	size_t length = cgroup->identity.path_length;
	int64_t user_id;

	if (length == length_before)
		return 0;
	user_id = length == 0 || !cgroups->paths ? 0 :
		maker_of_cgroup(contmon_paths_root(cgroups->paths),
				cgroup->path, length);
	if (user_id < 0)
		return (int)user_id;
	cgroup->user_id = user_id;
	return 0;
}

/*
 * A user's engine can claim the cgroup of a container of root's that is mapped
 * to the user, but it is still what its path names.
 */
static bool is_believed(const struct container_info *owner, size_t length,
			const struct contmon_identity *identity)
{
	if (!owner->runtime || length < identity->path_length)
		return false;
	if (name_is_trusted(owner) || length > identity->path_length)
		return true;
	return identity->runtime == CONTMON_RUNTIME_UNKNOWN &&
	       strcmp(owner->id, identity->id) == 0;
}

/*
 * The engine's information takes precedence over what the path looks like.
 * Returns -ENOMEM if that leaves open whose it is, and then sets nothing.
 */
static int set_identity(const struct cgroups *cgroups, struct cgroup *cgroup)
{
	struct cgroup next = *cgroup;
	struct contmon_identity *identity = &next.identity;
	size_t length, length_before = identity->path_length;
	const struct container_info *owner;
	int r;

	contmon_identify(cgroup->path, identity);
	owner = names_find_owner(cgroups->names, cgroup->path, &length);
	if (owner && is_believed(owner, length, identity)) {
		if (length > identity->path_length)
			identity->pod[0] = '\0';
		identity->runtime = strcmp(owner->runtime, "podman") == 0 ?
			CONTMON_RUNTIME_PODMAN : CONTMON_RUNTIME_DOCKER;
		strcpy(identity->id, owner->id);
		identity->path_length = length;
	}
	r = set_user(cgroups, &next, length_before);
	if (r == 0)
		*cgroup = next;
	return r;
}

static struct known *add(struct cgroups *cgroups, uint64_t cgroup_id,
			 const char *path)
{
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	known->cgroup.id = cgroup_id;
	known->cgroup.is_known = true;
	known->cgroup.path = strdup(path);
	if (!known->cgroup.path ||
	    set_identity(cgroups, &known->cgroup) < 0 ||
	    !tsearch(known, &cgroups->known, compare)) {
		known_free(known);
		return NULL;
	}
	known_set_name(known, cgroups->names);
	cgroups->nr++;
	return known;
}

static struct known *find_learnt(struct cgroups *cgroups, uint64_t cgroup_id)
{
	struct known key = { .cgroup.id = cgroup_id };
	void *found = tfind(&key, &cgroups->known, compare);

	return found ? *(struct known **)found : NULL;
}

static struct known *find(struct cgroups *cgroups, uint64_t cgroup_id)
{
	struct known *known = find_learnt(cgroups, cgroup_id);
	const char *path;

	if (!known && cgroups->paths &&
	    contmon_paths_find(cgroups->paths, cgroup_id, &path) == 0)
		known = add(cgroups, cgroup_id, path);
	return known;
}

const struct cgroup *cgroups_get(struct cgroups *cgroups, uint64_t cgroup_id)
{
	static const struct cgroup unknown;
	struct known **recent;

	if (!cgroups)
		return &unknown;
	recent = &cgroups->recent[cgroup_id % NR_RECENT];
	if (!*recent || (*recent)->cgroup.id != cgroup_id)
		*recent = find(cgroups, cgroup_id);
	return *recent ? &(*recent)->cgroup : &unknown;
}

const struct cgroup *cgroups_in_v1(struct cgroups *cgroups,
				   const struct contmon_task *task)
{
	return cgroups && cgroups->v1 ?
	       cgroups_v1_of_task(cgroups->v1, task) : NULL;
}

const struct cgroup *cgroups_of_task(struct cgroups *cgroups,
				     const struct contmon_task *task)
{
	const struct cgroup *cgroup, *in_v1;

	cgroup = cgroups_get(task->valid & CONTMON_TASK_CGROUP ? cgroups : NULL,
			     task->cgroup_id);
	if (*cgroup->identity.id)
		return cgroup;
	in_v1 = cgroups_in_v1(cgroups, task);
	return in_v1 && (*in_v1->identity.id || !cgroup->is_known) ? in_v1 :
								     cgroup;
}

bool cgroup_is_own(const struct cgroup *cgroup)
{
	return cgroup->path && *cgroup->identity.id &&
	       cgroup->identity.path_length == strlen(cgroup->path);
}

/* @error: of one that is still what it was */
struct renaming {
	const struct cgroups *cgroups;
	int error;
};

static void rename_one(const void *node, VISIT visit, void *userdata)
{
	struct known *known = *(struct known *const *)node;
	struct renaming *renaming = userdata;
	int r;

	if (visit != postorder && visit != leaf)
		return;
	r = set_identity(renaming->cgroups, &known->cgroup);
	if (r < 0)
		renaming->error = r;
	known_set_name(known, renaming->cgroups->names);
}

int cgroups_rename(struct cgroups *cgroups)
{
	struct renaming renaming = { cgroups, 0 };

	if (!cgroups)
		return 0;
	twalk_r(cgroups->known, rename_one, &renaming);
	cgroups_v1_rename(cgroups->v1);
	return renaming.error;
}

bool cgroups_has_name(const struct cgroups *cgroups, const char *name)
{
	return cgroups && names_has(cgroups->names, name);
}

static void forget_known(struct cgroups *cgroups)
{
	tdestroy(cgroups->known, known_free);
	cgroups->known = NULL;
	cgroups->nr = 0;
	cgroups->nr_learnt = 0;
	memset(cgroups->recent, 0, sizeof(cgroups->recent));
}

void cgroups_learn(struct cgroups *cgroups, uint64_t cgroup_id,
		   const char *path)
{
	if (!cgroups || find_learnt(cgroups, cgroup_id))
		return;
	if (cgroups->nr_learnt >= LEARNT_MAX)
		forget_known(cgroups);
	if (add(cgroups, cgroup_id, path))
		cgroups->nr_learnt++;
}

void cgroups_keep(struct cgroups *cgroups, const struct contmon_cgroups *live)
{
	if (!cgroups)
		return;
	cgroups_v1_keep(cgroups->v1);
	if (cgroups->nr <= live->nr + SLACK)
		return;
	if (cgroups->paths)
		contmon_paths_keep(cgroups->paths, live);
	forget_known(cgroups);
}
