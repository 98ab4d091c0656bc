// SPDX-License-Identifier: GPL-2.0-only
/* The usage of ended processes, by cgroup. */

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

#define NR_BURNERS 5
#define BURN_MS 20

static void end_child_that_burns(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		burn(BURN_MS);
		_exit(0);
	}
	REQUIRE(waitpid(pid, NULL, 0) == pid);
}

/* A cgroup of our own, in which no other process ends */
static void enter_cgroup(void)
{
	make_cgroup();
	move_to_cgroup(getpid());
	REQUIRE(own_row()->valid & CONTMON_CGROUP_EXITED);
	CHECK_EQ(own_row()->exited_tasks, 0);
}

static void leave_cgroup(void)
{
	write_file(CGROUPS "/cgroup.procs", "0");
	remove_cgroup();
}

/* At once: after wait(2), the numbers must be complete */
TEST(exited_has_what_a_process_used_as_soon_as_it_is_reaped)
{
	struct contmon_cgroup row;
	unsigned int i;

	enter_cgroup();
	for (i = 1; i <= NR_BURNERS; i++) {
		end_child_that_burns();
		row = *own_row();
		CONTEXT("process %u", i);
		CHECK_EQ(row.exited_tasks, i);
		CHECK(row.exited_runtime_ns >= i * BURN_MS * 1000000ULL);
	}
	CHECK_EQ(row.exited_utime_ns + row.exited_stime_ns,
		 row.exited_runtime_ns);
	CHECK(row.exited_minor_faults > 0);
	leave_cgroup();
}

/* A process that the kernel frees later must not be counted again. */
TEST(exited_counts_a_process_once)
{
	unsigned int i;

	enter_cgroup();
	for (i = 0; i < NR_BURNERS; i++) {
		child_end(child_start(NULL));
		own_row();
	}
	usleep(500000);	/* enough time for a wrong second count */
	CHECK_EQ(own_row()->exited_tasks, NR_BURNERS);
	leave_cgroup();
}

TEST(exited_does_not_count_zombies)
{
	pid_t zombie;

	enter_cgroup();
	zombie = child_zombie();
	end_child_that_burns();
	CHECK_EQ(own_row()->exited_tasks, 1);
	CHECK_EQ(own_row()->nr_zombie, 1);
	child_end(zombie);
	CHECK_EQ(own_row()->exited_tasks, 2);
	leave_cgroup();
}

#define NR_READERS 4
#define NR_ROUNDS 25
#define NR_ZOMBIES 100	/* more than the driver visits at once */

/* Each time, all that any of them has reaped so far must be there. */
static void work_reap_and_read(__u32 *reaped)
{
	unsigned int i;
	__u32 before;

	for (i = 0; i < NR_ROUNDS; i++) {
		child_end(child_zombie());
		before = __atomic_add_fetch(reaped, 1, __ATOMIC_SEQ_CST);
		CHECK(own_row()->exited_tasks >= before);
	}
	exit(failures ? FAILED : PASSED);
}

TEST(exited_is_complete_for_each_of_several_readers)
{
	__u32 *reaped = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t zombies[NR_ZOMBIES], readers[NR_READERS];
	unsigned int i;
	int status;

	REQUIRE(reaped != MAP_FAILED);
	enter_cgroup();
	for (i = 0; i < NR_ZOMBIES; i++)
		zombies[i] = child_zombie();
	for (i = 0; i < NR_READERS; i++) {
		readers[i] = fork();
		REQUIRE(readers[i] >= 0);
		if (!readers[i])
			work_reap_and_read(reaped);
	}
	for (i = 0; i < NR_READERS; i++) {
		REQUIRE(waitpid(readers[i], &status, 0) == readers[i]);
		CHECK_EQ(status, 0);
	}
	CHECK_EQ(own_row()->exited_tasks, NR_READERS * (NR_ROUNDS + 1));
	CHECK_EQ(own_row()->nr_zombie, NR_ZOMBIES);
	for (i = 0; i < NR_ZOMBIES; i++)
		child_end(zombies[i]);
	CHECK_EQ(own_row()->exited_tasks,
		 NR_READERS * (NR_ROUNDS + 1) + NR_ZOMBIES);
	leave_cgroup();
}

/* So many that a call takes most of its time to look at them */
#define NR_UNREAPED 1000
#define NR_SWITCHES 20

static void read_exited(void)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.fields = CONTMON_CGROUP_EXITED,
		.entries = address_of(rows),
		.entry_size = sizeof(rows[0]),
		.nr_entries = ARRAY_SIZE(rows),
	};

	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
}

