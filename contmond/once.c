// SPDX-License-Identifier: GPL-2.0-only
#include "once.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/log.h"
#include "base/util.h"
#include "contmond/serve/routes.h"
#include "pipeline.h"

#define INTERVAL_MS 1000
#define NR_PROCESSES 10
#define NAME_COLUMNS 28

struct once {
	sd_event *event;
	struct pipeline *pipeline;
	int64_t first_ms;
};

/* JSON */

static int print_answer(const struct facts *facts, const char *name,
			bool is_last)
{
	struct request request = { .authorized = true };
	struct reply reply = { 0 };
	const char *body;
	size_t length;
	char path[32];
	int r = 0;

	snprintf(path, sizeof(path), "/api/v1/%s", name);
	request.path = path;
	if (strcmp(name, "processes") == 0)
		r = request_add(&request, "limit", "20000");
	if (r == 0)
		routes_handle(facts, &request, &reply);
	body = reply_body(&reply, &length);
	if (r < 0 || reply.body.failed)
		r = -ENOMEM;
	else
		printf("\"%s\":%.*s%s", name, (int)length - 1, body,
		       is_last ? "}\n" : ",\n");
	request_done(&request);
	reply_done(&reply);
	return r;
}

static int print_json(const struct facts *facts)
{
	static const char *const names[] = {
		"health", "system", "containers", "processes",
	};
	size_t i;
	int r = 0;

	putchar('{');
	for (i = 0; i < ARRAY_SIZE(names) && r == 0; i++)
		r = print_answer(facts, names[i], i == ARRAY_SIZE(names) - 1);
	return r;
}

/* Tables */

/*
 * Truncates to this many columns; unprintable characters become "?". Returns
 * the width.
 */
static int print_cut(const char *name)
{
	mbstate_t state = { 0 };
	int columns = 0, width;
	wchar_t wide;
	size_t length;

	for (; *name; name += length) {
		length = mbrtowc(&wide, name, MB_CUR_MAX, &state);
		if (length == (size_t)-1 || length == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			length = 1;
			wide = L'?';
		}
		width = wcwidth(wide);
		if (width < 0) {
			width = 1;
			wide = L'?';
		}
		if (columns + width > NAME_COLUMNS)
			break;
		columns += width;
		printf("%lc", (wint_t)wide);
	}
	return columns;
}

static void print_name(const char *name)
{
	int columns = print_cut(name);

	printf("%*s", NAME_COLUMNS - columns, "");
}

static void print_number(double number, int decimals)
{
	if (isnan(number))
		printf(" %9s", "-");
	else
		printf(" %9.*f", decimals, number);
}

static void print_known(double number, int decimals)
{
	if (isnan(number))
		putchar('-');
	else
		printf("%.*f", decimals, number);
}

static void print_count(double number, const char *one, const char *many)
{
	print_known(number, 0);
	printf(" %s", number == 1 ? one : many);
}

static double mib(double bytes)
{
	return bytes / (1 << 20);
}

static void print_host(const struct facts *facts)
{
	const struct system_row *host = &facts->model->system;
	const char *why = status_source_reason(facts->status);

	printf("%s: ", facts->status->host);
	print_count(host->nr_cpus, "CPU", "CPUs");
	printf(", ");
	print_known(host->cpu_percent, 1);
	printf(" %% busy; ");
	print_known(mib(host->ram_used_bytes), 0);
	printf(" of ");
	print_known(mib(host->ram_total_bytes), 0);
	printf(" MiB used; ");
	print_count(host->processes, "process", "processes");
	printf(", ");
	print_count(host->containers, "container", "containers");
	printf(" (source: %s)\n", facts->status->source);
	if (why)
		printf("why procfs: %s\n", why);
}

static void print_containers(const struct model *model)
{
	size_t i;

	if (model->nr_listed == 0)
		return;
	printf("\n%-*s %9s %9s %9s %9s %9s %9s\n", NAME_COLUMNS, "CONTAINER",
	       "CORES", "MiB", "LIMIT", "PROCESSES", "READ/s", "WRITE/s");
	for (i = 0; i < model->nr_listed; i++) {
		const struct container_row *row =
			&model_container(model, i)->row;

		print_name(row->container);
		print_number(row->cpu_cores, 2);
		print_number(mib(row->memory_current_bytes), 1);
		print_number(mib(row->memory_limit_bytes), 1);
		print_number(row->processes, 0);
		print_number(row->read_bytes_per_second, 0);
		print_number(row->write_bytes_per_second, 0);
		putchar('\n');
	}
}

/* Finds the next busiest process; @printed marks those already printed. */
static bool next_busiest(const struct model *model, bool *printed, size_t *ret)
{
	size_t i, nr = model->sample->tasks.nr, best = nr;

	for (i = 0; i < nr; i++) {
		if (!printed[i] && model->process_cores[i] > 0 &&
		    (best == nr || model->process_cores[i] >
				   model->process_cores[best]))
			best = i;
	}
	if (best == nr)
		return false;
	printed[best] = true;
	*ret = best;
	return true;
}

static int print_processes(const struct model *model)
{
	_cleanup_free_ bool *printed = calloc(model->sample->tasks.nr + 1,
					      sizeof(*printed));
	struct model_process process;
	size_t i, nr;

	if (!printed)
		return -ENOMEM;
	printf("\n%-*s %9s %9s %9s  %s\n", NAME_COLUMNS, "PROCESS", "PID",
	       "CORES", "MiB", "CONTAINER");
	for (nr = 0; nr < NR_PROCESSES && next_busiest(model, printed, &i);
	     nr++) {
		model_process(model, i, &process);
		print_name(process.row.comm);
		print_number(process.row.pid, 0);
		print_number(process.row.cpu_cores, 2);
		print_number(mib(process.row.rss_bytes), 1);
		printf("  ");
		print_cut(process.row.container ?: "-");
		putchar('\n');
	}
	return 0;
}

static int print_tables(const struct facts *facts)
{
	print_host(facts);
	print_containers(facts->model);
	return print_processes(facts->model);
}

/* Waits for two samples at least half an interval apart, to have rates. */
static void on_changed(void *userdata)
{
	struct once *once = userdata;
	const struct status *status =
		pipeline_facts(once->pipeline)->status;

	if (status->reason[0])
		sd_event_exit(once->event, -EIO);
	else if (status->samples_total == 1)
		once->first_ms = status->last_sample_ms;
	else if (status->last_sample_ms - once->first_ms >= INTERVAL_MS / 2)
		sd_event_exit(once->event, 0);
}

int once_run(bool json)
{
	const struct pipeline_options options = { .interval_ms = INTERVAL_MS };
	struct once once = { 0 };
	int r = sd_event_default(&once.event);

	setlocale(LC_CTYPE, "");
	if (r >= 0)
		r = pipeline_new(once.event, &options, on_changed, &once,
				 &once.pipeline);
	if (r >= 0)
		r = sd_event_loop(once.event);
	if (r == 0)
		r = json ? print_json(pipeline_facts(once.pipeline)) :
			   print_tables(pipeline_facts(once.pipeline));
	if (r < 0 && r != -EIO)
		log_err("%s", strerror(-r));
	pipeline_free(once.pipeline);
	sd_event_unref(once.event);
	return r < 0 ? r : 0;
}
