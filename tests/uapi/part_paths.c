// SPDX-License-Identifier: GPL-2.0-only
/* Paths in events of cgroups, longer than any buffer on their way. */

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

/* The first event of a new cgroup below the deep one */
static const struct contmon_event *event_of_new(int fd)
{
	char path[PATH_MAX + 8];
	unsigned int nr, i;
	__u64 id;

	snprintf(path, sizeof(path), "%s/below", deep);
	REQUIRE(mkdir(path, 0755) == 0);
	id = inode(path);
	REQUIRE(rmdir(path) == 0);
	nr = drain(fd);
	for (i = 0; i < nr; i++)
		if (events[i].cgroup_id == id)
			return &events[i];
	REQUIRE(!"the new cgroup has an event");
	return NULL;
}

TEST(path_of_any_length_ends_with_the_name_of_the_cgroup)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED));
	const struct contmon_event *event;
	const char *path;

	make_deep();
	event = event_of_new(fd);
	path = (const char *)event->path;
	CHECK_EQ(event->truncated, 1);
	CHECK_EQ(strlen(path), CONTMON_EVENT_PATH - 1);
	CHECK(strcmp(path + CONTMON_EVENT_PATH - 1 - strlen("h/below"),
		     "h/below") == 0);
	close(fd);
	remove_deep();
}

static void in_deep_cgroup_namespace(void)
{
	const struct contmon_event *event;
	char procs[PATH_MAX + 16];
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", deep);
	write_file(procs, "0");
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED));
	event = event_of_new(fd);
	CHECK_EQ(event->truncated, 0);
	CHECK(strcmp((const char *)event->path, "/below") == 0);
	close(fd);
}

TEST(path_begins_at_a_root_of_any_depth)
{
	require_root();
	make_deep();
	in_child(in_deep_cgroup_namespace);
	remove_deep();
}
