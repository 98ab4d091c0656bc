/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_RECORD_H
#define CONTMON_TABLE_RECORD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "contmon.h"

/* Bits of valid for members that may be known without their whole group */
#define CLI_TASK_PAGE_FAULTS \
	(CONTMON_TASK_FAULTS | CONTMON_TASK_PART_PAGE_FAULTS)
#define CLI_CGROUP_COUNTS \
	(CONTMON_CGROUP_TASKS | CONTMON_CGROUP_PART_COUNTS)
#define CLI_CGROUP_IO \
	(CONTMON_CGROUP_TASKS | CONTMON_CGROUP_PART_IO)

enum cli_type {
	CLI_U32,
	CLI_S32,
	CLI_U64,
	CLI_LIMIT,	/* u64; CONTMON_UNLIMITED is null */
	CLI_STATE,	/* u32, a letter */
	CLI_COMM,	/* 16 bytes, any but NUL */
	CLI_RELEASE,	/* 32 bytes of text */
	CLI_UUID,	/* 16 bytes */
	CLI_U32_3,	/* three u32 */
};

/**
 * struct cli_member - one member of a record of the driver
 * @name: as in <linux/contmon.h>; NULL ends a table
 * @group: bits of the record's mask, any of which makes it known; 0: always
 */
struct cli_member {
	const char *name;
	size_t offset;
	enum cli_type type;
	uint64_t group;
};

extern const struct cli_member cli_task_members[];
extern const struct cli_member cli_cgroup_members[];
extern const struct cli_member cli_info_members[];
extern const struct cli_member cli_system_members[];

/*
 * A record as a JSON object with each member under its own name; unknown ones
 * are null. NULL without memory.
 */
json_t *cli_record(const struct cli_member *members, const void *record,
		   uint64_t valid);

#endif /* CONTMON_TABLE_RECORD_H */
