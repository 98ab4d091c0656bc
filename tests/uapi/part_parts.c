// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS with CONTMON_IN_PARTS. */

/* The rows of all parts, and the argument of the next call */
static struct {
	struct contmon_cgroup rows[ROOM];
	__u32 nr;
	struct contmon_snapshot_cgroups arg;
} parts;

static void parts_begin(void)
{
	parts.nr = 0;
	parts.arg = containers_arg(0);
	parts.arg.flags = CONTMON_IN_PARTS;
}

/* Reads one more part of at most @nr rows; false at the end */
static bool parts_next(__u32 nr)
{
	REQUIRE(nr <= ROOM - parts.nr);
	parts.arg.entries = address_of(&parts.rows[parts.nr]);
	parts.arg.nr_entries = nr;
	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &parts.arg), 0);
	CHECK(parts.arg.nr_entries <= nr);
	CHECK(parts.arg.nr_entries == nr || !parts.arg.cursor);
	parts.nr += parts.arg.nr_entries;
	return parts.arg.cursor;
}

static unsigned int parts_count(__u64 id)
{
	unsigned int count = 0;
	__u32 i;

	for (i = 0; i < parts.nr; i++)
		count += parts.rows[i].cgroup_id == id;
	return count;
}

/* Repeat if other programs created or removed some meanwhile. */
static void check_parts_of(__u32 size)
{
	__u32 nr, i;

	CONTEXT("parts of %u", size);
	do {
		nr = snapshot_cgroups();
		parts_begin();
		while (parts_next(size))
			;
	} while (snapshot_cgroups() != nr);
	REQUIRE(parts.nr == nr);
	for (i = 0; i < nr; i++) {
		CHECK_EQ(parts.rows[i].cgroup_id, room[i].cgroup_id);
		CHECK_EQ(parts.rows[i].parent_id, room[i].parent_id);
		CHECK_EQ(parts.rows[i].level, room[i].level);
		CHECK_EQ(parts.rows[i].valid, room[i].valid);
		CHECK_EQ(parts.rows[i].memory_max_bytes,
			 room[i].memory_max_bytes);
	}
}

TEST(parts_make_up_the_whole)
{
	__u32 nr = snapshot_cgroups();

	REQUIRE(nr > 3);
	check_parts_of(1);
	check_parts_of(3);
	check_parts_of(nr - 1);
	check_parts_of(nr);
	check_parts_of(nr + 1);
}

/* Our own row must have the sums over our tasks, in whichever part it is. */
TEST(parts_add_up_the_tasks_of_their_rows)
{
	struct contmon_task self = task_of(getpid());
	__u64 tasks = 0;
	__u32 i;

	parts_begin();
	while (parts_next(2))
		;
	for (i = 0; i < parts.nr; i++) {
		tasks += parts.rows[i].nr_tasks;
		if (parts.rows[i].cgroup_id == self.cgroup_id)
			CHECK(parts.rows[i].nr_running >= 1);
	}
	CHECK_EQ(parts_count(self.cgroup_id), 1);
	CHECK(tasks > 1);
}

static void tree_path(char *path, size_t bytes, const char *below)
{
	snprintf(path, bytes, "%s/%s", made, below);
}

static const char *const tree[] = {"a", "a/b", "a/b/c", "a/d", "e"};

/* Reads parts until one ends at @below. */
static void parts_until(const char *below)
{
	char path[160];

	tree_path(path, sizeof(path), below);
	while (!parts_count(inode(path)))
		REQUIRE(parts_next(1));
}

/* The call continues although the whole branch of its place is gone. */
TEST(parts_continue_where_a_branch_was_removed)
{
	char path[160];
	__u64 ids[ARRAY_SIZE(tree)];
	size_t i;

	make_cgroup();
	for (i = 0; i < ARRAY_SIZE(tree); i++) {
		tree_path(path, sizeof(path), tree[i]);
		REQUIRE(mkdir(path, 0755) == 0);
		ids[i] = inode(path);
	}
	parts_begin();
	parts_until("a/b/c");
	for (i = 4; i-- > 0;) {
		tree_path(path, sizeof(path), tree[i]);
		REQUIRE(rmdir(path) == 0);
	}
	while (parts_next(1))
		;
	for (i = 0; i < ARRAY_SIZE(tree); i++) {
		CONTEXT("%s", tree[i]);
		CHECK_EQ(parts_count(ids[i]), i != 3);
	}
	tree_path(path, sizeof(path), "e");
	REQUIRE(rmdir(path) == 0);
	remove_cgroup();
}

