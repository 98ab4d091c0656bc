// SPDX-License-Identifier: GPL-2.0-only
#include "cli.h"
#include "record.h"
#include "rollup.h"
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"containers [OPTION...]\n"
	"Every container: its tasks and those of the cgroups inside of it, and\n"
	"its memory as the kernel accounts it.\n\n"
	"  -a, --all           one row for each cgroup, nothing added up\n"
	"      --exact         sum the per-CPU parts of RSS: exact, but dearer\n"
	CLI_COMMON_HELP;

enum { OPT_EXACT = CLI_OPT_UNITS + 1 };

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "exact", no_argument, NULL, OPT_EXACT },
	CLI_COMMON_OPTIONS
};

struct view {
	struct cli_options options;
	uint32_t flags;
	bool every;
	uint64_t taken_boottime_ns;
	struct cli_owners owners;
};

static json_t *json_row(const struct cli_owner *owner)
{
	json_t *row = cli_record(cli_container_members, &owner->sums,
				 owner->sums.valid);

	if (cli_record_owner(row, &owner->cgroup) == 0)
		return row;
	json_decref(row);
	return NULL;
}

static int print_json(const struct view *view)
{
	json_t *rows = json_array();
	json_t *meta;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < view->owners.nr; i++)
		r = json_array_append_new(rows, json_row(&view->owners.v[i]));
	if (r < 0) {
		json_decref(rows);
		return cli_print_json(NULL);
	}

	meta = json_pack("{s:o,s:I}", "taken_boottime_ns",
			 cli_json_u64(view->taken_boottime_ns),
			 view->every ? "cgroups" : "containers",
			 (json_int_t)view->owners.nr);
	return cli_print_json(cli_rows(rows, meta));
}

static const struct cli_column columns[] = {
	{ .name = "ID", .color = "cyan" },
	{ .name = "RUNTIME" },
	{ .name = "TASKS", .right = true },
	{ .name = "THREADS", .right = true },
	{ .name = "MEMORY", .right = true },
	{ .name = "LIMIT", .right = true },
	{ .name = "PEAK", .right = true },
	{ .name = "SWAP", .right = true },
	{ .name = "RSS-SUM", .right = true },
	{ .name = "CPU", .right = true },
	{ .name = "READ", .right = true },
	{ .name = "WRITE", .right = true },
	{ .name = "CGROUP", .shortens = true },
};

static void bytes_cell(const struct view *view, struct cli_table *table,
		       uint64_t bytes, bool known)
{
	char text[CLI_TEXT_MAX];

	cli_format_bytes(text, bytes, view->options.unit);
	if (bytes == CONTMON_UNLIMITED)
		strcpy(text, "max");
	cli_table_cell(table, known ? text : "-", NULL);
}

static void count_cell(struct cli_table *table, uint32_t count, bool known)
{
	char text[CLI_TEXT_MAX];

	snprintf(text, sizeof(text), "%" PRIu32, count);
	cli_table_cell(table, known ? text : "-", NULL);
}

static void name_cells(struct cli_table *table, const struct cli_cgroup *cgroup)
{
	char text[CONTMON_ID_MAX + 1];

	if (!cgroup->path) {
		cli_table_cell(table, "?", NULL);
		cli_table_cell(table, "?", NULL);
		return;
	}
	cli_table_cell(table, cli_short_id(text, &cgroup->identity), NULL);
	cli_table_cell(table, contmon_runtime_name(cgroup->identity.runtime),
		       NULL);
}

static void memory_cells(const struct view *view, struct cli_table *table,
			 const struct contmon_container *sums)
{
	bool known = sums->valid & CONTMON_CONTAINER_MEMCG;

	bytes_cell(view, table, sums->memory_current_bytes, known);
	bytes_cell(view, table, sums->memory_max_bytes, known);
	bytes_cell(view, table, sums->memory_peak_bytes, known);
	bytes_cell(view, table, sums->swap_current_bytes, known);
}

static void usage_cells(const struct view *view, struct cli_table *table,
			const struct contmon_container *sums)
{
	bool known = sums->valid & CONTMON_CONTAINER_TASKS;
	char text[CLI_TEXT_MAX];

	bytes_cell(view, table,
		   sums->rss_anon_sum_bytes + sums->rss_file_sum_bytes +
			   sums->rss_shmem_sum_bytes, known);
	cli_format_duration(text, sums->utime_sum_ns + sums->stime_sum_ns);
	cli_table_cell(table, known ? text : "-", NULL);
	bytes_cell(view, table, sums->read_bytes_sum, known);
	bytes_cell(view, table, sums->write_bytes_sum, known);
}

static void add_row(const struct view *view, struct cli_table *table,
		    const struct cli_owner *owner)
{
	const struct contmon_container *sums = &owner->sums;
	bool known = sums->valid & CONTMON_CONTAINER_TASKS;

	cli_table_row(table);
	name_cells(table, &owner->cgroup);
	count_cell(table, sums->nr_tasks, known);
	count_cell(table, sums->nr_threads, known);
	memory_cells(view, table, sums);
	usage_cells(view, table, sums);
	cli_table_cell(table, owner->cgroup.path ? owner->cgroup.path : "?",
		       NULL);
}

static int print_table(const struct view *view)
{
	struct cli_table *table;
	size_t i;

	if (view->owners.nr == 0 && !view->options.no_headings)
		printf("no containers\n");
	table = cli_table_new(columns, sizeof(columns) / sizeof(columns[0]),
			      view->options.no_headings);
	for (i = 0; i < view->owners.nr; i++)
		add_row(view, table, &view->owners.v[i]);
	return cli_table_print(table);
}

static int roll_up(struct view *view, const struct contmon_containers *all)
{
	struct contmon_cgroups *cgroups;
	int r;

	r = contmon_cgroups_new(NULL, &cgroups);
	if (r < 0)
		return cli_failed("finding the cgroup v2 mount", r);
	r = cli_roll_up(all, cgroups, view->every, &view->owners);
	contmon_cgroups_free(cgroups);
	return r < 0 ? cli_failed("containers", r) : CLI_OK;
}

static int read_containers(struct view *view)
{
	struct contmon_containers all = { 0 };
	struct contmon *c;
	int r, status;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	r = contmon_snapshot_containers(c, CONTMON_CONTAINER_ALL, view->flags,
					&all);
	contmon_close(c);
	if (r == -EOPNOTSUPP) {
		cli_error("reading containers: this kernel has no cgroup v2");
		return CLI_FAILURE;
	}
	if (r < 0)
		return cli_failed("reading containers", r);

	view->taken_boottime_ns = all.taken_boottime_ns;
	status = roll_up(view, &all);
	contmon_containers_done(&all);
	return status;
}

static int parse(struct view *view, int argc, char **argv)
{
	int opt, r;

	while ((opt = getopt_long(argc, argv, ":ah", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			view->every = true;
			break;
		case OPT_EXACT:
			view->flags |= CONTMON_EXACT_RSS;
			break;
		default:
			r = cli_option(opt, argv, help, &view->options);
			if (r != CLI_GO_ON)
				return r;
		}
	}
	return cli_no_operands(argc, argv);
}

int cli_containers(int argc, char **argv)
{
	struct view view = { 0 };
	int status;

	status = parse(&view, argc, argv);
	if (status != CLI_GO_ON)
		return status;
	status = read_containers(&view);
	if (status == CLI_OK)
		status = view.options.json ? print_json(&view) :
					     print_table(&view);
	cli_owners_done(&view.owners);
	return status;
}
