// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_self.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "contmond/model/metric_label.h"
#include "contmond/model/metric_tables.h"
#include "self.h"
#include "unknown.h"

static void labelled_sample(const struct exposition *e, const char *name,
			    const char *key, const char *value, double number)
{
	struct buffer labels = { 0 };

	metric_label(&labels, key, value);
	if (labels.failed)
		e->body->failed = true;
	else
		exposition_sample(e, name, labels.text, "", number);
	buffer_done(&labels);
}

static void target_family(const struct exposition *e, const char *name,
			  const char *help, const struct target_status *all,
			  size_t nr, size_t offset)
{
	size_t i;

	if (nr > 0)
		exposition_family(e, name, help);
	for (i = 0; i < nr; i++) {
		const void *number = (const char *)&all[i] + offset;

		labelled_sample(e, name, "target", all[i].name,
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
		  "Ticks that were skipped, because the database no longer had "
		  "them or was opened too late.",
		  offsetof(struct target_status, dropped_ticks) },
		{ "contmon_forward_rejected_rows_total",
		  "Rows that the target refused.",
		  offsetof(struct target_status, rejected_rows) },
		{ "contmon_forward_requests_total",
		  "Requests that have ended, whether or not they failed.",
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
		exposition_family(e, up,
				  "1 when the last request did not fail.");
	for (i = 0; i < nr; i++)
		labelled_sample(e, up, "target", all[i].name,
				!all[i].error.plain[0]);
}

static void class_family(const struct exposition *e, const char *name,
			 const char *help, const struct policing *policing,
			 size_t offset)
{
	size_t i;

	if (policing->nr_classes > 0)
		exposition_family(e, name, help);
	for (i = 0; i < policing->nr_classes; i++) {
		const struct policing_class_row *row = &policing->classes[i];
		const void *number = (const char *)row + offset;

		labelled_sample(e, name, "class", row->class,
				*(const double *)number);
	}
}

static void classes(const struct exposition *e, const struct policing *policing)
{
	class_family(e, "contmon_policy_class_minimum",
		     "Containers that policies leave running, by class.",
		     policing, offsetof(struct policing_class_row, minimum));
	class_family(e, "contmon_policy_class_running",
		     "Containers that run, by class.",
		     policing, offsetof(struct policing_class_row, running));
	class_family(e, "contmon_policy_class_counted",
		     "Containers that count for the minimum, by class.",
		     policing, offsetof(struct policing_class_row, counted));
}

static void policies(const struct exposition *e,
		     const struct policing *policing, double created)
{
	exposition_single(e, "contmon_policy_rules", "Rules of policies.",
			  (double)policing->nr_rules);
	exposition_single(e, "contmon_policy_active",
			  "1 while policies may act, 0 in a dry run or without "
			  "rules.", policing->mode &&
			  strcmp(policing->mode, "active") == 0);
	exposition_single(e, "contmon_policy_up",
			  "1 unless the newest rules could not be loaded.",
			  !policing->error[0]);
	exposition_single(e, "contmon_policy_pending",
			  "Decisions of policies that have not ended.",
			  (double)policing->nr_pending);
	classes(e, policing);
	exposition_counter(e, "contmon_policy_decisions_total",
			   "Decisions of policies, also of dry runs.",
			   policing->decisions_total, created);
	exposition_counter(e, "contmon_policy_actions_total",
			   "Actions of policies; dry runs do not count.",
			   policing->actions_total, created);
	exposition_counter(e, "contmon_policy_failures_total",
			   "Actions of policies that failed.",
			   policing->failures_total, created);
}

static void store(const struct exposition *e, struct store *from)
{
	struct store_status status;

	store_get_status(from, &status);
	exposition_single(e, "contmon_store_up",
			  "1 while the database can be written.",
			  !status.why[0]);
	exposition_single(e, "contmon_store_put_aside",
			  "1 when a database that could not be read was put "
			  "aside since contmond started.",
			  status.put_aside[0] != '\0');
}

static void requests(const struct exposition *e, struct traffic *traffic,
		     double created)
{
	static const char name[] = "contmon_http_requests_total";
	unsigned int status;
	char label[32];

	if (traffic_requests(traffic, 0, TRAFFIC_STATUSES) > 0)
		exposition_family(e, name, "Requests answered, by status.");
	for (status = 0; status < TRAFFIC_STATUSES; status++) {
		uint64_t nr = traffic_requests(traffic, status, status);

		if (nr == 0)
			continue;
		snprintf(label, sizeof(label), "code=\"%u\"", status);
		exposition_sample(e, name, "", label, (double)nr);
		exposition_created(e, name, "", label, created);
	}
}

static void numbers(const struct exposition *e, const struct self_row *row,
		    double created)
{
	size_t i;

	for (i = 0; i < nr_self_metrics; i++) {
		const struct metric *metric = &self_metrics[i];
		const struct column *column = table_find(&self_table,
							 metric->key);
		double number = column_number(column, row);

		exposition_counter(e, metric->name, metric->help,
				   metric->from == METRIC_TIME ?
				   number / 1000 : number,
				   column_is_total(column) ? created :
							     (double)NAN);
	}
}

static void engine_sample(const struct exposition *e, const char *name,
			  const struct name_engine *engine)
{
	struct buffer labels = { 0 };

	metric_label(&labels, "engine", engine->socket);
	metric_label(&labels, "runtime", engine->runtime);
	metric_label(&labels, "version", engine->version);
	if (labels.failed)
		e->body->failed = true;
	else
		exposition_sample(e, name, labels.text, "",
				  engine->state == NAME_ENGINE_CONNECTED);
	buffer_done(&labels);
}

static void engines(const struct exposition *e, const struct status *status)
{
	static const char up[] = "contmon_engine_up";
	size_t i, nr = status->nr_engines;
	bool began = false;

	exposition_single(e, "contmon_engine_connected",
			  "1 while all container engines answer.",
			  strcmp(name_engines_summary(status->engines, nr),
				 "connected") == 0);
	for (i = 0; i < nr; i++) {
		if (status->engines[i].is_directory)
			continue;
		if (!began)
			exposition_family(e, up,
					  "1 while this engine answers.");
		began = true;
		engine_sample(e, up, &status->engines[i]);
	}
}

static void source(const struct exposition *e, const struct status *status)
{
	exposition_family(e, "contmon_build_info",
			  "Version of contmond; always 1.");
	exposition_sample(e, "contmon_build_info", "",
			  "version=\"" CONTMON_VERSION "\"", 1);
	exposition_single(e, "contmon_up", "1 while samples are taken.",
			  status->source && !status->reason[0]);
	if (status->source) {
		exposition_family(e, "contmon_source_info",
				  "Source of the samples; always 1.");
		exposition_sample(e, "contmon_source_info", "",
				  status->driver_release[0] ?
				  "source=\"driver\"" : "source=\"procfs\"", 1);
	}
}

static void unknown(const struct exposition *e, const struct facts *facts)
{
	static const char name[] = "contmon_source_unknown";
	const char *names[UNKNOWN_MAX];
	size_t i, nr = unknown_names(facts, names);

	if (nr > 0)
		exposition_family(e, name, "What the source of the samples "
				  "cannot know; always 1.");
	for (i = 0; i < nr; i++)
		labelled_sample(e, name, "name", names[i], 1);
}

void metrics_self(const struct exposition *e, const struct facts *facts)
{
	struct self_row row;
	double created;

	self_row_make(facts, &row);
	created = row.started_ms / 1000;
	targets(e, facts->targets);
	policies(e, facts->policing, created);
	source(e, facts->status);
	unknown(e, facts);
	engines(e, facts->status);
	store(e, facts->store);
	requests(e, facts->traffic, created);
	numbers(e, &row, created);
}
