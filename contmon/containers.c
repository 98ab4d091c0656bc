// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/source.h"
#include "contmon/names/owners.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/filter.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmon/table/record.h"
#include "contmon/v1/containers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
	"containers [OPTION...]\n"
	"Show every container: the processes of its cgroup and of those\n"
	"below, and its memory as the kernel charges it.\n\n"
	"  -a, --all           show a row for each cgroup, without sums\n"
	"      --exact         add up the per-CPU parts of RSS; slower\n"
	"      --container ID  only this one: its name or the beginning of\n"
	"                      its id\n"
	"      --name TEXT     only with TEXT in their name, id or path, or\n"
	"                      that match a pattern with * ? [\n"
	CLI_LISTING_HELP;

enum { OPT_EXACT = CLI_OPT_LISTING_END, OPT_CONTAINER, OPT_NAME };

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "exact", no_argument, NULL, OPT_EXACT },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "name", required_argument, NULL, OPT_NAME },
	CLI_LISTING_OPTIONS
};

#define COLUMNS								\
	"container,runtime,processes,threads,memory-current-bytes,"	\
	"memory-limit-bytes,memory-peak-bytes,swap-current-bytes,"	\
	"rss-sum-bytes,cpu-seconds-total,cpu-limit-cores,"		\
	"read-sum-bytes,write-sum-bytes,memory-limit-owner,"		\
	"cpu-limit-owner,cgroup"

/* @owner: the columns that JSON adds to the driver's records */
struct view {
	struct cli_listing listing;
	struct cli_layout owner;
	struct cli_filter filter;
	uint32_t flags;
	bool every;
	uint64_t taken_boottime_ns;
	const char *source;
	struct cli_owners owners;
	struct cli_containers containers;
	struct cli_rows rows;	/* those of @containers that are shown */
};

static json_t *json_row(const struct view *view, const struct cli_row *row)
{
	const struct cli_container *container =
		(const struct cli_container *)row;
	json_t *json;

	if (view->listing.layout.picked)
		return cli_layout_json(&view->listing.layout, row);
	json = cli_record(cli_cgroup_members, &container->sums,
			  container->sums.valid);
	if (cli_layout_add_json(&view->owner, row, json) == 0)
		return json;
	json_decref(json);
	return NULL;
}

static int print_json(const struct view *view)
{
	json_t *rows = json_array();
	json_t *meta;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < view->rows.nr; i++)
		r = json_array_append_new(rows, json_row(view,
							 view->rows.v[i]));
	if (r < 0) {
		json_decref(rows);
		return cli_print_json(NULL);
	}

	meta = json_pack("{s:s,s:o,s:I}", "source", view->source,
			 "taken_boottime_ns",
			 cli_json_u64(view->taken_boottime_ns),
			 view->every ? "cgroups" : "containers",
			 (json_int_t)view->rows.nr);
	return cli_print_rows(rows, meta, &view->listing.options);
}

/* CSV has a line of keys even without rows. */
static int print_csv_keys(const struct view *view)
{
	static const struct cgroup nowhere;
	const struct cli_container none = { .row.cgroup = &nowhere };

	return cli_print_csv_keys(json_row(view, &none.row),
				  &view->listing.options);
}

static const char *hint(const struct view *view)
{
	return view->every && contmon_has_cgroup1() == 1 ? " in cgroup v2" :
							   "";
}

/* @explained: an error has said why there are no rows */
static int print_table(const struct view *view, bool explained)
{
	struct cli_listing listing = view->listing;
	char none[80];

	snprintf(none, sizeof(none), "No %s%s%s.",
		 view->every ? "cgroups" : "containers",
		 view->containers.nr > 0 ? " match" : "", hint(view));
	listing.none = explained ? NULL : none;
	return cli_listing_print(&listing, &view->rows);
}

static int print(const struct view *view, bool explained)
{
	if (view->listing.options.csv && view->rows.nr == 0)
		return print_csv_keys(view);
	if (cli_is_for_programs(&view->listing.options))
		return print_json(view);
	return print_table(view, explained);
}

static int select_rows(struct view *view)
{
	struct cli_container *v = view->containers.v;
	size_t i;

	view->rows.v = calloc(view->containers.nr + 1, sizeof(*view->rows.v));
	if (!view->rows.v)
		return -ENOMEM;
	for (i = 0; i < view->containers.nr; i++)
		if (cli_filter_container(&view->filter, &v[i]))
			view->rows.v[view->rows.nr++] = &v[i].row;
	return cli_listing_order(&view->listing, &view->rows);
}

