// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens one component after the other, and examines each before it is followed.
 * openat2() could do that, but RestrictSUIDSGID= of systemd forbids it, because
 * seccomp cannot see its flags.
 */
#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "mounts.h"
#include "socket_path.h"

#define LINKS_MAX 40	/* as the kernel has it */

/* One part of a path, as it was found; @fd is open */
struct component {
	int fd;
	uid_t user;
	uint64_t mount;
	bool is_link;
};

/**
 * struct way - a path that is being followed
 * @at: the component reached so far; @at.fd is open
 * @rest: the components that remain, in @text
 * @directory: path of the user's directory that must not be left; "": none so
 *	far
 * @owner: see way_open()
 */
struct way {
	struct component at;
	char text[PATH_MAX];
	char *rest;
	char directory[PATH_MAX];
	uid_t owner;
	unsigned int nr_links;
};

/* The filesystem itself is not asked. Before Linux 5.8 all mount ids are 0. */
static int look_at(int fd, struct component *ret)
{
	struct statx st;

	*ret = (struct component){ .fd = fd };
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT |
			    AT_STATX_DONT_SYNC,
			    STATX_TYPE | STATX_UID | STATX_MNT_ID, &st) < 0)
		return -errno;
	ret->user = st.stx_uid;
	ret->mount = st.stx_mnt_id;
	ret->is_link = S_ISLNK(st.stx_mode);
	return 0;
}

static int begin(struct way *way)
{
	close_p(&way->at.fd);
	way->directory[0] = '\0';
	return look_at(open("/", O_PATH | O_CLOEXEC), &way->at);
}

/* Removes the next component from the rest, and returns it. */
static const char *next_part(struct way *way)
{
	char *part = way->rest;
	char *end = part + strcspn(part, "/");

	way->rest = end + strspn(end, "/");
	*end = '\0';
	return part;
}

static int set_rest(struct way *way, const char *path, const char *more)
{
	int length = snprintf(way->text, sizeof(way->text), "%s/%s", path,
			      more);

	way->rest = way->text + strspn(way->text, "/");
	return length < (int)sizeof(way->text) ? 0 : -ENAMETOOLONG;
}

static bool is_in_directory(const struct way *way, const char *path)
{
	size_t length = strlen(way->directory);

	return strncmp(path, way->directory, length) == 0 &&
	       path[length] == '/';
}

static bool may_follow(struct way *way, const struct component *link,
		       const char *target)
{
	if (way->directory[0])
		return target[0] != '/' || is_in_directory(way, target);
	if (socket_path_is_trusted(link->user))
		return true;
	way->owner = link->user;
	return false;
}

static int follow(struct way *way, const struct component *link)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t nr = readlinkat(link->fd, "", target, sizeof(target) - 1);
	int r;

	if (nr < 0)
		return -errno;
	target[nr] = '\0';
	if (!may_follow(way, link, target))
		return -EPERM;
	if (++way->nr_links > LINKS_MAX)
		return -ELOOP;
	strcpy(rest, way->rest);
	r = set_rest(way, target, rest);
	return r == 0 && target[0] == '/' ? begin(way) : r;
}

static int check_mount(struct way *way, const struct component *next)
{
	if (next->mount == way->at.mount)
		return 0;
	if (way->directory[0])
		return -EXDEV;
	if (!mounts_is_users(next->mount))
		return 0;
	way->owner = SOCKET_PATH_NO_USER;
	return -EXDEV;
}

/* Takes over @next->fd. */
static int arrive(struct way *way, const struct component *next)
{
	char path[32];
	ssize_t nr;

	close_p(&way->at.fd);
	way->at = *next;
	if (way->directory[0] || !*way->rest ||
	    socket_path_is_trusted(next->user))
		return 0;
	way->owner = next->user;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", next->fd);
	nr = readlink(path, way->directory, sizeof(way->directory) - 1);
	if (nr < 0)
		return -errno;
	way->directory[nr] = '\0';
	return 0;
}

static int step(struct way *way)
{
	const char *name = next_part(way);
	struct component next;
	int r;

	if (way->directory[0] && strcmp(name, "..") == 0)
		return -EPERM;
	r = look_at(openat(way->at.fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC),
		    &next);
	if (r == 0)
		r = check_mount(way, &next);
	if (r == 0 && !next.is_link)
		return arrive(way, &next);
	if (r == 0)
		r = follow(way, &next);
	close_p(&next.fd);
	return r;
}

int way_open(const char *path, uid_t *ret_owner)
{
	struct way way = { .at.fd = -1 };
	int r = set_rest(&way, path, "");

	if (r == 0)
		r = begin(&way);
	while (r == 0 && *way.rest)
		r = step(&way);
	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
		way.owner = SOCKET_PATH_NO_USER;
	*ret_owner = way.owner;
	if (r == 0)
		return way.at.fd;
	close_p(&way.at.fd);
	return r;
}
