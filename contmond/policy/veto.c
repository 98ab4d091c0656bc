// SPDX-License-Identifier: GPL-2.0-only
#include "veto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

/* Sticky, so that users who may write there cannot remove others' vetoes */
#define DIRECTORY_MODE 01770

/*
 * More than there can be decisions under way; any more wait for the next time
 */
#define MAX_FILES 1000

#define DIGITS "0123456789"

/* A time in base 36, a hyphen and a number */
bool veto_is_id(const char *text)
{
	size_t time = strspn(text, DIGITS "abcdefghijklmnopqrstuvwxyz");
	size_t number = text[time] == '-' ? strspn(text + time + 1, DIGITS) : 0;

	return time > 0 && number > 0 && !text[time + 1 + number] &&
	       time + 1 + number <= ACT_DECISION_MAX;
}

char *veto_path(const char *store_path, const char *decision)
{
	const char *slash = strrchr(store_path, '/');
	int length = slash ? (int)(slash - store_path) : 1;
	char *path;

	if (asprintf(&path, "%.*s/" VETO_DIRECTORY "%s%s", length,
		     slash ? store_path : ".", decision ? "/" : "",
		     decision ?: "") < 0)
		return NULL;
	return path;
}

/*
 * A directory of somebody else may serve another purpose, and vetoes could not
 * be removed from it.
 */
static int open_own(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		      O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
		return fd;
	close(fd);
	return -EPERM;
}

/* Uses chmod() because of the umask. An existing directory keeps its mode. */
int veto_prepare(const char *directory)
{
	int fd;

	if (mkdir(directory, 0700) == 0)
		return chmod(directory, DIRECTORY_MODE) < 0 ? -errno : 0;
	if (errno != EEXIST)
		return -errno;
	fd = open_own(directory);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/*
 * An empty regular file, as `contmon policy veto` creates it. The owner of a
 * hard link is not the one who made it, and a file with content serves another
 * purpose.
 */
static bool is_veto(int fd, const char *name, struct stat *ret)
{
	return veto_is_id(name) &&
	       fstatat(fd, name, ret, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(ret->st_mode) && ret->st_nlink == 1 && ret->st_size == 0;
}

/*
 * Runs between two ticks, so it does not look up the owner's name: a name
 * service may have to wait for the network.
 */
int veto_take(const char *directory, veto_fn *fn, void *userdata)
{
	int nr = 0, fd = open_own(directory);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;
	char who[32];

	if (!files) {
		close_p(&fd);
		return fd < 0 ? fd : -ENOMEM;
	}
	while (nr < MAX_FILES && (entry = readdir(files))) {
		if (!is_veto(fd, entry->d_name, &st))
			continue;
		snprintf(who, sizeof(who), "user %u", st.st_uid);
		fn(entry->d_name, who, userdata);
		unlinkat(fd, entry->d_name, 0);
		nr++;
	}
	closedir(files);
	return nr;
}