static int add_v1(struct view *view, struct contmon *c)
{
	struct cli_containers *containers = &view->containers;
	struct cgroups *cgroups = view->owners.cgroups;
	struct contmon_tasks tasks = { 0 };
	struct cli_v1 v1 = { 0 };
	int r;

	if (view->every || contmon_has_cgroup1() != 1)
		return 0;
	r = contmon_snapshot_tasks(c, CLI_V1_FIELDS, view->flags, &tasks);
	if (r == 0)
		r = cli_containers_add_v1(containers, cgroups, &tasks);
	if (r == 0)
		r = cli_containers_read_v1(containers, c, cgroups, &tasks,
					   &v1);
	cli_v1_done(&v1);
	contmon_tasks_done(&tasks);
	return r;
}

static int roll_up(struct view *view, struct contmon *c,
		   const struct contmon_cgroups *all)
{
	struct cgroups *cgroups;
	int r;

	r = cli_owners_init(&view->owners);
	if (r < 0)
		return cli_failed("finding the cgroup mounts", r);
	cgroups = view->owners.cgroups;
	cli_filter_begin(&view->filter, cgroups);
	r = cli_roll_up(all, cgroups, view->every, &view->containers);
	if (r < 0)
		return cli_failed("containers", r);
	cli_containers_limit(&view->containers, all, cgroups);
	r = add_v1(view, c);
	if (r == 0)
		r = select_rows(view);
	return r < 0 ? cli_failed("containers", r) : CLI_OK;
}

/* Without cgroup v2 there may be containers of v1. */
static int read_cgroups(const struct view *view, struct contmon *c,
			struct contmon_cgroups *ret)
{
	int r = contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL, view->flags,
					 ret);

	if (r != -EOPNOTSUPP || view->every || contmon_has_cgroup1() != 1)
		return r;
	ret->taken_boottime_ns = clock_boottime_ns();
	return 0;
}

static int read_containers(struct view *view)
{
	struct contmon_cgroups all = { 0 };
	struct contmon *c;
	int r, status;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	view->source = cli_source_name(c);
	status = cli_check_flags(c, view->flags);
	if (status != CLI_GO_ON) {
		contmon_close(c);
		return status;
	}
	r = read_cgroups(view, c, &all);
	if (r == 0) {
		view->taken_boottime_ns = all.taken_boottime_ns;
		status = roll_up(view, c, &all);
	} else if (r == -EOPNOTSUPP) {
		cli_error("reading containers: there is no cgroup v2, "
			  "or it is not mounted");
		status = CLI_FAILURE;
	} else {
		status = cli_failed("reading containers", r);
	}
	contmon_cgroups_done(&all);
	contmon_close(c);
	return status;
}

/* The output is valid even if the container does not exist. */
static int check_container(const struct view *view)
{
	const struct cli_container *v = view->containers.v;
	size_t i;

	if (!view->filter.container)
		return CLI_OK;
	for (i = 0; i < view->containers.nr; i++)
		if (cli_filter_cgroup(&view->filter, v[i].row.cgroup))
			return CLI_OK;
	cli_error("no container %s%s", view->filter.container, hint(view));
	return CLI_FAILURE;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	switch (opt) {
	case 'a':
		view->every = true;
		return CLI_GO_ON;
	case OPT_EXACT:
		view->flags |= CONTMON_EXACT_RSS;
		return CLI_GO_ON;
	case OPT_CONTAINER:
		view->filter.container = optarg;
		return CLI_GO_ON;
	case OPT_NAME:
		view->filter.name = optarg;
		return CLI_GO_ON;
	default:
		return cli_listing_option(opt, argv, help, &view->listing);
	}
}

static int parse(struct view *view, int argc, char **argv)
{
	int opt, r;

	cli_offer_container_columns(&view->listing.layout, false);
	cli_offer_container_columns(&view->owner, false);
	cli_layout_default(&view->owner, CLI_CONTAINER_OWNER);
	while ((opt = getopt_long(argc, argv, ":a" CLI_LISTING_LETTERS,
				  options, NULL)) != -1) {
		r = parse_option(view, opt, argv);
		if (r != CLI_GO_ON)
			return r;
	}
	cli_layout_default(&view->listing.layout, COLUMNS);
	if (view->every)
		view->listing.layout.subject = "cgroup";
	return cli_no_operands(argc, argv);
}

int cli_containers(int argc, char **argv)
{
	struct view view = { 0 };
	int status, found;

	status = parse(&view, argc, argv);
	if (status != CLI_GO_ON)
		return status;
	status = read_containers(&view);
	if (status == CLI_OK) {
		found = check_container(&view);
		status = print(&view, found != CLI_OK);
		if (status == CLI_OK)
			status = found;
	}
	cli_rows_done(&view.rows);
	cli_containers_done(&view.containers);
	cli_owners_done(&view.owners);
	return status;
}
