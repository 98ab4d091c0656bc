// SPDX-License-Identifier: GPL-2.0-only
/*
 * The members of the driver's records in their order, each with the group that
 * says whether it is known. A test checks that none is left out.
 */
#include "record.h"

#define ALWAYS 0
#define MEMBER(record, type, member, group) \
	{ #member, offsetof(struct record, member), CLI_##type, group }
#define END { NULL, 0, 0, 0 }

#define TASK(group, type, member) \
	MEMBER(contmon_task, type, member, CONTMON_TASK_##group)

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
	TASK(NS, U32, pid_ns),
	TASK(NS, U32, net_ns),
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
	TASK(FAULTS, U64, minor_faults),
	TASK(FAULTS, U64, major_faults),
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
	END
};

#define CONTAINER(group, type, member) \
	MEMBER(contmon_container, type, member, CONTMON_CONTAINER_##group)

const struct cli_member cli_container_members[] = {
	CONTAINER(BASE, U64, valid),
	CONTAINER(BASE, U64, cgroup_id),
	CONTAINER(BASE, U64, parent_id),
	CONTAINER(BASE, U32, level),
	CONTAINER(BASE, U32, populated),
	CONTAINER(TASKS, U32, nr_tasks),
	CONTAINER(TASKS, U32, nr_threads),
	CONTAINER(TASKS, U32, nr_running),
	CONTAINER(TASKS, U32, nr_sleeping),
	CONTAINER(TASKS, U32, nr_uninterruptible),
	CONTAINER(TASKS, U32, nr_stopped),
	CONTAINER(TASKS, U32, nr_zombie),
	CONTAINER(TASKS, U32, nr_idle),
	CONTAINER(TASKS, U64, vsz_sum_bytes),
	CONTAINER(TASKS, U64, rss_anon_sum_bytes),
	CONTAINER(TASKS, U64, rss_file_sum_bytes),
	CONTAINER(TASKS, U64, rss_shmem_sum_bytes),
	CONTAINER(TASKS, U64, swap_sum_bytes),
	CONTAINER(TASKS, U64, pgtables_sum_bytes),
	CONTAINER(TASKS, U64, utime_sum_ns),
	CONTAINER(TASKS, U64, stime_sum_ns),
	CONTAINER(TASKS, U64, runtime_sum_ns),
	CONTAINER(TASKS, U64, minor_faults_sum),
	CONTAINER(TASKS, U64, major_faults_sum),
	CONTAINER(TASKS, U64, voluntary_switches_sum),
	CONTAINER(TASKS, U64, involuntary_switches_sum),
	CONTAINER(TASKS, U64, read_chars_sum),
	CONTAINER(TASKS, U64, write_chars_sum),
	CONTAINER(TASKS, U64, read_syscalls_sum),
	CONTAINER(TASKS, U64, write_syscalls_sum),
	CONTAINER(TASKS, U64, read_bytes_sum),
	CONTAINER(TASKS, U64, write_bytes_sum),
	CONTAINER(TASKS, U64, cancelled_write_bytes_sum),
	CONTAINER(MEMCG, U64, memory_current_bytes),
	CONTAINER(MEMCG, U64, memory_peak_bytes),
	CONTAINER(MEMCG, LIMIT, memory_max_bytes),
	CONTAINER(MEMCG, U64, swap_current_bytes),
	CONTAINER(MEMCG, LIMIT, swap_max_bytes),
	CONTAINER(MEMCG, U64, events_low),
	CONTAINER(MEMCG, U64, events_high),
	CONTAINER(MEMCG, U64, events_max),
	CONTAINER(MEMCG, U64, events_oom),
	CONTAINER(MEMCG, U64, events_oom_kill),
	END
};

#define INFO(type, member) MEMBER(contmon_get_info, type, member, ALWAYS)

const struct cli_member cli_info_members[] = {
	INFO(U32, api_version),
	INFO(U32, max_entries),
	INFO(U64, features),
	INFO(U64, task_fields),
	INFO(U64, container_fields),
	INFO(U64, max_mapping_bytes),
	INFO(U32, max_entry_size),
	INFO(U32, task_entry_size),
	INFO(U32, container_entry_size),
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
