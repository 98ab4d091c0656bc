// SPDX-License-Identifier: GPL-2.0-only
/* Nested namespaces of every kind, and what a caller inside them sees */

/* How deeply namespaces of a kind are nested */
#define DEPTH 5

/* Cgroups between the root of one namespace and that of the next */
#define LEVELS 3

static int depth;

/* @run makes its checks in a namespace, then calls nest() for the next. */
static void nest(void (*run)(void))
{
	depth = 1;
	in_child(run);
}

static void nest_on(void (*run)(void))
{
	if (depth++ < DEPTH)
		in_child(run);
}

/* All processes that the caller can see. */
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

static pid_t outside;

/*
 * We are the second process of a pid namespace. The first one only waits, and
 * the third will be the first one of a nested namespace.
 */
static void in_pid_namespace(void)
{
	struct contmon_task tasks[8], task;
	struct contmon_get_system get = {
		.size = sizeof(get),
		.fields = CONTMON_SYSTEM_TASKS,
	};

	CONTEXT("depth %d", depth);
	REQUIRE(getpid() == 2);
	REQUIRE(unshare(CLONE_NEWPID) == 0);
	REQUIRE(child_start(NULL) == 3);
	REQUIRE(snapshot_all(tasks, ARRAY_SIZE(tasks)) == 3);
	CHECK_EQ(tasks[0].pid, 1);
	CHECK_EQ(tasks[0].tgid, 1);
	CHECK_EQ(tasks[0].ppid, 0);
	CHECK_EQ(tasks[1].pid, 2);
	CHECK_EQ(tasks[1].ppid, 0);
	CHECK_EQ(tasks[1].pid_ns, tasks[0].pid_ns);
	CHECK_EQ(tasks[2].pid, 3);
	CHECK_EQ(tasks[2].tgid, 3);
	CHECK_EQ(tasks[2].ppid, 2);
	CHECK(tasks[2].pid_ns != tasks[1].pid_ns);
	CHECK_RC(get_task(3, 0, 0, &task), 0);
	CHECK_RC(get_task(outside, 0, 0, &task), -ESRCH);
	REQUIRE_RC(call(CONTMON_GET_SYSTEM, &get), 0);
	CHECK_EQ(get.nr_tasks, 3);
	CHECK_EQ(get.nr_threads, 3);
	nest_on(in_pid_namespace);
}

/* The device was opened outside, but the namespace of the caller counts. */
TEST(pid_namespaces_hide_what_is_outside)
{
	require_root();
	outside = child_start(NULL);
	REQUIRE(unshare(CLONE_NEWPID) == 0);
	REQUIRE(child_start(NULL) > 0);
	nest(in_pid_namespace);
}

#define OVERFLOW_ID 65534

/* In the third namespace our user is 103, and 102 in the one around it. */
static void map_ids(void)
{
	unsigned int parent = depth == 1 ? 0 : 100 + (unsigned int)depth - 1;
	char map[64];

	snprintf(map, sizeof(map), "%d %u 1", 100 + depth, parent);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", map);
	write_file("/proc/self/gid_map", map);
}

static void check_ids(pid_t pid, __u32 id)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_CRED, 0, &task), 0);
	CHECK_EQ(task.uid, id);
	CHECK_EQ(task.gid, id);
	CHECK_EQ(task.euid, id);
	CHECK_EQ(task.egid, id);
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
	struct contmon_task init;

	CONTEXT("depth %d", depth);
	REQUIRE(unshare(CLONE_NEWUSER) == 0);
	check_ids(getpid(), OVERFLOW_ID);
	map_ids();
	check_ids(getpid(), 100 + (__u32)depth);
	check_ids(1, 100 + (__u32)depth);
	check_ids(outside, OVERFLOW_ID);
	/*
	 * Root of this namespace has no rights over a task of the initial one.
	 */
	REQUIRE_RC(get_task(1, CONTMON_TASK_ALL, 0, &init), 0);
	CHECK_EQ(!!(init.valid & CONTMON_TASK_IO), proc_io_readable(1));
	nest_on(in_user_namespace);
}

static void work_as_nobody(void)
{
	if (setresgid(1, 1, 1) || setresuid(1, 1, 1))
		_exit(FAILED);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

TEST(user_namespaces_translate_ids)
{
	require_root();
	outside = child_start(work_as_nobody);
	nest(in_user_namespace);
	child_end(outside);
}

/* Paths of our cgroup and of another */
static char own_path[PATH_MAX], other_path[PATH_MAX];

static int filter_by_cgroup(const char *path)
{
	struct contmon_task tasks[8];
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = CONTMON_FILTER_CGROUP,
		.entries = address_of(tasks),
		.entry_size = sizeof(*tasks),
		.nr_entries = ARRAY_SIZE(tasks),
		.cgroup_id = inode(path),
	};
	int rc = call(CONTMON_SNAPSHOT_TASKS, &arg);

	return rc ?: (int)arg.nr_entries;
}

/* Go LEVELS deeper and make that cgroup the root of a namespace. */
static void enter_cgroup_namespace(void)
{
	size_t length = strlen(own_path);
	int i;

	for (i = 0; i < LEVELS; i++, length += 2) {
		strcpy(own_path + length, "/d");
		REQUIRE(mkdir(own_path, 0755) == 0);
	}
	move_to(own_path, getpid());
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
}

static void check_cgroup_of(pid_t pid, __u64 id)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_CGROUP, 0, &task), 0);
	CHECK_EQ(task.cgroup_id, id);
	CHECK_EQ(!!(task.valid & CONTMON_TASK_CGROUP), id != 0);
}

