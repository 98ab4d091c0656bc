// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "base/names_protocol.h"
#include "cgroup.h"
#include "names.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Cgroups beyond those alive before any is forgotten */
#define SLACK 256

/* Cgroups known from cli_cgroups_learn() */
#define LEARNT_MAX 4096

struct known {
	uint64_t cgroup_id;
	struct cli_cgroup cgroup;	/* the path is owned */
};

/* Cgroups looked up last, by the last digits of their ids */
#define NR_RECENT 256

/*
 * A task's place in cgroup v1, and until when it is believed: for as long as
 * the task had lived, as tasks move early in life, but a minute at most. To
 * read a file for each task at each refresh would cost more than all else.
 */
struct place {
	int32_t pid;
	uint64_t start_boottime_ns;
	uint64_t until_boottime_ns;
	const struct cli_cgroup *member;	/* NULL: of no container */
};

#define NR_PLACES 4096
#define BELIEVED_NS (60 * UINT64_C(1000000000))

/*
 * @paths is NULL without cgroup v2. @members and @places are for cgroup v1;
 * @places is NULL without.
 */
struct cli_cgroups {
	struct contmon_paths *paths;
	struct cli_names *names;
	void *known;	/* tsearch(3) tree by cgroup id */
	size_t nr;
	struct known *recent[NR_RECENT];	/* of @known, or NULL */
	void *members;	/* tsearch(3) tree by container */
	struct place *places;	/* NR_PLACES, by the last digits of pids */
};

static int compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return x->cgroup_id < y->cgroup_id ? -1 : x->cgroup_id > y->cgroup_id;
}

