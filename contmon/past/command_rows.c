// SPDX-License-Identifier: GPL-2.0-only
#include "command_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "contmond/model/commands.h"
#include "contmond/model/title.h"

static bool is_kept(const struct command_row *point)
{
	return !isnan(point->living_cores) || !isnan(point->cores);
}

int cli_command_rows_read(struct store *store,
			  const struct cli_past_range *range,
			  struct cli_command_rows *ret)
{
	const struct command_query query = {
		.containers = range->is_host ? TITLE_HOST : range->containers,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.step_ms = range->step_ms,
		.nr_commands = CLI_PAST_COMMANDS,
		.max_rows = range->max_rows,
	};
	size_t i;
	int r = store_command_history(store, &query, &ret->history);

	if (r < 0)
		return r;
	ret->v = calloc(ret->history.nr + 1, sizeof(*ret->v));
	if (!ret->v)
		return -ENOMEM;
	ret->are_kept = ret->history.is_known;
	for (i = 0; i < ret->history.nr; i++) {
		ret->v[i].row.id = i;
		ret->v[i].point = &ret->history.rows[i];
		ret->are_kept |= is_kept(ret->v[i].point);
	}
	return 0;
}

void cli_command_rows_done(struct cli_command_rows *rows)
{
	command_history_done(&rows->history);
	free(rows->v);
	*rows = (struct cli_command_rows){ 0 };
}

/* Columns */

/* A row without values has no point. */
static const struct command_row *point_of(const struct cli_row *row)
{
	static const struct command_row none = {
		0, "", NULL, NAN, NAN, NAN
	};

	return ((const struct cli_command_row *)row)->point ?: &none;
}

static struct cli_value get_time(const struct cli_row *row)
{
	return (struct cli_value){ true, { .number = point_of(row)->t_ms } };
}

static struct cli_value get_container(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .text = point_of(row)->container } };
}

static struct cli_value get_comm(const struct cli_row *row)
{
	return (struct cli_value){
		true, { .text = point_of(row)->comm ?: COMMANDS_OTHER } };
}

static struct cli_value get_commands(const struct cli_row *row)
{
	return (struct cli_value){ point_of(row)->comm, { .number = 1 } };
}

static struct cli_value cores(double value)
{
	return (struct cli_value){ !isnan(value), { .ratio = value } };
}

static struct cli_value get_cores(const struct cli_row *row)
{
	return cores(point_of(row)->cores);
}

static struct cli_value get_living_cores(const struct cli_row *row)
{
	return cores(point_of(row)->living_cores);
}

static struct cli_value get_exited_cores(const struct cli_row *row)
{
	return cores(point_of(row)->exited_cores);
}

static const struct cli_column columns[] = {
	{ .name = "t", .heading = "TIME", .kind = CLI_KIND_TIME,
	  .help = "beginning of the step", .width = 19, .get = get_time },
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of the id; or host",
	  .width = 18, .least = 12, .most = 24, .rank = 5,
	  .get = get_container },
	{ .name = "cpu-cores", .heading = "CORES", .kind = CLI_KIND_CORES,
	  .help = "CPUs kept busy by its living and ended processes",
	  .width = 7, .rank = 1, .get = get_cores },
	{ .name = "cpu-living-cores", .heading = "LIVING",
	  .kind = CLI_KIND_CORES, .help = "by processes that were alive",
	  .width = 7, .rank = 3, .get = get_living_cores },
	{ .name = "cpu-exited-cores", .heading = "ENDED",
	  .kind = CLI_KIND_CORES, .help = "by processes that ended",
	  .width = 7, .rank = 2, .get = get_exited_cores },
	{ .name = "commands", .heading = "COMMANDS", .kind = CLI_KIND_COUNT,
	  .help = "1; unknown for all others together", .width = 8,
	  .rank = 6, .get = get_commands },
	{ .name = "comm", .heading = "COMMAND", .kind = CLI_KIND_TEXT,
	  .help = "name of the program, or (all other commands)",
	  .width = 16, .least = 8, .get = get_comm },
	{ .name = NULL }
};

void cli_offer_command_row_columns(struct cli_layout *layout)
{
	layout->subject = "t";
	cli_layout_offer(layout, columns);
}
