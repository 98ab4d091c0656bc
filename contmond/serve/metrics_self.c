// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_self.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/util.h"
#include "contmond/model/metric_label.h"

static void target_sample(const struct exposition *e, const char *name,
			  const struct target_status *target, double number)
{
	struct buffer labels = { 0 };

	metric_label(&labels, "target", target->name);
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
		exposition_family(e, up,
				  "1 when the last request did not fail.");
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

static void samples(const struct exposition *e, const struct status *status,
		    double created)
{
	exposition_counter(e, "contmon_samples_total", "Samples taken.",
			   (double)status->samples_total, created);
	exposition_counter(e, "contmon_samples_missed_total",
			   "Samples that were due and not taken.",
			   (double)status->samples_missed_total, created);
	exposition_counter(e, "contmon_runs_missed_total",
			   "Starts and ends of containers counted as missed.",
			   (double)status->runs_missed_total, created);
	exposition_single(e, "contmon_sample_duration_seconds",
			  "Time needed to take the newest sample.",
			  status->samples_total ?
			  status->last_sample_seconds : (double)NAN);
}

static void store(const struct exposition *e, struct store *from,
		  double created)
{
	struct store_status status;

	store_get_status(from, &status);
	exposition_single(e, "contmon_history_bytes",
			  "Size of the database of the past.",
			  (double)status.bytes);
	exposition_single(e, "contmon_store_up",
			  "1 while the database can be written.",
			  !status.why[0]);
	exposition_single(e, "contmon_store_put_aside",
			  "1 when a database that could not be read was put "
			  "aside since contmond started.",
			  status.put_aside[0] != '\0');
	exposition_single(e, "contmon_store_waiting",
			  "Rows that are not in the database yet.",
			  (double)status.waiting);
	exposition_counter(e, "contmon_store_lost_total",
			   "Rows that could not be written in time.",
			   (double)status.lost, created);
	exposition_counter(e, "contmon_store_damaged_total",
			   "Parts of the database that could not be read.",
			   (double)status.damaged, created);
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
		if (status->engines[i].is_folder)
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

void metrics_self(const struct exposition *e, const struct facts *facts)
{
	double created = facts->status->started_ms > 0 ?
		(double)facts->status->started_ms / 1000 : (double)NAN;

	targets(e, facts->targets);
	policies(e, facts->policing, created);
	source(e, facts->status);
	engines(e, facts->status);
	samples(e, facts->status, created);
	store(e, facts->store, created);
	exposition_counter(e, "process_cpu_seconds_total",
			   "CPU time contmond has used.", own_cpu_seconds(),
			   created);
	exposition_single(e, "process_resident_memory_bytes",
			  "RSS of contmond.", own_rss_bytes());
	exposition_single(e, "process_start_time_seconds",
			  "When contmond started, Unix time.", created);
}
