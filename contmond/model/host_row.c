// SPDX-License-Identifier: GPL-2.0-only
#include "host_row.h"

#include <unistd.h>

#include "known.h"

static void fill_cpu(const struct contmon_get_system *kernel,
		     struct container_row *row)
{
	row->cpu_user_seconds_total =
		known(kernel->fields, CONTMON_SYSTEM_CPU,
		      kernel->cpu_user_ns + kernel->cpu_nice_ns) / 1e9;
	row->cpu_system_seconds_total =
		known(kernel->fields, CONTMON_SYSTEM_CPU,
		      kernel->cpu_system_ns + kernel->cpu_irq_ns +
		      kernel->cpu_softirq_ns) / 1e9;
	row->cpu_seconds_total = row->cpu_user_seconds_total +
				 row->cpu_system_seconds_total;
}

static void fill_memory(const struct vmstat *vmstat,
			const struct system_row *system,
			struct container_row *row)
{
	const double page = (double)sysconf(_SC_PAGESIZE);

	row->memory_current_bytes = system->ram_total_bytes -
				    system->ram_free_bytes;
	row->memory_working_set_bytes = row->memory_current_bytes -
		page * known(vmstat->valid, VMSTAT_INACTIVE_FILE,
			     vmstat->inactive_file_pages);
	row->memory_anon_bytes = page * known(vmstat->valid, VMSTAT_ANON,
					      vmstat->anon_pages);
	row->memory_file_bytes = page * known(vmstat->valid, VMSTAT_FILE,
					      vmstat->file_pages);
	row->swap_current_bytes = system->swap_used_bytes;
}

void host_row_fill(const struct model *model, struct container_row *ret)
{
	const struct sample *sample = model->sample;
	const struct system_row *system = &model->system;

	container_row_init(ret);
	ret->cgroup = "/";
	ret->t = system->t;
	ret->started_ms = (double)model->boot_epoch_ms;
	fill_cpu(&sample->system.kernel, ret);
	fill_memory(&sample->vmstat, system, ret);
	ret->processes = system->processes;
	ret->threads = system->threads;
	ret->oom_kills_total = system->oom_kills_total;
}
