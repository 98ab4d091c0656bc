// SPDX-License-Identifier: GPL-2.0-only
/* What ended processes used, by cgroup. */

static struct contmon_cgroup rows[4096];

/* The row of our own cgroup */
static const struct contmon_cgroup *own_row(void)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.fields = CONTMON_CGROUP_ALL,
		.entries = address_of(rows),
		.entry_size = sizeof(rows[0]),
		.nr_entries = ARRAY_SIZE(rows),
	};
	struct contmon_task self;
	__u32 i;

	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_CGROUP, 0, &self), 0);
	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	for (i = 0; i < arg.nr_entries; i++)
		if (rows[i].cgroup_id == self.cgroup_id)
			return &rows[i];
	REQUIRE(!"our own cgroup is there");
	return NULL;
}

static void burn(unsigned int ms)
{
	__u64 end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + ms * 1000000ULL;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
}

/* Until those that others reaped are in the account: it stands still */
static struct contmon_cgroup settled_row(void)
{
	struct contmon_cgroup row = *own_row();
	__u64 last;

	do {
		last = row.exited_tasks;
		usleep(500000);
		row = *own_row();
	} while (row.exited_tasks != last);
	return row;
}

#define NR_BURNERS 5
#define BURN_MS 20

/* Not a moment later: who has waited for a process may ask for its numbers */
TEST(exited_has_what_a_process_used_as_soon_as_it_is_reaped)
{
	const struct contmon_cgroup before = settled_row();
	struct contmon_cgroup row;
	unsigned int i;

	REQUIRE(before.valid & CONTMON_CGROUP_EXITED);
	for (i = 1; i <= NR_BURNERS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			burn(BURN_MS);
			_exit(0);
		}
		REQUIRE(waitpid(pid, NULL, 0) == pid);
		row = *own_row();
		CONTEXT("process %u", i);
		CHECK(row.exited_tasks >= before.exited_tasks + i);
		CHECK(row.exited_runtime_ns - before.exited_runtime_ns >=
		      i * BURN_MS * 1000000ULL);
	}
	CHECK_EQ(row.exited_utime_ns + row.exited_stime_ns,
		 row.exited_runtime_ns);
	CHECK(row.exited_minor_faults > before.exited_minor_faults);
}

TEST(exited_counts_a_process_once)
{
	const struct contmon_cgroup before = settled_row();
	struct contmon_cgroup row;
	unsigned int i;

	for (i = 0; i < NR_BURNERS; i++) {
		child_end(child_start(NULL));
		own_row();
	}
	/* What the kernel frees later has been counted. */
	row = settled_row();
	CHECK_EQ(row.exited_tasks, before.exited_tasks + NR_BURNERS);
}

TEST(exited_does_not_have_what_is_a_zombie)
{
	struct contmon_cgroup before = settled_row(), after;
	pid_t zombie = child_zombie();

	after = settled_row();
	CHECK_EQ(after.exited_tasks, before.exited_tasks);
	CHECK(after.nr_zombie >= 1);
	child_end(zombie);
	CHECK_EQ(own_row()->exited_tasks, before.exited_tasks + 1);
}

static void work_burn_and_move(void)
{
	burn(BURN_MS);
	move_to_cgroup(getpid());
}

/* It is counted where it ended, with its whole life; less of it ran there. */
TEST(exited_has_what_a_process_used_before_it_moved_in)
{
	const struct contmon_cgroup *row;
	unsigned int i;

	make_cgroup();
	child_end(child_start(work_burn_and_move));
	row = made_container();
	for (i = 0; i < 100 && !row->exited_tasks; i++) {
		usleep(50000);
		row = made_container();
	}
	CHECK_EQ(row->exited_tasks, 1);
	CHECK(row->exited_runtime_ns >= BURN_MS * 1000000ULL);
	CHECK(row->cpu_usage_ns < row->exited_runtime_ns);
	remove_cgroup();
}
