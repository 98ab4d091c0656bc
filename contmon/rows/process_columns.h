/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_PROCESS_COLUMNS_H
#define CONTMON_ROWS_PROCESS_COLUMNS_H

#include "contmon/table/layout.h"

/*
 * Offer the columns of rows that are struct cli_process; @live: with rates,
 * for callers that sample repeatedly.
 */
void cli_offer_process_columns(struct cli_layout *layout, bool live);

/* Whose a process or an event is; works for any row that has a cgroup */
#define CLI_PROCESS_OWNER						\
	"container,container-id,runtime,pod,rootless,cgroup"

#endif /* CONTMON_ROWS_PROCESS_COLUMNS_H */
