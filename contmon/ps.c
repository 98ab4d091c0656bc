// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/names/owners.h"
#include "contmon/rows/filter.h"
#include "contmon/rows/process_columns.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmon/table/record.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"ps [OPTION...] [PID...]\n"
	"Show every process that you may see, or the given ones.\n\n"
	"      --exact         add up the per-CPU parts of RSS; slower\n"
	"      --threads       show a row for each thread\n"
	"      --container ID  only in this container: its name or the\n"
	"                      beginning of its id; host: in none\n"
	"      --user USER     only of this user, a name or number\n"
	"      --state LETTERS only in one of these states, such as RD\n"
	"      --name TEXT     only with TEXT in their name, or that match\n"
	"                      a pattern with * ? [\n"
	"      --min-rss SIZE  only with this much RSS or more: 64M\n"
	CLI_LISTING_HELP;

enum { OPT_EXACT = CLI_OPT_LISTING_END, OPT_CONTAINER, OPT_USER, OPT_STATE,
       OPT_NAME, OPT_THREADS, OPT_MIN_RSS };

static const struct option options[] = {
	{ "exact", no_argument, NULL, OPT_EXACT },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "user", required_argument, NULL, OPT_USER },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "threads", no_argument, NULL, OPT_THREADS },
	{ "min-rss", required_argument, NULL, OPT_MIN_RSS },
	CLI_LISTING_OPTIONS
};

#define PS_COLUMNS							\
	"pid,ppid,user,state,container,vsz-bytes,rss-bytes,"		\
	"rss-percent-of-vsz,swap-bytes,cpu-seconds-total,oom-score,"	\
	"oom-score-adj,comm"
#define THREADS_COLUMNS							\
	"pid,tid,user,state,container,cpu-seconds-total,nice,last-cpu,comm"

/* @owner: the columns that JSON adds to the driver's records */
struct ps {
	struct cli_listing listing;
	struct cli_layout owner;
	struct cli_filter filter;
	uint32_t flags;
	int32_t *pids;		/* the given ones; owned */
	size_t nr_pids;
	struct cli_owners owners;
	struct contmon_task *found;	/* the tasks of @pids; owned */
	struct contmon_tasks all;	/* or all processes */
	const struct contmon_task *tasks;
	size_t nr;
	uint64_t taken_boottime_ns;
	const char *source;
	struct cli_processes processes;
	struct cli_rows rows;	/* those of @processes that are shown */
};

/* Sums over the rows shown; threads share the memory of their process. */
struct totals {
	size_t nr_processes;
	uint64_t reserved_bytes;
	uint64_t committed_bytes;
};

static bool has_threads(const struct ps *ps)
{
	return ps->flags & CONTMON_THREADS;
}

static const struct cli_process *at(const struct ps *ps, size_t i)
{
	return (const struct cli_process *)ps->rows.v[i];
}

static int compare_processes(const void *a, const void *b)
{
	const struct contmon_task *x = a, *y = b;

	return x->tgid < y->tgid ? -1 : x->tgid > y->tgid;
}

static void keep(void *task)
{
	(void)task;
}

/* Is this the first row of its process? Called for all rows in turn. */
static bool is_first_of_process(const struct contmon_task *task, void **seen)
{
	const struct contmon_task **found =
		tsearch(task, seen, compare_processes);

	/* Without memory, counting too much is better than too little. */
	return !found || *found == task;
}

static struct totals add_up(const struct ps *ps)
{
	struct totals totals = { 0 };
	void *seen = NULL;	/* tsearch(3) tree of processes */
	size_t i;

	/* Members of an invalid group are zero, so adding them does no harm. */
	for (i = 0; i < ps->rows.nr; i++) {
		const struct contmon_task *task = at(ps, i)->task;

		if (has_threads(ps) && !is_first_of_process(task, &seen))
			continue;
		totals.nr_processes++;
		totals.reserved_bytes += task->vsz_bytes;
		totals.committed_bytes += cli_task_rss_bytes(task);
	}
	tdestroy(seen, keep);
	return totals;
}

static json_t *json_row(const struct ps *ps, const struct cli_process *process)
{
	const struct contmon_task *task = process->task;
	json_t *row;

	if (ps->listing.layout.picked)
		return cli_layout_json(&ps->listing.layout, &process->row);
	row = cli_record(cli_task_members, task, task->valid);
	if (cli_layout_add_json(&ps->owner, &process->row, row) == 0)
		return row;
	json_decref(row);
	return NULL;
}

