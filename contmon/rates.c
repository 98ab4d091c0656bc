// SPDX-License-Identifier: GPL-2.0-only
#include "rates.h"

/* A counter at two moments */
struct counter {
	uint64_t before, now;
};

static bool went_on(const struct counter *counters, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (counters[i].now < counters[i].before)
			return false;
	return true;
}

static double share(const struct counter *counter, uint64_t elapsed_ns)
{
	return (double)(counter->now - counter->before) / (double)elapsed_ns;
}

static void set_cpu(struct cli_rates *rates, struct counter cpu,
		    uint64_t elapsed_ns, uint32_t nr_cpus)
{
	if (!went_on(&cpu, 1))
		return;
	rates->cpu_known = true;
	rates->cpu_cores = share(&cpu, elapsed_ns);
	rates->cpu_share = rates->cpu_cores / nr_cpus;
}

static void set_io(struct cli_rates *rates, const struct counter io[2],
		   uint64_t elapsed_ns)
{
	if (!went_on(io, 2))
		return;
	rates->io_known = true;
	rates->read_bytes = (uint64_t)(share(&io[0], elapsed_ns) * 1e9);
	rates->write_bytes = (uint64_t)(share(&io[1], elapsed_ns) * 1e9);
}

static void set_psi(struct cli_rates *rates, const struct counter psi[3],
		    uint64_t elapsed_ns)
{
	if (!went_on(psi, 3))
		return;
	rates->psi_known = true;
	rates->psi_cpu = share(&psi[0], elapsed_ns);
	rates->psi_io = share(&psi[1], elapsed_ns);
	rates->psi_memory = share(&psi[2], elapsed_ns);
}

struct cli_rates cli_task_rates(const struct contmon_task *before,
				const struct contmon_task *now,
				uint64_t elapsed_ns, uint32_t nr_cpus)
{
	uint64_t valid = before->valid & now->valid;
	struct cli_rates rates = { 0 };
	struct counter io[2] = {
		{ before->read_bytes, now->read_bytes },
		{ before->write_bytes, now->write_bytes },
	};
	struct counter cpu = { before->runtime_ns, now->runtime_ns };

	if (elapsed_ns == 0)
		return rates;
	if (valid & CONTMON_TASK_CPU)
		set_cpu(&rates, cpu, elapsed_ns, nr_cpus);
	if (valid & CONTMON_TASK_IO)
		set_io(&rates, io, elapsed_ns);
	return rates;
}

/*
 * What the living used falls when one dies, what the dead used rises by as
 * much: the sum of both goes on.
 */
static struct counter io_sum(const struct contmon_container *before,
			     const struct contmon_container *now,
			     size_t living, size_t dead)
{
	const char *b = (const char *)before, *n = (const char *)now;

	return (struct counter){
		*(const uint64_t *)(b + living) + *(const uint64_t *)(b + dead),
		*(const uint64_t *)(n + living) + *(const uint64_t *)(n + dead),
	};
}

#define IO_SUM(what)							\
	io_sum(before, now,						\
	       offsetof(struct contmon_container, what##_sum),		\
	       offsetof(struct contmon_container, exited_##what))

struct cli_rates cli_container_rates(const struct contmon_container *before,
				     const struct contmon_container *now,
				     uint64_t elapsed_ns, uint32_t nr_cpus)
{
	uint64_t both = CONTMON_CONTAINER_TASKS | CONTMON_CONTAINER_EXITED;
	uint64_t valid = before->valid & now->valid;
	struct cli_rates rates = { 0 };
	struct counter io[2] = { IO_SUM(read_bytes), IO_SUM(write_bytes) };
	struct counter psi[3] = {
		{ before->psi_cpu_some_ns, now->psi_cpu_some_ns },
		{ before->psi_io_some_ns, now->psi_io_some_ns },
		{ before->psi_memory_some_ns, now->psi_memory_some_ns },
	};
	struct counter cpu = { before->cpu_usage_ns, now->cpu_usage_ns };

	if (elapsed_ns == 0)
		return rates;
	if (valid & CONTMON_CONTAINER_CPU)
		set_cpu(&rates, cpu, elapsed_ns, nr_cpus);
	if ((valid & both) == both)
		set_io(&rates, io, elapsed_ns);
	if (valid & CONTMON_CONTAINER_PSI)
		set_psi(&rates, psi, elapsed_ns);
	return rates;
}
