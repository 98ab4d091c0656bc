// SPDX-License-Identifier: GPL-2.0-only
/* The columns of the busiest processes of a moment */
#include "moment.h"

#include <math.h>

static const struct cli_past_process *process_of(const struct cli_row *row)
{
	return (const struct cli_past_process *)row;
}

static struct cli_value get_container(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .text = process_of(row)->container } };
}

static struct cli_value get_comm(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = process_of(row)->comm } };
}

static struct cli_value get_pid(const struct cli_row *row)
{
	return (struct cli_value){ true, { .number = process_of(row)->pid } };
}

static struct cli_value get_start_ms(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .number = process_of(row)->start_ms } };
}

static struct cli_value get_cpu_cores(const struct cli_row *row)
{
	double cores = process_of(row)->cpu_cores;

	return (struct cli_value){ !isnan(cores), { .ratio = cores } };
}

static struct cli_value get_rss_bytes(const struct cli_row *row)
{
	double rss = process_of(row)->rss_bytes;

	if (isnan(rss))
		return (struct cli_value){ 0 };
	return (struct cli_value){ true, { .bytes = (uint64_t)llround(rss) } };
}

static const struct cli_column columns[] = {
	{ .name = "pid", .heading = "PID", .kind = CLI_KIND_ID,
	  .help = "process id", .width = 7, .get = get_pid },
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of its container, else 12 digits of the id; or host",
	  .width = 18, .least = 12, .most = 24, .rank = 1,
	  .get = get_container },
	{ .name = "cpu-cores", .heading = "CORES", .kind = CLI_KIND_CORES,
	  .help = "CPUs kept busy", .width = 7, .rank = 2,
	  .get = get_cpu_cores },
	{ .name = "rss-bytes", .heading = "RSS", .kind = CLI_KIND_BYTES,
	  .help = "memory it commits", .width = 7, .rank = 3,
	  .get = get_rss_bytes },
	{ .name = "start-ms", .heading = "STARTED", .kind = CLI_KIND_TIME,
	  .help = "when it began", .width = 19, .rank = 4,
	  .get = get_start_ms },
	{ .name = "comm", .heading = "COMMAND", .kind = CLI_KIND_TEXT,
	  .help = "name of its program", .width = 16, .least = 8,
	  .get = get_comm },
	{ .name = NULL }
};

void cli_offer_past_process_columns(struct cli_layout *layout)
{
	layout->subject = "comm";
	cli_layout_offer(layout, columns);
}