static int print_json(const struct ps *ps)
{
	struct totals totals = add_up(ps);
	json_t *rows = json_array();
	json_t *meta;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ps->rows.nr; i++)
		r = json_array_append_new(rows, json_row(ps, at(ps, i)));
	if (r < 0) {
		json_decref(rows);
		return cli_print_json(NULL);
	}

	meta = json_pack("{s:s,s:o,s:o,s:o,s:I}", "source", ps->source,
			 "taken_boottime_ns",
			 cli_json_u64(ps->taken_boottime_ns),
			 "reserved_bytes", cli_json_u64(totals.reserved_bytes),
			 "committed_bytes",
			 cli_json_u64(totals.committed_bytes),
			 "processes", (json_int_t)totals.nr_processes);
	if (meta && has_threads(ps) &&
	    json_object_set_new(meta, "threads",
				json_integer((json_int_t)ps->rows.nr)) < 0) {
		json_decref(meta);
		meta = NULL;
	}
	return cli_print_rows(rows, meta, &ps->listing.options);
}

/* CSV has a line of keys even without rows. */
static int print_csv_keys(const struct ps *ps)
{
	static const struct cgroup nowhere;
	static const struct contmon_task no_task;
	const struct cli_process none = {
		.row.cgroup = &nowhere,
		.task = &no_task,
	};

	return cli_print_csv_keys(json_row(ps, &none), &ps->listing.options);
}

static void print_totals(const struct ps *ps)
{
	char reserved[CLI_TEXT_MAX], committed[CLI_TEXT_MAX];
	char percent[CLI_TEXT_MAX];
	struct totals totals = add_up(ps);
	enum cli_unit unit = ps->listing.options.unit;

	cli_format_bytes(reserved, totals.reserved_bytes, unit);
	cli_format_bytes(committed, totals.committed_bytes, unit);
	cli_format_percent(percent, totals.committed_bytes,
			   totals.reserved_bytes);
	fputs("total: ", stdout);
	if (has_threads(ps))
		printf("%zu thread%s of ", ps->rows.nr,
		       ps->rows.nr == 1 ? "" : "s");
	printf("%zu %s, %s reserved, %s committed (%s)\n", totals.nr_processes,
	       totals.nr_processes == 1 ? "process" : "processes", reserved,
	       committed, percent);
}

/* @explained: an error has said why there may be no rows */
static int print_table(const struct ps *ps, bool explained)
{
	struct cli_listing listing = ps->listing;
	int status;

	if (!explained)
		listing.none = has_threads(ps) ? "No threads match." :
						 "No processes match.";
	status = cli_listing_print(&listing, &ps->rows);

	if (status == CLI_OK && ps->rows.nr &&
	    !ps->listing.options.no_headings)
		print_totals(ps);
	return status;
}

/* Was the @i-th id also given before? */
static bool is_given_again(const struct ps *ps, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (ps->pids[j] == ps->pids[i])
			return true;
	return false;
}

/* Reports the processes that do not exist, and shows the others. */
static int read_some(struct ps *ps, struct contmon *c)
{
	int status = CLI_OK;
	size_t i;

	ps->found = calloc(ps->nr_pids, sizeof(*ps->found));
	if (!ps->found)
		return cli_failed("ps", -ENOMEM);
	ps->tasks = ps->found;
	ps->taken_boottime_ns = clock_boottime_ns();

	for (i = 0; i < ps->nr_pids; i++) {
		int r;

		if (is_given_again(ps, i))
			continue;
		r = contmon_get_task(c, ps->pids[i], CONTMON_TASK_ALL,
				     ps->flags & ~CONTMON_THREADS,
				     &ps->found[ps->nr]);
		if (r == 0) {
			ps->nr++;
			continue;
		}
		cli_error("process %" PRId32 ": %s", ps->pids[i],
			  strerror(-r));
		status = CLI_FAILURE;
	}
	return status;
}

/* If the source cannot filter, all are read and filtered here. */
static int query(struct ps *ps, struct contmon *c)
{
	struct contmon_query all = { .fields = CONTMON_TASK_ALL,
				     .flags = ps->flags };
	struct contmon_query some = all;
	int r = -EOPNOTSUPP;

	cli_filter_query(&ps->filter, c, ps->owners.cgroups, &some);
	if (some.flags != all.flags)
		r = contmon_query_tasks(c, &some, &ps->all);
	if (r == -EOPNOTSUPP || r == -EINVAL || r == -ENOENT)
		r = contmon_query_tasks(c, &all, &ps->all);
	return r;
}

static int read_all(struct ps *ps, struct contmon *c)
{
	int r = query(ps, c);

	ps->tasks = NULL;
	if (r == -EOPNOTSUPP && has_threads(ps)) {
		cli_error("ps: --threads: this driver knows processes only; "
			  "update it");
		return CLI_FAILURE;
	}
	if (r < 0)
		return cli_failed("reading processes", r);
	ps->tasks = ps->all.entries;
	ps->nr = ps->all.nr;
	ps->taken_boottime_ns = ps->all.taken_boottime_ns;
	return CLI_OK;
}

