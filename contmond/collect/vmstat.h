/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers from /proc/vmstat that the driver does not have */
#ifndef CONTMOND_COLLECT_VMSTAT_H
#define CONTMOND_COLLECT_VMSTAT_H

#include <stdint.h>

/* Members of struct vmstat */
#define VMSTAT_OOM_KILLS	(1U << 0)
#define VMSTAT_ANON		(1U << 1)
#define VMSTAT_FILE		(1U << 2)
#define VMSTAT_INACTIVE_FILE	(1U << 3)

/**
 * struct vmstat - of the whole host
 * @valid: the known members
 * @oom_kills: processes ended by the OOM killer since boot
 * @anon_pages: anonymous memory
 * @file_pages: page cache, including tmpfs
 * @inactive_file_pages: page cache that would be reclaimed first
 */
struct vmstat {
	unsigned int valid;
	uint64_t oom_kills;
	uint64_t anon_pages;
	uint64_t file_pages;
	uint64_t inactive_file_pages;
};

/** vmstat_read() - what cannot be read is not valid */
void vmstat_read(struct vmstat *ret);

/** vmstat_parse() - the same, from a string. For vmstat.c and its test */
void vmstat_parse(const char *text, struct vmstat *ret);

#endif /* CONTMOND_COLLECT_VMSTAT_H */
