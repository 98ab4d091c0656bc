/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that the commands about the past read in a group of tests */
#ifndef TESTS_UNIT_PAST_FILE_H
#define TESTS_UNIT_PAST_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/past_world.h"

static char directory[] = "/tmp/contmon-past-XXXXXX";
static char file[64];

static inline int make_file(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/past.db", directory);
	setenv("TZ", "UTC", 1);
	return past_make(file);
}

static inline int remove_file(void **state)
{
	char lock[80];

	(void)state;
	snprintf(lock, sizeof(lock), "%s-lock", file);
	unlink(lock);
	unlink(file);
	return rmdir(directory);
}

#endif /* TESTS_UNIT_PAST_FILE_H */
