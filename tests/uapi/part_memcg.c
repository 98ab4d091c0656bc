// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS: the numbers of the memory controller, against its files. */

static void set_limit(const char *name, const char *text)
{
	char path[128];

	made_file(path, sizeof(path), name);
	write_file(path, text);
}

static __u64 made_number(const char *name, const char *key)
{
	char path[128];
	__u64 number;

	made_file(path, sizeof(path), name);
	REQUIRE(file_number(path, key, &number));
	return number;
}

static void make_memory_cgroup(void)
{
	char path[128];

	make_cgroup();
	made_file(path, sizeof(path), "memory.max");
	if (access(path, F_OK)) {
		rmdir(made);
		skip("the memory controller is off below the root");
	}
}

TEST(container_shows_its_memory_limits)
{
	const struct contmon_cgroup *c;

	make_memory_cgroup();
	c = made_container();
	CHECK(c->valid & CONTMON_CGROUP_MEMCG);
	CHECK_EQ(c->memory_max_bytes, CONTMON_UNLIMITED);
	CHECK_EQ(c->swap_max_bytes, CONTMON_UNLIMITED);
	set_limit("memory.max", "64M");
	set_limit("memory.swap.max", "0");
	c = made_container();
	CHECK_EQ(c->memory_max_bytes, 64 << 20);
	CHECK_EQ(c->swap_max_bytes, 0);
	set_limit("memory.max", "max");
	set_limit("memory.swap.max", "8M");
	c = made_container();
	CHECK_EQ(c->memory_max_bytes, CONTMON_UNLIMITED);
	CHECK_EQ(c->swap_max_bytes, 8 << 20);
	remove_cgroup();
}

/* 5 MiB that stay, and one that is swapped out if there is swap */
static void work_join_and_touch(void)
{
	size_t bytes = 1 << 20;
	char *memory = map_pages(bytes, PROT_READ | PROT_WRITE);

	move_to_cgroup(getpid());
	work_touch_memory();
	memset(memory, 1, bytes);
	madvise(memory, bytes, MADV_PAGEOUT);
}

/*
 * No task in it runs, but a CPU may still return memory that it charged in
 * advance: repeat in that case.
 */
TEST(container_shows_its_memory_as_the_files_do)
{
	const struct contmon_cgroup *c;
	__u64 before;
	pid_t pid;

	make_memory_cgroup();
	pid = child_stopped(work_join_and_touch);
	do {
		before = made_number("memory.current", "");
		c = made_container();
	} while (made_number("memory.current", "") != before);
	CHECK_EQ(c->memory_current_bytes, before);
	CHECK_EQ(c->memory_peak_bytes, made_number("memory.peak", ""));
	CHECK_EQ(c->swap_current_bytes, made_number("memory.swap.current", ""));
	CHECK(c->memory_current_bytes >= 5 << 20);
	CHECK(c->memory_peak_bytes >= c->memory_current_bytes);
	if (swap_total())
		CHECK(c->swap_current_bytes > 0);
	child_end(pid);
	remove_cgroup();
}

/* 16 MiB with a limit of 8 */
static void work_join_and_die(void)
{
	size_t bytes = 16 << 20;

	move_to_cgroup(getpid());
	memset(map_pages(bytes, PROT_READ | PROT_WRITE), 1, bytes);
}

TEST(container_counts_oom_kills)
{
	const struct contmon_cgroup *c;
	int status;
	pid_t pid;

	make_memory_cgroup();
	set_limit("memory.max", "8M");
	set_limit("memory.swap.max", "0");
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		work_join_and_die();
		_exit(PASSED);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	c = made_container();
	CHECK_EQ(c->events_oom_kill, 1);
	CHECK_EQ(c->events_oom_kill, made_number("memory.events", "oom_kill "));
	CHECK_EQ(c->events_oom, made_number("memory.events", "oom "));
	CHECK_EQ(c->events_max, made_number("memory.events", "max "));
	CHECK_EQ(c->events_high, made_number("memory.events", "high "));
	CHECK_EQ(c->events_low, made_number("memory.events", "low "));
	CHECK(c->events_max > 0);
	remove_cgroup();
}

/* Checks the limit in effect for a child of the made cgroup, and its owner */
static void check_limit(const char *child, __u64 bytes, __u64 owner)
{
	const struct contmon_cgroup *c;

	c = find_container(snapshot_cgroups(), inode(child));
	REQUIRE(c);
	CHECK(c->valid & CONTMON_CGROUP_LIMIT);
	CHECK_EQ(c->memory_limit_bytes, bytes);
	CHECK_EQ(c->memory_limit_cgroup_id, owner);
}

TEST(container_shows_the_limit_in_effect_and_its_owner)
{
	char child[128], limit[160];

	make_memory_cgroup();
	set_limit("cgroup.subtree_control", "+memory");
	made_child(child, sizeof(child), 0);
	REQUIRE(mkdir(child, 0755) == 0);
	snprintf(limit, sizeof(limit), "%s/memory.max", child);
	check_limit(child, CONTMON_UNLIMITED, 0);
	set_limit("memory.max", "64M");
	check_limit(child, 64 << 20, inode(made));
	write_file(limit, "128M");
	check_limit(child, 64 << 20, inode(made));
	write_file(limit, "64M");
	check_limit(child, 64 << 20, inode(child));
	write_file(limit, "32M");
	check_limit(child, 32 << 20, inode(child));
	set_limit("memory.max", "max");
	check_limit(child, 32 << 20, inode(child));
	CHECK_EQ(made_container()->memory_limit_bytes, CONTMON_UNLIMITED);
	REQUIRE(rmdir(child) == 0);
	remove_cgroup();
}

/* It has no controller, so its memory is charged to its parent. */
TEST(container_without_a_controller_has_its_parents_limit)
{
	const struct contmon_cgroup *c;
	char child[128];

	make_memory_cgroup();
	set_limit("memory.max", "64M");
	made_child(child, sizeof(child), 0);
	REQUIRE(mkdir(child, 0755) == 0);
	c = find_container(snapshot_cgroups(), inode(child));
	REQUIRE(c);
	CHECK(!(c->valid & CONTMON_CGROUP_MEMCG));
	check_limit(child, 64 << 20, inode(made));
	REQUIRE(rmdir(child) == 0);
	remove_cgroup();
}

static void hide_the_limit(void)
{
	char child[128];

	made_child(child, sizeof(child), 0);
	move_to(child, getpid());
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	check_limit(child, CONTMON_UNLIMITED, 0);
}

TEST(container_shows_no_limit_from_outside_of_the_namespace)
{
	char child[128];

	require_root();
	make_memory_cgroup();
	set_limit("cgroup.subtree_control", "+memory");
	set_limit("memory.max", "64M");
	made_child(child, sizeof(child), 0);
	REQUIRE(mkdir(child, 0755) == 0);
	in_child(hide_the_limit);
	check_limit(child, 64 << 20, inode(made));
	WAIT_UNTIL(rmdir(child) == 0);
	remove_cgroup();
}
