// SPDX-License-Identifier: GPL-2.0-only
/* Groups of members: only those asked for are filled, the rest is zero. */

struct member {
	const char *name;
	size_t offset;
	size_t bytes;
	__u64 group;
};

#define MEMBER(structure, group, member)                               \
	{                                                              \
		#member, offsetof(struct structure, member),           \
			sizeof(((struct structure *)0)->member), group \
	}
#define TASK(group, member) \
	MEMBER(contmon_task, CONTMON_TASK_##group, member)
#define CONTAINER(group, member) \
	MEMBER(contmon_cgroup, CONTMON_CGROUP_##group, member)
#define SYSTEM(group, member) \
	MEMBER(contmon_get_system, CONTMON_SYSTEM_##group, member)

/* Every member except those of BASE, which are always filled. */
static const struct member task_members[] = {
	TASK(CRED, uid), TASK(CRED, gid), TASK(CRED, euid), TASK(CRED, egid),
	TASK(SCHED, nice), TASK(SCHED, policy), TASK(SCHED, rt_priority),
	TASK(SCHED, last_cpu), TASK(CGROUP, cgroup_id), TASK(NS, pid_ns),
	TASK(NS, net_ns), TASK(MEM, vsz_bytes), TASK(MEM, rss_anon_bytes),
	TASK(MEM, rss_file_bytes), TASK(MEM, rss_shmem_bytes),
	TASK(MEM, swap_bytes), TASK(MEM, pgtables_bytes),
	TASK(MEM, locked_bytes), TASK(MEM, rss_peak_bytes),
	TASK(CPU, utime_ns), TASK(CPU, stime_ns), TASK(CPU, runtime_ns),
	TASK(FAULTS, minor_faults), TASK(FAULTS, major_faults),
	TASK(FAULTS, voluntary_switches), TASK(FAULTS, involuntary_switches),
	TASK(IO, read_chars), TASK(IO, write_chars), TASK(IO, read_syscalls),
	TASK(IO, write_syscalls), TASK(IO, read_bytes), TASK(IO, write_bytes),
	TASK(IO, cancelled_write_bytes), TASK(OOM_ADJ, oom_score_adj),
	TASK(OOM_SCORE, oom_score), TASK(RUNQ, run_delay_ns),
	TASK(RUNQ, timeslices), TASK(DELAY, blkio_delay_ns),
	TASK(DELAY, swapin_delay_ns), TASK(DELAY, freepages_delay_ns),
	TASK(DELAY, thrashing_delay_ns), TASK(DELAY, compact_delay_ns),
	TASK(DELAY, wpcopy_delay_ns),
};

static const struct member container_members[] = {
	CONTAINER(TASKS, nr_tasks), CONTAINER(TASKS, nr_threads),
	CONTAINER(TASKS, nr_running), CONTAINER(TASKS, nr_sleeping),
	CONTAINER(TASKS, nr_uninterruptible), CONTAINER(TASKS, nr_stopped),
	CONTAINER(TASKS, nr_zombie), CONTAINER(TASKS, nr_idle),
	CONTAINER(TASKS, vsz_sum_bytes), CONTAINER(TASKS, rss_anon_sum_bytes),
	CONTAINER(TASKS, rss_file_sum_bytes),
	CONTAINER(TASKS, rss_shmem_sum_bytes),
	CONTAINER(TASKS, swap_sum_bytes), CONTAINER(TASKS, pgtables_sum_bytes),
	CONTAINER(TASKS, utime_sum_ns), CONTAINER(TASKS, stime_sum_ns),
	CONTAINER(TASKS, runtime_sum_ns), CONTAINER(TASKS, minor_faults_sum),
	CONTAINER(TASKS, major_faults_sum),
	CONTAINER(TASKS, voluntary_switches_sum),
	CONTAINER(TASKS, involuntary_switches_sum),
	CONTAINER(TASKS, read_chars_sum), CONTAINER(TASKS, write_chars_sum),
	CONTAINER(TASKS, read_syscalls_sum),
	CONTAINER(TASKS, write_syscalls_sum), CONTAINER(TASKS, read_bytes_sum),
	CONTAINER(TASKS, write_bytes_sum),
	CONTAINER(TASKS, cancelled_write_bytes_sum),
	CONTAINER(MEMCG, memory_current_bytes),
	CONTAINER(MEMCG, memory_peak_bytes), CONTAINER(MEMCG, memory_max_bytes),
	CONTAINER(MEMCG, swap_current_bytes), CONTAINER(MEMCG, swap_max_bytes),
	CONTAINER(MEMCG, events_low), CONTAINER(MEMCG, events_high),
	CONTAINER(MEMCG, events_max), CONTAINER(MEMCG, events_oom),
	CONTAINER(MEMCG, events_oom_kill),
	CONTAINER(EXITED, exited_tasks),
	CONTAINER(EXITED, exited_utime_ns),
	CONTAINER(EXITED, exited_stime_ns),
	CONTAINER(EXITED, exited_runtime_ns),
	CONTAINER(EXITED, exited_minor_faults),
	CONTAINER(EXITED, exited_major_faults),
	CONTAINER(EXITED, exited_voluntary_switches),
	CONTAINER(EXITED, exited_involuntary_switches),
	CONTAINER(EXITED, exited_read_chars),
	CONTAINER(EXITED, exited_write_chars),
	CONTAINER(EXITED, exited_read_syscalls),
	CONTAINER(EXITED, exited_write_syscalls),
	CONTAINER(EXITED, exited_read_bytes),
	CONTAINER(EXITED, exited_write_bytes),
	CONTAINER(EXITED, exited_cancelled_write_bytes),
	CONTAINER(PSI, psi_cpu_some_ns),
	CONTAINER(PSI, psi_cpu_full_ns),
	CONTAINER(PSI, psi_io_some_ns),
	CONTAINER(PSI, psi_io_full_ns),
	CONTAINER(PSI, psi_memory_some_ns),
	CONTAINER(PSI, psi_memory_full_ns),
	CONTAINER(CPU, cpu_usage_ns),
	CONTAINER(LIMIT, memory_limit_bytes),
	CONTAINER(LIMIT, memory_limit_cgroup_id),
	CONTAINER(STAT, nr_descendants),
	CONTAINER(STAT, nr_dying_descendants),
};

static const struct member system_members[] = {
	SYSTEM(MEMORY, ram_total_bytes), SYSTEM(MEMORY, ram_free_bytes),
	SYSTEM(MEMORY, ram_available_bytes), SYSTEM(MEMORY, ram_shared_bytes),
	SYSTEM(MEMORY, ram_buffers_bytes), SYSTEM(CPU, cpu_user_ns),
	SYSTEM(CPU, cpu_nice_ns), SYSTEM(CPU, cpu_system_ns),
	SYSTEM(CPU, cpu_idle_ns), SYSTEM(CPU, cpu_iowait_ns),
	SYSTEM(CPU, cpu_irq_ns), SYSTEM(CPU, cpu_softirq_ns),
	SYSTEM(CPU, cpu_steal_ns), SYSTEM(CPU, nr_cpus),
	SYSTEM(LOAD, load_milli), SYSTEM(TASKS, nr_tasks),
	SYSTEM(TASKS, nr_threads), SYSTEM(TASKS, nr_running),
	SYSTEM(TASKS, nr_sleeping), SYSTEM(TASKS, nr_uninterruptible),
	SYSTEM(TASKS, nr_stopped), SYSTEM(TASKS, nr_zombie),
	SYSTEM(TASKS, nr_idle), SYSTEM(TASKS, reserved_bytes),
	SYSTEM(TASKS, committed_bytes),
};

/* Members of groups that are not in @valid must be zero. */
static void check_zeros(const void *record, const struct member *members,
			size_t nr, __u64 valid)
{
	const unsigned char *bytes = record;
	const struct member *m;

	for (m = members; m < members + nr; m++)
		if (!(valid & m->group) &&
		    !CHECK_EQ(count_not(bytes + m->offset, m->bytes, 0), 0))
			printf("# %s is not zero\n", m->name);
}

/* The groups among @asked that the driver can fill for our own process. */
static __u64 task_fields_for_self(__u64 asked, bool swap_known)
{
	__u64 fields = asked & usual_fields();

	if (!swap_known)
		fields &= ~CONTMON_TASK_OOM_SCORE;
	return fields | CONTMON_TASK_BASE;
}

static void check_task_groups(__u64 asked, __u32 flags)
{
	struct contmon_task task;

	CONTEXT("fields %#llx flags %u", asked, flags);
	CHECK_RC(get_task(getpid(), asked, flags, &task), 0);
	CHECK_EQ(task.valid,
		 task_fields_for_self(asked, flags & CONTMON_SWAP_KNOWN));
	CHECK_EQ(task.pid, getpid());
	check_zeros(&task, task_members, ARRAY_SIZE(task_members), task.valid);
}

TEST(task_has_the_groups_asked_for_and_no_other)
{
	__u64 asked;

	for (asked = 0; asked <= CONTMON_TASK_ALL; asked++) {
		check_task_groups(asked, 0);
		check_task_groups(asked, CONTMON_SWAP_KNOWN);
	}
}

static void check_snapshot_groups(__u64 asked)
{
	static struct contmon_task tasks[1024];
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = CONTMON_SWAP_KNOWN,
		.fields = asked,
		.entries = address_of(tasks),
		.entry_size = sizeof(tasks[0]),
		.nr_entries = ARRAY_SIZE(tasks),
	};
	__u32 i;

	memset(tasks, STAIN, sizeof(tasks));
	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	for (i = 0; i < arg.nr_entries; i++) {
		CONTEXT("fields %#llx pid %d", asked, tasks[i].pid);
		CHECK_EQ(tasks[i].valid & ~(asked | CONTMON_TASK_BASE), 0);
		CHECK(tasks[i].valid & CONTMON_TASK_BASE);
		check_zeros(&tasks[i], task_members, ARRAY_SIZE(task_members),
			    tasks[i].valid);
	}
}

TEST(every_task_has_the_groups_asked_for_and_no_other)
{
	__u64 bit;

	check_snapshot_groups(0);
	check_snapshot_groups(CONTMON_TASK_ALL);
	for (bit = 1; bit < CONTMON_TASK_ALL; bit <<= 1) {
		check_snapshot_groups(bit);
		check_snapshot_groups(CONTMON_TASK_ALL & ~bit);
	}
}

static void check_container_groups(__u64 asked)
{
	const struct array *a = &arrays[2];
	union array_arg arg = array_arg(a, room, a->known, ROOM);
	__u64 possible = get_info().cgroup_fields & asked;
	__u64 seen = 0;
	__u32 i;

	memset(room, STAIN, sizeof(room));
	arg.head.fields = asked;
	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	for (i = 0; i < arg.head.nr_entries; i++) {
		CONTEXT("fields %#llx row %u", asked, i);
		CHECK(room[i].valid & CONTMON_CGROUP_BASE);
		CHECK_EQ(room[i].valid & ~(possible | CONTMON_CGROUP_BASE),
			 0);
		check_zeros(&room[i], container_members,
			    ARRAY_SIZE(container_members), room[i].valid);
		seen |= room[i].valid;
	}
	CHECK_EQ(seen, possible | CONTMON_CGROUP_BASE);
}

TEST(every_container_has_the_groups_asked_for_and_no_other)
{
	__u64 asked;

	for (asked = 0; asked <= CONTMON_CGROUP_ALL; asked++)
		check_container_groups(asked);
}

TEST(system_has_the_groups_asked_for_and_no_other)
{
	struct contmon_get_system get;
	__u64 asked;

	for (asked = 0; asked <= CONTMON_SYSTEM_ALL; asked++) {
		CONTEXT("fields %#llx", asked);
		memset(&get, STAIN, sizeof(get));
		get.size = sizeof(get);
		get.flags = 0;
		get.fields = asked;
		CHECK_RC(call(CONTMON_GET_SYSTEM, &get), 0);
		CHECK_EQ(get.fields, asked);
		check_zeros(&get, system_members, ARRAY_SIZE(system_members),
			    asked);
	}
}
