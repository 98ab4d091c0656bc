// SPDX-License-Identifier: GPL-2.0-only
#include "parents.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/sorted.h"
#include "base/util.h"
#include "owner/maker.h"

/*
 * Each needs an inotify watch, of which a user may have some thousands. At most
 * half of them are for containers of users other than root.
 */
#define MAX_PARENTS 64
#define MAX_CHILDREN 4096

/* The default directories of the runtimes */
static const char *const usual[] = {
	"", "/system.slice", "/machine.slice", "/docker", "/libpod_parent",
	"/default", "/lxc",
};

/**
 * struct parent - a directory with cgroups of containers
 * @path: from the root of the hierarchy, without a trailing slash
 * @of_user: it was found through a container of a user
 */
struct parent {
	struct parents *parents;
	bool of_user;
	char *path;
	sd_event_source *source;
};

/**
 * struct child - a container's own cgroup
 * @source: watches its cgroup.events; NULL if that is impossible
 * @missing: number of the newest samples that do not have it
 */
struct child {
	struct parents *parents;
	uint64_t cgroup_id;
	bool of_user;
	char *path;
	sd_event_source *source;
	unsigned int missing;
};

/**
 * struct parents
 * @nr_of_users: number of children that belong to users
 * @has_sampled: containers that existed before contmond are known
 */
struct parents {
	sd_event *event;
	struct cgroups *cgroups;
	const char *root;
	events_fn *happened;
	void *userdata;
	struct parent *all[MAX_PARENTS];
	size_t nr;
	struct child *children[MAX_CHILDREN];
	size_t nr_children;
	size_t nr_of_users;
	bool has_sampled;
};

static void report(struct parents *parents, uint32_t type, uint64_t cgroup_id,
		   const char *path)
{
	struct contmon_event event = {
		.type = type,
		.boottime_ns = clock_boottime_ns(),
		.cgroup_id = cgroup_id,
		.truncated = strlen(path) >= sizeof(event.path),
	};

	if (!event.truncated)
		strcpy((char *)event.path, path);
	parents->happened(&event, parents->userdata);
}

static void report_missed(struct parents *parents)
{
	const struct contmon_event event = {
		.type = CONTMON_EVENT_CGROUP_REMOVED,
		.boottime_ns = clock_boottime_ns(),
		.dropped = 1,
	};

	parents->happened(&event, parents->userdata);
}

static bool is_of_user(const struct parents *parents, const char *path)
{
	return maker_of_cgroup(parents->root, path, strlen(path)) != 0;
}

/* Containers */

static void child_free(struct child *child)
{
	sd_event_source_disable_unref(child->source);
	free(child->path);
	free(child);
}

/*
 * If full, the removal of any further container is noticed, but not which it
 * was.
 */
static bool is_full(const struct parents *parents, const char *path)
{
	return parents->nr_children == MAX_CHILDREN ||
	       (parents->nr_of_users >= MAX_CHILDREN / 2 &&
		is_of_user(parents, path));
}

static int compare_child(const void *key, const void *element)
{
	const struct child *const *child = element;
	uint64_t id = *(const uint64_t *)key;

	return (id > (*child)->cgroup_id) - (id < (*child)->cgroup_id);
}

static struct child *take_child(struct parents *parents, size_t i)
{
	struct child *child = parents->children[i];

	memmove(&parents->children[i], &parents->children[i + 1],
		(--parents->nr_children - i) * sizeof(child));
	parents->nr_of_users -= child->of_user;
	return child;
}

static bool is_empty(const char *file)
{
	_cleanup_fclose_ FILE *stream = fopen(file, "re");
	char line[64];

	while (stream && fgets(line, sizeof(line), stream)) {
		if (strcmp(line, "populated 0\n") == 0)
			return true;
	}
	return false;
}

static int on_events(sd_event_source *source, const struct inotify_event *what,
		     void *userdata)
{
	struct child *child = userdata;
	char file[PATH_MAX];

	(void)source;
	if (!(what->mask & IN_MODIFY))
		return 0;
	snprintf(file, sizeof(file), "%s%s/cgroup.events",
		 child->parents->root, child->path);
	if (is_empty(file))
		report(child->parents, CONTMON_EVENT_CGROUP_EMPTIED,
		       child->cgroup_id, child->path);
	return 0;
}

