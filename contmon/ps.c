// SPDX-License-Identifier: GPL-2.0-only
#include "cli.h"
#include "record.h"
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
	"ps [OPTION...] [PID...]\n"
	"Every process that you may see, or those with the given ids.\n\n"
	"      --exact         sum the per-CPU parts of RSS: exact, but dearer\n"
	CLI_COMMON_HELP;

enum { OPT_EXACT = CLI_OPT_UNITS + 1 };

static const struct option options[] = {
	{ "exact", no_argument, NULL, OPT_EXACT },
	CLI_COMMON_OPTIONS
};

struct ps {
	struct cli_options options;
	uint32_t flags;
	int32_t *pids;		/* asked for; owned */
	size_t nr_pids;
	struct contmon_cgroups *cgroups;
	struct contmon_task *found;	/* those of @pids; owned */
	struct contmon_tasks all;	/* or everybody */
	const struct contmon_task *tasks;
	size_t nr;
	uint64_t taken_boottime_ns;
};

/* Sums over the rows shown: vsz_bytes, and the three parts of RSS */
struct totals {
	uint64_t reserved_bytes;
	uint64_t committed_bytes;
};

static uint64_t rss_bytes(const struct contmon_task *task)
{
	return task->rss_anon_bytes + task->rss_file_bytes +
	       task->rss_shmem_bytes;
}

static struct totals add_up(const struct ps *ps)
{
	struct totals totals = { 0 };
	size_t i;

	/* Members of a group that is not valid are zero. */
	for (i = 0; i < ps->nr; i++) {
		totals.reserved_bytes += ps->tasks[i].vsz_bytes;
		totals.committed_bytes += rss_bytes(&ps->tasks[i]);
	}
	return totals;
}

static json_t *json_row(const struct ps *ps, const struct contmon_task *task)
{
	json_t *row = cli_record(cli_task_members, task, task->valid);
	struct cli_cgroup cgroup = { 0 };

	if (task->valid & CONTMON_TASK_CGROUP)
		cli_look_up(ps->cgroups, task->cgroup_id, &cgroup);
	if (cli_record_owner(row, &cgroup) == 0)
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

	for (i = 0; r == 0 && i < ps->nr; i++)
		r = json_array_append_new(rows, json_row(ps, &ps->tasks[i]));
	if (r < 0) {
		json_decref(rows);
		return cli_print_json(NULL);
	}

	meta = json_pack("{s:o,s:o,s:o,s:I}",
			 "taken_boottime_ns",
			 cli_json_u64(ps->taken_boottime_ns),
			 "reserved_bytes", cli_json_u64(totals.reserved_bytes),
			 "committed_bytes",
			 cli_json_u64(totals.committed_bytes),
			 "processes", (json_int_t)ps->nr);
	return cli_print_json(cli_rows(rows, meta));
}

static const struct cli_column columns[] = {
	{ .name = "PID", .right = true },
	{ .name = "PPID", .right = true },
	{ .name = "USER" },
	{ .name = "S" },
	{ .name = "CONTAINER", .color = "cyan" },
	{ .name = "VSZ", .right = true },
	{ .name = "RSS", .right = true },
	{ .name = "RSS/VSZ", .right = true },
	{ .name = "SWAP", .right = true },
	{ .name = "CPU", .right = true },
	{ .name = "OOM", .right = true },
	{ .name = "ADJ", .right = true },
	{ .name = "COMMAND", .shortens = true },
};

static void number_cell(struct cli_table *table, int64_t number, bool known)
{
	char text[CLI_TEXT_MAX];

	snprintf(text, sizeof(text), "%" PRId64, number);
	cli_table_cell(table, known ? text : "-", NULL);
}

/* Most rows have the user of the row above; asking for one may be slow. */
static void user_cell(struct cli_table *table, const struct contmon_task *task)
{
	static char name[256];
	static uint32_t uid;

	if (!(task->valid & CONTMON_TASK_CRED)) {
		cli_table_cell(table, "-", NULL);
		return;
	}
	if (!*name || uid != task->uid) {
		const struct passwd *user = getpwuid(task->uid);

		uid = task->uid;
		snprintf(name, sizeof(name), "%" PRIu32, uid);
		if (user && *user->pw_name)
			snprintf(name, sizeof(name), "%s", user->pw_name);
	}
	cli_table_cell(table, name, NULL);
}

static void state_cell(struct cli_table *table, uint32_t state)
{
	char letter[2] = { (char)state, 0 };
	const char *color = NULL;

	if (state == 'R')
		color = "green";
	if (state == 'D' || state == 'Z')
		color = "red";
	cli_table_cell(table, letter, color);
}

static void container_cell(const struct ps *ps, struct cli_table *table,
			   const struct contmon_task *task)
{
	char text[CONTMON_ID_MAX + 1];
	struct cli_cgroup cgroup = { 0 };

	if (task->valid & CONTMON_TASK_CGROUP)
		cli_look_up(ps->cgroups, task->cgroup_id, &cgroup);
	if (!cgroup.path)
		cli_table_cell(table, "?", NULL);
	else
		cli_table_cell(table, cli_short_id(text, &cgroup.identity),
			       NULL);
}

static void memory_cells(const struct ps *ps, struct cli_table *table,
			 const struct contmon_task *task)
{
	enum cli_unit unit = ps->options.unit;
	bool known = task->valid & CONTMON_TASK_MEM;
	char text[CLI_TEXT_MAX];

	cli_format_bytes(text, task->vsz_bytes, unit);
	cli_table_cell(table, known ? text : "-", NULL);
	cli_format_bytes(text, rss_bytes(task), unit);
	cli_table_cell(table, known ? text : "-", NULL);
	cli_format_percent(text, rss_bytes(task), task->vsz_bytes);
	cli_table_cell(table, text, NULL);
	cli_format_bytes(text, task->swap_bytes, unit);
	cli_table_cell(table, known ? text : "-", NULL);
}

