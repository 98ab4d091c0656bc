// SPDX-License-Identifier: GPL-2.0-only
/* What a caller may see: its namespaces and its rights bound the answer. */

static void require_root(void)
{
	if (geteuid())
		skip("only root may make namespaces and change its user");
}

/* The whole visible host, which here is small. */
static __u32 snapshot_all(struct contmon_task *tasks, __u32 nr)
{
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.fields = CONTMON_TASK_ALL,
		.entries = address_of(tasks),
		.entry_size = sizeof(*tasks),
		.nr_entries = nr,
	};

	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	REQUIRE(arg.cursor == 0);
	return arg.nr_entries;
}

static pid_t outer_pid;

static void in_pid_namespace(void)
{
	struct contmon_task tasks[8];
	struct contmon_get_system get = {
		.size = sizeof(get),
		.fields = CONTMON_SYSTEM_TASKS,
	};

	REQUIRE(child_start(NULL) == 2);
	CHECK_EQ(snapshot_all(tasks, ARRAY_SIZE(tasks)), 2);
	CHECK_EQ(tasks[0].pid, 1);
	CHECK_EQ(tasks[0].tgid, 1);
	CHECK_EQ(tasks[0].ppid, 0);
	CHECK_EQ(tasks[1].pid, 2);
	CHECK_EQ(tasks[1].ppid, 1);
	CHECK(tasks[0].pid_ns != 0);
	CHECK_EQ(tasks[0].pid_ns, tasks[1].pid_ns);
	CHECK_RC(get_task(outer_pid, 0, 0, tasks), -ESRCH);
	CHECK_RC(get_task(2, 0, 0, tasks), 0);
	REQUIRE_RC(call(CONTMON_GET_SYSTEM, &get), 0);
	CHECK_EQ(get.nr_tasks, 2);
	CHECK_EQ(get.nr_threads, 2);
}

/* The device was opened outside: what counts is who calls. */
TEST(pid_namespace_hides_what_is_outside)
{
	require_root();
	outer_pid = child_start(NULL);
	REQUIRE(unshare(CLONE_NEWPID) == 0);
	in_child(in_pid_namespace);
	child_end(outer_pid);
}

static bool proc_io_readable(pid_t pid)
{
	char path[64], byte;
	bool readable;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/io", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	readable = read(fd, &byte, 1) == 1;
	close(fd);
	return readable;
}

static void in_user_namespace(void)
{
	struct contmon_task self, init;

	REQUIRE(unshare(CLONE_NEWUSER) == 0);
	/* Without a mapping every id is the overflow id, 65534. */
	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_ALL, 0, &self), 0);
	CHECK_EQ(self.uid, 65534);
	CHECK_EQ(self.gid, 65534);
	CHECK_EQ(self.euid, 65534);
	CHECK_EQ(self.egid, 65534);
	/* The rights of the new one are none over a task of the initial. */
	REQUIRE_RC(get_task(1, CONTMON_TASK_ALL, 0, &init), 0);
	CHECK_EQ(init.uid, 65534);
	CHECK_EQ(!!(init.valid & CONTMON_TASK_IO), proc_io_readable(1));
}

TEST(user_namespace_translates_ids)
{
	require_root();
	in_child(in_user_namespace);
}

static void in_cgroup_namespace(void)
{
	char path[PATH_MAX];
	const struct array *a = &arrays[2];
	union array_arg arg = array_arg(a, room, a->known, ROOM);
	__u64 own;
	__u32 i;

	REQUIRE(cgroup_directory(path, sizeof(path)));
	own = inode(path);
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	REQUIRE_RC(call(a->number, &arg), 0);
	CHECK_EQ(room[0].cgroup_id, own);
	CHECK_EQ(room[0].parent_id, 0);
	CHECK(room[0].level > 0);
	for (i = 1; i < arg.head.nr_entries; i++)
		CHECK(room[i].level > room[0].level);
}

TEST(cgroup_namespace_hides_what_is_outside)
{
	char path[PATH_MAX];

	require_root();
	REQUIRE(cgroup_directory(path, sizeof(path)));
	if (inode(path) == inode("/sys/fs/cgroup/"))
		skip("we live in the root cgroup: nothing would be hidden");
	in_child(in_cgroup_namespace);
}

static pid_t others[3];

static void work_nobody(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ||
	    prctl(PR_SET_DUMPABLE, 1))
		_exit(FAILED);
	/* Whoever changes his ids loses this. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void work_nobody_undumpable(void)
{
	work_nobody();
	prctl(PR_SET_DUMPABLE, 0);
}

static void as_nobody(void)
{
	struct contmon_task task;
	size_t i;

	work_nobody();
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		CONTEXT("case %zu", i);
		REQUIRE_RC(get_task(others[i], CONTMON_TASK_ALL, 0, &task), 0);
		CHECK_EQ(!!(task.valid & CONTMON_TASK_IO),
			 proc_io_readable(others[i]));
		CHECK_EQ(!!(task.valid & CONTMON_TASK_IO), i == 0);
		CHECK(task.valid & CONTMON_TASK_CPU);
		check_zeros(&task, task_members, ARRAY_SIZE(task_members),
			    task.valid);
	}
}

static struct contmon_cgroup seen_by_root;

static void sums_as_nobody(void)
{
	const struct contmon_cgroup *c;

	work_nobody();
	c = find_container(snapshot_cgroups(), seen_by_root.cgroup_id);
	REQUIRE(c);
	CHECK(memcmp(c, &seen_by_root, sizeof(*c)) == 0);
}

TEST(io_sums_of_a_cgroup_need_no_right)
{
	pid_t pid;

	require_root();
	make_cgroup();
	pid = child_stopped(work_write_a_file);
	move_to_cgroup(pid);
	seen_by_root = *made_container();
	CHECK(seen_by_root.write_chars_sum > 0);
	in_child(sums_as_nobody);
	child_end(pid);
	remove_cgroup();
}

TEST(io_needs_the_right_that_proc_wants)
{
	require_root();
	others[0] = child_stopped(work_nobody);
	others[1] = child_stopped(work_nobody_undumpable);
	others[2] = child_stopped(NULL);
	in_child(as_nobody);
}
