// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "browse.h"
#include "columns.h"
#include "contmon/cli/error.h"
#include "contmon/cli/time.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmond/store/past.h"
#include "open.h"
#include "top.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONTAINER_COLUMNS						\
	"container,cpu-cores,cpu-percent,memory-current-bytes,"		\
	"memory-limit-percent,memory-limit-bytes,"			\
	"read-bytes-per-second,write-bytes-per-second,"			\
	"network-receive-bytes-per-second,"				\
	"network-transmit-bytes-per-second,processes,threads,"		\
	"oom-kills-total"
#define PROCESS_COLUMNS "pid,container,cpu-cores,rss-bytes,start-ms,comm"
#define COMMAND_COLUMNS							\
	"container,cpu-cores,cpu-living-cores,cpu-exited-cores,comm"

void past_top_begin(struct past_top *top)
{
	struct cli_layout *containers = &top->layouts[PAST_CONTAINERS];
	struct cli_layout *processes = &top->layouts[PAST_PROCESSES];
	struct cli_layout *commands = &top->layouts[PAST_COMMANDS];

	cli_past_offer(containers, &cli_past_containers);
	cli_layout_default(containers, CONTAINER_COLUMNS);
	containers->subject = "container";
	cli_layout_sort(containers, "cpu-cores");
	cli_offer_past_process_columns(processes);
	cli_layout_default(processes, PROCESS_COLUMNS);
	cli_layout_sort(processes, "cpu-cores");
	cli_offer_past_command_columns(commands);
	cli_layout_default(commands, COMMAND_COLUMNS);
	cli_layout_sort(commands, "cpu-cores");
}

void past_top_done(struct past_top *top)
{
	size_t i;

	cli_moment_done(&top->moment);
	for (i = 0; i < PAST_NR_PAGES; i++)
		cli_rows_done(&top->rows[i]);
}

/* Pointers to rows of @size bytes, sorted */
static int make_rows(void *v, size_t nr, size_t size,
		     const struct cli_order *order, struct cli_rows *ret)
{
	struct cli_rows rows = { .v = calloc(nr + 1, sizeof(*rows.v)) };

	if (!rows.v)
		return -ENOMEM;
	for (; rows.nr < nr; rows.nr++)
		rows.v[rows.nr] = (struct cli_row *)((char *)v +
						     rows.nr * size);
	cli_rows_sort(&rows, order);
	cli_rows_done(ret);
	*ret = rows;
	return 0;
}

int past_top_go(struct past_top *top, int64_t t_ms)
{
	struct cli_moment moment = { 0 };
	int r = cli_moment_read(top->store, t_ms, top->containers, &moment);

	if (r == 0)
		r = make_rows(moment.containers.v, moment.containers.nr,
			      sizeof(*moment.containers.v),
			      &top->layouts[PAST_CONTAINERS].order,
			      &top->rows[PAST_CONTAINERS]);
	if (r == 0)
		r = make_rows(moment.processes, moment.nr_processes,
			      sizeof(*moment.processes),
			      &top->layouts[PAST_PROCESSES].order,
			      &top->rows[PAST_PROCESSES]);
	if (r == 0)
		r = make_rows(moment.commands, moment.nr_commands,
			      sizeof(*moment.commands),
			      &top->layouts[PAST_COMMANDS].order,
			      &top->rows[PAST_COMMANDS]);
	if (r < 0) {
		cli_moment_done(&moment);
		return r;
	}
	cli_moment_done(&top->moment);
	top->moment = moment;
	return 0;
}

static json_t *make_line(const struct past_top *top, const struct cli_row *row)
{
	json_t *line = json_pack("{s:I,s:I}",
				 "t", (json_int_t)top->moment.t_ms,
				 "width_ms", (json_int_t)top->moment.width_ms);

	if (cli_layout_add_json(&top->layouts[top->page], row, line) == 0)
		return line;
	json_decref(line);
	return NULL;
}

/* No lines would look like no CPU. */
static int refuse_commands(const struct past_top *top)
{
	char date[CLI_TEXT_MAX];

	cli_error("%s: CPU by command is not kept of %s", top->path,
		  cli_format_date_ms(date, top->moment.t_ms));
	return CLI_FAILURE;
}