static void add_row(const struct ps *ps, struct cli_table *table,
		    const struct contmon_task *task)
{
	char comm[sizeof(task->comm) + 1] = "";
	char text[CLI_TEXT_MAX];

	memcpy(comm, task->comm, sizeof(task->comm));
	cli_format_duration(text, task->utime_ns + task->stime_ns);

	cli_table_row(table);
	number_cell(table, task->pid, true);
	number_cell(table, task->ppid, true);
	user_cell(table, task);
	state_cell(table, task->state);
	container_cell(ps, table, task);
	memory_cells(ps, table, task);
	cli_table_cell(table, task->valid & CONTMON_TASK_CPU ? text : "-",
		       NULL);
	number_cell(table, task->oom_score,
		    task->valid & CONTMON_TASK_OOM_SCORE);
	number_cell(table, task->oom_score_adj,
		    task->valid & CONTMON_TASK_OOM_ADJ);
	cli_table_cell(table, comm, NULL);
}

static void print_totals(const struct ps *ps)
{
	char reserved[CLI_TEXT_MAX], committed[CLI_TEXT_MAX];
	char percent[CLI_TEXT_MAX];
	struct totals totals = add_up(ps);
	enum cli_unit unit = ps->options.unit;

	cli_format_bytes(reserved, totals.reserved_bytes, unit);
	cli_format_bytes(committed, totals.committed_bytes, unit);
	cli_format_percent(percent, totals.committed_bytes,
			   totals.reserved_bytes);
	printf("total: %zu %s, %s reserved, %s committed (%s)\n", ps->nr,
	       ps->nr == 1 ? "process" : "processes", reserved, committed,
	       percent);
}

static int print_table(const struct ps *ps)
{
	struct cli_table *table;
	size_t i;
	int status;

	table = cli_table_new(columns, sizeof(columns) / sizeof(columns[0]),
			      ps->options.no_headings);
	for (i = 0; i < ps->nr; i++)
		add_row(ps, table, &ps->tasks[i]);
	status = cli_table_print(table);
	if (status == CLI_OK && ps->nr && !ps->options.no_headings)
		print_totals(ps);
	return status;
}

static uint64_t boottime_ns(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Processes that are not there are told of; the others are shown anyway. */
static int read_some(struct ps *ps, struct contmon *c)
{
	int status = CLI_OK;
	size_t i;

	ps->found = calloc(ps->nr_pids, sizeof(*ps->found));
	if (!ps->found)
		return cli_failed("ps", -ENOMEM);
	ps->tasks = ps->found;
	ps->taken_boottime_ns = boottime_ns();

	for (i = 0; i < ps->nr_pids; i++) {
		int r = contmon_get_task(c, ps->pids[i], CONTMON_TASK_ALL,
					 ps->flags, &ps->found[ps->nr]);

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

static int read_all(struct ps *ps, struct contmon *c)
{
	int r = contmon_snapshot_tasks(c, CONTMON_TASK_ALL, ps->flags,
				       &ps->all);

	if (r < 0)
		return cli_failed("reading processes", r);
	ps->tasks = ps->all.entries;
	ps->nr = ps->all.nr;
	ps->taken_boottime_ns = ps->all.taken_boottime_ns;
	return CLI_OK;
}

static int show(struct ps *ps)
{
	struct contmon *c;
	int status, printed;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	status = ps->nr_pids ? read_some(ps, c) : read_all(ps, c);
	contmon_close(c);
	if (!ps->tasks)
		return status;

	/* Without cgroup v2 nobody is known to be in a container. */
	if (contmon_cgroups_new(NULL, &ps->cgroups) < 0)
		ps->cgroups = NULL;
	printed = ps->options.json ? print_json(ps) : print_table(ps);
	contmon_cgroups_free(ps->cgroups);
	return printed != CLI_OK ? printed : status;
}

static int parse_pids(struct ps *ps, int nr, char **words)
{
	int i;

	if (nr == 0)
		return CLI_GO_ON;
	ps->pids = calloc((size_t)nr, sizeof(*ps->pids));
	if (!ps->pids)
		return cli_failed("ps", -ENOMEM);

	for (i = 0; i < nr; i++) {
		uint64_t pid;

		if (cli_parse_number(words[i], INT32_MAX, &pid) < 0 ||
		    pid == 0) {
			cli_error("pid %s: not a process id", words[i]);
			return CLI_USAGE;
		}
		ps->pids[ps->nr_pids++] = (int32_t)pid;
	}
	return CLI_GO_ON;
}

static int parse(struct ps *ps, int argc, char **argv)
{
	int opt, r;

	while ((opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (opt == OPT_EXACT) {
			ps->flags |= CONTMON_EXACT_RSS;
			continue;
		}
		r = cli_option(opt, argv, help, &ps->options);
		if (r != CLI_GO_ON)
			return r;
	}
	return parse_pids(ps, argc - optind, argv + optind);
}

int cli_ps(int argc, char **argv)
{
	struct ps ps = { 0 };
	int status;

	status = parse(&ps, argc, argv);
	if (status == CLI_GO_ON)
		status = show(&ps);

	contmon_tasks_done(&ps.all);
	free(ps.found);
	free(ps.pids);
	return status;
}