static void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	REQUIRE(sched_setaffinity(0, sizeof(set), &set) == 0);
}

/* On CPU 0, with @policy */
static pid_t child_that_repeats(int policy, void (*work)(void))
{
	const struct sched_param param = { 0 };
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin_to_cpu(0);
	REQUIRE(sched_setscheduler(0, policy, &param) == 0);
	for (;;)
		work();
}

static void work_nothing(void)
{
}

static __u64 involuntary_switches_of(pid_t pid)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_FAULTS, 0, &task), 0);
	return task.involuntary_switches;
}

/*
 * One that another task keeps from running is away for a good part of 1 s. A
 * call that waits for it takes as long. It fails only on a kernel that preempts
 * its own code.
 */
TEST(exited_does_not_wait_for_a_reader_that_does_not_run)
{
	__u64 began, before, took, longest = 0, waited = 0, last, switches;
	unsigned int i;
	pid_t busy, idle;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip("needs two CPUs");
	for (i = 0; i < NR_UNREAPED; i++)
		child_zombie();
	pin_to_cpu(1);
	idle = child_that_repeats(SCHED_IDLE, read_exited);
	busy = child_that_repeats(SCHED_OTHER, work_nothing);
	last = involuntary_switches_of(idle);
	began = now_ns(CLOCK_MONOTONIC);
	for (i = 0; i < NR_SWITCHES;) {
		before = now_ns(CLOCK_MONOTONIC);
		read_exited();
		took = now_ns(CLOCK_MONOTONIC) - before;
		longest = took > longest ? took : longest;
		switches = involuntary_switches_of(idle);
		if (switches == last)
			continue;
		last = switches;
		waited += longest;
		longest = 0;
		i++;
	}
	CHECK(waited < (now_ns(CLOCK_MONOTONIC) - began) / 4);
	child_end(idle);
	child_end(busy);
}

static void work_burn_and_move(void)
{
	burn(BURN_MS);
	move_to_cgroup(getpid());
}

/* It is counted where it ended, with the usage of its whole life. */
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

/* The parent has no numbers of its own yet. */
TEST(exited_of_a_removed_cgroup_goes_to_its_parent)
{
	const struct contmon_cgroup *row;
	char path[128];
	pid_t pid;

	make_cgroup();
	made_child(path, sizeof(path), 0);
	REQUIRE(mkdir(path, 0755) == 0);
	pid = child_start(work_burn);
	move_to(path, pid);
	child_end(pid);
	row = find_container(snapshot_cgroups(), inode(path));
	REQUIRE(row);
	CHECK_EQ(row->exited_tasks, 1);
	CHECK_EQ(made_container()->exited_tasks, 0);
	WAIT_UNTIL(rmdir(path) == 0);
	row = made_container();
	CHECK_EQ(row->exited_tasks, 1);
	CHECK(row->exited_runtime_ns > 0);
	remove_cgroup();
}

/* Not so many that events of cgroups pause */
#define NR_DEEP 60

/* Ends a child in the deepest of many cgroups, each in the one before */
static pid_t end_in_deep_cgroup(void)
{
	pid_t pid = child_start(NULL);
	siginfo_t info;
	int i;

	REQUIRE(chdir(made) == 0);
	for (i = 0; i < NR_DEEP; i++)
		REQUIRE(mkdir("deep", 0755) == 0 && chdir("deep") == 0);
	move_to(".", pid);
	REQUIRE(kill(pid, SIGKILL) == 0);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	for (i = 0; i < NR_DEEP; i++) {
		REQUIRE(chdir("..") == 0);
		WAIT_UNTIL(rmdir("deep") == 0);
	}
	return pid;
}

/* A zombie keeps no cgroup from being removed, nor those above it. */
TEST(exited_of_many_removed_cgroups_goes_to_the_nearest_that_is_left)
{
	struct contmon_cgroup row;
	__u64 runtime_ns;
	pid_t pid;

	make_cgroup();
	pid = end_in_deep_cgroup();
	row = *made_container();
	CHECK_EQ(row.nr_tasks, 1);
	CHECK_EQ(row.nr_zombie, 1);
	CHECK_EQ(row.exited_tasks, 0);
	runtime_ns = row.runtime_sum_ns;
	CHECK(runtime_ns > 0);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	row = *made_container();
	CHECK_EQ(row.nr_tasks, 0);
	CHECK_EQ(row.exited_tasks, 1);
	CHECK(row.exited_runtime_ns >= runtime_ns);
	remove_cgroup();
}