/* Returns whether it is new. */
static bool add_child(struct parents *parents, uint64_t cgroup_id,
		      const char *path)
{
	bool found;
	size_t i = sorted_place(&cgroup_id, parents->children,
				parents->nr_children,
				sizeof(*parents->children), compare_child,
				&found);
	char file[PATH_MAX];
	struct child *child;

	if (found) {
		parents->children[i]->missing = 0;
		return false;
	}
	if (is_full(parents, path))
		return false;
	child = calloc(1, sizeof(*child));
	if (!child)
		return false;
	child->parents = parents;
	child->cgroup_id = cgroup_id;
	child->of_user = is_of_user(parents, path);
	child->path = strdup(path);
	if (!child->path) {
		child_free(child);
		return false;
	}
	snprintf(file, sizeof(file), "%s%s/cgroup.events", parents->root,
		 path);
	sd_event_add_inotify(parents->event, &child->source, file, IN_MODIFY,
			     on_events, child);
	memmove(&parents->children[i + 1], &parents->children[i],
		(parents->nr_children++ - i) * sizeof(child));
	parents->children[i] = child;
	parents->nr_of_users += child->of_user;
	return true;
}

/* Parents */

static int on_parent(sd_event_source *source, const struct inotify_event *what,
		     void *userdata);

static void parent_free(struct parent *parent)
{
	sd_event_source_disable_unref(parent->source);
	free(parent->path);
	free(parent);
}

/* The directory was removed, but may be created again. */
static void forget_parent(struct parent *parent)
{
	struct parents *parents = parent->parents;
	size_t i = 0;

	while (parents->all[i] != parent)
		i++;
	parents->all[i] = parents->all[--parents->nr];
	parent_free(parent);
}

static bool is_watched(const struct parents *parents, const char *path,
		       size_t length)
{
	size_t i;

	for (i = 0; i < parents->nr; i++) {
		const char *known = parents->all[i]->path;

		if (strncmp(known, path, length) == 0 && !known[length])
			return true;
	}
	return false;
}

static bool has_room(const struct parents *parents, bool of_user)
{
	size_t i, nr = 0;

	for (i = 0; i < parents->nr; i++)
		nr += parents->all[i]->of_user;
	return parents->nr < MAX_PARENTS &&
	       (!of_user || nr < MAX_PARENTS / 2);
}

/* The first @length bytes of a container's @path are the directory. */
static int add_parent(struct parents *parents, const char *path,
		      size_t length)
{
	struct parent *parent;
	char directory[PATH_MAX];
	bool of_user;
	int r = -ENOMEM;

	if (is_watched(parents, path, length))
		return 0;
	of_user = is_of_user(parents, path);
	if (!has_room(parents, of_user))
		return 0;
	parent = calloc(1, sizeof(*parent));
	if (!parent)
		return -ENOMEM;
	parent->parents = parents;
	parent->of_user = of_user;
	parent->path = strndup(path, length);
	if (parent->path) {
		snprintf(directory, sizeof(directory), "%s%s", parents->root,
			 parent->path);
		r = sd_event_add_inotify(parents->event, &parent->source,
					 directory, IN_CREATE | IN_DELETE |
					 IN_ONLYDIR, on_parent, parent);
	}
	if (r < 0) {
		parent_free(parent);
		return r == -ENOMEM ? r : 0;
	}
	parents->all[parents->nr++] = parent;
	return 0;
}

static bool is_usual(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(usual); i++) {
		if (strcmp(usual[i], path) == 0)
			return true;
	}
	return false;
}

static bool is_container(const char *path)
{
	struct contmon_identity identity;

	return contmon_identify(path, &identity) == 1 &&
	       identity.path_length == strlen(path);
}

