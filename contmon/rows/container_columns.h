/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_CONTAINER_COLUMNS_H
#define CONTMON_ROWS_CONTAINER_COLUMNS_H

#include "contmon/table/column.h"

/* Of rows that are struct cli_container: `contmon containers` and `top` */
extern const struct cli_column cli_container_columns[];
extern const struct cli_column cli_top_container_columns[];

#define CLI_CONTAINERS_COLUMNS						\
	"id,name,runtime,tasks,threads,memory,limit,peak,swap,rss-sum,cpu,"	\
	"read,write,cgroup"

#endif /* CONTMON_ROWS_CONTAINER_COLUMNS_H */
