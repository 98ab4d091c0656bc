/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents of files of cgroup v1, in the units of struct cgroup_stats.
 * METRICS.md says what each number means. @text is changed.
 */
#ifndef CONTMOND_COLLECT_CGROUP1_FILES_H
#define CONTMOND_COLLECT_CGROUP1_FILES_H

#include "cgroup_stats.h"

/** cgroup1_parse_usage() - cpuacct.usage */
void cgroup1_parse_usage(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_modes() - cpuacct.stat */
void cgroup1_parse_modes(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_cpu() - cpu.stat */
void cgroup1_parse_cpu(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_memory() - memory.stat */
void cgroup1_parse_memory(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_oom_control() - memory.oom_control */
void cgroup1_parse_oom_control(char *text, struct cgroup_stats *stats);

/**
 * cgroup1_parse_io_bytes() - blkio.throttle.io_service_bytes, also _recursive
 *
 * Without a line of a device nothing is known: see METRICS.md.
 */
void cgroup1_parse_io_bytes(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_io_ops() - likewise blkio.throttle.io_serviced */
void cgroup1_parse_io_ops(char *text, struct cgroup_stats *stats);

/** cgroup1_parse_freezer() - freezer.state */
void cgroup1_parse_freezer(char *text, struct cgroup_stats *stats);

#endif /* CONTMOND_COLLECT_CGROUP1_FILES_H */
