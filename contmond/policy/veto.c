// SPDX-License-Identifier: GPL-2.0-only
#include "veto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
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

bool veto_is_id(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= ACT_DECISION_MAX &&
	       strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz-") == length;
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

/* chmod() because of the umask. An existing folder stays as it is. */
int veto_prepare(const char *folder)
{
	if (mkdir(folder, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	return chmod(folder, FOLDER_MODE) < 0 ? -errno : 0;
}

static void describe(uid_t uid, char *text, size_t size)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(text, size, "user %s", user->pw_name);
	else
		snprintf(text, size, "user %u", uid);
}

/* Not a link, whose owner says nothing of who made it */
static bool is_veto(const char *name, const struct stat *st)
{
	return veto_is_id(name) && S_ISREG(st->st_mode) && st->st_nlink == 1;
}

static void take(int fd, const char *name, veto_fn *fn, void *userdata)
{
	struct stat st;
	char who[128];

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (is_veto(name, &st)) {
		describe(st.st_uid, who, sizeof(who));
		fn(name, who, userdata);
	}
	unlinkat(fd, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
}

int veto_take(const char *folder, veto_fn *fn, void *userdata)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	int nr = 0;

	if (!directory)
		return -errno;
	while (nr < MAX_FILES && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		take(dirfd(directory), entry->d_name, fn, userdata);
		nr++;
	}
	closedir(directory);
	return nr;
}
