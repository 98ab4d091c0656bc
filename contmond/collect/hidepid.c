// SPDX-License-Identifier: GPL-2.0-only
#include "hidepid.h"

#include <mntent.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define OPTION "hidepid"

/* The kernel shows "hidepid=invisible"; before 5.8 "hidepid=2". */
static bool hides(const struct mntent *mount)
{
	const char *option = hasmntopt(mount, OPTION);

	if (!option)
		return false;
	option += strlen(OPTION);
	return strncmp(option, "=0", 2) != 0 && strncmp(option, "=off", 4) != 0;
}

bool hidepid_is_set(const char *mounts)
{
	FILE *file = setmntent(mounts ?: "/proc/self/mounts", "re");
	struct mntent mount;
	char text[4096];
	bool is_set = false;

	if (!file)
		return true;
	/* The last mount hides those before it. */
	while (getmntent_r(file, &mount, text, sizeof(text))) {
		if (strcmp(mount.mnt_type, "proc") == 0 &&
		    strcmp(mount.mnt_dir, "/proc") == 0)
			is_set = hides(&mount);
	}
	endmntent(file);
	return is_set;
}
