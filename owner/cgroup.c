// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/siphash.h"
#include "base/user_slice.h"
#include "base/util.h"
#include "maker.h"

/* How many more cgroups than live ones are kept before some are dropped */
#define SLACK 256

/* Cgroups known from cgroups_learn(), and containers of cgroup v1 */
#define LEARNT_MAX 4096

struct known {
	struct cgroup cgroup;	/* the path is owned */
	const struct container_info *named;	/* referenced; has the name */
};

/* Recently looked up cgroups, by the last digits of their ids */
#define NR_RECENT 256

/*
 * A task's place in cgroup v1, and until when it is used without reading it
 * again: for as long as the task had lived, because tasks move early in life,
 * but at most a minute. Reading a file for each task at each refresh would cost
 * more than everything else.
 */
struct place {
	int32_t pid;
	uint64_t start_boottime_ns;
	uint64_t until_boottime_ns;
	const struct cgroup *owner;	/* NULL: unknown */
};

#define NR_PLACES 4096
#define BELIEVED_NS (60 * NS_PER_SECOND)

/*
 * @paths is NULL without cgroup v2. @mounts, @members and @places are for
 * cgroup v1; @places is NULL without, and @mounts also if none is visible.
 */
struct cgroups {
	struct contmon_paths *paths;
	struct contmon_cgroup1 *mounts;
	const struct names *names;
	void *known;	/* tsearch(3) tree by cgroup id */
	size_t nr;
	struct known *recent[NR_RECENT];	/* of @known, or NULL */
	void *members;	/* tsearch(3) tree by container */
	size_t nr_members;
	struct place *places;	/* NR_PLACES, by the last digits of pids */
};

static int compare(const void *a, const void *b)
{
	const struct known *known_a = a, *known_b = b;
	uint64_t x = known_a->cgroup.id, y = known_b->cgroup.id;

	return (x > y) - (x < y);
}

static int compare_containers(const void *a, const void *b)
{
	const struct known *known_a = a, *known_b = b;
	const struct contmon_identity *x = &known_a->cgroup.identity;
	const struct contmon_identity *y = &known_b->cgroup.identity;

	if (x->runtime != y->runtime)
		return x->runtime < y->runtime ? -1 : 1;
	if (known_a->cgroup.user_id != known_b->cgroup.user_id)
		return known_a->cgroup.user_id < known_b->cgroup.user_id ?
		       -1 : 1;
	return strcmp(x->id, y->id);
}

static void free_known(void *node)
{
	struct known *known = node;

	name_unref(known->named);
	free((char *)known->cgroup.path);
	free(known);
}

static int prepare_v1(struct cgroups *cgroups)
{
	int r = contmon_cgroup1_new(&cgroups->mounts);

	if (r < 0 && r != -ENOENT)
		return r;
	cgroups->places = calloc(NR_PLACES, sizeof(*cgroups->places));
	return cgroups->places ? 0 : -ENOMEM;
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
		r = prepare_v1(cgroups);
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
	tdestroy(cgroups->known, free_known);
	tdestroy(cgroups->members, free_known);
	free(cgroups->places);
	contmon_cgroup1_free(cgroups->mounts);
	contmon_paths_free(cgroups->paths);
	free(cgroups);
}

struct contmon_paths *cgroups_paths(const struct cgroups *cgroups)
{
	return cgroups ? cgroups->paths : NULL;
}

/*
 * A step of a build has no name, and its digits alone say little. A container
 * that is called "host" must not look like the host.
 */
static void set_title(struct cgroup *cgroup)
{
	bool is_step = cgroup->identity.runtime == CONTMON_RUNTIME_BUILDKIT;
	bool is_host = cgroup_is_host(cgroup->name ?: cgroup->identity.id);

	strcpy(cgroup->short_id, cgroup->identity.id);
	if (is_step || strlen(cgroup->short_id) == 64)
		cgroup->short_id[12] = 0;
	strcpy(cgroup->title, is_step ? "build-" :
			      is_host ? CGROUP_HOST "-" : "");
	strcat(cgroup->title, cgroup->short_id);
}

