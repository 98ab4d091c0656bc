// SPDX-License-Identifier: GPL-2.0-only
/*
 * A family is a name with its help, its type and one sample per container. In
 * OpenMetrics, the samples of a counter have the suffix _total, but its family
 * does not.
 */
#include "metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/util.h"
#include "contmond/model/metric_label.h"
#include "contmond/model/metric_tables.h"
#include "accept.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS_TYPE \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"

struct exposition {
	struct buffer *body;
	bool openmetrics;
};

static bool is_total(const char *name)
{
	size_t length = strlen(name);

	return length > 6 && strcmp(name + length - 6, "_total") == 0;
}

static void family(const struct exposition *e, const char *name,
		   const char *help)
{
	bool counter = is_total(name);
	int length = (int)strlen(name);

	if (counter && e->openmetrics)
		length -= (int)strlen("_total");
	buffer_printf(e->body, "# HELP %.*s %s\n# TYPE %.*s %s\n", length,
		      name, help, length, name, counter ? "counter" : "gauge");
}

/* @labels is empty or in braces. An unknown number has no sample. */
static void sample(const struct exposition *e, const char *name,
		   const char *labels, double number)
{
	if (!isfinite(number))
		return;
	buffer_puts(e->body, name);
	buffer_puts(e->body, labels);
	buffer_putc(e->body, ' ');
	buffer_number(e->body, number);
	buffer_putc(e->body, '\n');
}

static void single(const struct exposition *e, const char *name,
		   const char *help, double number)
{
	if (!isfinite(number))
		return;
	family(e, name, help);
	sample(e, name, "", number);
}

/* Containers */

static void add_labels(const struct container_row *row, struct buffer *to)
{
	metric_label(to, "id", container_place(row));
	metric_label(to, "image", row->image);
	metric_label(to, "name", row->container);
	if (row->compose_project)
		metric_label(to, "container_label_com_docker_compose_project",
			     row->compose_project);
	if (row->compose_service)
		metric_label(to, "container_label_com_docker_compose_service",
			     row->compose_service);
	buffer_putc(to, '}');
}

/* Rows of containers and their labels */
struct listed {
	const struct container_row **rows;
	struct buffer *labels;
	size_t nr;
};

static void list(struct listed *listed, const struct container_row *row)
{
	add_labels(row, &listed->labels[listed->nr]);
	listed->rows[listed->nr++] = row;
}

static bool list_all(const struct model *model, struct listed *listed)
{
	size_t i, nr = model->nr_listed + model->ended.nr;
	bool failed = false;

	listed->rows = calloc(nr + 1, sizeof(*listed->rows));
	listed->labels = calloc(nr + 1, sizeof(*listed->labels));
	if (!listed->rows || !listed->labels)
		return false;
	/* Without a sample of it there are no numbers, either. */
	for (i = 0; i < model->nr_listed; i++) {
		if (!isnan(model_container(model, i)->row.t))
			list(listed, &model_container(model, i)->row);
	}
	for (i = 0; i < model->ended.nr; i++)
		list(listed, &model->ended.all[i].row);
	for (i = 0; i < listed->nr; i++)
		failed |= listed->labels[i].failed;
	return !failed;
}

static void listed_done(struct listed *listed)
{
	size_t i;

	for (i = 0; i < listed->nr; i++)
		buffer_done(&listed->labels[i]);
	free(listed->labels);
	free(listed->rows);
}

static bool any_known(const struct listed *listed, const struct column *column)
{
	size_t i;

	for (i = 0; i < listed->nr; i++) {
		if (isfinite(column_number(column, listed->rows[i])))
			return true;
	}
	return false;
}

static void container_family(const struct exposition *e,
			     const struct listed *listed,
			     const struct metric *metric, double factor)
{
	const struct column *column = table_find(&container_table,
						 metric->key);
	size_t i;

	if (!any_known(listed, column))
		return;
	family(e, metric->name, metric->help);
	for (i = 0; i < listed->nr; i++)
		sample(e, metric->name, listed->labels[i].text,
		       column_number(column, listed->rows[i]) * factor);
}

