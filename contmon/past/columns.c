// SPDX-License-Identifier: GPL-2.0-only
/* The columns of containers: those metrics of the API that are stored */
#define PART(part) part
#include "columns.h"

#define COLUMNS(METRIC, RANGE)						\
	METRIC(restarts_total, "restarts-total", COUNT, "RESTARTS", 30,	\
	       "by its restart policy")					\
	METRIC(uptime_seconds, "uptime-seconds", SECONDS, "UPTIME", 30,	\
	       "time since its oldest process began")			\
	METRIC(state_code, "state-code", COUNT, "STATE", 30,		\
	       "1 running, 2 paused, 3 empty")				\
	RANGE(cpu_cores, "cpu-cores", CORES, "CORES", 1, 2,		\
	      "CPUs kept busy")						\
	RANGE(cpu_percent, "cpu-percent", PERCENT, "CPU%", 30, 31,	\
	      "the same as a share of all CPUs of the host")		\
	METRIC(cpu_seconds_total, "cpu-seconds-total", SECONDS,		\
	       "CPU-TIME", 30, "CPU time since its cgroup was made")	\
	METRIC(cpu_user_seconds_total, "cpu-user-seconds-total",	\
	       SECONDS, "USER", 30, "the part of it in user space")	\
	METRIC(cpu_system_seconds_total, "cpu-system-seconds-total",	\
	       SECONDS, "SYSTEM", 30, "the part of it in the kernel")	\
	METRIC(cpu_throttled_seconds_total,				\
	       "cpu-throttled-seconds-total", SECONDS, "THROTTLED", 30,	\
	       "time held back by its own quota")			\
	METRIC(cpu_periods_total, "cpu-periods-total", COUNT,		\
	       "PERIODS", 30, "periods of its own quota")		\
	METRIC(cpu_throttled_periods_total,				\
	       "cpu-throttled-periods-total", COUNT, "THR-PERIODS", 30,	\
	       "those in which it was held back")			\
	METRIC(cpu_limit_cores, "cpu-limit-cores", CORES, "CPU-LIMIT",	\
	       30, "CPUs that the quota in effect allows")		\
	METRIC(cpu_max_cores, "cpu-max-cores", CORES, "CPU-MAX", 30,	\
	       "cpu.max, its own quota")				\
	METRIC(cpu_limit_throttled_seconds_total,			\
	       "cpu-limit-throttled-seconds-total", SECONDS,		\
	       "LIM-THROTTL", 30,					\
	       "time held back by the quota in effect")		\
	METRIC(cpu_weight, "cpu-weight", COUNT, "WEIGHT", 30,		\
	       "cpu.weight: its share among its siblings")		\
	METRIC(cpuset_cpus, "cpuset-cpus", COUNT, "CPUSET", 30,		\
	       "CPUs that it may use")					\
	RANGE(memory_current_bytes, "memory-current-bytes", BYTES,	\
	      "MEMORY", 1, 5, "memory.current, page cache included")	\
	METRIC(memory_peak_bytes, "memory-peak-bytes", BYTES, "PEAK",	\
	       30, "memory.peak: the most it ever had")			\
	METRIC(memory_limit_bytes, "memory-limit-bytes", BYTES,		\
	       "LIMIT", 9, "the memory limit in effect")		\
	METRIC(memory_max_bytes, "memory-max-bytes", BYTES, "MEM-MAX",	\
	       30, "memory.max, its own limit")				\
	RANGE(memory_limit_percent, "memory-limit-percent", PERCENT,	\
	      "OF LIMIT", 8, 31,					\
	      "memory as a share of the limit in effect")		\
	METRIC(memory_high_bytes, "memory-high-bytes", BYTES, "HIGH",	\
	       30, "memory.high, its own")				\
	METRIC(memory_high_limit_bytes, "memory-high-limit-bytes",	\
	       BYTES, "HIGH-LIMIT", 30,					\
	       "the lowest memory.high of all above")			\
	RANGE(memory_working_set_bytes, "memory-working-set-bytes",	\
	      BYTES, "WORKING", 30, 31,					\
	      "memory without inactive page cache")			\
	RANGE(memory_anon_bytes, "memory-anon-bytes", BYTES, "ANON",	\
	      30, 31, "memory of no file")				\
	RANGE(memory_file_bytes, "memory-file-bytes", BYTES, "FILE",	\
	      30, 31, "page cache")					\
	METRIC(memory_shmem_bytes, "memory-shmem-bytes", BYTES,		\
	       "SHMEM", 30, "shared memory, a part of FILE")		\
	METRIC(memory_kernel_bytes, "memory-kernel-bytes", BYTES,	\
	       "KERNEL", 30, "memory of the kernel")			\
	METRIC(memory_kernel_stack_bytes, "memory-kernel-stack-bytes",	\
	       BYTES, "STACKS", 30, "the part of it for stacks")	\
	METRIC(memory_page_tables_bytes, "memory-page-tables-bytes",	\
	       BYTES, "PAGETABLES", 30,					\
	       "the part of it for page tables")			\
	METRIC(memory_slab_bytes, "memory-slab-bytes", BYTES, "SLAB",	\
	       30, "the part of it for slabs")				\
	METRIC(memory_sock_bytes, "memory-sock-bytes", BYTES, "SOCK",	\
	       30, "buffers of sockets")				\
	METRIC(memory_other_bytes, "memory-other-bytes", BYTES,		\
	       "OTHER", 30, "what is left of MEMORY")			\
	METRIC(memory_refaults_anon_total,				\
	       "memory-refaults-anon-total", COUNT, "REFAULT-A", 30,	\
	       "pages of swap that were needed again soon")		\
	METRIC(memory_refaults_file_total,				\
	       "memory-refaults-file-total", COUNT, "REFAULT-F", 30,	\
	       "pages of files that were needed again soon")		\
	METRIC(memory_major_faults_total, "memory-major-faults-total",	\
	       COUNT, "MAJFLT-ALL", 30, "page faults with IO")		\
	METRIC(memory_low_events_total, "memory-low-events-total",	\
	       COUNT, "LOW", 30,					\
	       "how often it was below its protection")			\
	METRIC(memory_high_events_total, "memory-high-events-total",	\
	       COUNT, "HIGH-EV", 30,					\
	       "how often it came to memory.high")			\
	METRIC(memory_max_events_total, "memory-max-events-total",	\
	       COUNT, "MAX", 30, "how often it came to a limit")	\
	METRIC(memory_oom_events_total, "memory-oom-events-total",	\
	       COUNT, "OOM", 30, "how often it ran out of memory")	\
	RANGE(swap_current_bytes, "swap-current-bytes", BYTES, "SWAP",	\
	      30, 31, "memory.swap.current")				\
	METRIC(swap_max_bytes, "swap-max-bytes", BYTES, "SWAP-MAX", 30,	\
	       "memory.swap.max, its own limit")			\
	METRIC(swap_limit_bytes, "swap-limit-bytes", BYTES,		\
	       "SWAP-LIMIT", 30, "the swap limit in effect")		\
	METRIC(swap_peak_bytes, "swap-peak-bytes", BYTES, "SWAP-PEAK",	\
	       30, "memory.swap.peak: the most it ever had")		\
	METRIC(swap_max_events_total, "swap-max-events-total", COUNT,	\
	       "SWAP-MAXED", 30, "how often it came to its swap limit")	\
	METRIC(swap_fail_events_total, "swap-fail-events-total", COUNT,	\
	       "SWAP-FAIL", 30, "how often swap could not be had")	\
	RANGE(rss_sum_bytes, "rss-sum-bytes", BYTES, "RSS-SUM", 30, 31,	\
	      "what its processes commit")				\
	METRIC(vsz_sum_bytes, "vsz-sum-bytes", BYTES, "VSZ-SUM", 30,	\
	       "what its processes reserve")				\
	METRIC(oom_kills_total, "oom-kills-total", COUNT, "OOMK", 7,	\
	       "processes killed when out of memory")			\
	RANGE(processes, "processes", COUNT, "PROCS", 4, 31,		\
	      "processes")						\
	RANGE(threads, "threads", COUNT, "THR", 30, 31,			\
	      "threads of its processes")				\
	METRIC(processes_running, "processes-running", COUNT, "RUN",	\
	       30, "processes that run or could run")			\
	METRIC(processes_sleeping, "processes-sleeping", COUNT,		\
	       "SLEEP", 30, "processes that wait")			\
	METRIC(processes_uninterruptible, "processes-uninterruptible",	\
	       COUNT, "D-STATE", 30,					\
	       "processes that wait and cannot be interrupted")		\
	METRIC(processes_stopped, "processes-stopped", COUNT,		\
	       "STOPPED", 30, "processes that are stopped")		\
	METRIC(processes_zombie, "processes-zombie", COUNT, "ZOMBIE",	\
	       30, "ended processes that no parent has asked about")	\
	METRIC(processes_idle, "processes-idle", COUNT, "IDLE", 30,	\
	       "idle threads of the kernel")				\
	RANGE(pids_current, "pids-current", COUNT, "PIDS", 30, 31,	\
	      "tasks in it: threads, too")				\
	METRIC(pids_peak, "pids-peak", COUNT, "PIDS-PEAK", 30,		\
	       "the most tasks it ever had")				\
	METRIC(pids_max, "pids-max", COUNT, "PIDS-MAX", 30,		\
	       "pids.max, its own limit")				\
	METRIC(pids_limit, "pids-limit", COUNT, "PIDS-LIMIT", 30,	\
	       "the limit of tasks in effect")				\
	METRIC(pids_max_events_total, "pids-max-events-total", COUNT,	\
	       "PIDS-MAXED", 30,					\
	       "how often it came to its limit of tasks")		\
	METRIC(read_bytes_total, "read-bytes-total", BYTES, "READ", 30,	\
	       "bytes from storage")					\
	METRIC(write_bytes_total, "write-bytes-total", BYTES, "WRITE",	\
	       30, "bytes to storage")					\
	METRIC(read_ops_total, "read-ops-total", COUNT, "READ-OPS", 30,	\
	       "reads from storage")					\
	METRIC(write_ops_total, "write-ops-total", COUNT, "WRITE-OPS",	\
	       30, "writes to storage")					\
	METRIC(discard_bytes_total, "discard-bytes-total", BYTES,	\
	       "DISCARD", 30, "bytes discarded on storage")		\
	METRIC(discard_ops_total, "discard-ops-total", COUNT,		\
	       "DISC-OPS", 30, "discards on storage")			\
	RANGE(read_bytes_per_second, "read-bytes-per-second", RATE,	\
	      "READ/S", 3, 31, "bytes a second from storage")		\
	RANGE(write_bytes_per_second, "write-bytes-per-second", RATE,	\
	      "WRITE/S", 3, 31, "bytes a second to storage")		\
	METRIC(io_weight, "io-weight", COUNT, "IO-WEIGHT", 30,		\
	       "io.weight: its share among its siblings")		\
	METRIC(psi_cpu_some_seconds_total,				\
	       "psi-cpu-some-seconds-total", SECONDS, "CPU-SOME", 30,	\
	       "time in which some task waited for CPU")		\
	METRIC(psi_cpu_full_seconds_total,				\
	       "psi-cpu-full-seconds-total", SECONDS, "CPU-FULL", 30,	\
	       "time in which all waited for CPU")			\
	METRIC(psi_io_some_seconds_total, "psi-io-some-seconds-total",	\
	       SECONDS, "IO-SOME", 30,					\
	       "time in which some task waited for IO")			\
	METRIC(psi_io_full_seconds_total, "psi-io-full-seconds-total",	\
	       SECONDS, "IO-FULL", 30,					\
	       "time in which all waited for IO")			\
	METRIC(psi_memory_some_seconds_total,				\
	       "psi-memory-some-seconds-total", SECONDS, "MEM-SOME",	\
	       30, "time in which some task waited for memory")		\
	METRIC(psi_memory_full_seconds_total,				\
	       "psi-memory-full-seconds-total", SECONDS, "MEM-FULL",	\
	       30, "time in which all waited for memory")		\
	METRIC(network_receive_bytes_total,				\
	       "network-receive-bytes-total", BYTES, "RX", 30,		\
	       "bytes received")					\
	METRIC(network_receive_packets_total,				\
	       "network-receive-packets-total", COUNT, "RX-PACKETS",	\
	       30, "packets received")					\
	METRIC(network_receive_errors_total,				\
	       "network-receive-errors-total", COUNT, "RX-ERRORS", 30,	\
	       "errors among them")					\
	METRIC(network_receive_drops_total,				\
	       "network-receive-drops-total", COUNT, "RX-DROPS", 30,	\
	       "packets dropped")					\
	METRIC(network_transmit_bytes_total,				\
	       "network-transmit-bytes-total", BYTES, "TX", 30,		\
	       "bytes sent")						\
	METRIC(network_transmit_packets_total,				\
	       "network-transmit-packets-total", COUNT, "TX-PACKETS",	\
	       30, "packets sent")					\
	METRIC(network_transmit_errors_total,				\
	       "network-transmit-errors-total", COUNT, "TX-ERRORS", 30,	\
	       "errors among them")					\
	METRIC(network_transmit_drops_total,				\
	       "network-transmit-drops-total", COUNT, "TX-DROPS", 30,	\
	       "packets dropped")					\
	RANGE(network_receive_bytes_per_second,				\
	      "network-receive-bytes-per-second", RATE, "RX/S", 6, 31,	\
	      "bytes a second received")				\
	RANGE(network_transmit_bytes_per_second,			\
	      "network-transmit-bytes-per-second", RATE, "TX/S", 6, 31,	\
	      "bytes a second sent")					\
	METRIC(minor_faults, "minor-faults", COUNT, "MINFLT", 30,	\
	       "minor page faults of its processes")			\
	METRIC(major_faults, "major-faults", COUNT, "MAJFLT", 30,	\
	       "major page faults of its processes")

COLUMNS(GET_METRIC, GET_RANGE)

static const struct cli_column columns[] = {
	CLI_PAST_T,
	CLI_PAST_CONTAINER,
	COLUMNS(COLUMN_METRIC, COLUMN_RANGE)
	{ .name = NULL }
};

void cli_offer_past_columns(struct cli_layout *layout)
{
	layout->subject = "t";
	cli_layout_offer(layout, columns);
}
