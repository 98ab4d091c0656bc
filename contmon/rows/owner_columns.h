/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_OWNER_COLUMNS_H
#define CONTMON_ROWS_OWNER_COLUMNS_H

#include "contmon/table/column.h"

/* The container of a process, cgroup or event; rows need only a cgroup. */
extern const struct cli_column cli_owner_columns[];

/* The full id of its container */
struct cli_value cli_row_container_id(const struct cli_row *row);

#endif /* CONTMON_ROWS_OWNER_COLUMNS_H */
