/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_ROW_H
#define CONTMON_TABLE_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "owner/cgroup.h"
#include "rates.h"

/**
 * struct cli_row - the beginning of every row of a table
 * @id: pid, or id of a cgroup: unique in the table
 * @parent_id: 0 for none
 * @depth: in the tree of the rows shown; 0 at its top, or without a tree
 * @cgroup: the cgroup that it is, or is in; owned by the struct cgroups
 * @rates: known from the second sample on
 */
struct cli_row {
	uint64_t id;
	uint64_t parent_id;
	unsigned int depth;
	const struct cgroup *cgroup;
	struct cli_rates rates;
};

/**
 * struct cli_rows - rows in the order in which they are shown
 *
 * It owns the array, but not the rows.
 */
struct cli_rows {
	struct cli_row **v;
	size_t nr;
};

/*
 * Put children below their parents and set the depths; the children of a parent
 * keep their order. A row whose parent is not in the table is at the top.
 * Returns 0 or -ENOMEM.
 */
int cli_rows_tree(struct cli_rows *rows);

void cli_rows_done(struct cli_rows *rows);

#endif /* CONTMON_TABLE_ROW_H */
