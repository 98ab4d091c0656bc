// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the kernel's list of mounts, which is read again after a change,
 * because a question to the filesystem itself could block.
 */
#include "mounts.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/util.h"
#include "socket_path.h"

struct mount {
	uint64_t id;
	bool is_users;
};

static FILE *list;
static struct mount *mounts;
static size_t nr_mounts;

/* "... - fuse.sshfs SOURCE rw,user_id=1000,group_id=1000" */
static bool is_users(const char *line)
{
	const char *type = strstr(line, " - "), *options = strrchr(line, ' ');
	const char *user = options ? strstr(options, "user_id=") : NULL;

	return type && user && strncmp(type + 3, "fuse", 4) == 0 &&
	       !socket_path_is_trusted((uid_t)strtoul(user + 8, NULL, 10));
}

static bool add(const char *line)
{
	struct mount *more = realloc(mounts,
				     (nr_mounts + 1) * sizeof(*mounts));

	if (!more)
		return false;
	mounts = more;
	mounts[nr_mounts++] = (struct mount){
		.id = strtoull(line, NULL, 10),
		.is_users = is_users(line),
	};
	return true;
}

static void load(void)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	nr_mounts = 0;
	if (list)
		rewind(list);
	else
		list = fopen("/proc/self/mountinfo", "re");
	while (list && getline(&line, &size, list) > 0 && add(line))
		;
}

static bool has_changed(void)
{
	struct pollfd change = { .events = POLLPRI };

	if (!list)
		return true;
	change.fd = fileno(list);
	return poll(&change, 1, 0) != 0;
}

static const struct mount *find(uint64_t id)
{
	size_t i;

	for (i = 0; i < nr_mounts; i++) {
		if (mounts[i].id == id)
			return &mounts[i];
	}
	return NULL;
}

bool mounts_is_users(uint64_t id)
{
	const struct mount *mount = has_changed() ? NULL : find(id);

	if (!mount) {
		load();
		mount = find(id);
	}
	return !mount || mount->is_users;
}
