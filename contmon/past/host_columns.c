// SPDX-License-Identifier: GPL-2.0-only
/* The columns of the host: the metrics of the API's system */
#include "base/util.h"
#include "columns.h"

static const struct cli_past_metric metrics[] = {
	{ "nr_cpus", "CPUS", 30, 0, "CPUs" },
	{ "cpu_percent", "CPU%", 1, 2,
	  "CPU time without idle, waiting for IO and stolen" },
	{ "cpu_user_percent", "USER", 5, 0, "in user space, without nice" },
	{ "cpu_nice_percent", "NICE", 30, 0,
	  "in user space, at a lower priority" },
	{ "cpu_system_percent", "SYSTEM", 5, 0, "in the kernel" },
	{ "cpu_iowait_percent", "IOWAIT", 4, 31,
	  "idle while a task waited for IO" },
	{ "cpu_irq_percent", "IRQ", 30, 0, "handling interrupts" },
	{ "cpu_softirq_percent", "SOFTIRQ", 30, 0,
	  "handling what interrupts left to do" },
	{ "cpu_steal_percent", "STEAL", 6, 31,
	  "taken by the machine that runs this one" },
	{ "cpu_idle_percent", "IDLE", 30, 0, "with nothing to do" },
	{ "load1", "LOAD1", 3, 31,
	  "tasks that run or wait for a disk, mean of a minute" },
	{ "load5", "LOAD5", 30, 0, "the same of 5 minutes" },
	{ "load15", "LOAD15", 30, 0, "the same of 15 minutes" },
	{ "ram_total_bytes", "RAM", 30, 0, "RAM that the kernel has" },
	{ "ram_free_bytes", "FREE", 30, 0, "RAM that nothing uses" },
	{ "ram_available_bytes", "AVAILABLE", 30, 31,
	  "RAM that could be had without swapping" },
	{ "ram_used_bytes", "RAM USED", 1, 31,
	  "RAM without what is available" },
	{ "ram_used_percent", "RAM%", 2, 3, "the same as a share of all RAM" },
	{ "swap_total_bytes", "SWAP-TOTAL", 30, 0, "size of all swap" },
	{ "swap_used_bytes", "SWAP", 4, 31, "swap in use" },
	{ "reserved_bytes", "RESERVED", 30, 0, "what all processes reserve" },
	{ "committed_bytes", "COMMITTED", 30, 0, "what all processes commit" },
	{ "processes", "PROCS", 4, 31, "processes" },
	{ "threads", "THR", 30, 31, "threads of all processes" },
	{ "processes_running", "RUN", 30, 0,
	  "processes that run or could run" },
	{ "processes_sleeping", "SLEEP", 30, 0, "processes that wait" },
	{ "processes_uninterruptible", "D-STATE", 5, 31,
	  "processes that wait and cannot be interrupted" },
	{ "processes_stopped", "STOPPED", 30, 0, "processes that are stopped" },
	{ "processes_zombie", "ZOMBIE", 30, 0,
	  "ended processes that no parent has asked about" },
	{ "processes_idle", "IDLE-THR", 30, 0, "idle threads of the kernel" },
	{ "containers", "CONTS", 6, 31, "containers" },
	{ "oom_kills_total", "OOMK", 7, 0,
	  "processes killed when out of memory" },
};

static struct cli_past_column columns[CLI_COLUMNS_MAX];

const struct cli_past_list cli_past_host = {
	.table = &system_table,
	.fractions = "load",
	.metrics = metrics,
	.nr = ARRAY_SIZE(metrics),
	.columns = &columns,
};
