// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The cache is an array sorted by id. An entry without a path records when an
 * id was not found. Otherwise a task in a cgroup outside of this mount would
 * cause the whole tree to be read for each query.
 *
 * The tree is read breadth first, from a list that is also the result. This
 * needs no recursion and only one open directory at a time, however deep the
 * cgroups are. A cgroup whose path exceeds PATH_MAX has no path here.
 */
#include "internal.h"
#include "proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	uint64_t id;
	uint64_t parent_id;	/* only while the tree is read, like @level */
	uint32_t level;
	uint64_t missed_ns;	/* CLOCK_MONOTONIC, when @path is NULL */
	char *path;		/* owned */
	bool live;		/* used by contmon_paths_keep() */
};

struct entries {
	struct entry *v;
	size_t nr;
	size_t nr_allocated;
};

struct contmon_paths {
	char *root;
	char *part;	/* part of the hierarchy that is mounted there; owned */
	struct entries cache;
};

static void clear(struct entries *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		free(list->v[i].path);
	free(list->v);
	*list = (struct entries){ 0 };
}

/* Takes ownership of the path of @entry, even on failure. */
static int append(struct entries *list, struct entry entry)
{
	size_t nr = list->nr_allocated ? list->nr_allocated * 2 : 64;
	struct entry *v;

	if (list->nr == list->nr_allocated) {
		v = reallocarray(list->v, nr, sizeof(*v));
		if (!v) {
			free(entry.path);
			return -ENOMEM;
		}
		list->v = v;
		list->nr_allocated = nr;
	}
	list->v[list->nr++] = entry;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct entry *find(const struct entries *list, size_t nr, uint64_t id)
{
	struct entry key = { .id = id };

	if (nr == 0)
		return NULL;
	return bsearch(&key, list->v, nr, sizeof(key), compare_ids);
}

/*
 * "/a" and "b" make "/a/b"; the root is "/". Returns NULL if there is no
 * memory.
 */
static char *join(const char *parent, const char *name)
{
	char *path;

	if (strcmp(parent, "/") == 0)
		parent = "";
	if (asprintf(&path, "%s/%s", parent, name) < 0)
		return NULL;
	return path;
}

static bool may_be_directory(const struct dirent *d)
{
	if (d->d_type != DT_DIR && d->d_type != DT_UNKNOWN)
		return false;
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* A directory that is removed meanwhile is not an error: it is omitted. */
static int add_child(struct entries *list, int dir_fd,
		     const struct entry *parent, const char *name)
{
	struct entry entry = {
		.parent_id = parent->id,
		.level = parent->level + 1,
	};
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return proc_is_our_fault(-errno) ? -errno : 0;
	if (!S_ISDIR(st.st_mode))
		return 0;

	entry.id = st.st_ino;
	entry.path = join(parent->path, name);
	if (!entry.path)
		return -ENOMEM;
	return append(list, entry);
}

/*
 * Appends the directories in entry @i, which is copied because @list may move.
 */
static int add_children(struct entries *list, int root_fd, size_t i)
{
	const struct entry parent = list->v[i];
	struct dirent *d;
	DIR *dir;
	int r;

	r = proc_open_dir(root_fd, proc_relative(parent.path), &dir);
	if (r < 0)
		return proc_is_our_fault(r) ? r : 0;
	while (r == 0 && (errno = 0, d = readdir(dir)))
		if (may_be_directory(d))
			r = add_child(list, dirfd(dir), &parent, d->d_name);
	if (r == 0 && proc_is_our_fault(-errno))
		r = -errno;
	closedir(dir);
	return r;
}

static int add_root(struct entries *list, int root_fd)
{
	struct entry entry = { 0 };
	struct stat st;

	if (fstat(root_fd, &st) < 0)
		return -errno;
	entry.id = st.st_ino;
	entry.path = strdup("/");
	if (!entry.path)
		return -ENOMEM;
	return append(list, entry);
}

static int read_tree(const char *root, struct entries *list)
{
	size_t i;
	int fd, r;

	fd = proc_open(AT_FDCWD, root, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;

	r = add_root(list, fd);
	for (i = 0; r == 0 && i < list->nr; i++)
		r = add_children(list, fd, i);
	close(fd);
	return r;
}

int contmon_each_cgroup(const char *root,
			int (*each)(void *arg, const struct cgroup_dir *dir),
			void *arg)
{
	struct entries list = { 0 };
	size_t i;
	int r;

	r = read_tree(root, &list);
	for (i = 0; r == 0 && i < list.nr; i++) {
		const struct entry *entry = &list.v[i];
		const struct cgroup_dir dir = {
			.id = entry->id,
			.parent_id = entry->parent_id,
			.level = entry->level,
			.path = entry->path,
		};

		r = each(arg, &dir);
	}
	clear(&list);
	return r;
}

/* Moves the entries into the cache. On failure the cache is still sorted. */
static int merge(struct entries *cache, struct entries *list)
{
	size_t nr_sorted = cache->nr;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < list->nr; i++) {
		struct entry *known = find(cache, nr_sorted, list->v[i].id);

		if (known) {
			free(known->path);
			known->path = list->v[i].path;
		} else {
			r = append(cache, list->v[i]);
		}
		list->v[i].path = NULL;
	}
	if (cache->nr > nr_sorted)
		qsort(cache->v, cache->nr, sizeof(*cache->v), compare_ids);
	return r;
}

static int rescan(struct contmon_paths *cgroups)
{
	struct entries list = { 0 };
	int r;

	r = read_tree(cgroups->root, &list);
	if (r == 0)
		r = merge(&cgroups->cache, &list);
	clear(&list);
	return r;
}

static uint64_t now_ns(void)
{
	return contmon_now_ns(CLOCK_MONOTONIC);
}

static int remember_miss(struct entries *cache, uint64_t id)
{
	struct entry entry = { .id = id, .missed_ns = now_ns() };
	struct entry *known = find(cache, cache->nr, id);
	int r;

	if (known) {
		known->missed_ns = entry.missed_ns;
		return 0;
	}
	r = append(cache, entry);
	if (r == 0)
		qsort(cache->v, cache->nr, sizeof(*cache->v), compare_ids);
	return r;
}

int contmon_paths_find(struct contmon_paths *cgroups, uint64_t cgroup_id,
		       const char **ret_path)
{
	struct entries *cache = &cgroups->cache;
	struct entry *known = find(cache, cache->nr, cgroup_id);
	int r;

	if (known && !known->path &&
	    now_ns() - known->missed_ns < CONTMON_PATHS_RETRY_NS)
		return -ENOENT;

	if (!known || !known->path) {
		r = rescan(cgroups);
		if (r < 0)
			return r;
		known = find(cache, cache->nr, cgroup_id);
	}
	if (!known || !known->path) {
		r = remember_miss(cache, cgroup_id);
		return r < 0 ? r : -ENOENT;
	}

	*ret_path = known->path;
	return 0;
}

void contmon_paths_keep(struct contmon_paths *cgroups,
			const struct contmon_cgroups *live)
{
	struct entries *cache = &cgroups->cache;
	size_t i, nr = 0;

	for (i = 0; i < live->nr; i++) {
		struct entry *known = find(cache, cache->nr,
					   live->entries[i].cgroup_id);

		if (known)
			known->live = true;
	}
	for (i = 0; i < cache->nr; i++) {
		struct entry *entry = &cache->v[i];

		if (!entry->live) {
			free(entry->path);
			continue;
		}
		entry->live = false;
		cache->v[nr++] = *entry;
	}
	cache->nr = nr;
}

int contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	struct contmon_paths *cgroups;
	int r = 0;

	cgroups = calloc(1, sizeof(*cgroups));
	if (!cgroups)
		return -ENOMEM;

	if (root) {
		cgroups->root = strdup(root);
		cgroups->part = strdup("/");
		r = cgroups->root && cgroups->part ? 0 : -ENOMEM;
	} else {
		r = contmon_find_cgroup2("/proc/self/mountinfo",
					 &cgroups->root, &cgroups->part);
	}
	if (r < 0) {
		contmon_paths_free(cgroups);
		return r;
	}

	*ret = cgroups;
	return 0;
}

void contmon_paths_free(struct contmon_paths *cgroups)
{
	if (!cgroups)
		return;
	clear(&cgroups->cache);
	free(cgroups->root);
	free(cgroups->part);
	free(cgroups);
}

const char *contmon_paths_root(const struct contmon_paths *cgroups)
{
	return cgroups->root;
}

/*
 * A mount from outside of our cgroup namespace begins above it, at "/..". The
 * directories in between have no names for us, so none of our paths is below
 * the mount.
 */
int contmon_paths_below(const struct contmon_paths *cgroups,
			const char *path, size_t length, char **ret_path)
{
	size_t n = strlen(cgroups->part);
	char *below;

	if (n == 1)	/* "/" */
		n = 0;
	if (length < n || memcmp(path, cgroups->part, n) != 0 ||
	    (length > n && path[n] != '/'))
		return -ENOENT;
	below = length > n ? strndup(path + n, length - n) : strdup("/");
	if (!below)
		return -ENOMEM;
	*ret_path = below;
	return 0;
}