static void containers(const struct exposition *e, const struct model *model)
{
	struct listed listed = { 0 };
	size_t i;

	if (list_all(model, &listed)) {
		for (i = 0; i < nr_container_metrics; i++)
			container_family(e, &listed, &container_metrics[i], 1);
		for (i = 0; i < nr_container_times; i++)
			container_family(e, &listed, &container_times[i],
					 1e-3);
	} else {
		e->body->failed = true;
	}
	listed_done(&listed);
}

/* The host and contmond */

static void system_cpu(const struct exposition *e,
		       const struct contmon_get_system *kernel)
{
	static const char name[] = "contmon_system_cpu_seconds_total";
	const struct {
		const char *labels;
		uint64_t ns;
	} modes[] = {
		{ "{mode=\"user\"}", kernel->cpu_user_ns },
		{ "{mode=\"nice\"}", kernel->cpu_nice_ns },
		{ "{mode=\"system\"}", kernel->cpu_system_ns },
		{ "{mode=\"idle\"}", kernel->cpu_idle_ns },
		{ "{mode=\"iowait\"}", kernel->cpu_iowait_ns },
		{ "{mode=\"irq\"}", kernel->cpu_irq_ns },
		{ "{mode=\"softirq\"}", kernel->cpu_softirq_ns },
		{ "{mode=\"steal\"}", kernel->cpu_steal_ns },
	};
	size_t i;

	if (!(kernel->fields & CONTMON_SYSTEM_CPU))
		return;
	family(e, name, "Time of all CPUs by mode.");
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		sample(e, name, modes[i].labels, (double)modes[i].ns / 1e9);
}

static void host(const struct exposition *e, const struct model *model)
{
	size_t i;

	for (i = 0; i < nr_system_metrics; i++) {
		const struct metric *metric = &system_metrics[i];

		single(e, metric->name, metric->help,
		       column_number(table_find(&system_table, metric->key),
				     &model->system));
	}
	system_cpu(e, &model->sample->system.kernel);
}

static void target_sample(const struct exposition *e, const char *name,
			  const struct target_status *target, double number)
{
	struct buffer labels = { 0 };

	metric_label(&labels, "target", target->name);
	buffer_add(&labels, "}", sizeof("}"));
	if (labels.failed)
		e->body->failed = true;
	else
		sample(e, name, labels.text, number);
	buffer_done(&labels);
}

static void target_family(const struct exposition *e, const char *name,
			  const char *help, const struct target_status *all,
			  size_t nr, size_t offset)
{
	size_t i;

	if (nr > 0)
		family(e, name, help);
	for (i = 0; i < nr; i++) {
		const void *number = (const char *)&all[i] + offset;

		target_sample(e, name, &all[i],
			      (double)*(const uint64_t *)number);
	}
}

static void targets(const struct exposition *e, struct targets *from)
{
	static const struct {
		const char *name;
		const char *help;
		size_t offset;
	} families[] = {
		{ "contmon_forward_backlog_ticks",
		  "Ticks that are stored and not delivered.",
		  offsetof(struct target_status, backlog_ticks) },
		{ "contmon_forward_delivered_ticks_total", "Ticks delivered.",
		  offsetof(struct target_status, delivered_ticks) },
		{ "contmon_forward_dropped_ticks_total",
		  "Ticks that were deleted before they could be sent.",
		  offsetof(struct target_status, dropped_ticks) },
		{ "contmon_forward_rejected_rows_total",
		  "Rows that the target refused.",
		  offsetof(struct target_status, rejected_rows) },
		{ "contmon_forward_requests_total", "Requests answered.",
		  offsetof(struct target_status, requests) },
		{ "contmon_forward_failed_requests_total",
		  "Requests that failed.",
		  offsetof(struct target_status, failed_requests) },
	};
	static const char up[] = "contmon_forward_up";
	struct target_status all[TARGETS_MAX];
	size_t i, nr = targets_copy(from, all);

	for (i = 0; i < ARRAY_SIZE(families); i++)
		target_family(e, families[i].name, families[i].help, all, nr,
			      families[i].offset);
	if (nr > 0)
		family(e, up, "1 when the last request did not fail.");
	for (i = 0; i < nr; i++)
		target_sample(e, up, &all[i], !all[i].error[0]);
}

