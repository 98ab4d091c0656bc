/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_UNIT_DESCRIPTORS_H
#define TESTS_UNIT_DESCRIPTORS_H

#include <dirent.h>

/* Open files of this process, with two entries more than those */
static inline int nr_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int nr = 0;

	assert_non_null(dir);
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

#endif /* TESTS_UNIT_DESCRIPTORS_H */