static void in_cgroup_namespace(void)
{
	char below[PATH_MAX + 8];
	__u32 nr;

	CONTEXT("depth %d", depth);
	enter_cgroup_namespace();
	snprintf(below, sizeof(below), "%s/below", own_path);
	REQUIRE(mkdir(below, 0755) == 0);
	nr = snapshot_cgroups();
	REQUIRE(nr == 2);
	CHECK_EQ(room[0].cgroup_id, inode(own_path));
	CHECK_EQ(room[0].parent_id, 0);
	CHECK_EQ(room[0].level, 0);
	CHECK_EQ(room[0].nr_tasks, 1);
	CHECK_EQ(room[1].cgroup_id, inode(below));
	CHECK_EQ(room[1].parent_id, inode(own_path));
	CHECK_EQ(room[1].level, 1);
	check_cgroup_of(getpid(), inode(own_path));
	check_cgroup_of(outside, 0);
	CHECK_EQ(filter_by_cgroup(own_path), 1);
	CHECK_EQ(filter_by_cgroup(below), 0);
	CHECK_EQ(filter_by_cgroup(other_path), -ENOENT);
	REQUIRE(rmdir(below) == 0);
	nest_on(in_cgroup_namespace);
}

static void remove_own_path(void)
{
	while (strlen(own_path) > strlen(made)) {
		while (rmdir(own_path) && errno == EBUSY)
			usleep(10000);
		*strrchr(own_path, '/') = 0;
	}
}

/*
 * @run, nested, beside an outer process that did
 * @work: see in_cgroup_namespace()
 */
static void nest_in_cgroups(void (*run)(void), void (*work)(void))
{
	int i;

	require_root();
	make_cgroup();
	outside = child_start(work);
	snprintf(other_path, sizeof(other_path), "%s/other", made);
	REQUIRE(mkdir(other_path, 0755) == 0);
	move_to(other_path, outside);
	snprintf(own_path, sizeof(own_path), "%s/own", made);
	REQUIRE(mkdir(own_path, 0755) == 0);
	nest(run);
	child_end(outside);
	for (i = 0; i < DEPTH * LEVELS; i++)
		strcat(own_path, "/d");
	remove_own_path();
	while (rmdir(other_path))
		usleep(10000);
	remove_cgroup();
}

TEST(cgroup_namespaces_hide_what_is_outside)
{
	nest_in_cgroups(in_cgroup_namespace, NULL);
}

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define NS_PER_TICK 10000000

static __u64 proc_start_ticks(void)
{
	char path[] = "/proc/self/stat", line[1024], *at;
	int fd = open(path, O_RDONLY | O_CLOEXEC), field;
	ssize_t got = read(fd, line, sizeof(line) - 1);

	close(fd);
	REQUIRE(got > 0);
	line[got] = 0;
	at = strrchr(line, ')') + 1;
	for (field = 3; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at, NULL, 10);
}

static void in_time_namespace(void)
{
	__u64 boottime = now_ns(CLOCK_BOOTTIME);
	__u64 monotonic = now_ns(CLOCK_MONOTONIC);
	struct contmon_get_info info = get_info();
	struct contmon_get_system get = { .size = sizeof(get) };
	struct contmon_snapshot_tasks changed = {
		.flags = CONTMON_FILTER_CHANGED,
	};
	struct contmon_task self;

	check_clock(CLOCK_BOOTTIME, boottime, info.now_boottime_ns);
	check_clock(CLOCK_MONOTONIC, monotonic, info.now_monotonic_ns);
	CHECK(info.loaded_boottime_ns > (__u64)depth * 1000000 * NS_PER_S);
	REQUIRE_RC(call(CONTMON_GET_SYSTEM, &get), 0);
	check_clock(CLOCK_BOOTTIME, boottime, get.taken_boottime_ns);
	REQUIRE_RC(get_task(getpid(), 0, 0, &self), 0);
	CHECK_EQ(self.start_boottime_ns / NS_PER_TICK, proc_start_ticks());
	/* The scheduler's clock, moved like the other: 2000 s or more */
	REQUIRE_RC(filtered(&changed), 0);
	CHECK(changed.stamp < monotonic + 1000 * NS_PER_S);
	CHECK(changed.stamp + 1000 * NS_PER_S > monotonic);
	changed.changed_since = changed.stamp;
	REQUIRE_RC(filtered(&changed), 0);
	CHECK_EQ(count_pid(&taken, getpid()), 1);
}

/* Only children forked after this are in the namespace. */
static void make_time_namespace(void)
{
	char offsets[64];

	CONTEXT("depth %d", depth);
	if (unshare(CLONE_NEWTIME))
		skip("no time namespaces: %s", strerror(errno));
	snprintf(offsets, sizeof(offsets), "boottime %d 5\nmonotonic %d 7\n",
		 depth * 1000000, depth * 2000);
	write_file("/proc/self/timens_offsets", offsets);
	in_child(in_time_namespace);
	nest_on(make_time_namespace);
}

TEST(time_namespaces_move_the_clocks)
{
	require_root();
	nest(make_time_namespace);
}

static __u32 outside_cgroups;

static void in_other_namespaces(void)
{
	struct contmon_task task;

	CONTEXT("depth %d", depth);
	REQUIRE(unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS |
			CLONE_NEWIPC) == 0);
	REQUIRE_RC(get_task(outside, CONTMON_TASK_ALL, 0, &task), 0);
	CHECK_EQ(task.pid, outside);
	CHECK(task.valid & CONTMON_TASK_CGROUP);
	CHECK(task.valid & CONTMON_TASK_IO);
	CHECK_EQ(snapshot_cgroups(), outside_cgroups);
	nest_on(in_other_namespaces);
}

TEST(other_namespaces_hide_nothing)
{
	require_root();
	outside = child_start(NULL);
	outside_cgroups = snapshot_cgroups();
	nest(in_other_namespaces);
	child_end(outside);
}
