/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_RATES_H
#define CONTMON_TABLE_RATES_H

#include <stdbool.h>

#include "contmon.h"

/**
 * struct cli_rates - what happened between two samples
 * @cpu_cores: CPUs kept busy
 * @cpu_share: of all CPUs of the host
 * @read_bytes, @write_bytes: per second, storage
 * @psi_cpu, @psi_io, @psi_memory: share of the time, "some"
 * @psi_age_ns: private: since each of them last grew
 * @psi_seen_ns: private: time sampled so far
 */
struct cli_rates {
	bool cpu_known, io_known, psi_known;
	double cpu_cores;
	double cpu_share;
	uint64_t read_bytes, write_bytes;
	double psi_cpu, psi_io, psi_memory;
	uint64_t psi_age_ns[3];
	uint64_t psi_seen_ns;
};

/*
 * @before and @now are the same task or cgroup, @elapsed_ns apart; @nr_cpus is
 * not 0. A rate is unknown where a counter went back. @rates are those of
 * @before, NULL if it had none.
 */
struct cli_rates cli_task_rates(const struct contmon_task *before,
				const struct contmon_task *now,
				uint64_t elapsed_ns, uint32_t nr_cpus);
struct cli_rates cli_cgroup_rates(const struct contmon_cgroup *before,
				  const struct cli_rates *rates,
				  const struct contmon_cgroup *now,
				  uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* CONTMON_TABLE_RATES_H */
