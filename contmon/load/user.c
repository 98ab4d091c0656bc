// SPDX-License-Identifier: GPL-2.0-only
#include "user.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_own_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	       status.st_uid == geteuid();
}

void load_user_init(void)
{
	const char *directory = getenv("XDG_RUNTIME_DIR");
	char own[64];

	if (geteuid() == 0 || (directory && is_own_directory(directory)))
		return;
	/* It is in this directory, unless it is another user's, too. */
	unsetenv("DBUS_SESSION_BUS_ADDRESS");
	snprintf(own, sizeof(own), "/run/user/%u", geteuid());
	if (is_own_directory(own))
		setenv("XDG_RUNTIME_DIR", own, 1);
	else
		unsetenv("XDG_RUNTIME_DIR");
}

/* As sd_booted(3) finds out, and as systemctl finds the user's */
bool load_user_has_systemd(void)
{
	const char *directory = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];

	if (geteuid() == 0)
		return access("/run/systemd/system", F_OK) == 0;
	if (!directory)
		return false;
	snprintf(path, sizeof(path), "%s/systemd/private", directory);
	return access(path, F_OK) == 0;
}
