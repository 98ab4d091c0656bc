// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS: the memory controller's numbers, against its files. */

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

/* 5 MiB that stay, and one that is swapped out where there is swap */
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
 * No task in it runs, but a CPU may still give back what it has charged ahead:
 * then once more.
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

/* 16 MiB where 8 are allowed */
static void work_join_and_die(void)
{
	size_t bytes = 16 << 20;

	move_to_cgroup(getpid());
	memset(map_pages(bytes, PROT_READ | PROT_WRITE), 1, bytes);
}

TEST(container_counts_the_killed_for_lack_of_memory)
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