static int compare_containers(const void *a, const void *b)
{
	const struct known *known_a = a, *known_b = b;
	const struct contmon_identity *x = &known_a->cgroup.identity;
	const struct contmon_identity *y = &known_b->cgroup.identity;

	if (x->runtime != y->runtime)
		return x->runtime < y->runtime ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void free_known(void *node)
{
	struct known *known = node;

	free((char *)known->cgroup.path);
	free(known);
}

static int fill(struct cli_cgroups *cgroups)
{
	bool has_cgroup1 = contmon_has_cgroup1() == 1;
	int r;

	r = contmon_paths_new(NULL, &cgroups->paths);
	if (r < 0 && !(r == -ENOENT && has_cgroup1))
		return r;
	if (has_cgroup1)
		cgroups->places = calloc(NR_PLACES, sizeof(*cgroups->places));
	cgroups->names = cli_names_new(NAMES_SOCKET);
	if (!cgroups->names || (has_cgroup1 && !cgroups->places))
		return -ENOMEM;
	return 0;
}

int cli_cgroups_new(struct cli_cgroups **ret)
{
	struct cli_cgroups *cgroups = calloc(1, sizeof(*cgroups));
	int r;

	if (!cgroups)
		return -ENOMEM;
	r = fill(cgroups);
	if (r < 0)
		cli_cgroups_free(cgroups);
	else
		*ret = cgroups;
	return r;
}

void cli_cgroups_free(struct cli_cgroups *cgroups)
{
	if (!cgroups)
		return;
	tdestroy(cgroups->known, free_known);
	tdestroy(cgroups->members, free_known);
	free(cgroups->places);
	contmon_paths_free(cgroups->paths);
	cli_names_free(cgroups->names);
	free(cgroups);
}

/* No engine has a name for a step of a build, and its digits say little. */
static void set_title(struct cli_cgroup *cgroup)
{
	bool is_step = cgroup->identity.runtime == CONTMON_RUNTIME_BUILDKIT;

	strcpy(cgroup->short_id, cgroup->identity.id);
	if (is_step || strlen(cgroup->short_id) == 64)
		cgroup->short_id[12] = 0;
	strcpy(cgroup->title, is_step ? "build-" : "");
	strcat(cgroup->title, cgroup->short_id);
}

static void set_name(struct known *known, const struct cli_names *names)
{
	if (*known->cgroup.identity.id)
		known->cgroup.name =
			cli_names_find(names, known->cgroup.identity.id);
}

/* What the engine says counts for more than what the path looks like. */
static void set_identity(struct cli_cgroup *cgroup,
			 const struct cli_names *names)
{
	struct contmon_identity *identity = &cgroup->identity;
	const struct name *owner;
	size_t length;

	contmon_identify(cgroup->path, identity);
	owner = cli_names_find_owner(names, cgroup->path, &length);
	if (owner && owner->runtime && length >= identity->path_length) {
		if (length > identity->path_length)
			identity->pod[0] = '\0';
		identity->runtime = strcmp(owner->runtime, "podman") == 0 ?
			CONTMON_RUNTIME_PODMAN : CONTMON_RUNTIME_DOCKER;
		strcpy(identity->id, owner->id);
		identity->path_length = length;
	}
	set_title(cgroup);
}

static struct known *add(struct cli_cgroups *cgroups, uint64_t cgroup_id,
			 const char *path)
{
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	known->cgroup_id = cgroup_id;
	known->cgroup.path = strdup(path);
	if (!known->cgroup.path ||
	    !tsearch(known, &cgroups->known, compare)) {
		free_known(known);
		return NULL;
	}
	set_identity(&known->cgroup, cgroups->names);
	set_name(known, cgroups->names);
	cgroups->nr++;
	return known;
}

static struct known *find(struct cli_cgroups *cgroups, uint64_t cgroup_id)
{
	struct known key = { .cgroup_id = cgroup_id };
	void *found = tfind(&key, &cgroups->known, compare);
	const char *path;

	if (found)
		return *(struct known **)found;
	if (cgroups->paths &&
	    contmon_paths_find(cgroups->paths, cgroup_id, &path) == 0)
		return add(cgroups, cgroup_id, path);
	return NULL;
}

const struct cli_cgroup *cli_cgroups_get(struct cli_cgroups *cgroups,
					 uint64_t cgroup_id)
{
	static const struct cli_cgroup unknown;
	struct known **recent;

	if (!cgroups)
		return &unknown;
	recent = &cgroups->recent[cgroup_id % NR_RECENT];
	if (!*recent || (*recent)->cgroup_id != cgroup_id)
		*recent = find(cgroups, cgroup_id);
	return *recent ? &(*recent)->cgroup : &unknown;
}

/* A container that has no cgroup in v2, and so no path */
static const struct cli_cgroup *find_member(struct cli_cgroups *cgroups,
					    const struct contmon_identity *who)
{
	struct known key = { .cgroup.identity = *who }, *known;
	void *found = tfind(&key, &cgroups->members, compare_containers);

	if (found)
		return &(*(struct known **)found)->cgroup;
	known = malloc(sizeof(*known));
	if (!known)
		return NULL;
	*known = key;
	set_title(&known->cgroup);
	set_name(known, cgroups->names);
	if (!tsearch(known, &cgroups->members, compare_containers)) {
		free_known(known);
		return NULL;
	}
	return &known->cgroup;
}

static bool is_believed(const struct place *place,
			const struct contmon_task *task, uint64_t now_ns)
{
	return place->pid == task->pid &&
	       place->start_boottime_ns == task->start_boottime_ns &&
	       now_ns < place->until_boottime_ns;
}

/* NULL if it is in no container of cgroup v1 */
static const struct cli_cgroup *find_in_cgroup1(struct cli_cgroups *cgroups,
						const struct contmon_task *task)
{
	struct place *place = &cgroups->places[(uint32_t)task->pid % NR_PLACES];
	uint64_t now_ns = clock_boottime_ns();
	uint64_t age_ns = now_ns - task->start_boottime_ns;
	struct contmon_identity who;

	if (is_believed(place, task, now_ns))
		return place->member;
	*place = (struct place){
		.pid = task->pid,
		.start_boottime_ns = task->start_boottime_ns,
		.until_boottime_ns = now_ns + (age_ns < BELIEVED_NS ?
					       age_ns : BELIEVED_NS),
	};
	if (contmon_identify_process(task->tgid, &who) == 1)
		place->member = find_member(cgroups, &who);
	return place->member;
}

const struct cli_cgroup *cli_cgroups_of_task(struct cli_cgroups *cgroups,
					     const struct contmon_task *task)
{
	const struct cli_cgroup *cgroup, *member = NULL;

	cgroup = cli_cgroups_get(task->valid & CONTMON_TASK_CGROUP ? cgroups :
				 NULL, task->cgroup_id);
	if (cgroups && cgroups->places && !*cgroup->identity.id)
		member = find_in_cgroup1(cgroups, task);
	return member ? member : cgroup;
}

bool cli_cgroup_is_known(const struct cli_cgroup *cgroup)
{
	return cgroup->path || *cgroup->identity.id;
}

const char *cli_cgroup_title(const struct cli_cgroup *cgroup)
{
	if (cgroup->name)
		return cgroup->name;
	if (*cgroup->title)
		return cgroup->title;
	return cgroup->path ? "host" : NULL;
}

bool cli_cgroup_is_own(const struct cli_cgroup *cgroup)
{
	return cgroup->path && *cgroup->identity.id &&
	       cgroup->identity.path_length == strlen(cgroup->path);
}

static void rename_one(const void *node, VISIT visit, void *names)
{
	struct known *known = *(struct known *const *)node;

	if (visit != postorder && visit != leaf)
		return;
	if (known->cgroup.path)
		set_identity(&known->cgroup, names);
	known->cgroup.name = NULL;
	set_name(known, names);
}

void cli_cgroups_follow(struct cli_cgroups *cgroups)
{
	if (!cgroups || !cli_names_follow(cgroups->names))
		return;
	twalk_r(cgroups->known, rename_one, cgroups->names);
	twalk_r(cgroups->members, rename_one, cgroups->names);
}

struct contmon_limits *cli_cgroups_limits(const struct cli_cgroups *cgroups,
					  const struct contmon_cgroups *all)
{
	struct contmon_limits *limits;

	if (!cgroups || !cgroups->paths ||
	    contmon_limits_new(cgroups->paths, all, &limits) < 0)
		return NULL;
	return limits;
}

bool cli_cgroups_has_name(const struct cli_cgroups *cgroups, const char *name)
{
	return cgroups && cli_names_has(cgroups->names, name);
}

static void forget_all(struct cli_cgroups *cgroups)
{
	tdestroy(cgroups->known, free_known);
	tdestroy(cgroups->members, free_known);
	cgroups->known = NULL;
	cgroups->members = NULL;
	cgroups->nr = 0;
	memset(cgroups->recent, 0, sizeof(cgroups->recent));
	if (cgroups->places)
		memset(cgroups->places, 0,
		       NR_PLACES * sizeof(*cgroups->places));
}

void cli_cgroups_learn(struct cli_cgroups *cgroups, uint64_t cgroup_id,
		       const char *path)
{
	struct known key = { .cgroup_id = cgroup_id };

	if (!cgroups || tfind(&key, &cgroups->known, compare))
		return;
	if (cgroups->nr >= LEARNT_MAX)
		forget_all(cgroups);
	add(cgroups, cgroup_id, path);
}

void cli_cgroups_keep(struct cli_cgroups *cgroups,
		      const struct contmon_cgroups *live)
{
	if (!cgroups || !cgroups->paths || cgroups->nr <= live->nr + SLACK)
		return;
	contmon_paths_keep(cgroups->paths, live);
	forget_all(cgroups);
}
