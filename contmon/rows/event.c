// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/text.h"
#include "contmon/names/owners.h"
#include "contmon/table/output.h"
#include "event.h"
#include "process_columns.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name of a type, and its meaning for a container */
static const struct {
	const char *name, *of_container;
} types[] = {
	[CONTMON_EVENT_FORK] = { "fork", NULL },
	[CONTMON_EVENT_EXEC] = { "exec", NULL },
	[CONTMON_EVENT_EXIT] = { "exit", NULL },
	[CONTMON_EVENT_OOM] = { "oom", NULL },
	[CONTMON_EVENT_CGROUP_CREATED] = { "created", "create" },
	[CONTMON_EVENT_CGROUP_POPULATED] = { "populated", "start" },
	[CONTMON_EVENT_CGROUP_EMPTIED] = { "emptied", "stop" },
	[CONTMON_EVENT_CGROUP_REMOVED] = { "removed", "remove" },
	[CONTMON_EVENT_THRESHOLD] = { "threshold", NULL },
	[CONTMON_EVENT_CGROUP_MEMORY] = { "memory", NULL },
	[CONTMON_EVENT_CGROUP_PRESSURE] = { "pressure", NULL },
};

#define NR_TYPES (sizeof(types) / sizeof(types[0]))

static bool is_of_cgroup(const struct contmon_event *record)
{
	return record->type >= CONTMON_EVENT_CGROUP_CREATED &&
	       record->type <= CONTMON_EVENT_CGROUP_REMOVED;
}

/* Is it about a container's own cgroup? */
static bool is_of_container(const struct cli_event *event)
{
	return is_of_cgroup(event->record) && cgroup_is_own(event->cgroup);
}

void cli_event_look_up(struct cli_event *event, struct cgroups *cgroups,
		       int64_t realtime_offset_ns)
{
	const struct contmon_event *record = event->record;
	char path[CONTMON_EVENT_PATH + 1] = "";

	if (is_of_cgroup(record) && !record->truncated) {
		memcpy(path, record->path, sizeof(record->path));
		cgroups_learn(cgroups, record->cgroup_id, path);
	}
	event->cgroup = cgroups_get(cgroups, record->cgroup_id);
	event->realtime_ns = record->boottime_ns + (uint64_t)realtime_offset_ns;
	event->name = "?";
	if (record->type < NR_TYPES)
		event->name = types[record->type].name;
	if (is_of_container(event))
		event->name = types[record->type].of_container;
}

bool cli_event_passes(const struct cli_event *event,
		      const struct cli_filter *filter)
{
	const struct contmon_event *record = event->record;
	char comm[sizeof(record->comm) + 1] = "";

	if (!cli_filter_cgroup(filter, event->cgroup))
		return false;
	if (is_of_cgroup(record))
		return !filter->by_uid && !filter->name;
	memcpy(comm, record->comm, sizeof(record->comm));
	return (!filter->by_uid || record->uid == filter->uid) &&
	       cli_filter_name(filter, comm);
}

static int find_type(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < NR_TYPES; i++)
		if (!(CONTMON_EVENT_LIMITS & 1U << i) &&
		    strlen(types[i].name) == length &&
		    strncmp(types[i].name, name, length) == 0)
			return (int)i;
	return -1;
}

int cli_event_types(const char *names, uint32_t *ret_mask)
{
	uint32_t mask = 0;

	for (;;) {
		size_t length = strcspn(names, ",");
		int type = find_type(names, length);

		if (type < 0) {
			cli_error("--type %.*s: not one of fork, exec, exit, "
				  "oom, created, populated, emptied, removed",
				  (int)length, names);
			return CLI_USAGE;
		}
		mask |= 1U << type;
		if (!names[length])
			break;
		names += length + 1;
	}
	*ret_mask = mask;
	return CLI_GO_ON;
}

enum { TIME, EVENT, PID, CONTAINER, COMMAND, DETAIL, NR_COLUMNS };

