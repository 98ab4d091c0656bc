// SPDX-License-Identifier: GPL-2.0-only
/* The columns of the host: the metrics of the API's system */
#define PART(part) host_##part
#include "columns.h"

#define COLUMNS(METRIC, RANGE)						\
	METRIC(nr_cpus, "nr-cpus", COUNT, "CPUS", 30, "CPUs")		\
	RANGE(cpu_percent, "cpu-percent", PERCENT, "CPU%", 1, 2,	\
	      "CPU time without idle, waiting for IO and stolen")	\
	METRIC(cpu_user_percent, "cpu-user-percent", PERCENT, "USER",	\
	       5, "in user space, without nice")			\
	METRIC(cpu_nice_percent, "cpu-nice-percent", PERCENT, "NICE",	\
	       30, "in user space, at a lower priority")		\
	METRIC(cpu_system_percent, "cpu-system-percent", PERCENT,	\
	       "SYSTEM", 5, "in the kernel")				\
	RANGE(cpu_iowait_percent, "cpu-iowait-percent", PERCENT,	\
	      "IOWAIT", 4, 31, "idle while a task waited for IO")	\
	METRIC(cpu_irq_percent, "cpu-irq-percent", PERCENT, "IRQ", 30,	\
	       "handling interrupts")					\
	METRIC(cpu_softirq_percent, "cpu-softirq-percent", PERCENT,	\
	       "SOFTIRQ", 30, "handling what interrupts left to do")	\
	RANGE(cpu_steal_percent, "cpu-steal-percent", PERCENT, "STEAL",	\
	      6, 31, "taken by the machine that runs this one")		\
	METRIC(cpu_idle_percent, "cpu-idle-percent", PERCENT, "IDLE",	\
	       30, "with nothing to do")				\
	RANGE(load1, "load1", CORES, "LOAD1", 3, 31,			\
	      "tasks that run or wait for a disk, mean of a minute")	\
	METRIC(load5, "load5", CORES, "LOAD5", 30,			\
	       "the same of 5 minutes")					\
	METRIC(load15, "load15", CORES, "LOAD15", 30,			\
	       "the same of 15 minutes")				\
	METRIC(ram_total_bytes, "ram-total-bytes", BYTES, "RAM", 30,	\
	       "RAM that the kernel has")				\
	METRIC(ram_free_bytes, "ram-free-bytes", BYTES, "FREE", 30,	\
	       "RAM that nothing uses")					\
	RANGE(ram_available_bytes, "ram-available-bytes", BYTES,	\
	      "AVAILABLE", 30, 31,					\
	      "RAM that could be had without swapping")			\
	RANGE(ram_used_bytes, "ram-used-bytes", BYTES, "RAM USED", 1,	\
	      31, "RAM without what is available")			\
	RANGE(ram_used_percent, "ram-used-percent", PERCENT, "RAM%", 2,	\
	      3, "the same as a share of all RAM")			\
	METRIC(swap_total_bytes, "swap-total-bytes", BYTES,		\
	       "SWAP-TOTAL", 30, "size of all swap")			\
	RANGE(swap_used_bytes, "swap-used-bytes", BYTES, "SWAP", 4, 31,	\
	      "swap in use")						\
	METRIC(reserved_bytes, "reserved-bytes", BYTES, "RESERVED", 30,	\
	       "what all processes reserve")				\
	METRIC(committed_bytes, "committed-bytes", BYTES, "COMMITTED",	\
	       30, "what all processes commit")				\
	RANGE(processes, "processes", COUNT, "PROCS", 4, 31,		\
	      "processes")						\
	RANGE(threads, "threads", COUNT, "THR", 30, 31,			\
	      "threads of all processes")				\
	METRIC(processes_running, "processes-running", COUNT, "RUN",	\
	       30, "processes that run or could run")			\
	METRIC(processes_sleeping, "processes-sleeping", COUNT,		\
	       "SLEEP", 30, "processes that wait")			\
	RANGE(processes_uninterruptible, "processes-uninterruptible",	\
	      COUNT, "D-STATE", 5, 31,					\
	      "processes that wait and cannot be interrupted")		\
	METRIC(processes_stopped, "processes-stopped", COUNT,		\
	       "STOPPED", 30, "processes that are stopped")		\
	METRIC(processes_zombie, "processes-zombie", COUNT, "ZOMBIE",	\
	       30, "ended processes that no parent has asked about")	\
	METRIC(processes_idle, "processes-idle", COUNT, "IDLE-THR", 30,	\
	       "idle threads of the kernel")				\
	RANGE(containers, "containers", COUNT, "CONTS", 6, 31,		\
	      "containers")						\
	METRIC(oom_kills_total, "oom-kills-total", COUNT, "OOMK", 7,	\
	       "processes killed when out of memory")

COLUMNS(GET_METRIC, GET_RANGE)

static const struct cli_column columns[] = {
	CLI_PAST_T,
	COLUMNS(COLUMN_METRIC, COLUMN_RANGE)
	{ .name = NULL }
};

void cli_offer_past_host_columns(struct cli_layout *layout)
{
	layout->subject = "t";
	cli_layout_offer(layout, columns);
}