static void made(struct parent *parent, const char *path)
{
	struct parents *parents = parent->parents;
	char directory[PATH_MAX];
	struct stat status;

	snprintf(directory, sizeof(directory), "%s%s", parents->root, path);
	if (stat(directory, &status) < 0) {
		/*
		 * Its removal is reported next and, if there are too many,
		 * counts there.
		 */
		if (is_container(path) && !is_full(parents, path))
			report_missed(parents);
		return;
	}
	if (is_usual(path))
		add_parent(parents, path, strlen(path));
	report(parents, CONTMON_EVENT_CGROUP_CREATED, status.st_ino, path);
	if (cgroup_is_own(cgroups_get(parents->cgroups, status.st_ino)))
		add_child(parents, status.st_ino, path);
}

static void removed(struct parents *parents, const char *path)
{
	struct child *child;
	size_t i = 0;

	while (i < parents->nr_children &&
	       strcmp(parents->children[i]->path, path) != 0)
		i++;
	if (i == parents->nr_children) {
		if (is_full(parents, path) && is_container(path))
			report_missed(parents);
		return;
	}
	child = take_child(parents, i);
	report(parents, CONTMON_EVENT_CGROUP_REMOVED, child->cgroup_id, path);
	child_free(child);
}

static int on_parent(sd_event_source *source, const struct inotify_event *what,
		     void *userdata)
{
	struct parent *parent = userdata;
	char path[PATH_MAX];

	(void)source;
	if (what->mask & IN_IGNORED) {
		forget_parent(parent);
		return 0;
	}
	/*
	 * Every source gets this event, but it is a single gap of unknown
	 * length.
	 */
	if (what->mask & IN_Q_OVERFLOW && parent == parent->parents->all[0])
		report_missed(parent->parents);
	if (!(what->mask & IN_ISDIR) || what->len == 0 ||
	    snprintf(path, sizeof(path), "%s/%s", parent->path, what->name) >=
	    (int)sizeof(path))
		return 0;
	if (what->mask & IN_CREATE)
		made(parent, path);
	else if (what->mask & IN_DELETE)
		removed(parent->parents, path);
	return 0;
}

int parents_new(sd_event *event, struct cgroups *cgroups, events_fn *happened,
		void *userdata, struct parents **ret)
{
	struct parents *parents = calloc(1, sizeof(*parents));
	size_t i;
	int r = 0;

	if (!parents)
		return -ENOMEM;
	parents->event = event;
	parents->cgroups = cgroups;
	parents->root = contmon_paths_root(cgroups_paths(cgroups));
	parents->happened = happened;
	parents->userdata = userdata;
	for (i = 0; r == 0 && i < ARRAY_SIZE(usual); i++)
		r = add_parent(parents, usual[i], strlen(usual[i]));
	if (r < 0) {
		parents_free(parents);
		return r;
	}
	*ret = parents;
	return 0;
}

void parents_free(struct parents *parents)
{
	if (!parents)
		return;
	while (parents->nr_children > 0)
		child_free(parents->children[--parents->nr_children]);
	while (parents->nr > 0)
		parent_free(parents->all[--parents->nr]);
	free(parents);
}

static void forget_missing(struct parents *parents)
{
	size_t i = parents->nr_children;

	while (i-- > 0)
		if (parents->children[i]->missing > 1)
			child_free(take_child(parents, i));
}

/*
 * Only a sample has found this container, because its directory was not
 * watched. There may have been others.
 */
static void note_found(struct parents *parents, const char *path,
		       size_t length)
{
	if (parents->has_sampled && !is_watched(parents, path, length))
		report_missed(parents);
}

/* The removal may still be reported after a sample without the cgroup. */
void parents_sampled(struct parents *parents, const struct sample *sample)
{
	size_t i;

	if (!parents)
		return;
	for (i = 0; i < parents->nr_children; i++)
		parents->children[i]->missing++;
	for (i = 0; i < sample->nr_containers; i++) {
		const struct scope *scope = sample->containers[i].scope;
		const char *path = scope->cgroup;
		size_t length;

		if (!path)
			continue;
		length = (size_t)(strrchr(path, '/') - path);
		add_parent(parents, path, length);
		if (add_child(parents, scope->cgroup_id, path))
			note_found(parents, path, length);
	}
	forget_missing(parents);
	parents->has_sampled = true;
}