/* Only used to fit the line: the columns on the right are left out last. */
static const struct cli_column columns[NR_COLUMNS] = {
	[TIME] = { .name = "t", .heading = "TIME", .width = 12, .rank = 4 },
	[EVENT] = { .name = "event", .heading = "EVENT", .width = 9,
		    .rank = 1 },
	[PID] = { .name = "pid", .heading = "PID", .width = 7, .rank = 3 },
	[CONTAINER] = { .name = "container", .heading = "CONTAINER",
			.width = 16, .least = 6, .rank = 2 },
	[COMMAND] = { .name = "comm", .heading = "COMMAND", .width = 15,
		      .least = 6 },
	[DETAIL] = { .name = "detail", .heading = "DETAIL", .least = 12,
		     .rank = 5 },
};

/* @room: columns of the terminal, or 0; then the detail is not cut */
static void find_widths(size_t room, int widths[CLI_COLUMNS_MAX])
{
	struct cli_layout layout = { .subject = columns[COMMAND].name };

	for (layout.nr = 0; layout.nr < NR_COLUMNS; layout.nr++) {
		layout.v[layout.nr] = &columns[layout.nr];
		widths[layout.nr] = columns[layout.nr].width;
	}
	widths[DETAIL] = room ? (int)room : INT_MAX;
	if (room)
		cli_layout_fit(&layout, (int)room, widths);
}

static void put_usage(FILE *to, const struct contmon_event *record,
		      enum cli_unit unit)
{
	char how[CLI_TEXT_MAX], cpu[CLI_TEXT_MAX], peak[CLI_TEXT_MAX];
	char in[CLI_TEXT_MAX], out[CLI_TEXT_MAX];

	fprintf(to, "%s, CPU %s, peak %s",
		cli_format_exit(how, record->exit_code),
		cli_format_duration(cpu, record->runtime_ns),
		cli_format_bytes(peak, record->rss_peak_bytes, unit));
	if (record->io_valid)
		fprintf(to, ", read %s, written %s",
			cli_format_bytes(in, record->read_bytes, unit),
			cli_format_bytes(out, record->write_bytes, unit));
}

static void put_escaped(FILE *to, const char *text, size_t size)
{
	char *escaped = cli_escape(text, strnlen(text, size));

	fputs(escaped ? escaped : "", to);
	free(escaped);
}

/* Drivers before version 3 do not have it. */
static bool has_rss(const struct contmon_event *record)
{
	return record->type == CONTMON_EVENT_OOM && record->rss_bytes > 0;
}

static void put_detail(FILE *to, const struct contmon_event *record,
		       enum cli_unit unit)
{
	char rss[CLI_TEXT_MAX];

	if (is_of_cgroup(record)) {
		fputs(record->truncated ? "..." : "", to);
		put_escaped(to, (const char *)record->path,
			    sizeof(record->path));
	} else if (record->type == CONTMON_EVENT_FORK) {
		fprintf(to, "by %" PRId32, record->ppid);
	} else if (record->type == CONTMON_EVENT_EXIT) {
		put_usage(to, record, unit);
	} else if (has_rss(record)) {
		fprintf(to, "RSS %s",
			cli_format_bytes(rss, record->rss_bytes, unit));
	}
}

static void put_cell(FILE *to, const struct cli_event *event, int column,
		     enum cli_unit unit)
{
	const struct contmon_event *record = event->record;
	const char *title = cli_title(event->cgroup) ?: "-";
	char clock[CLI_TEXT_MAX];

	switch (column) {
	case TIME:
		fprintf(to, "%s.%03u",
			cli_format_clock(clock, event->realtime_ns),
			(unsigned int)(event->realtime_ns / 1000000 % 1000));
		break;
	case EVENT:
		fputs(event->name, to);
		break;
	case CONTAINER:
		put_escaped(to, title, strlen(title));
		break;
	case DETAIL:
		put_detail(to, record, unit);
		break;
	default:
		if (is_of_cgroup(record))
			fputc('-', to);
		else if (column == PID)
			fprintf(to, "%" PRId32, record->pid);
		else
			put_escaped(to, (const char *)record->comm,
				    sizeof(record->comm));
	}
}

/* Pads or cuts to @width columns; the last cell of a line is not padded. */
static void print_cell(const char *text, int width, int column, bool is_last)
{
	int used, bytes = cli_text_cut(text, width, &used);
	int pad = is_last && column != PID ? 0 : width - used;

	printf("%*s%.*s%*s", column == PID ? pad : 0, "", bytes, text,
	       column == PID ? 0 : pad, "");
	putchar(is_last ? '\n' : ' ');
}

