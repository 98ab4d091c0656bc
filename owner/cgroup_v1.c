// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers and tasks are in trees, because any number of them may exist, and
 * in lists, from which those that are gone are taken.
 */
#include "cgroup_v1.h"

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
#include "known.h"
#include "maker.h"

/* @known is first, for known_free(). @round: in which it was last asked for */
struct container {
	struct known known;
	struct container *next;
	uint64_t round;
};

/*
 * A task, and until when its container is used without reading it again: for
 * as long as the task had lived, because tasks move early in life, but at most
 * a minute. Reading a file for each task at each refresh would cost more than
 * everything else. @container is NULL if it is unknown. An error of this
 * process, which may be short of descriptors or memory, is no answer.
 */
struct task {
	int32_t pid;
	uint64_t start_boottime_ns;
	uint64_t until_boottime_ns;
	struct container *container;
	struct task *next;
	uint64_t round;
};

#define BELIEVED_NS (60 * NS_PER_SECOND)

/*
 * @mounts: NULL if no hierarchy is visible. @round: counts the calls of
 * cgroups_v1_keep().
 */
struct cgroups_v1 {
	struct contmon_cgroup1 *mounts;
	const struct names *names;
	struct container host;
	void *by_identity;	/* tsearch(3) tree of containers */
	struct container *first_container;
	void *by_pid;	/* tsearch(3) tree of tasks */
	struct task *first_task;
	uint64_t round;
};

static int compare_containers(const void *a, const void *b)
{
	const struct cgroup *x = &((const struct container *)a)->known.cgroup;
	const struct cgroup *y = &((const struct container *)b)->known.cgroup;

	if (x->identity.runtime != y->identity.runtime)
		return x->identity.runtime < y->identity.runtime ? -1 : 1;
	if (x->user_id != y->user_id)
		return x->user_id < y->user_id ? -1 : 1;
	return strcmp(x->identity.id, y->identity.id);
}