/* With threads, all processes are read, and the given ones selected. */
static bool is_asked_for(const struct ps *ps, const struct contmon_task *task)
{
	size_t i;

	for (i = 0; has_threads(ps) && i < ps->nr_pids; i++)
		if (ps->pids[i] == task->tgid)
			return true;
	return !has_threads(ps) || ps->nr_pids == 0;
}

static int select_rows(struct ps *ps)
{
	size_t i;
	int r;

	r = cli_processes_fill(&ps->processes, ps->tasks, ps->nr,
			       ps->owners.cgroups);
	if (r < 0)
		return r;
	ps->rows.v = calloc(ps->nr + 1, sizeof(*ps->rows.v));
	if (!ps->rows.v)
		return -ENOMEM;
	for (i = 0; i < ps->nr; i++)
		if (is_asked_for(ps, &ps->tasks[i]) &&
		    cli_filter_process(&ps->filter, &ps->processes.v[i]))
			ps->rows.v[ps->rows.nr++] = &ps->processes.v[i].row;
	return cli_listing_order(&ps->listing, &ps->rows);
}

static int read_tasks(struct ps *ps)
{
	struct contmon *c;
	int status, r;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	ps->source = cli_source_name(c);
	status = cli_check_flags(c, ps->flags);
	/* Without cgroups it is unknown which processes are in containers. */
	r = cli_owners_init(&ps->owners);
	if (r < 0 && r != -ENOENT)
		status = cli_failed("ps", r);
	if (status == CLI_GO_ON) {
		cli_filter_begin(&ps->filter, ps->owners.cgroups);
		status = ps->nr_pids ? read_some(ps, c) : read_all(ps, c);
	}
	/* Read the threads of those that exist */
	if (ps->nr && ps->nr_pids && has_threads(ps) &&
	    read_all(ps, c) != CLI_OK)
		status = CLI_FAILURE;
	if (status == CLI_OK &&
	    !cli_filter_finds(&ps->filter, c, ps->owners.cgroups)) {
		cli_error("no container %s", ps->filter.container);
		status = CLI_FAILURE;
	}
	contmon_close(c);
	return status;
}

static int show(struct ps *ps)
{
	int status = read_tasks(ps), printed, r;

	if (!ps->tasks)
		return status;

	r = select_rows(ps);
	if (r < 0)
		return cli_failed("ps", r);
	if (ps->listing.options.csv && ps->rows.nr == 0)
		printed = print_csv_keys(ps);
	else if (cli_is_for_programs(&ps->listing.options))
		printed = print_json(ps);
	else
		printed = print_table(ps, status != CLI_OK);
	return printed != CLI_OK ? printed : status;
}

static int parse_option(struct ps *ps, int opt, char **argv)
{
	switch (opt) {
	case OPT_EXACT:
		ps->flags |= CONTMON_EXACT_RSS;
		return CLI_GO_ON;
	case OPT_CONTAINER:
		ps->filter.container = optarg;
		return CLI_GO_ON;
	case OPT_USER:
		return cli_filter_user(&ps->filter, optarg);
	case OPT_STATE:
		return cli_filter_states(&ps->filter, optarg);
	case OPT_NAME:
		ps->filter.name = optarg;
		return CLI_GO_ON;
	case OPT_THREADS:
		ps->flags |= CONTMON_THREADS;
		return CLI_GO_ON;
	case OPT_MIN_RSS:
		return cli_filter_min_rss(&ps->filter, optarg);
	default:
		return cli_listing_option(opt, argv, help, &ps->listing);
	}
}

static int parse(struct ps *ps, int argc, char **argv)
{
	int opt, r;

	cli_offer_process_columns(&ps->listing.layout, false);
	cli_offer_process_columns(&ps->owner, false);
	cli_layout_default(&ps->owner, CLI_PROCESS_OWNER);
	while ((opt = getopt_long(argc, argv, ":" CLI_LISTING_LETTERS, options,
				  NULL)) != -1) {
		r = parse_option(ps, opt, argv);
		if (r != CLI_GO_ON)
			return r;
	}
	cli_layout_default(&ps->listing.layout, has_threads(ps) ?
			   THREADS_COLUMNS : PS_COLUMNS);
	/* Sort the threads of a process together, its first thread first */
	if (has_threads(ps) && !ps->listing.layout.order.by)
		cli_layout_sort(&ps->listing.layout, "pid");
	return cli_parse_pids(argc - optind, argv + optind, &ps->pids,
			      &ps->nr_pids);
}

int cli_ps(int argc, char **argv)
{
	struct ps ps = { 0 };
	int status;

	status = parse(&ps, argc, argv);
	if (status == CLI_GO_ON)
		status = show(&ps);

	cli_rows_done(&ps.rows);
	cli_processes_done(&ps.processes);
	cli_owners_done(&ps.owners);
	contmon_tasks_done(&ps.all);
	free(ps.found);
	free(ps.pids);
	return status;
}