static int last_of(const int widths[CLI_COLUMNS_MAX])
{
	int last = NR_COLUMNS - 1;

	while (last > 0 && !widths[last])
		last--;
	return last;
}

void cli_event_print_headings(size_t room)
{
	int i, last, widths[CLI_COLUMNS_MAX];

	find_widths(room, widths);
	last = last_of(widths);
	for (i = 0; i < NR_COLUMNS; i++)
		if (widths[i])
			print_cell(columns[i].heading, widths[i], i, i == last);
}

int cli_event_print(const struct cli_event *event, enum cli_unit unit,
		    size_t room)
{
	int i, last, widths[CLI_COLUMNS_MAX];

	find_widths(room, widths);
	last = last_of(widths);
	for (i = 0; i < NR_COLUMNS; i++) {
		char *text = NULL;
		size_t size;
		FILE *to;

		if (!widths[i])
			continue;
		to = open_memstream(&text, &size);
		if (!to)
			return cli_failed("events", -errno);
		put_cell(to, event, i, unit);
		if (fclose(to) < 0) {
			free(text);
			return cli_failed("events", -ENOMEM);
		}
		print_cell(text, widths[i], i, i == last);
		free(text);
	}
	return CLI_OK;
}

/* For a member of some types only; null for the others */
static json_t *number_if(bool known, uint64_t value)
{
	return known ? cli_json_u64(value) : json_null();
}

static int add_process(json_t *json, const struct contmon_event *record)
{
	bool known = !is_of_cgroup(record);
	json_t *comm = json_null();
	int r = 0;

	if (known)
		comm = cli_json_text((const char *)record->comm,
				     sizeof(record->comm));
	r |= json_object_set_new(json, "pid",
				 number_if(known, (uint32_t)record->pid));
	r |= json_object_set_new(json, "ppid",
				 number_if(known, (uint32_t)record->ppid));
	r |= json_object_set_new(json, "uid", number_if(known, record->uid));
	r |= json_object_set_new(json, "comm", comm);
	r |= json_object_set_new(json, "start_boottime_ns",
				 number_if(known, record->start_boottime_ns));
	known = known && record->parent_start_boottime_ns;
	r |= json_object_set_new(json, "parent_start_boottime_ns",
				 number_if(known,
					   record->parent_start_boottime_ns));
	return r;
}

static int add_usage(json_t *json, const struct contmon_event *record)
{
	bool exit = record->type == CONTMON_EVENT_EXIT;
	bool io = exit && record->io_valid;
	const struct {
		const char *key;
		bool known;
		uint64_t value;
	} members[] = {
		{ "exit_code", exit, record->exit_code },
		{ "utime_ns", exit, record->utime_ns },
		{ "stime_ns", exit, record->stime_ns },
		{ "runtime_ns", exit, record->runtime_ns },
		{ "rss_peak_bytes", exit, record->rss_peak_bytes },
		{ "minor_faults", exit, record->minor_faults },
		{ "major_faults", exit, record->major_faults },
		{ "read_bytes", io, record->read_bytes },
		{ "write_bytes", io, record->write_bytes },
		{ "rss_bytes", has_rss(record), record->rss_bytes },
	};
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		r |= json_object_set_new(json, members[i].key,
					 number_if(members[i].known,
						   members[i].value));
	return r;
}

json_t *cli_event_json(const struct cli_event *event)
{
	const struct contmon_event *record = event->record;
	const struct cli_row row = { .cgroup = event->cgroup };
	struct cli_layout owner = { 0 };
	json_t *json = json_pack("{s:o,s:o,s:o,s:o,s:s,s:s?,s:o}",
		"t", cli_json_u64(event->realtime_ns / 1000000),
		"sequence", cli_json_u64(record->sequence),
		"dropped", cli_json_u64(record->dropped),
		"boottime_ns", cli_json_u64(record->boottime_ns),
		"event", record->type < NR_TYPES ? types[record->type].name :
						   "?",
		"container_event", is_of_container(event) ? event->name : NULL,
		"cgroup_id", cli_json_u64(record->cgroup_id));

	cli_offer_process_columns(&owner, false);
	cli_layout_default(&owner, CLI_PROCESS_OWNER);
	if (json && add_process(json, record) == 0 &&
	    add_usage(json, record) == 0 &&
	    cli_layout_add_json(&owner, &row, json) == 0)
		return json;
	json_decref(json);
	return NULL;
}
