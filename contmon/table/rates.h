/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_RATES_H
#define CONTMON_TABLE_RATES_H

#include <stdbool.h>

#include "contmon.h"

/**
 * struct cli_pressure - share of the time in which some task waited
 * @share: of the time; 0 while it is not @known
 * @age_ns: private: since its total last grew
 * @seen_ns: private: time sampled so far
 */
struct cli_pressure {
	bool known;
	double share;
	uint64_t age_ns;
	uint64_t seen_ns;
};

/**
 * struct cli_rates - rates between two samples
 * @cpu_cores: CPUs kept busy
 * @cpu_share: of all CPUs of the host
 * @read_bytes, @write_bytes: per second, storage
 */
struct cli_rates {
	bool cpu_known, read_known, write_known;
	double cpu_cores;
	double cpu_share;
	uint64_t read_bytes, write_bytes;
	struct cli_pressure psi_cpu, psi_io, psi_memory;
};

/*
 * @before and @now are the same task or cgroup, @elapsed_ns apart; @nr_cpus is
 *	not 0. If a counter went backwards, only its own rate is unknown. @rates
 *	are those of @before, NULL if it had none.
 */
struct cli_rates cli_task_rates(const struct contmon_task *before,
				const struct contmon_task *now,
				uint64_t elapsed_ns, uint32_t nr_cpus);
struct cli_rates cli_cgroup_rates(const struct contmon_cgroup *before,
				  const struct cli_rates *rates,
				  const struct contmon_cgroup *now,
				  uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* CONTMON_TABLE_RATES_H */