static int compare_pids(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

int cgroups_v1_new(const struct names *names, struct cgroups_v1 **ret)
{
	struct cgroups_v1 *v1 = calloc(1, sizeof(*v1));
	int r;

	if (!v1)
		return -ENOMEM;
	v1->names = names;
	v1->host.known.cgroup.is_known = true;
	r = contmon_cgroup1_new(&v1->mounts);
	if (r < 0 && r != -ENOENT) {
		free(v1);
		return r;
	}
	*ret = v1;
	return 0;
}

void cgroups_v1_free(struct cgroups_v1 *v1)
{
	if (!v1)
		return;
	tdestroy(v1->by_pid, free);
	tdestroy(v1->by_identity, known_free);
	contmon_cgroup1_free(v1->mounts);
	free(v1);
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
static void fill(struct cgroup *cgroup)
{
	const struct contmon_identity *who = &cgroup->identity;

	cgroup->id = cgroup->user_id == 0 ?
		     make_id_of_root(who) :
		     make_id_of_user(who, cgroup->user_id);
	cgroup->is_known = true;
	cgroup->identity.path_length = 0;
}

static struct container *find_container(struct cgroups_v1 *v1,
					const struct contmon_identity *who,
					int64_t user_id)
{
	struct container key = { .known.cgroup = { .identity = *who,
						   .user_id = user_id } };
	void *found = tfind(&key, &v1->by_identity, compare_containers);
	struct container *container;

	if (found)
		return *(struct container **)found;
	container = malloc(sizeof(*container));
	if (!container)
		return NULL;
	*container = key;
	fill(&container->known.cgroup);
	if (!tsearch(container, &v1->by_identity, compare_containers)) {
		free(container);
		return NULL;
	}
	known_set_name(&container->known, v1->names);
	container->next = v1->first_container;
	v1->first_container = container;
	return container;
}

/*
 * Who could make the cgroup of @id that the process is in. Returns -ESRCH if
 * the process has ended meanwhile, or an error of this process.
 */
static int64_t user_of_container(const struct cgroups_v1 *v1, int32_t tgid,
				 const char *id)
{
	static const char *const controllers[] = { "memory", "name=systemd" };
	size_t i, root_length;
	int64_t r = -ENOENT;

	for (i = 0; v1->mounts && r == -ENOENT &&
	     i < ARRAY_SIZE(controllers); i++) {
		_cleanup_free_ char *directory = NULL;

		r = contmon_cgroup1_find(v1->mounts, tgid, controllers[i],
					 id, &directory, &root_length);
		if (r == 0)
			r = maker_of_directory(directory, root_length);
	}
	return r == -ENOENT ? USER_OF_ELSEWHERE : r;
}

/* Returns -ESRCH if the process has ended or is hidden, or another error. */
static int read_container(struct cgroups_v1 *v1, int32_t tgid,
			  struct container **ret)
{
	struct contmon_identity who;
	int64_t user_id;
	int r = contmon_identify_process(tgid, &who);

	if (r <= 0) {
		*ret = &v1->host;
		return r;
	}
	user_id = user_of_container(v1, tgid, who.id);
	if (user_id < 0)
		return (int)user_id;
	*ret = find_container(v1, &who, user_id);
	return *ret ? 0 : -ENOMEM;
}

/* Nothing is known yet of a task that is found for the first time. */
static struct task *find_task(struct cgroups_v1 *v1, int32_t pid)
{
	struct task key = { .pid = pid }, *task;
	void *found = tfind(&key, &v1->by_pid, compare_pids);

	if (found)
		return *(struct task **)found;
	task = malloc(sizeof(*task));
	if (!task)
		return NULL;
	*task = key;
	if (!tsearch(task, &v1->by_pid, compare_pids)) {
		free(task);
		return NULL;
	}
	task->next = v1->first_task;
	v1->first_task = task;
	return task;
}

static void update(struct cgroups_v1 *v1, struct task *known,
		   const struct contmon_task *task)
{
	uint64_t now_ns = clock_boottime_ns();
	uint64_t age_ns = now_ns - task->start_boottime_ns;
	struct container *container = NULL;
	int r;

	if (known->start_boottime_ns != task->start_boottime_ns) {
		known->start_boottime_ns = task->start_boottime_ns;
		known->until_boottime_ns = 0;
		known->container = NULL;
	}
	if (now_ns < known->until_boottime_ns)
		return;
	r = read_container(v1, task->tgid, &container);
	if (r < 0 && r != -ESRCH)
		return;
	known->container = r == 0 ? container : NULL;
	known->until_boottime_ns = now_ns + (age_ns < BELIEVED_NS ?
					     age_ns : BELIEVED_NS);
}

const struct cgroup *cgroups_v1_of_task(struct cgroups_v1 *v1,
					const struct contmon_task *task)
{
	struct task *known = find_task(v1, task->pid);

	if (!known)
		return NULL;
	update(v1, known, task);
	known->round = v1->round;
	if (!known->container)
		return NULL;
	known->container->round = v1->round;
	return &known->container->known.cgroup;
}

void cgroups_v1_rename(struct cgroups_v1 *v1)
{
	struct container *container;

	if (!v1)
		return;
	for (container = v1->first_container; container;
	     container = container->next)
		known_set_name(&container->known, v1->names);
}

static void drop_tasks(struct cgroups_v1 *v1)
{
	struct task **link = &v1->first_task, *task;

	while ((task = *link)) {
		if (task->round == v1->round) {
			link = &task->next;
			continue;
		}
		*link = task->next;
		tdelete(task, &v1->by_pid, compare_pids);
		free(task);
	}
}

static void drop_containers(struct cgroups_v1 *v1)
{
	struct container **link = &v1->first_container, *container;

	while ((container = *link)) {
		if (container->round == v1->round) {
			link = &container->next;
			continue;
		}
		*link = container->next;
		tdelete(container, &v1->by_identity, compare_containers);
		known_free(container);
	}
}

/*
 * Which ones are gone can be seen only from which are asked for. Who asks for a
 * task asks for its container, so a task that is kept has not lost it.
 */
void cgroups_v1_keep(struct cgroups_v1 *v1)
{
	if (!v1)
		return;
	drop_tasks(v1);
	drop_containers(v1);
	v1->round++;
}
