/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_RATE_COLUMNS_H
#define CONTMON_ROWS_RATE_COLUMNS_H

#include "contmon/table/column.h"

/* What happened between two samples to a process or a container */
extern const struct cli_column cli_rate_columns[];

/* How long tasks of a container waited between two samples */
extern const struct cli_column cli_pressure_columns[];

#endif /* CONTMON_ROWS_RATE_COLUMNS_H */
