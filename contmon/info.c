// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/options.h"
#include "contmon/cli/source.h"
#include "contmon/table/output.h"
#include "contmon/table/record.h"
#include "contmon/table/table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"info [OPTION...]\n"
	"Show the driver, its limits and clocks, or what replaces it, and\n"
	"the totals of the host.\n\n"
	"      --exact         add up the per-CPU parts of RSS; slower\n"
	CLI_COMMON_HELP;

enum { OPT_EXACT = CLI_OPT_UNITS + 1 };

static const struct option options[] = {
	{ "exact", no_argument, NULL, OPT_EXACT },
	CLI_COMMON_OPTIONS
};

struct view {
	struct cli_options options;
	uint32_t flags;
	const char *source;
	struct contmon_get_info info;
	struct contmon_system system;
};

/* Names of the bits of a mask; ends with NULL */
static const char *const task_groups[] = {
	"base", "cred", "sched", "cgroup", "ns", "mem", "cpu", "faults", "io",
	"oom_adj", "oom_score", "runq", "delay", NULL
};
static const char *const container_groups[] = {
	"base", "tasks", "memcg", "exited", "psi", "cpu", "limit", "stat", NULL
};
static const char *const features[] = {
	"threads", "filters", "exited", "events", "cmdline", NULL
};

static json_t *json_system(const struct contmon_system *system)
{
	json_t *json = cli_record(cli_system_members, &system->kernel,
				  system->kernel.fields);
	int r = 0;

	r |= json_object_set_new(json, "swap_total_bytes",
				 cli_json_u64(system->swap_total_bytes));
	r |= json_object_set_new(json, "swap_free_bytes",
				 cli_json_u64(system->swap_free_bytes));
	if (r == 0)
		return json;
	json_decref(json);
	return NULL;
}

/* One line for each member, with the name of its record */
static int csv_rows(json_t *rows, const char *record, json_t *members)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach(members, key, value)
		r |= json_array_append_new(rows, json_pack("{s:s,s:s,s:O}",
							   "record", record,
							   "name", key,
							   "value", value));
	return r;
}

static int print_csv(const struct view *view, json_t *info, json_t *system)
{
	json_t *rows = json_array();

	if (csv_rows(rows, "info", info) == 0 &&
	    csv_rows(rows, "system", system) == 0)
		return cli_print_csv(rows, &view->options);
	json_decref(rows);
	return cli_print_csv(NULL, &view->options);
}

/* procfs is never loaded and has no limits. */
static bool is_driver(const struct view *view)
{
	return strcmp(view->source, "driver") == 0;
}

/* Members that only the driver has are null for procfs. */
static json_t *json_info(const struct view *view)
{
	static const char *const of_driver[] = {
		"max_entries", "max_mapping_bytes", "loaded_boottime_ns",
		"instance_id", "release",
	};
	json_t *json = cli_record(cli_info_members, &view->info, 0);
	size_t i;
	int r = 0;

	if (is_driver(view))
		return json;
	for (i = 0; i < sizeof(of_driver) / sizeof(of_driver[0]); i++)
		r |= json_object_set_new(json, of_driver[i], json_null());
	if (r == 0)
		return json;
	json_decref(json);
	return NULL;
}

static int print_json(const struct view *view)
{
	json_t *info = json_info(view);
	json_t *system = json_system(&view->system);
	int status;

	if (info && system && !view->options.csv)
		return cli_print_json(json_pack("{s:s,s:o,s:o}", "source",
						view->source, "info", info,
						"system", system));
	if (info && system)
		status = print_csv(view, info, system);
	else
		status = cli_print_json(NULL);
	json_decref(info);
	json_decref(system);
	return status;
}

static void section(const struct view *view, const char *title)
{
	bool color = cli_wants_color();

	if (!view->options.no_headings)
		printf("%s%s%s\n", color ? "\033[1m" : "", title,
		       color ? "\033[0m" : "");
}