static double own_cpu_seconds(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return NAN;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double own_rss_bytes(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/statm", "re");
	unsigned long size, resident;

	if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
		return NAN;
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void policies(const struct exposition *e,
		     const struct policing *policing)
{
	single(e, "contmon_policy_rules", "Rules of policies.",
	       (double)policing->nr_rules);
	single(e, "contmon_policy_active",
	       "1 while policies may act, 0 in a dry run or without rules.",
	       policing->mode && strcmp(policing->mode, "active") == 0);
	single(e, "contmon_policy_up",
	       "1 unless the newest rules could not be loaded.",
	       !policing->error[0]);
	single(e, "contmon_policy_pending",
	       "Decisions of policies that have not ended.",
	       (double)policing->nr_pending);
	single(e, "contmon_policy_decisions_total",
	       "Decisions of policies, also of dry runs.",
	       policing->decisions_total);
	single(e, "contmon_policy_actions_total",
	       "Actions of policies; dry runs do not count.",
	       policing->actions_total);
	single(e, "contmon_policy_failures_total",
	       "Actions of policies that failed.", policing->failures_total);
}

static void self(const struct exposition *e, const struct facts *facts)
{
	const struct status *status = facts->status;
	struct store_status store;

	store_get_status(facts->store, &store);
	family(e, "contmon_build_info", "Version of contmond; always 1.");
	sample(e, "contmon_build_info", "{version=\"" CONTMON_VERSION "\"}", 1);
	single(e, "contmon_up", "1 while samples are taken.",
	       status->source && !status->reason[0]);
	if (status->source) {
		family(e, "contmon_source_info",
		       "Source of the samples; always 1.");
		sample(e, "contmon_source_info",
		       status->driver_release[0] ? "{source=\"driver\"}" :
						   "{source=\"procfs\"}", 1);
	}
	single(e, "contmon_engine_connected",
	       "1 while names come from the container engine.",
	       status->engine_connected);
	single(e, "contmon_samples_total", "Samples taken.",
	       (double)status->samples_total);
	single(e, "contmon_samples_missed_total",
	       "Samples that were due and not taken.",
	       (double)status->samples_missed_total);
	single(e, "contmon_runs_missed_total",
	       "Starts and ends of containers counted as missed.",
	       (double)status->runs_missed_total);
	single(e, "contmon_sample_duration_seconds",
	       "Time needed to take the newest sample.",
	       status->samples_total ? status->last_sample_seconds :
				       (double)NAN);
	single(e, "contmon_history_bytes", "Size of the database of the past.",
	       (double)store.bytes);
	single(e, "contmon_store_up", "1 while the database can be written.",
	       !store.why[0]);
	single(e, "contmon_store_put_aside",
	       "1 when a database that could not be read was put aside since "
	       "contmond started.", store.put_aside[0] != '\0');
	single(e, "contmon_store_waiting",
	       "Rows that are not in the database yet.",
	       (double)store.waiting);
	single(e, "contmon_store_lost_total",
	       "Rows that could not be written in time.",
	       (double)store.lost);
	single(e, "contmon_store_damaged_total",
	       "Parts of the database that could not be read.",
	       (double)store.damaged);
	single(e, "process_cpu_seconds_total", "CPU time contmond has used.",
	       own_cpu_seconds());
	single(e, "process_resident_memory_bytes", "RSS of contmond.",
	       own_rss_bytes());
}

/* It must be named: clients that accept anything get the older format. */
static bool wants_openmetrics(const char *accept)
{
	struct wish openmetrics =
		accept_wish(accept, "application/openmetrics-text", "1.0.0");
	struct wish text = accept_wish(accept, "text/plain", "0.0.4");

	return openmetrics.is_named && openmetrics.quality > 0 &&
	       openmetrics.quality >= text.quality;
}

void metrics_handle(const struct facts *facts, const struct request *request,
		    struct reply *reply)
{
	struct exposition e = {
		.body = &reply->body,
		.openmetrics = wants_openmetrics(request->accept),
	};

	reply->status = 200;
	reply->content_type = e.openmetrics ? OPENMETRICS_TYPE : TEXT_TYPE;
	if (facts->model->sample) {
		containers(&e, facts->model);
		host(&e, facts->model);
	}
	targets(&e, facts->targets);
	policies(&e, facts->policing);
	self(&e, facts);
	if (e.openmetrics)
		buffer_puts(e.body, "# EOF\n");
}
