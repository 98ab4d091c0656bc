/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_PROCESS_COLUMNS_H
#define CONTMON_ROWS_PROCESS_COLUMNS_H

#include "contmon/table/layout.h"

/*
 * Offer the columns of struct cli_process.
 * @live: include rates, for callers that sample repeatedly.
 */
void cli_offer_process_columns(struct cli_layout *layout, bool live);

/* The container of a process or an event; rows need only a cgroup */
#define CLI_PROCESS_OWNER						\
	"container,container-id,runtime,pod,rootless,cgroup"

#endif /* CONTMON_ROWS_PROCESS_COLUMNS_H */
