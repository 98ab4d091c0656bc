/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_RATES_H
#define CONTMON_TABLE_RATES_H

#include <stdbool.h>

#include "contmon.h"

/** struct cli_rates - what happened from one reading to the next; pure */
struct cli_rates {
	bool cpu_known, io_known, psi_known;
	double cpu_cores;	/* CPUs kept busy */
	double cpu_share;	/* of all CPUs of the host */
	uint64_t read_bytes, write_bytes;	/* per second, storage */
	double psi_cpu, psi_io, psi_memory;	/* share of the time, "some" */
	uint64_t psi_age_ns[3];	/* private: since they were seen to go on */
	uint64_t psi_seen_ns;	/* private: for so long they were looked at */
};

/*
 * @before and @now are the same process or container, @elapsed_ns apart; @nr_cpus
 * is not 0. A counter that went back is not known. Of a container @rates are those
 * of the reading @before, NULL if it had none.
 */
struct cli_rates cli_task_rates(const struct contmon_task *before,
				const struct contmon_task *now,
				uint64_t elapsed_ns, uint32_t nr_cpus);
struct cli_rates cli_container_rates(const struct contmon_cgroup *before,
				     const struct cli_rates *rates,
				     const struct contmon_cgroup *now,
				     uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* CONTMON_TABLE_RATES_H */
