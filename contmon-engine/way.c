// SPDX-License-Identifier: GPL-2.0-only
#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "mounts.h"
#include "place.h"

/* In folders of users */

static int open_below(int folder, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/*
 * @path: of which @length bytes have led to the folder. A link that begins with
 * them stays in it, too; Podman's package makes one.
 */
static int open_in_folder(int folder, const char *path, size_t length)
{
	int fd = open_below(folder, path + length, 0);
	_cleanup_close_ int link = -1;
	char target[PATH_MAX];
	ssize_t nr;

	if (fd != -EXDEV)
		return fd;
	link = open_below(folder, path + length, O_NOFOLLOW);
	nr = link < 0 ? -1 : readlinkat(link, "", target, sizeof(target) - 1);
	if (nr < 0)
		return -EXDEV;
	target[nr] = '\0';
	return strncmp(target, path, length) == 0 ?
	       open_below(folder, target + length, 0) : -EXDEV;
}

/* In those of root */

struct place {
	int fd;
	uid_t user;
	uint64_t mount;
};

/* Nothing here asks the filesystem. */
static int look_at(int fd, struct place *ret)
{
	struct statx st;

	*ret = (struct place){ .fd = fd, .user = PLACE_NO_USER };
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
			    STATX_UID | STATX_MNT_ID, &st) < 0)
		return -errno;
	ret->mount = st.stx_mnt_id;
	ret->user = st.stx_uid;
	return 0;
}

static int step(struct place *place, const char *name)
{
	int above = place->fd;
	uint64_t mount = place->mount;
	int r = look_at(openat(above, name, O_PATH | O_CLOEXEC), place);

	close(above);
	if (r < 0 || place->mount == mount || !mounts_is_users(place->mount))
		return r;
	place->user = PLACE_NO_USER;
	return -EPERM;
}

/* The next part of a path, and where the rest begins */
static char *next_part(char **rest)
{
	char *part = *rest + strspn(*rest, "/");
	char *end = part + strcspn(part, "/");

	*rest = end + strspn(end, "/");
	*end = '\0';
	return part;
}

/* To the end, or to a folder of a user: then @ret_rest is not empty. */
static int walk(char *parts, struct place *place, uid_t *ret_owner,
		char **ret_rest)
{
	char *rest = parts + strspn(parts, "/");
	int r = look_at(open("/", O_PATH | O_CLOEXEC), place);

	while (r == 0 && *rest && place_is_trusted(*ret_owner)) {
		r = step(place, next_part(&rest));
		if (place->fd >= 0 && (r < 0 || *rest) &&
		    !place_is_trusted(place->user))
			*ret_owner = place->user;
	}
	*ret_rest = rest;
	return r;
}

int way_open(const char *path, uid_t *ret_owner)
{
	_cleanup_free_ char *parts = strdup(path);
	struct place place;
	char *rest;
	int r;

	*ret_owner = parts ? 0 : PLACE_NO_USER;
	if (!parts)
		return -ENOMEM;
	r = walk(parts, &place, ret_owner, &rest);
	if (r == 0 && !*rest)
		return place.fd;
	if (r == 0)
		r = open_in_folder(place.fd, path, (size_t)(rest - parts));
	close_p(&place.fd);
	return r;
}
