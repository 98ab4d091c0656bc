/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_ORDER_H
#define CONTMON_TABLE_ORDER_H

#include "column.h"

/**
 * struct cli_order - how rows are sorted
 * @by: this column; NULL keeps the order
 * @against: against the usual order of the column's kind
 * @reverse: reverse the result
 */
struct cli_order {
	const struct cli_column *by;
	bool against;
	bool reverse;
};

/* Unknown values come last, equal ones in the order of their rows' ids. */
void cli_rows_sort(struct cli_rows *rows, const struct cli_order *order);

#endif /* CONTMON_TABLE_ORDER_H */
