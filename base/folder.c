// SPDX-License-Identifier: GPL-2.0-only
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

int folder_probe(const char *path, const char **ret_why)
{
	_cleanup_free_ char *folder = strdup(path);

	*ret_why = NULL;
	if (!folder)
		return -ENOMEM;
	*strrchr(folder, '/') = '\0';
	if (faccessat(AT_FDCWD, *folder ? folder : "/", W_OK | X_OK,
		      AT_EACCESS) == 0)
		return 0;
	if (errno == ENOENT)
		*ret_why = "its folder does not exist";
	else if (errno == EACCES)
		*ret_why = "its folder cannot be written";
	return -errno;
}