TEST(parts_keep_their_place_when_a_call_fails)
{
	struct contmon_snapshot_cgroups before;

	parts_begin();
	REQUIRE(parts_next(1));
	before = parts.arg;
	parts.arg.entries = address_of(kernel_address());
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &parts.arg), -EFAULT);
	parts.arg = before;
	while (parts_next(64))
		;
	CHECK_EQ(parts_count(parts.rows[0].cgroup_id), 1);
	CHECK(parts.nr > 1);
}

TEST(parts_continue_only_from_the_last_place)
{
	int other = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	struct contmon_snapshot_cgroups arg;

	parts_begin();
	REQUIRE(parts_next(1));
	arg = parts.arg;
	CHECK_RC(call_on(other, CONTMON_SNAPSHOT_CGROUPS, &arg), -EINVAL);
	arg.cursor++;
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EINVAL);
	arg = parts.arg;
	arg.cursor = 0;
	arg.size = offsetof(struct contmon_snapshot_cgroups, cursor);
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EINVAL);
	CHECK(parts_next(1));
	/* The place before the last one is no longer valid */
	arg = parts.arg;
	CHECK(parts_next(1));
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EINVAL);
	close(other);
}

TEST(parts_are_not_affected_by_a_whole_snapshot)
{
	struct contmon_snapshot_cgroups arg = containers_arg(ROOM);

	parts_begin();
	REQUIRE(parts_next(1));
	arg.cursor = parts.arg.cursor;
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	CHECK_EQ(arg.cursor, 0);
	CHECK_EQ(room[0].cgroup_id, parts.rows[0].cgroup_id);
	CHECK(parts_next(1));
}

/* A file that is passed into a namespace must not show what is outside. */
static void go_on_inside(void)
{
	struct contmon_snapshot_cgroups arg = parts.arg;

	move_to_cgroup(getpid());
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EINVAL);
	arg.cursor = 0;
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	CHECK_EQ(parts.rows[0].cgroup_id, inode(made));
}

TEST(parts_stay_in_the_namespace_of_their_caller)
{
	require_root();
	make_cgroup();
	parts_begin();
	REQUIRE(parts_next(1));
	parts.arg.entries = address_of(parts.rows);
	in_child(go_on_inside);
	remove_cgroup();
}

TEST(parts_may_be_mapped)
{
	int fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	const struct contmon_cgroup *rows;
	__u64 last = 0;

	rows = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	REQUIRE(rows != MAP_FAILED);
	parts_begin();
	parts.arg.flags |= CONTMON_TO_MAPPING;
	do {
		parts.arg.entries = 0;
		parts.arg.nr_entries = 1;
		REQUIRE_RC(call_on(fd, CONTMON_SNAPSHOT_CGROUPS, &parts.arg),
			   0);
		parts.nr += parts.arg.nr_entries;
		if (!parts.arg.nr_entries)
			break;
		CHECK(rows[0].cgroup_id != last);
		last = rows[0].cgroup_id;
	} while (parts.arg.cursor);
	CHECK(parts.nr > 1);
	close(fd);
}

/* All numbers of the made cgroup's cgroup.stat */
TEST(container_counts_the_cgroups_below_it)
{
	char path[160], child[128];
	const struct contmon_cgroup *c;
	__u64 number;

	make_cgroup();
	made_child(child, sizeof(child), 0);
	REQUIRE(mkdir(child, 0755) == 0);
	made_child(child, sizeof(child), 1);
	REQUIRE(mkdir(child, 0755) == 0);
	c = made_container();
	CHECK(c->valid & CONTMON_CGROUP_STAT);
	CHECK_EQ(c->nr_descendants, 2);
	REQUIRE(rmdir(child) == 0);
	made_file(path, sizeof(path), "cgroup.stat");
	do {
		c = made_container();
		REQUIRE(file_number(path, "nr_dying_descendants ", &number));
	} while (number != c->nr_dying_descendants);
	CHECK_EQ(c->nr_descendants, 1);
	made_child(child, sizeof(child), 0);
	REQUIRE(rmdir(child) == 0);
	remove_cgroup();
}
