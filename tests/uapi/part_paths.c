// SPDX-License-Identifier: GPL-2.0-only
/* Roots of cgroup namespaces, and paths in events longer than any buffer. */

#define DEEP_LEVELS 8
#define DEEP_NAME 200

static char deep[PATH_MAX];

/* A cgroup whose path has more than 1600 bytes */
static void make_deep(void)
{
	size_t length;
	int i;

	make_cgroup();
	length = (size_t)snprintf(deep, sizeof(deep), "%s", made);
	for (i = 0; i < DEEP_LEVELS; i++) {
		deep[length++] = '/';
		memset(deep + length, 'a' + i, DEEP_NAME);
		length += DEEP_NAME;
		deep[length] = 0;
		REQUIRE(mkdir(deep, 0755) == 0);
	}
}

static void remove_deep(void)
{
	int i;

	for (i = 0; i < DEEP_LEVELS; i++) {
		WAIT_UNTIL(rmdir(deep) == 0);
		*strrchr(deep, '/') = 0;
	}
	remove_cgroup();
}

/* Returns the id of a new cgroup below the deep one */
static __u64 make_and_remove_below(void)
{
	char path[PATH_MAX + 8];
	__u64 id;

	snprintf(path, sizeof(path), "%s/below", deep);
	REQUIRE(mkdir(path, 0755) == 0);
	id = inode(path);
	REQUIRE(rmdir(path) == 0);
	return id;
}

/* The first event of a cgroup */
static const struct contmon_event *event_of(int fd, __u64 id)
{
	unsigned int nr, i;

	nr = drain(fd);
	for (i = 0; i < nr; i++)
		if (events[i].cgroup_id == id)
			return &events[i];
	REQUIRE(!"the new cgroup has an event");
	return NULL;
}

static void check_truncated(const struct contmon_event *event)
{
	const char *path = (const char *)event->path;

	CHECK_EQ(event->truncated, 1);
	CHECK_EQ(strlen(path), CONTMON_EVENT_PATH - 1);
	CHECK(strcmp(path + CONTMON_EVENT_PATH - 1 - strlen("h/below"),
		     "h/below") == 0);
}

TEST(path_of_any_length_ends_with_the_name_of_the_cgroup)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED));

	make_deep();
	check_truncated(event_of(fd, make_and_remove_below()));
	close(fd);
	remove_deep();
}

static void in_deep_cgroup_namespace(void)
{
	int before = watch(BIT(CONTMON_EVENT_CGROUP_CREATED)), inside;
	const struct contmon_event *event;
	char procs[PATH_MAX + 16];
	__u64 id;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", deep);
	write_file(procs, "0");
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	inside = watch(BIT(CONTMON_EVENT_CGROUP_CREATED));
	id = make_and_remove_below();
	event = event_of(inside, id);
	CHECK_EQ(event->truncated, 0);
	CHECK(strcmp((const char *)event->path, "/below") == 0);
	check_truncated(event_of(before, id));
	close(inside);
	close(before);
}

TEST(path_begins_at_a_root_of_any_depth)
{
	require_root();
	make_deep();
	in_child(in_deep_cgroup_namespace);
	remove_deep();
}

/* In a cgroup outside of our namespace, whose root is removed */
static void leave_and_remove_root(void)
{
	char procs[PATH_MAX + 16];
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", other_path);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	move_to(own_path, getpid());
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	REQUIRE(write(fd, "0", 1) == 1);
	close(fd);
	WAIT_UNTIL(rmdir(own_path) == 0);
}

static void in_namespace_without_root(void)
{
	char path[PATH_MAX + 8];
	int fd;

	leave_and_remove_root();
	CHECK_EQ(snapshot_cgroups(), 0);
	check_cgroup_of(getpid(), 0);
	CHECK_EQ(filter_by_cgroup(other_path), -ENOENT);
	fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED) |
		   BIT(CONTMON_EVENT_CGROUP_REMOVED));
	snprintf(path, sizeof(path), "%s/below", other_path);
	REQUIRE(mkdir(path, 0755) == 0);
	REQUIRE(rmdir(path) == 0);
	CHECK_EQ(drain(fd), 0);
	close(fd);
}

TEST(root_that_was_removed_shows_no_cgroup)
{
	require_root();
	make_cgroup();
	snprintf(own_path, sizeof(own_path), "%s/own", made);
	REQUIRE(mkdir(own_path, 0755) == 0);
	snprintf(other_path, sizeof(other_path), "%s/other", made);
	REQUIRE(mkdir(other_path, 0755) == 0);
	in_child(in_namespace_without_root);
	WAIT_UNTIL(rmdir(other_path) == 0);
	remove_cgroup();
}
