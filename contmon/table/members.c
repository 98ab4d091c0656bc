// SPDX-License-Identifier: GPL-2.0-only
/*
 * The members of the driver's records in their order, each with the group that
 * makes it valid. A test checks that none is missing.
 */
#include "record.h"

#define ALWAYS 0
#define MEMBER(record, type, member, group) \
	{ #member, offsetof(struct record, member), CLI_##type, group }
#define END { NULL, 0, 0, 0 }

#define TASK(group, type, member) \
	MEMBER(contmon_task, type, member, CONTMON_TASK_##group)

#define PAGE_FAULTS(type, member) \
	MEMBER(contmon_task, type, member, CLI_TASK_PAGE_FAULTS)

const struct cli_member cli_task_members[] = {
	TASK(BASE, U64, valid),
	TASK(BASE, S32, pid),
	TASK(BASE, S32, tgid),
	TASK(BASE, S32, ppid),
	TASK(BASE, STATE, state),
	TASK(BASE, U32, flags),
	TASK(BASE, U32, nr_threads),
	TASK(BASE, U64, start_boottime_ns),
	TASK(BASE, COMM, comm),
	TASK(CRED, U32, uid),
	TASK(CRED, U32, gid),
	TASK(CRED, U32, euid),
	TASK(CRED, U32, egid),
	TASK(SCHED, S32, nice),
	TASK(SCHED, U32, policy),
	TASK(SCHED, U32, rt_priority),
	TASK(SCHED, U32, last_cpu),
	TASK(CGROUP, U64, cgroup_id),
	MEMBER(contmon_task, U32, pid_ns,
	       CONTMON_TASK_NS | CONTMON_TASK_PART_PID_NS),
	MEMBER(contmon_task, U32, net_ns,
	       CONTMON_TASK_NS | CONTMON_TASK_PART_NET_NS),
	TASK(MEM, U64, vsz_bytes),
	TASK(MEM, U64, rss_anon_bytes),
	TASK(MEM, U64, rss_file_bytes),
	TASK(MEM, U64, rss_shmem_bytes),
	TASK(MEM, U64, swap_bytes),
	TASK(MEM, U64, pgtables_bytes),
	TASK(MEM, U64, locked_bytes),
	TASK(MEM, U64, rss_peak_bytes),
	TASK(CPU, U64, utime_ns),
	TASK(CPU, U64, stime_ns),
	TASK(CPU, U64, runtime_ns),
	PAGE_FAULTS(U64, minor_faults),
	PAGE_FAULTS(U64, major_faults),
	TASK(FAULTS, U64, voluntary_switches),
	TASK(FAULTS, U64, involuntary_switches),
	TASK(IO, U64, read_chars),
	TASK(IO, U64, write_chars),
	TASK(IO, U64, read_syscalls),
	TASK(IO, U64, write_syscalls),
	TASK(IO, U64, read_bytes),
	TASK(IO, U64, write_bytes),
	TASK(IO, U64, cancelled_write_bytes),
	TASK(OOM_ADJ, S32, oom_score_adj),
	TASK(OOM_SCORE, U32, oom_score),
	TASK(RUNQ, U64, run_delay_ns),
	TASK(RUNQ, U64, timeslices),
	TASK(DELAY, U64, blkio_delay_ns),
	TASK(DELAY, U64, swapin_delay_ns),
	TASK(DELAY, U64, freepages_delay_ns),
	TASK(DELAY, U64, thrashing_delay_ns),
	TASK(DELAY, U64, compact_delay_ns),
	TASK(DELAY, U64, wpcopy_delay_ns),
	END
};

#define CGROUP(group, type, member) \
	MEMBER(contmon_cgroup, type, member, CONTMON_CGROUP_##group)

#define CGROUP_PART(group, part, type, member) \
	MEMBER(contmon_cgroup, type, member, \
	       CONTMON_CGROUP_##group | CONTMON_CGROUP_PART_##part)

#define COUNTS(type, member) \
	MEMBER(contmon_cgroup, type, member, CLI_CGROUP_COUNTS)

#define TASKS_IO(member) \
	MEMBER(contmon_cgroup, U64, member, CLI_CGROUP_IO)

const struct cli_member cli_cgroup_members[] = {
	CGROUP(BASE, U64, valid),
	CGROUP(BASE, U64, cgroup_id),
	CGROUP(BASE, U64, parent_id),
	CGROUP(BASE, U32, level),
	CGROUP(BASE, U32, populated),
	COUNTS(U32, nr_tasks),
	COUNTS(U32, nr_threads),
	COUNTS(U32, nr_running),
	COUNTS(U32, nr_sleeping),
	COUNTS(U32, nr_uninterruptible),
	COUNTS(U32, nr_stopped),
	COUNTS(U32, nr_zombie),
	COUNTS(U32, nr_idle),
	COUNTS(U64, vsz_sum_bytes),
	COUNTS(U64, rss_anon_sum_bytes),
	COUNTS(U64, rss_file_sum_bytes),
	COUNTS(U64, rss_shmem_sum_bytes),
	COUNTS(U64, swap_sum_bytes),
	COUNTS(U64, pgtables_sum_bytes),
	COUNTS(U64, utime_sum_ns),
	COUNTS(U64, stime_sum_ns),
	COUNTS(U64, runtime_sum_ns),
	COUNTS(U64, minor_faults_sum),
	COUNTS(U64, major_faults_sum),
	CGROUP(TASKS, U64, voluntary_switches_sum),
	CGROUP(TASKS, U64, involuntary_switches_sum),
	TASKS_IO(read_chars_sum),
	TASKS_IO(write_chars_sum),
	TASKS_IO(read_syscalls_sum),
	TASKS_IO(write_syscalls_sum),
	TASKS_IO(read_bytes_sum),
	TASKS_IO(write_bytes_sum),
	TASKS_IO(cancelled_write_bytes_sum),
	CGROUP_PART(MEMCG, MEMORY_CURRENT, U64, memory_current_bytes),
	CGROUP_PART(MEMCG, MEMORY_PEAK, U64, memory_peak_bytes),
	CGROUP_PART(MEMCG, MEMORY_MAX, LIMIT, memory_max_bytes),
	CGROUP_PART(MEMCG, SWAP_CURRENT, U64, swap_current_bytes),
	CGROUP_PART(MEMCG, SWAP_MAX, LIMIT, swap_max_bytes),
	CGROUP_PART(MEMCG, EVENTS, U64, events_low),
	CGROUP_PART(MEMCG, EVENTS, U64, events_high),
	CGROUP_PART(MEMCG, EVENTS, U64, events_max),
	CGROUP_PART(MEMCG, EVENTS, U64, events_oom),
	CGROUP_PART(MEMCG, OOM_KILLS, U64, events_oom_kill),
	CGROUP(EXITED, U64, exited_tasks),
	CGROUP(EXITED, U64, exited_utime_ns),
	CGROUP(EXITED, U64, exited_stime_ns),
	CGROUP(EXITED, U64, exited_runtime_ns),
	CGROUP(EXITED, U64, exited_minor_faults),
	CGROUP(EXITED, U64, exited_major_faults),
	CGROUP(EXITED, U64, exited_voluntary_switches),
	CGROUP(EXITED, U64, exited_involuntary_switches),
	CGROUP(EXITED, U64, exited_read_chars),
	CGROUP(EXITED, U64, exited_write_chars),
	CGROUP(EXITED, U64, exited_read_syscalls),
	CGROUP(EXITED, U64, exited_write_syscalls),
	CGROUP(EXITED, U64, exited_read_bytes),
	CGROUP(EXITED, U64, exited_write_bytes),
	CGROUP(EXITED, U64, exited_cancelled_write_bytes),
	CGROUP_PART(PSI, PSI_CPU_SOME, U64, psi_cpu_some_ns),
	CGROUP_PART(PSI, PSI_CPU_FULL, U64, psi_cpu_full_ns),
	CGROUP_PART(PSI, PSI_IO, U64, psi_io_some_ns),
	CGROUP_PART(PSI, PSI_IO, U64, psi_io_full_ns),
	CGROUP_PART(PSI, PSI_MEMORY, U64, psi_memory_some_ns),
	CGROUP_PART(PSI, PSI_MEMORY, U64, psi_memory_full_ns),
	CGROUP(CPU, U64, cpu_usage_ns),
	CGROUP(LIMIT, LIMIT, memory_limit_bytes),
	CGROUP(LIMIT, U64, memory_limit_cgroup_id),
	CGROUP(STAT, U32, nr_descendants),
	CGROUP(STAT, U32, nr_dying_descendants),
	END
};

#define INFO(type, member) MEMBER(contmon_get_info, type, member, ALWAYS)

const struct cli_member cli_info_members[] = {
	INFO(U32, api_version),
	INFO(U32, max_entries),
	INFO(U64, features),
	INFO(U64, task_fields),
	INFO(U64, cgroup_fields),
	INFO(U64, max_mapping_bytes),
	INFO(U32, max_entry_size),
	INFO(U32, task_entry_size),
	INFO(U32, cgroup_entry_size),
	INFO(U32, nr_cpus),
	INFO(U64, loaded_boottime_ns),
	INFO(U64, now_boottime_ns),
	INFO(U64, now_monotonic_ns),
	INFO(U64, now_realtime_ns),
	INFO(UUID, instance_id),
	INFO(RELEASE, release),
	END
};

#define SYSTEM(group, type, member) \
	MEMBER(contmon_get_system, type, member, CONTMON_SYSTEM_##group)

const struct cli_member cli_system_members[] = {
	MEMBER(contmon_get_system, U64, fields, ALWAYS),
	MEMBER(contmon_get_system, U64, taken_boottime_ns, ALWAYS),
	SYSTEM(MEMORY, U64, ram_total_bytes),
	SYSTEM(MEMORY, U64, ram_free_bytes),
	SYSTEM(MEMORY, U64, ram_available_bytes),
	SYSTEM(MEMORY, U64, ram_shared_bytes),
	SYSTEM(MEMORY, U64, ram_buffers_bytes),
	SYSTEM(CPU, U64, cpu_user_ns),
	SYSTEM(CPU, U64, cpu_nice_ns),
	SYSTEM(CPU, U64, cpu_system_ns),
	SYSTEM(CPU, U64, cpu_idle_ns),
	SYSTEM(CPU, U64, cpu_iowait_ns),
	SYSTEM(CPU, U64, cpu_irq_ns),
	SYSTEM(CPU, U64, cpu_softirq_ns),
	SYSTEM(CPU, U64, cpu_steal_ns),
	SYSTEM(CPU, U32, nr_cpus),
	SYSTEM(LOAD, U32_3, load_milli),
	SYSTEM(TASKS, U32, nr_tasks),
	SYSTEM(TASKS, U32, nr_threads),
	SYSTEM(TASKS, U32, nr_running),
	SYSTEM(TASKS, U32, nr_sleeping),
	SYSTEM(TASKS, U32, nr_uninterruptible),
	SYSTEM(TASKS, U32, nr_stopped),
	SYSTEM(TASKS, U32, nr_zombie),
	SYSTEM(TASKS, U32, nr_idle),
	SYSTEM(TASKS, U64, reserved_bytes),
	SYSTEM(TASKS, U64, committed_bytes),
	END
};
