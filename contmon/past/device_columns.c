// SPDX-License-Identifier: GPL-2.0-only
/* The columns of a container's IO on one device */
#define PART(part) device_##part
#include "columns.h"

#define COLUMNS(METRIC, RANGE)						\
	RANGE(read_bytes_per_second, "read-bytes-per-second", RATE,	\
	      "READ/S", 1, 3, "bytes read in a second")			\
	RANGE(write_bytes_per_second, "write-bytes-per-second", RATE,	\
	      "WRITE/S", 1, 3, "bytes written in a second")		\
	RANGE(read_ops_per_second, "read-ops-per-second", COUNT,	\
	      "READS/S", 2, 31, "reads in a second")			\
	RANGE(write_ops_per_second, "write-ops-per-second", COUNT,	\
	      "WRITES/S", 2, 31, "writes in a second")			\
	METRIC(read_bytes_total, "read-bytes-total", BYTES, "READ", 5,	\
	       "bytes read from it")					\
	METRIC(write_bytes_total, "write-bytes-total", BYTES,		\
	       "WRITTEN", 5, "bytes written to it")			\
	METRIC(read_ops_total, "read-ops-total", COUNT, "READS", 30,	\
	       "reads")							\
	METRIC(write_ops_total, "write-ops-total", COUNT, "WRITES", 30,	\
	       "writes")

COLUMNS(GET_METRIC, GET_RANGE)

static const struct cli_column columns[] = {
	CLI_PAST_T,
	CLI_PAST_CONTAINER,
	COLUMNS(COLUMN_METRIC, COLUMN_RANGE)
	{ .name = NULL }
};

void cli_offer_past_device_columns(struct cli_layout *layout)
{
	layout->subject = "t";
	cli_layout_offer(layout, columns);
}
