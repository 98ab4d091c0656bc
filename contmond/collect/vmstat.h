/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts of /proc/vmstat that the driver cannot read. */
#ifndef CONTMOND_COLLECT_VMSTAT_H
#define CONTMOND_COLLECT_VMSTAT_H

#include <stdint.h>

/** vmstat_oom_kills() - processes that the OOM killer ended since boot */
int vmstat_oom_kills(uint64_t *ret);

/**
 * vmstat_parse() - the same from a text; -ENODATA. For vmstat.c and its test
 */
int vmstat_parse(const char *text, uint64_t *ret);

#endif /* CONTMOND_COLLECT_VMSTAT_H */
