// SPDX-License-Identifier: GPL-2.0-only
#include "rates.h"

#include <string.h>

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

/* The kernel adds up times of waiting once in so long. */
#define PSI_PERIOD_NS 2000000000ULL

/*
 * An increase belongs to the whole time since the increase before, and its
 * share stands until the next one is due.
 */
static double psi_share(const struct counter *psi, double before,
			uint64_t elapsed_ns, uint64_t *age_ns)
{
	uint64_t most_ns = elapsed_ns > PSI_PERIOD_NS ? elapsed_ns :
							PSI_PERIOD_NS;
	double now;

	*age_ns += elapsed_ns;
	if (psi->now == psi->before)
		return *age_ns > most_ns + elapsed_ns ? 0 : before;
	now = share(psi, *age_ns < most_ns ? *age_ns : most_ns);
	*age_ns = 0;
	return now < 1 ? now : 1;
}

static void set_psi(struct cli_rates *rates, const struct counter psi[3],
		    const struct cli_rates *before, uint64_t elapsed_ns)
{
	static const struct cli_rates none = {
		.psi_age_ns = { PSI_PERIOD_NS, PSI_PERIOD_NS, PSI_PERIOD_NS },
	};
	uint64_t *age_ns = rates->psi_age_ns;

	if (!went_on(psi, 3))
		return;
	if (!before || !before->psi_seen_ns)
		before = &none;
	memcpy(age_ns, before->psi_age_ns, sizeof(before->psi_age_ns));
	/* A shorter time may hold no increase although tasks waited. */
	rates->psi_seen_ns = before->psi_seen_ns + elapsed_ns;
	rates->psi_known = rates->psi_seen_ns >= PSI_PERIOD_NS;
	rates->psi_cpu = psi_share(&psi[0], before->psi_cpu, elapsed_ns,
				   &age_ns[0]);
	rates->psi_io = psi_share(&psi[1], before->psi_io, elapsed_ns,
				  &age_ns[1]);
	rates->psi_memory = psi_share(&psi[2], before->psi_memory, elapsed_ns,
				      &age_ns[2]);
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
 * When a task ends, its bytes move from the sum of the living to that of the
 * ended: the sum of both goes on.
 */
static struct counter io_sum(const struct contmon_cgroup *before,
			     const struct contmon_cgroup *now,
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
	       offsetof(struct contmon_cgroup, what##_sum),		\
	       offsetof(struct contmon_cgroup, exited_##what))

struct cli_rates cli_cgroup_rates(const struct contmon_cgroup *before,
				  const struct cli_rates *rates_before,
				  const struct contmon_cgroup *now,
				  uint64_t elapsed_ns, uint32_t nr_cpus)
{
	const uint64_t both = CONTMON_CGROUP_TASKS | CONTMON_CGROUP_EXITED;
	const uint64_t some = CONTMON_CGROUP_PART_PSI_CPU_SOME |
			      CONTMON_CGROUP_PART_PSI_IO |
			      CONTMON_CGROUP_PART_PSI_MEMORY;
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
	if (valid & CONTMON_CGROUP_CPU)
		set_cpu(&rates, cpu, elapsed_ns, nr_cpus);
	if ((valid & both) == both)
		set_io(&rates, io, elapsed_ns);
	if ((valid & CONTMON_CGROUP_PSI) || (valid & some) == some)
		set_psi(&rates, psi, rates_before, elapsed_ns);
	return rates;
}