static int print_lines(const struct past_top *top)
{
	const struct cli_rows *rows = &top->rows[top->page];
	int status = CLI_OK;
	size_t i;

	if (top->page == PAST_COMMANDS && !top->moment.commands_known)
		return refuse_commands(top);
	for (i = 0; i < rows->nr && status == CLI_OK; i++)
		status = cli_print_streamed(make_line(top, rows->v[i]),
					    &top->options, i == 0);
	return status;
}

const char *past_top_none(const struct past_top *top, enum past_page page)
{
	switch (page) {
	case PAST_CONTAINERS:
		return "No containers.";
	case PAST_PROCESSES:
		/* Only the busiest are recorded. */
		return "No processes are recorded.";
	default:
		return top->moment.commands_known ? "No command used CPU." :
			"CPU by command is not kept of this moment.";
	}
}

static int print_table(const struct past_top *top, enum past_page page)
{
	const struct cli_listing listing = {
		.options = top->options,
		.layout = top->layouts[page],
		.none = past_top_none(top, page),
	};

	return cli_listing_print(&listing, &top->rows[page]);
}

static int print_tables(const struct past_top *top)
{
	enum past_page page = top->page;
	int status = print_table(top, page);

	while (status == CLI_OK && ++page < PAST_NR_PAGES) {
		putchar('\n');
		status = print_table(top, page);
	}
	return status;
}

int past_top_print(const struct past_top *top)
{
	char date[CLI_TEXT_MAX], width[CLI_TEXT_MAX];

	if (cli_is_for_programs(&top->options))
		return print_lines(top);
	cli_format_date_ms(date, top->moment.t_ms);
	if (!top->options.no_headings)
		printf("%s, %s\n\n", date, cli_moment_width(&top->moment,
							    width));
	return print_tables(top);
}

/* The times that are available, if there is nothing at the requested one */
static int explain_no_moment(const struct past_top *top, int64_t t_ms)
{
	char at[CLI_TEXT_MAX], from[CLI_TEXT_MAX], to[CLI_TEXT_MAX];
	int64_t first, last;
	int r = store_range(top->store, &first, &last);

	if (r == -ENOENT)
		cli_error("%s: nothing is recorded yet", top->path);
	else if (r < 0)
		return cli_past_failed(top->path, r);
	else
		cli_error("%s: nothing is recorded of %s; it has %s to %s, "
			  "with gaps where contmond did not run", top->path,
			  cli_format_date_ms(at, t_ms),
			  cli_format_date_ms(from, first),
			  cli_format_date_ms(to, last));
	return CLI_FAILURE;
}

static int show(struct past_top *top, int64_t t_ms)
{
	int r = past_top_go(top, t_ms);

	if (r == -ENOENT)
		return explain_no_moment(top, t_ms);
	if (r < 0)
		return cli_past_failed(top->path, r);
	if (cli_is_for_programs(&top->options) || !isatty(STDIN_FILENO) ||
	    !isatty(STDOUT_FILENO))
		return past_top_print(top);
	r = past_top_browse(top);
	/* A terminal that cannot show a full screen */
	if (r == -ENOTTY || r == -EOPNOTSUPP)
		return past_top_print(top);
	return r < 0 ? cli_failed("top", r) : CLI_OK;
}

static int find_and_show(struct past_top *top, const char *container,
			 int64_t t_ms)
{
	struct cli_past_who who = { 0 };
	int status = CLI_GO_ON;

	top->containers = container;
	if (container && strcmp(container, "host") != 0) {
		status = cli_past_find(top->store, top->path, container, &who);
		top->containers = who.word;
	}
	if (status == CLI_GO_ON)
		status = show(top, t_ms);
	cli_past_who_done(&who);
	return status;
}

int cli_top_past(const struct cli_options *options, const char *path,
		 const char *at, const char *container, bool only_commands)
{
	struct past_top top = {
		.options = *options, .path = path,
		.page = only_commands ? PAST_COMMANDS :
			container ? PAST_PROCESSES : PAST_CONTAINERS,
	};
	int64_t t_ms;
	int status = cli_parse_time("--at", at, (int64_t)(clock_realtime_ns() /
							  NS_PER_MS), &t_ms);

	if (status == CLI_GO_ON)
		status = cli_past_open(&top.path, &top.store);
	if (status != CLI_GO_ON)
		return status;
	past_top_begin(&top);
	status = find_and_show(&top, container, t_ms);
	past_top_done(&top);
	cli_past_close(top.store, top.path);
	return status;
}
