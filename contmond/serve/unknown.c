// SPDX-License-Identifier: GPL-2.0-only
#include "unknown.h"

#include <assert.h>
#include <string.h>

#include "base/util.h"

/* procfs does not show what a process did before it ended. */
static const char *const of_procfs[] = {
	"commands.cpu_cores",
	"commands.cpu_percent",
	"commands.cpu_exited_cores",
	"commands.processes_exited",
	"commands/past.cpu_cores",
	"commands/past.cpu_percent",
	"commands/past.cpu_exited_cores",
	"commands/series.cpu_cores",
	"commands/series.cpu_exited_cores",
	"containers/ended.exit_code",
	"events.oom_killed",
	"processes.read_bytes_total",
	"processes.write_bytes_total",
};

/* because of hidepid */
static const char *const of_hidden_processes[] = {
	"commands.cpu_living_cores",
	"commands.processes",
	"containers.processes",
	"containers.rss_sum_bytes",
	"containers.started_ms",
	"containers.uptime_seconds",
	"system.committed_bytes",
	"system.processes",
	"system.reserved_bytes",
};

static const char *const of_no_hierarchy[] = {
	"system.containers",
};

static_assert(ARRAY_SIZE(of_procfs) + ARRAY_SIZE(of_hidden_processes) +
	      ARRAY_SIZE(of_no_hierarchy) <= UNKNOWN_MAX, "room for all names");

static size_t add(const char *ret[UNKNOWN_MAX], size_t nr,
		  const char *const *names, size_t nr_names)
{
	memcpy(ret + nr, names, nr_names * sizeof(*names));
	return nr + nr_names;
}

size_t unknown_names(const struct facts *facts, const char *ret[UNKNOWN_MAX])
{
	const struct sample *sample = facts->model->sample;
	const struct status *status = facts->status;
	size_t nr = 0;

	if (status->source && !status->driver_release[0])
		nr = add(ret, nr, of_procfs, ARRAY_SIZE(of_procfs));
	if (sample && sample->hides_tasks)
		nr = add(ret, nr, of_hidden_processes,
			 ARRAY_SIZE(of_hidden_processes));
	if (sample && sample->hides_cgroups)
		nr = add(ret, nr, of_no_hierarchy,
			 ARRAY_SIZE(of_no_hierarchy));
	return nr;
}
