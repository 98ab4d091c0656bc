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

/* Those who may write there may not remove vetoes of others. */
#define FOLDER_MODE 01770

/* More than decisions can be on their way; the rest is for the next time */
#define MAX_FILES 1000

#define DIGITS "0123456789"

/* A time in base 36 and a number */
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

	if (asprintf(&path, "%.*s/" VETO_FOLDER "%s%s", length,
		     slash ? store_path : ".", decision ? "/" : "",
		     decision ?: "") < 0)
		return NULL;
	return path;
}

/*
 * A folder of somebody else may have been made for anything, and vetoes could
 * not be removed from it.
 */
static int open_own(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
		return fd;
	close(fd);
	return -EPERM;
}

/* chmod() because of the umask. The mode of an existing folder stays. */
int veto_prepare(const char *folder)
{
	int fd;

	if (mkdir(folder, 0700) == 0)
		return chmod(folder, FOLDER_MODE) < 0 ? -errno : 0;
	if (errno != EEXIST)
		return -errno;
	fd = open_own(folder);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/*
 * As `contmon policy veto` makes it. Of a link, the owner says nothing of who
 * made it; what has content has another purpose.
 */
static bool is_veto(int fd, const char *name, struct stat *ret)
{
	return veto_is_id(name) &&
	       fstatat(fd, name, ret, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(ret->st_mode) && ret->st_nlink == 1 && ret->st_size == 0;
}

/*
 * Between two ticks, so the owner's name is not looked up: that may have to
 * wait for a server on the network.
 */
int veto_take(const char *folder, veto_fn *fn, void *userdata)
{
	int nr = 0, fd = open_own(folder);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;
	char who[32];

	if (!directory) {
		close_p(&fd);
		return fd < 0 ? fd : -ENOMEM;
	}
	while (nr < MAX_FILES && (entry = readdir(directory))) {
		if (!is_veto(fd, entry->d_name, &st))
			continue;
		snprintf(who, sizeof(who), "user %u", st.st_uid);
		fn(entry->d_name, who, userdata);
		unlinkat(fd, entry->d_name, 0);
		nr++;
	}
	closedir(directory);
	return nr;
}
