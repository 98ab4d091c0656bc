// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS: the run time of a cgroup's own tasks, against cpu.stat. */

static __u64 stat_usage_us(const char *directory)
{
	char path[160];
	__u64 usage;

	snprintf(path, sizeof(path), "%s/cpu.stat", directory);
	REQUIRE(file_number(path, "usage_usec ", &usage));
	return usage;
}

/* cpu.stat has whole microseconds. Read before and after, it gives bounds */
static __u64 check_usage(const char *directory)
{
	const struct contmon_cgroup *c;
	__u64 least = stat_usage_us(directory), most, usage;

	c = find_container(snapshot_cgroups(), inode(directory));
	REQUIRE(c);
	usage = c->cpu_usage_ns;
	most = stat_usage_us(directory);
	CHECK(c->valid & CONTMON_CGROUP_CPU);
	CHECK(usage >= least * 1000);
	CHECK(usage < (most + 1) * 1000);
	return usage;
}

static void work_join_and_burn(void)
{
	move_to_cgroup(getpid());
	burn(50);
}

TEST(container_shows_the_run_time_of_its_tasks)
{
	__u64 usage;
	pid_t pid;

	make_cgroup();
	CHECK_EQ(check_usage(made), 0);
	pid = child_stopped(work_join_and_burn);
	usage = check_usage(made);
	CHECK(usage >= 50 * 1000000ULL);
	/* The run time of ended processes is kept */
	child_end(pid);
	CHECK(check_usage(made) >= usage);
	remove_cgroup();
}

TEST(container_shows_the_run_time_of_tasks_that_moved_away)
{
	__u64 usage;
	pid_t pid;

	make_cgroup();
	pid = child_stopped(work_join_and_burn);
	usage = check_usage(made);
	move_to(CGROUPS, pid);
	CHECK(check_usage(made) >= usage);
	child_end(pid);
	remove_cgroup();
}

/* Without its descendants, unlike cpu.stat */
TEST(container_shows_no_run_time_of_its_descendants)
{
	const struct contmon_cgroup *c;
	char child[128];
	pid_t pid;

	make_cgroup();
	made_child(child, sizeof(child), 0);
	REQUIRE(!mkdir(child, 0755));
	pid = child_stopped(work_join_and_burn);
	move_to(child, pid);
	child_end(pid);
	check_usage(child);
	c = made_container();
	CHECK(c->cpu_usage_ns >= 50 * 1000000ULL);
	CHECK(c->cpu_usage_ns <= stat_usage_us(made) * 1000 + 999);
	c = find_container(snapshot_cgroups(), inode(child));
	REQUIRE(c);
	CHECK(c->cpu_usage_ns < 50 * 1000000ULL);
	CHECK(!rmdir(child));
	remove_cgroup();
}

TEST(container_root_shows_no_run_time)
{
	snapshot_cgroups();
	CHECK(!(room[0].valid & CONTMON_CGROUP_CPU));
	CHECK_EQ(room[0].cpu_usage_ns, 0);
}
