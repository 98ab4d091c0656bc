/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents of a cgroup's files in v2. @text is changed; a group is valid
 * afterwards if the file has its numbers.
 */
#ifndef CONTMOND_COLLECT_CGROUPFS_PARSE_H
#define CONTMOND_COLLECT_CGROUPFS_PARSE_H

#include "cgroup_stats.h"

void cgroupfs_parse_cpu(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_memory(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_io(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_events(char *text, struct cgroup_stats *stats);

#endif /* CONTMOND_COLLECT_CGROUPFS_PARSE_H */