static void set_name(struct known *known, const struct names *names)
{
	const struct cgroup *cgroup = &known->cgroup;
	const struct container_info *name = names_find_of(names,
							  cgroup->identity.id,
							  cgroup->path,
							  cgroup->user_id);

	name_unref(known->named);
	known->named = name ? name_ref(name) : NULL;
	known->cgroup.name = name ? name->name : NULL;
	set_title(&known->cgroup);
}

/* Again only if it is another's cgroup, because it looks at files. */
static void set_user(const struct cgroups *cgroups, struct cgroup *cgroup,
		     size_t length_before)
{
	size_t length = cgroup->identity.path_length;

	if (length == length_before)
		return;
	cgroup->user_id = length == 0 || !cgroups->paths ? 0 :
		maker_of_cgroup(contmon_paths_root(cgroups->paths),
				cgroup->path, length);
}

/* The engine's information takes precedence over what the path looks like. */
static void set_identity(const struct cgroups *cgroups, struct cgroup *cgroup)
{
	struct contmon_identity *identity = &cgroup->identity;
	size_t length, length_before = identity->path_length;
	const struct container_info *owner;

	contmon_identify(cgroup->path, identity);
	owner = names_find_owner(cgroups->names, cgroup->path, &length);
	if (owner && owner->runtime && length >= identity->path_length) {
		if (length > identity->path_length)
			identity->pod[0] = '\0';
		identity->runtime = strcmp(owner->runtime, "podman") == 0 ?
			CONTMON_RUNTIME_PODMAN : CONTMON_RUNTIME_DOCKER;
		strcpy(identity->id, owner->id);
		identity->path_length = length;
	}
	set_user(cgroups, cgroup, length_before);
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
	    !tsearch(known, &cgroups->known, compare)) {
		free_known(known);
		return NULL;
	}
	set_identity(cgroups, &known->cgroup);
	set_name(known, cgroups->names);
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

/*
 * An id is the same in other runs of a program. The kernel counts cgroups from
 * 1 and never reaches the bits that are set here.
 */
static uint64_t make_id_of_root(const struct contmon_identity *who)
{
	const uint64_t prime = UINT64_C(1099511628211);
	uint64_t hash = UINT64_C(14695981039346656037);
	const char *c;

	hash = (hash ^ who->runtime) * prime;	/* FNV-1a */
	for (c = who->id; *c; c++)
		hash = (hash ^ (unsigned char)*c) * prime;
	return hash >> 2 | UINT64_C(1) << 62;
}

/*
 * A user may compute a name whose FNV-1a is that of another container. None of
 * these ids is one of root's, and of other users' none can be computed.
 */
static uint64_t make_id_of_user(const struct contmon_identity *who,
				int64_t user_id)
{
	static const uint8_t key[SIPHASH_KEY_BYTES] = "contmon cgroup1";
	char text[sizeof(who->id) + 64];
	int length = snprintf(text, sizeof(text), "%" PRIi64 " %d %s", user_id,
			      (int)who->runtime, who->id);

	return siphash(key, text, (size_t)length) >> 4 | UINT64_C(1) << 60;
}

/*
 * A container that has no cgroup in v2, and so no path. A user may give a
 * cgroup the name of one of root's, which is then another container.
 */
static const struct cgroup *find_member(struct cgroups *cgroups,
					const struct contmon_identity *who,
					int64_t user_id)
{
	struct known key = { .cgroup = { .identity = *who,
					 .user_id = user_id } }, *known;
	void *found = tfind(&key, &cgroups->members, compare_containers);

	if (found)
		return &(*(struct known **)found)->cgroup;
	known = malloc(sizeof(*known));
	if (!known)
		return NULL;
	*known = key;
	known->cgroup.id = user_id == 0 ? make_id_of_root(who) :
					  make_id_of_user(who, user_id);
	known->cgroup.is_known = true;
	known->cgroup.identity.path_length = 0;
	if (!tsearch(known, &cgroups->members, compare_containers)) {
		free_known(known);
		return NULL;
	}
	set_name(known, cgroups->names);
	cgroups->nr_members++;
	return &known->cgroup;
}

