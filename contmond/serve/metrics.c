// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"

#include <math.h>

#include "base/util.h"
#include "contmond/model/metric_tables.h"
#include "accept.h"
#include "metrics_containers.h"
#include "metrics_ended.h"
#include "metrics_filesystems.h"
#include "metrics_self.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS_TYPE \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"

static void cpu(const struct exposition *e, const struct model *model)
{
	static const char name[] = "contmon_system_cpu_seconds_total";
	const struct contmon_get_system *kernel = &model->sample->system.kernel;
	const struct {
		const char *labels;
		uint64_t ns;
	} modes[] = {
		{ "mode=\"user\"", kernel->cpu_user_ns },
		{ "mode=\"nice\"", kernel->cpu_nice_ns },
		{ "mode=\"system\"", kernel->cpu_system_ns },
		{ "mode=\"idle\"", kernel->cpu_idle_ns },
		{ "mode=\"iowait\"", kernel->cpu_iowait_ns },
		{ "mode=\"irq\"", kernel->cpu_irq_ns },
		{ "mode=\"softirq\"", kernel->cpu_softirq_ns },
		{ "mode=\"steal\"", kernel->cpu_steal_ns },
	};
	const double boot = (double)model->boot_epoch_ms / 1000;
	size_t i;

	if (!(kernel->fields & CONTMON_SYSTEM_CPU))
		return;
	exposition_family(e, name, "Time of all CPUs by mode.");
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		exposition_sample(e, name, "", modes[i].labels,
				  (double)modes[i].ns / 1e9);
		exposition_created(e, name, "", modes[i].labels, boot);
	}
}

/* Totals of the host were 0 at boot. */
static void host(const struct exposition *e, const struct model *model)
{
	const double boot = (double)model->boot_epoch_ms / 1000;
	size_t i;

	for (i = 0; i < nr_system_metrics; i++) {
		const struct metric *metric = &system_metrics[i];
		const struct column *column = table_find(&system_table,
							 metric->key);

		exposition_counter(e, metric->name, metric->help,
				   column_number(column, &model->system),
				   column_is_total(column) ? boot :
							     (double)NAN);
	}
	cpu(e, model);
	exposition_single(e, "machine_cpu_cores", "CPUs online.",
			  model->system.nr_cpus);
	exposition_single(e, "machine_memory_bytes", "MemTotal.",
			  model->system.ram_total_bytes);
}

/*
 * OpenMetrics must be named: clients that accept anything get the older format.
 */
static bool wants_openmetrics(const char *accept)
{
	struct wish openmetrics =
		accept_wish(accept, "application/openmetrics-text", "1.0.0");
	struct wish text = accept_wish(accept, "text/plain", "0.0.4");

	return openmetrics.is_named && openmetrics.quality > 0 &&
	       openmetrics.quality >= text.quality;
}

unsigned int metrics_form(const struct request *request)
{
	return wants_openmetrics(request->accept);
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
		metrics_containers(&e, facts->model, facts->exposed,
				   request->hides_processes);
		metrics_filesystems_limit(&e,
			&facts->model->sample->filesystems);
		metrics_ended(&e, &facts->model->ended);
		host(&e, facts->model);
	}
	metrics_self(&e, facts);
	if (e.openmetrics)
		buffer_puts(e.body, "# EOF\n");
}
