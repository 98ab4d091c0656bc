// SPDX-License-Identifier: GPL-2.0-only
#include "standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

void standard_reserve(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/*
 * A full disk must not look like success. If the reader closed the pipe, as
 * head(1) does, no message is needed.
 */
int standard_end(int status)
{
	bool failed = ferror(stdout);
	int error = errno;	/* of the last write, if one failed */

	if (fclose(stdout) < 0)
		error = errno;
	else if (!failed)
		return status;
	if (error != EPIPE)
		log_err("standard output: %s", strerror(error));
	return status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}