static bool is_believed(const struct place *place,
			const struct contmon_task *task, uint64_t now_ns)
{
	return place->pid == task->pid &&
	       place->start_boottime_ns == task->start_boottime_ns &&
	       now_ns < place->until_boottime_ns;
}

/*
 * Who could make the cgroup of @id that the process is in. Returns a negative
 * errno if the process has ended meanwhile.
 */
static int64_t user_of_member(const struct cgroups *cgroups, int32_t tgid,
			      const char *id)
{
	static const char *const controllers[] = { "memory", "name=systemd" };
	size_t i, root_length;
	int64_t r = -ENOENT;

	for (i = 0; cgroups->mounts && r == -ENOENT &&
	     i < ARRAY_SIZE(controllers); i++) {
		_cleanup_free_ char *directory = NULL;

		r = contmon_cgroup1_find(cgroups->mounts, tgid, controllers[i],
					 id, &directory, &root_length);
		if (r == 0)
			r = maker_of_directory(directory, root_length);
	}
	return r == -ENOENT ? USER_OF_ELSEWHERE : r;
}

static const struct cgroup *read_place(struct cgroups *cgroups, int32_t tgid)
{
	static const struct cgroup host = { .is_known = true };
	struct contmon_identity who;
	int64_t user_id;
	int r = contmon_identify_process(tgid, &who);

	if (r <= 0)
		return r == 0 ? &host : NULL;
	user_id = user_of_member(cgroups, tgid, who.id);
	return user_id < 0 ? NULL : find_member(cgroups, &who, user_id);
}

const struct cgroup *cgroups_in_v1(struct cgroups *cgroups,
				   const struct contmon_task *task)
{
	struct place *place;
	uint64_t now_ns, age_ns;

	if (!cgroups || !cgroups->places)
		return NULL;
	place = &cgroups->places[(uint32_t)task->pid % NR_PLACES];
	now_ns = clock_boottime_ns();
	age_ns = now_ns - task->start_boottime_ns;
	if (is_believed(place, task, now_ns))
		return place->owner;
	*place = (struct place){
		.pid = task->pid,
		.start_boottime_ns = task->start_boottime_ns,
		.until_boottime_ns = now_ns + (age_ns < BELIEVED_NS ?
					       age_ns : BELIEVED_NS),
		.owner = read_place(cgroups, task->tgid),
	};
	return place->owner;
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

static void rename_one(const void *node, VISIT visit, void *userdata)
{
	struct known *known = *(struct known *const *)node;
	const struct cgroups *cgroups = userdata;

	if (visit != postorder && visit != leaf)
		return;
	if (known->cgroup.path)
		set_identity(cgroups, &known->cgroup);
	set_name(known, cgroups->names);
}

void cgroups_rename(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	twalk_r(cgroups->known, rename_one, cgroups);
	twalk_r(cgroups->members, rename_one, cgroups);
}

bool cgroups_has_name(const struct cgroups *cgroups, const char *name)
{
	return cgroups && names_has(cgroups->names, name);
}

static void forget_all(struct cgroups *cgroups)
{
	tdestroy(cgroups->known, free_known);
	tdestroy(cgroups->members, free_known);
	cgroups->known = NULL;
	cgroups->members = NULL;
	cgroups->nr = 0;
	cgroups->nr_members = 0;
	memset(cgroups->recent, 0, sizeof(cgroups->recent));
	if (cgroups->places)
		memset(cgroups->places, 0,
		       NR_PLACES * sizeof(*cgroups->places));
}

void cgroups_learn(struct cgroups *cgroups, uint64_t cgroup_id,
		   const char *path)
{
	if (!cgroups || find_learnt(cgroups, cgroup_id))
		return;
	if (cgroups->nr >= LEARNT_MAX)
		forget_all(cgroups);
	add(cgroups, cgroup_id, path);
}

void cgroups_keep(struct cgroups *cgroups, const struct contmon_cgroups *live)
{
	if (!cgroups || (cgroups->nr <= live->nr + SLACK &&
			 cgroups->nr_members <= LEARNT_MAX))
		return;
	if (cgroups->paths)
		contmon_paths_keep(cgroups->paths, live);
	forget_all(cgroups);
}
