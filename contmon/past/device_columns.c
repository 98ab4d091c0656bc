// SPDX-License-Identifier: GPL-2.0-only
/* The columns of a container's IO on one device */
#include "base/util.h"
#include "columns.h"

static const struct cli_past_metric metrics[] = {
	{ "read_bytes_per_second", "READ/S", 1, 3, "bytes read in a second" },
	{ "write_bytes_per_second", "WRITE/S", 1, 3,
	  "bytes written in a second" },
	{ "read_ops_per_second", "READS/S", 2, 31, "reads in a second" },
	{ "write_ops_per_second", "WRITES/S", 2, 31, "writes in a second" },
	{ "read_bytes_total", "READ", 5, 0, "bytes read from it" },
	{ "write_bytes_total", "WRITTEN", 5, 0, "bytes written to it" },
	{ "read_ops_total", "READS", 30, 0, "reads" },
	{ "write_ops_total", "WRITES", 30, 0, "writes" },
	{ "read_limit_bytes_per_second", "READ-LIM/S", 32, 0,
	  "the limit in effect of bytes read in a second" },
	{ "write_limit_bytes_per_second", "WRITE-LIM/S", 32, 0,
	  "the limit in effect of bytes written in a second" },
	{ "read_limit_ops_per_second", "READS-LIM/S", 33, 0,
	  "the limit in effect of reads in a second" },
	{ "write_limit_ops_per_second", "WRITES-LIM/S", 33, 0,
	  "the limit in effect of writes in a second" },
};

static struct cli_past_column columns[CLI_COLUMNS_MAX];

const struct cli_past_list cli_past_devices = {
	.table = &device_table,
	.metrics = metrics,
	.nr = ARRAY_SIZE(metrics),
	.columns = &columns,
};