static void line(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void line(const char *name, const char *format, ...)
{
	va_list ap;

	printf("  %-18s", name);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

static void bytes_line(const struct view *view, const char *name,
		       uint64_t bytes)
{
	char text[CLI_TEXT_MAX];

	line(name, "%s", cli_format_bytes(text, bytes, view->options.unit));
}

static void time_line(const char *name, uint64_t ns)
{
	char text[CLI_TEXT_MAX];

	line(name, "%s", cli_format_duration(text, ns));
}

/* Bits of a newer driver have no name here. */
static void mask_line(const char *name, uint64_t mask, const char *const *names)
{
	size_t i;

	printf("  %-18s", name);
	for (i = 0; names[i]; i++) {
		if (mask & 1ULL << i)
			printf("%s ", names[i]);
		mask &= ~(1ULL << i);
	}
	if (mask)
		printf("%#" PRIx64, mask);
	putchar('\n');
}

static void print_fallback(const struct view *view)
{
	const struct contmon_get_info *info = &view->info;
	const char *forced = getenv("CONTMON_SOURCE");

	section(view, "Source");
	line("source", "procfs and cgroupfs");
	line("why", "%s", forced && *forced ? "CONTMON_SOURCE forces it" :
	     "the driver is not loaded; try: modprobe contmon");
	mask_line("features", info->features, features);
	mask_line("task groups", info->task_fields, task_groups);
	mask_line("container groups", info->cgroup_fields,
		  container_groups);
}

static void print_driver(const struct view *view)
{
	const struct contmon_get_info *info = &view->info;
	char release[sizeof(info->release) + 1] = "";
	size_t i;

	/* Print no control characters of the driver's release. */
	memcpy(release, info->release, sizeof(info->release));
	for (i = 0; release[i]; i++)
		if (release[i] < ' ' || release[i] > '~')
			release[i] = '?';

	section(view, "Driver");
	line("source", "%s", view->source);
	line("release", "%s", release);
	line("api version", "%" PRIu32, info->api_version);
	mask_line("features", info->features, features);
	mask_line("task groups", info->task_fields, task_groups);
	mask_line("container groups", info->cgroup_fields,
		  container_groups);
	line("record sizes", "%" PRIu32 " per task, %" PRIu32
	     " per container, at most %" PRIu32, info->task_entry_size,
	     info->cgroup_entry_size, info->max_entry_size);
	line("records per call", "at most %" PRIu32, info->max_entries);
	bytes_line(view, "mapping, at most", info->max_mapping_bytes);
}

/* The clocks are read one after another, so the second may be ahead. */
static uint64_t suspended_ns(const struct contmon_get_info *info)
{
	if (info->now_boottime_ns < info->now_monotonic_ns)
		return 0;
	return info->now_boottime_ns - info->now_monotonic_ns;
}

static void print_clocks(const struct view *view)
{
	const struct contmon_get_info *info = &view->info;
	uint64_t loaded_ns = info->now_boottime_ns - info->loaded_boottime_ns;
	char text[CLI_TEXT_MAX];

	section(view, "Clocks");
	line("now", "%s", cli_format_date(text, info->now_realtime_ns));
	if (is_driver(view)) {
		line("loaded since", "%s",
		     cli_format_date(text, info->now_realtime_ns - loaded_ns));
		time_line("loaded for", loaded_ns);
	}
	time_line("since boot", info->now_boottime_ns);
	time_line("suspended for", suspended_ns(info));
}

static void print_memory(const struct view *view)
{
	const struct contmon_get_system *kernel = &view->system.kernel;

	section(view, "Memory");
	if (kernel->fields & CONTMON_SYSTEM_MEMORY) {
		bytes_line(view, "total", kernel->ram_total_bytes);
		bytes_line(view, "free", kernel->ram_free_bytes);
		bytes_line(view, "available", kernel->ram_available_bytes);
		bytes_line(view, "shared", kernel->ram_shared_bytes);
		bytes_line(view, "buffers", kernel->ram_buffers_bytes);
	}
	bytes_line(view, "swap total", view->system.swap_total_bytes);
	bytes_line(view, "swap free", view->system.swap_free_bytes);
	if (kernel->fields & CONTMON_SYSTEM_TASKS) {
		bytes_line(view, "reserved", kernel->reserved_bytes);
		bytes_line(view, "committed", kernel->committed_bytes);
	}
}

static void print_cpu(const struct view *view)
{
	const struct contmon_get_system *kernel = &view->system.kernel;
	const uint32_t *load = kernel->load_milli;

	section(view, "CPU");
	line("online", "%" PRIu32, view->info.nr_cpus);
	if (kernel->fields & CONTMON_SYSTEM_LOAD)
		line("load", "%.2f %.2f %.2f", load[0] / 1e3, load[1] / 1e3,
		     load[2] / 1e3);
	if (!(kernel->fields & CONTMON_SYSTEM_CPU))
		return;
	time_line("user", kernel->cpu_user_ns);
	time_line("nice", kernel->cpu_nice_ns);
	time_line("system", kernel->cpu_system_ns);
	time_line("idle", kernel->cpu_idle_ns);
	time_line("iowait", kernel->cpu_iowait_ns);
	time_line("irq", kernel->cpu_irq_ns);
	time_line("softirq", kernel->cpu_softirq_ns);
	time_line("steal", kernel->cpu_steal_ns);
}

static void print_tasks(const struct view *view)
{
	const struct contmon_get_system *kernel = &view->system.kernel;

	if (!(kernel->fields & CONTMON_SYSTEM_TASKS))
		return;
	section(view, "Processes");
	line("total", "%" PRIu32, kernel->nr_tasks);
	line("threads", "%" PRIu32, kernel->nr_threads);
	line("running", "%" PRIu32, kernel->nr_running);
	line("sleeping", "%" PRIu32, kernel->nr_sleeping);
	line("uninterruptible", "%" PRIu32, kernel->nr_uninterruptible);
	line("stopped", "%" PRIu32, kernel->nr_stopped);
	line("zombie", "%" PRIu32, kernel->nr_zombie);
	line("idle", "%" PRIu32, kernel->nr_idle);
}

static int read_all(struct view *view)
{
	struct contmon *c;
	int r, status;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	status = cli_check_flags(c, view->flags);
	if (status != CLI_GO_ON)
		goto out;
	r = contmon_get_info(c, &view->info);
	if (r == 0)
		r = contmon_get_system(c, CONTMON_SYSTEM_ALL, view->flags,
				       &view->system);
	view->source = cli_source_name(c);
	status = r < 0 ? cli_failed("info", r) : CLI_OK;
out:
	contmon_close(c);
	return status;
}

static int parse(struct view *view, int argc, char **argv)
{
	int opt, status;

	while ((opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (opt == OPT_EXACT) {
			view->flags |= CONTMON_EXACT_RSS;
			continue;
		}
		status = cli_option(opt, argv, help, &view->options);
		if (status != CLI_GO_ON)
			return status;
	}
	return cli_no_operands(argc, argv);
}

int cli_info(int argc, char **argv)
{
	struct view view = { 0 };
	int status = parse(&view, argc, argv);

	if (status != CLI_GO_ON)
		return status;
	status = read_all(&view);
	if (status != CLI_OK)
		return status;

	if (cli_is_for_programs(&view.options))
		return print_json(&view);
	if (is_driver(&view))
		print_driver(&view);
	else
		print_fallback(&view);
	print_clocks(&view);
	print_memory(&view);
	print_cpu(&view);
	print_tasks(&view);
	return CLI_OK;
}
