/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_CONTAINER_COLUMNS_H
#define CONTMON_ROWS_CONTAINER_COLUMNS_H

#include "contmon/table/layout.h"

/*
 * Offer the columns of struct cli_container.
 * @live: include rates, for callers that sample repeatedly.
 */
void cli_offer_container_columns(struct cli_layout *layout, bool live);

/* The container or cgroup of a row, and its limits */
#define CLI_CONTAINER_OWNER						\
	"container,id,short-id,runtime,pod,rootless,cgroup,"		\
	"memory-limit-bytes,memory-limit-owner,memory-max-bytes,"	\
	"cpu-limit-cores,cpu-limit-owner,cpu-max-cores"

#endif /* CONTMON_ROWS_CONTAINER_COLUMNS_H */
