/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of one cgroup, and what was read from them */
#ifndef TESTS_UNIT_CGROUP_FILES_H
#define TESTS_UNIT_CGROUP_FILES_H

#include "daemon.h"

#include "contmond/collect/cgroupfs.h"

static struct cgroupfs files;
static struct directories directories;
static struct contmon_cgroup row;
static struct cgroupfs_buffer buffer;
static struct cgroup_stats stats;

static inline int read_all(void)
{
	cgroup_stats_done(&stats);
	return cgroupfs_read(&files, &row, &directories, &buffer, &stats);
}

static inline void close_all(void)
{
	cgroup_stats_done(&stats);
	cgroupfs_close(&files);
	cgroupfs_buffer_done(&buffer);
}

#endif /* TESTS_UNIT_CGROUP_FILES_H */
