// SPDX-License-Identifier: GPL-2.0-only
#include "rates.h"

/* A counter at two moments */
struct counter {
	uint64_t before, now;
};

/* Its gain as a share of the time; false if it went backwards */
static bool get_share(struct counter counter, uint64_t elapsed_ns, double *ret)
{
	if (counter.now < counter.before)
		return false;
	*ret = (double)(counter.now - counter.before) / (double)elapsed_ns;
	return true;
}

static void set_cpu(struct cli_rates *rates, struct counter cpu,
		    uint64_t elapsed_ns, uint32_t nr_cpus)
{
	rates->cpu_known = get_share(cpu, elapsed_ns, &rates->cpu_cores);
	rates->cpu_share = rates->cpu_cores / nr_cpus;
}

/* Bytes per second; false if the counter went backwards */
static bool get_bytes(struct counter counter, uint64_t elapsed_ns,
		      uint64_t *ret)
{
	double bytes_per_ns;

	if (!get_share(counter, elapsed_ns, &bytes_per_ns))
		return false;
	*ret = (uint64_t)(bytes_per_ns * 1e9);
	return true;
}

static void set_io(struct cli_rates *rates, struct counter read,
		   struct counter write, uint64_t elapsed_ns)
{
	rates->read_known = get_bytes(read, elapsed_ns, &rates->read_bytes);
	rates->write_known = get_bytes(write, elapsed_ns, &rates->write_bytes);
}

/* Interval at which the kernel updates waiting times */
#define PSI_PERIOD_NS 2000000000ULL

/*
 * An increase covers the whole time since the previous increase, and its share
 * is shown until the next increase is due.
 */
static struct cli_pressure get_pressure(struct counter psi,
					const struct cli_pressure *before,
					uint64_t elapsed_ns)
{
	static const struct cli_pressure none = { .age_ns = PSI_PERIOD_NS };
	uint64_t most_ns = elapsed_ns > PSI_PERIOD_NS ? elapsed_ns :
							PSI_PERIOD_NS;
	struct cli_pressure now;

	if (psi.now < psi.before)
		return (struct cli_pressure){ 0 };
	now = before && before->seen_ns ? *before : none;
	now.age_ns += elapsed_ns;
	now.seen_ns += elapsed_ns;
	/* In a shorter time there may be no update although tasks waited. */
	now.known = now.seen_ns >= PSI_PERIOD_NS;
	if (psi.now > psi.before) {
		get_share(psi, now.age_ns < most_ns ? now.age_ns : most_ns,
			  &now.share);
		now.share = now.share < 1 ? now.share : 1;
		now.age_ns = 0;
	} else if (now.age_ns > most_ns + elapsed_ns) {
		now.share = 0;
	}
	return now;
}

struct cli_rates cli_task_rates(const struct contmon_task *before,
				const struct contmon_task *now,
				uint64_t elapsed_ns, uint32_t nr_cpus)
{
	uint64_t valid = before->valid & now->valid;
	struct cli_rates rates = { 0 };
	struct counter read = { before->read_bytes, now->read_bytes };
	struct counter write = { before->write_bytes, now->write_bytes };
	struct counter cpu = { before->runtime_ns, now->runtime_ns };

	if (elapsed_ns == 0)
		return rates;
	if (valid & CONTMON_TASK_CPU)
		set_cpu(&rates, cpu, elapsed_ns, nr_cpus);
	if (valid & CONTMON_TASK_IO)
		set_io(&rates, read, write, elapsed_ns);
	return rates;
}

/*
 * When a task ends, its bytes move from the sum of the living to that of the
 * ended. The sum of both does not change.
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

/* Known with the whole group or alone */
static bool has_total(const struct contmon_cgroup *record, uint64_t part)
{
	return record->valid & (CONTMON_CGROUP_PSI | part);
}

#define PSI(part, what)							\
	if (has_total(before, CONTMON_CGROUP_PART_PSI_##part) &&	\
	    has_total(now, CONTMON_CGROUP_PART_PSI_##part))		\
		rates->psi_##what = get_pressure(			\
			(struct counter){ before->psi_##what##_some_ns,	\
					  now->psi_##what##_some_ns },	\
			rates_before ? &rates_before->psi_##what : NULL, \
			elapsed_ns)

static void set_pressure(struct cli_rates *rates,
			 const struct contmon_cgroup *before,
			 const struct cli_rates *rates_before,
			 const struct contmon_cgroup *now, uint64_t elapsed_ns)
{
	PSI(CPU_SOME, cpu);
	PSI(IO, io);
	PSI(MEMORY, memory);
}

struct cli_rates cli_cgroup_rates(const struct contmon_cgroup *before,
				  const struct cli_rates *rates_before,
				  const struct contmon_cgroup *now,
				  uint64_t elapsed_ns, uint32_t nr_cpus)
{
	const uint64_t both = CONTMON_CGROUP_TASKS | CONTMON_CGROUP_EXITED;
	uint64_t valid = before->valid & now->valid;
	struct counter cpu = { before->cpu_usage_ns, now->cpu_usage_ns };
	struct cli_rates rates = { 0 };

	if (elapsed_ns == 0)
		return rates;
	if (valid & CONTMON_CGROUP_CPU)
		set_cpu(&rates, cpu, elapsed_ns, nr_cpus);
	if ((valid & both) == both)
		set_io(&rates, IO_SUM(read_bytes), IO_SUM(write_bytes),
		       elapsed_ns);
	set_pressure(&rates, before, rates_before, now, elapsed_ns);
	return rates;
}
