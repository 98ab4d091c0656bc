/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_RECORD_H
#define CONTMON_TABLE_RECORD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "contmon/cli/options.h"
#include "contmon/owner/cgroup.h"

/* Which bits of valid make members known that may be known in part */
#define CLI_TASK_PAGE_FAULTS \
	(CONTMON_TASK_FAULTS | CONTMON_TASK_PART_PAGE_FAULTS)
#define CLI_CONTAINER_COUNTS \
	(CONTMON_CGROUP_TASKS | CONTMON_CGROUP_PART_COUNTS)
#define CLI_CONTAINER_IO \
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
 * struct cli_member - one member of a record of the driver's
 * @name: as in <linux/contmon.h>; NULL ends a table
 * @group: bits of the record's mask, one of which says that it is known; 0:
 *	always
 */
struct cli_member {
	const char *name;
	size_t offset;
	enum cli_type type;
	uint64_t group;
};

extern const struct cli_member cli_task_members[];
extern const struct cli_member cli_container_members[];
extern const struct cli_member cli_info_members[];
extern const struct cli_member cli_system_members[];

/*
 * A record as a JSON object with each member under its own name; unknown ones
 * are null. NULL without memory.
 */
json_t *cli_record(const struct cli_member *members, const void *record,
		   uint64_t valid);

/*
 * Add who owns a cgroup: container_id, container_name,
 * runtime, pod, rootless, cgroup_path
 */
int cli_record_owner(json_t *object, const struct cli_cgroup *cgroup);

/* A number, or null if JSON's integers here cannot hold it */
json_t *cli_json_u64(uint64_t value);

/* Text of at most @size bytes, ended by NUL if shorter */
json_t *cli_json_text(const char *text, size_t size);

/* Print @object, which may be NULL for want of memory, and drop it. */
int cli_print_json(json_t *object);

/* The same in one line, which is out at once: for what goes on and on */
int cli_print_json_line(json_t *object);

/*
 * Print rows, an array of flat objects with the same keys, as CSV, and drop
 * them. Null is an empty field. @rows may be NULL for want of memory.
 */
int cli_print_csv(json_t *rows, const struct cli_options *options);

/* The keys of @row, for CSV that has no row to show; drops it, may be NULL */
int cli_print_csv_keys(json_t *row, const struct cli_options *options);

/* By @options as JSON with @meta or as CSV without; takes both over */
int cli_print_rows(json_t *rows, json_t *meta,
		   const struct cli_options *options);

/*
 * One row of what goes on and on, as a line of JSON or CSV; the @first has the
 * keys above it. Takes @row over, which may be NULL for want of memory.
 */
int cli_print_streamed(json_t *row, const struct cli_options *options,
		       bool first);

/* { "rows": @rows, "meta": @meta }; takes both over, NULL is passed on */
json_t *cli_rows(json_t *rows, json_t *meta);

#endif /* CONTMON_TABLE_RECORD_H */
