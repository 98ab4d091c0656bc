/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_RATE_COLUMNS_H
#define CONTMON_ROWS_RATE_COLUMNS_H

#include "contmon/table/column.h"

/* Rates of a process or container between two samples */
extern const struct cli_column cli_rate_columns[];

/* Waiting times of a container's tasks between two samples */
extern const struct cli_column cli_pressure_columns[];

#endif /* CONTMON_ROWS_RATE_COLUMNS_H */
