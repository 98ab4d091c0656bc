// SPDX-License-Identifier: GPL-2.0-only
/* The columns of the commands that used the most CPU at a moment */
#include "moment.h"

#include <math.h>

static const struct cli_past_command *command_of(const struct cli_row *row)
{
	return (const struct cli_past_command *)row;
}

static struct cli_value get_container(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .text = command_of(row)->container } };
}

static struct cli_value get_comm(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = command_of(row)->comm } };
}

static struct cli_value cores(double value)
{
	return (struct cli_value){ !isnan(value), { .ratio = value } };
}

static struct cli_value get_cpu_cores(const struct cli_row *row)
{
	const struct cli_past_command *command = command_of(row);

	return cores(command->living_cores + command->exited_cores);
}

static struct cli_value get_living_cores(const struct cli_row *row)
{
	return cores(command_of(row)->living_cores);
}

static struct cli_value get_exited_cores(const struct cli_row *row)
{
	return cores(command_of(row)->exited_cores);
}

static const struct cli_column columns[] = {
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of its container, else 12 digits of the id; or host",
	  .width = 18, .least = 12, .most = 24, .rank = 1,
	  .get = get_container },
	{ .name = "cpu-cores", .heading = "CORES", .kind = CLI_KIND_CORES,
	  .help = "CPUs kept busy by its living and ended processes",
	  .width = 7, .rank = 2, .get = get_cpu_cores },
	{ .name = "cpu-living-cores", .heading = "LIVING",
	  .kind = CLI_KIND_CORES, .help = "by processes that were alive",
	  .width = 7, .rank = 4, .get = get_living_cores },
	{ .name = "cpu-exited-cores", .heading = "ENDED",
	  .kind = CLI_KIND_CORES, .help = "by processes that ended",
	  .width = 7, .rank = 3, .get = get_exited_cores },
	{ .name = "comm", .heading = "COMMAND", .kind = CLI_KIND_TEXT,
	  .help = "name of its program", .width = 16, .least = 8,
	  .get = get_comm },
	{ .name = NULL }
};

void cli_offer_past_command_columns(struct cli_layout *layout)
{
	layout->subject = "comm";
	cli_layout_offer(layout, columns);
}
