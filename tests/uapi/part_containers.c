// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS: every cgroup, the sums over its tasks, its memory. */

#include <ftw.h>

#define CGROUPS "/sys/fs/cgroup"

static struct contmon_snapshot_cgroups containers_arg(__u32 nr)
{
	return (struct contmon_snapshot_cgroups){
		.size = sizeof(struct contmon_snapshot_cgroups),
		.flags = CONTMON_EXACT_RSS,
		.fields = CONTMON_CGROUP_ALL,
		.entries = address_of(room),
		.entry_size = sizeof(room[0]),
		.nr_entries = nr,
	};
}

/* Reads all cgroups into @room and returns how many there are. */
static __u32 snapshot_cgroups(void)
{
	struct contmon_snapshot_cgroups arg = containers_arg(ROOM);

	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	return arg.nr_entries;
}

static const struct contmon_cgroup *find_container(__u32 nr, __u64 id)
{
	__u32 i;

	for (i = 0; i < nr; i++)
		if (room[i].cgroup_id == id)
			return &room[i];
	return NULL;
}

TEST(containers_begin_with_the_root_and_parents_come_first)
{
	__u32 nr = snapshot_cgroups(), i;
	const struct contmon_cgroup *parent;

	CHECK_EQ(room[0].cgroup_id, inode(CGROUPS "/"));
	CHECK_EQ(room[0].parent_id, 0);
	CHECK_EQ(room[0].level, 0);
	CHECK_EQ(room[0].populated, 1);
	for (i = 1; i < nr; i++) {
		CONTEXT("row %u", i);
		CHECK(!find_container(i, room[i].cgroup_id));
		parent = find_container(i, room[i].parent_id);
		REQUIRE(parent);
		CHECK_EQ(room[i].level, parent->level + 1);
		CHECK(parent->populated || !room[i].populated);
		CHECK(room[i].populated <= 1);
	}
}

static struct {
	__u64 ids[ROOM];
	size_t nr;
} walks[2], *walk;

static int walk_one(const char *path, const struct stat *status, int type,
		    struct FTW *where)
{
	(void)path;
	(void)where;
	if (type == FTW_D && walk->nr < ARRAY_SIZE(walk->ids))
		walk->ids[walk->nr++] = status->st_ino;
	return 0;
}

static void walk_cgroups(int which)
{
	walk = &walks[which];
	walk->nr = 0;
	REQUIRE(!nftw(CGROUPS, walk_one, 16, FTW_PHYS | FTW_MOUNT));
}

static bool walked(int which, __u64 id)
{
	size_t i;

	for (i = 0; i < walks[which].nr; i++)
		if (walks[which].ids[i] == id)
			return true;
	return false;
}

/* Directories may change, so they are listed before and after. */
TEST(containers_are_the_directories_of_the_hierarchy)
{
	__u32 nr, i;
	size_t d;

	walk_cgroups(0);
	nr = snapshot_cgroups();
	walk_cgroups(1);
	CHECK(nr > 1);
	for (d = 0; d < walks[0].nr; d++)
		if (walked(1, walks[0].ids[d]))
			CHECK(find_container(nr, walks[0].ids[d]));
	for (i = 0; i < nr; i++)
		CHECK(walked(0, room[i].cgroup_id) ||
		      walked(1, room[i].cgroup_id));
}

TEST(containers_that_do_not_fit_are_counted)
{
	struct contmon_snapshot_cgroups arg, before;
	const unsigned char *after = (unsigned char *)&room[1];
	__u32 need;

	/* Repeat if other programs created or removed some meanwhile. */
	do {
		need = snapshot_cgroups();
		arg = before = containers_arg(1);
		memset(room, STAIN, sizeof(room));
		CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EMSGSIZE);
		before.nr_entries = arg.nr_entries;
		CHECK(memcmp(&arg, &before, sizeof(arg)) == 0);
		CHECK_EQ(count_not(after, sizeof(room) - sizeof(room[0]),
				   STAIN), 0);
	} while (snapshot_cgroups() != need);
	CHECK(need > 1);
	CHECK_EQ(before.nr_entries, need);
}

TEST(containers_include_our_own)
{
	const struct contmon_cgroup *own;
	struct contmon_task self = task_of(getpid());

	own = find_container(snapshot_cgroups(), self.cgroup_id);
	REQUIRE(own);
	CHECK_EQ(own->populated, 1);
	CHECK(own->nr_tasks >= 1);
	CHECK(own->nr_running >= 1);
	CHECK(own->runtime_sum_ns >= self.runtime_ns);
	CHECK(own->vsz_sum_bytes >= self.vsz_bytes);
}

TEST(containers_have_the_time_they_were_read)
{
	struct contmon_snapshot_cgroups arg = containers_arg(ROOM);
	__u64 before = now_ns(CLOCK_BOOTTIME);

	REQUIRE_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	CHECK(arg.taken_boottime_ns >= before);
	CHECK(arg.taken_boottime_ns <= now_ns(CLOCK_BOOTTIME));
}

/* A cgroup that the test creates and removes. */
static char made[64];

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (!ok)
		printf("# %s: %s\n", path, strerror(errno));
	close(fd);
	REQUIRE(ok);
}

static void made_file(char *path, size_t bytes, const char *name)
{
	snprintf(path, bytes, "%s/%s", made, name);
}

static void make_cgroup(void)
{
	snprintf(made, sizeof(made), CGROUPS "/contmon-test-%d", getpid());
	if (mkdir(made, 0755))
		skip("cannot make a cgroup: %s", strerror(errno));
}

static void move_to(const char *cgroup, pid_t pid)
{
	char path[160], text[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	snprintf(text, sizeof(text), "%d", pid);
	write_file(path, text);
}

static void move_to_cgroup(pid_t pid)
{
	move_to(made, pid);
}

static void work_join(void)
{
	move_to_cgroup(getpid());
}

/* A killed process may leave its cgroup a moment after it was reaped. */
static void remove_cgroup(void)
{
	WAIT_UNTIL(rmdir(made) == 0);
}

static const struct contmon_cgroup *made_container(void)
{
	const struct contmon_cgroup *c;

	c = find_container(snapshot_cgroups(), inode(made));
	REQUIRE(c);
	return c;
}

/* More than one RCU section of the driver lists */
#define NR_MADE 150

static void made_child(char *path, size_t bytes, int i)
{
	snprintf(path, bytes, "%s/%d", made, i);
}

TEST(containers_may_be_many)
{
	struct contmon_snapshot_cgroups arg = containers_arg(1);
	char path[128];
	__u32 nr;
	int i;

	make_cgroup();
	for (i = 0; i < NR_MADE; i++) {
		made_child(path, sizeof(path), i);
		REQUIRE(mkdir(path, 0755) == 0);
	}
	CHECK_RC(call(CONTMON_SNAPSHOT_CGROUPS, &arg), -EMSGSIZE);
	CHECK(arg.nr_entries > NR_MADE);
	nr = snapshot_cgroups();
	for (i = 0; i < NR_MADE; i++) {
		made_child(path, sizeof(path), i);
		CHECK(find_container(nr, inode(path)));
		REQUIRE(rmdir(path) == 0);
	}
	remove_cgroup();
}

TEST(container_is_populated_by_its_descendants)
{
	const struct contmon_cgroup *c;
	char path[128];
	pid_t pid = child_start(NULL);

	make_cgroup();
	made_child(path, sizeof(path), 0);
	REQUIRE(mkdir(path, 0755) == 0);
	move_to(path, pid);
	c = made_container();
	CHECK_EQ(c->populated, 1);
	CHECK_EQ(c->nr_tasks, 0);
	c = find_container(snapshot_cgroups(), inode(path));
	REQUIRE(c);
	CHECK_EQ(c->populated, 1);
	CHECK_EQ(c->nr_tasks, 1);
	CHECK_EQ(c->level, 2);
	CHECK_EQ(c->parent_id, inode(made));
	child_end(pid);
	WAIT_UNTIL(rmdir(path) == 0);
	remove_cgroup();
}

TEST(container_without_tasks_is_not_populated)
{
	const struct contmon_cgroup *c;
	__u64 id;

	make_cgroup();
	id = inode(made);
	c = made_container();
	CHECK_EQ(c->populated, 0);
	CHECK_EQ(c->nr_tasks, 0);
	CHECK_EQ(c->parent_id, inode(CGROUPS "/"));
	CHECK_EQ(c->level, 1);
	CHECK(c->valid & CONTMON_CGROUP_TASKS);
	remove_cgroup();
	CHECK(!find_container(snapshot_cgroups(), id));
}

#define SUM(sum, member) \
	CHECK_EQ(c->sum, one.member + two.member)

/* @c has these two stopped tasks, whose numbers do not change. */
static void check_sums(const struct contmon_cgroup *c,
		       struct contmon_task one, struct contmon_task two)
{
	SUM(vsz_sum_bytes, vsz_bytes);
	SUM(rss_anon_sum_bytes, rss_anon_bytes);
	SUM(rss_file_sum_bytes, rss_file_bytes);
	SUM(rss_shmem_sum_bytes, rss_shmem_bytes);
	SUM(swap_sum_bytes, swap_bytes);
	SUM(pgtables_sum_bytes, pgtables_bytes);
	SUM(utime_sum_ns, utime_ns);
	SUM(stime_sum_ns, stime_ns);
	SUM(runtime_sum_ns, runtime_ns);
	SUM(minor_faults_sum, minor_faults);
	SUM(major_faults_sum, major_faults);
	SUM(voluntary_switches_sum, voluntary_switches);
	SUM(involuntary_switches_sum, involuntary_switches);
	SUM(read_chars_sum, read_chars);
	SUM(write_chars_sum, write_chars);
	SUM(read_syscalls_sum, read_syscalls);
	SUM(write_syscalls_sum, write_syscalls);
	SUM(read_bytes_sum, read_bytes);
	SUM(write_bytes_sum, write_bytes);
	SUM(cancelled_write_bytes_sum, cancelled_write_bytes);
}

TEST(container_adds_up_its_tasks)
{
	const struct contmon_cgroup *c;
	pid_t one, two;

	make_cgroup();
	one = child_stopped(work_touch_memory);
	two = child_stopped(work_write_a_file);
	move_to_cgroup(one);
	move_to_cgroup(two);
	c = made_container();
	CHECK_EQ(c->populated, 1);
	CHECK_EQ(c->nr_tasks, 2);
	CHECK_EQ(c->nr_threads, 2);
	CHECK_EQ(c->nr_stopped, 2);
	check_sums(c, task_of(one), task_of(two));
	child_end(one);
	child_end(two);
	remove_cgroup();
}

static void work_threads(void)
{
	pthread_t thread;
	int tell[2];
	pid_t tid;

	if (pipe(tell) ||
	    pthread_create(&thread, NULL, thread_tell_and_wait, &tell[1]) ||
	    pthread_create(&thread, NULL, thread_tell_and_wait, &tell[1]) ||
	    read(tell[0], &tid, sizeof(tid)) != sizeof(tid) ||
	    read(tell[0], &tid, sizeof(tid)) != sizeof(tid))
		_exit(FAILED);
}

/* It does not wait for its child, which leaves a zombie in its cgroup. */
static void work_zombie(void)
{
	child_zombie();
}

/*
 * The parent of a vfork() is in state D until the child ends, which it does
 * not.
 */
static pid_t child_uninterruptible(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (vfork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		_exit(FAILED);
	}
	WAIT_UNTIL(task_of(pid).state == 'D');
	return pid;
}

TEST(container_counts_states_and_threads)
{
	const struct contmon_cgroup *c;
	pid_t zombies, threads, waits;

	make_cgroup();
	threads = child_stopped(work_threads);
	move_to_cgroup(threads);
	move_to_cgroup(getpid());
	zombies = child_stopped(work_zombie);
	waits = child_uninterruptible();
	/* The child of vfork() is the last to sleep */
	WAIT_UNTIL((c = made_container())->nr_sleeping);
	/* With ourselves, the zombie, and the child of vfork() */
	CHECK_EQ(c->nr_tasks, 6);
	CHECK_EQ(c->nr_threads, 8);
	CHECK_EQ(c->nr_running, 1);
	CHECK_EQ(c->nr_stopped, 2);
	CHECK_EQ(c->nr_zombie, 1);
	CHECK_EQ(c->nr_sleeping, 1);
	CHECK_EQ(c->nr_uninterruptible, 1);
	CHECK_EQ(c->nr_idle, 0);
	child_end(threads);
	child_end(zombies);
	child_end(waits);
	write_file(CGROUPS "/cgroup.procs", "0");
	remove_cgroup();
}

static int snapshot_rows(int fd, __u64 offset, __u32 entry_size, __u32 *nr)
{
	struct contmon_snapshot_cgroups arg = containers_arg(*nr);
	int rc;

	arg.flags |= CONTMON_TO_MAPPING;
	arg.entries = offset;
	arg.entry_size = entry_size;
	rc = call_on(fd, CONTMON_SNAPSHOT_CGROUPS, &arg);
	*nr = arg.nr_entries;
	return rc;
}

static int snapshot_rows_at(int fd, __u64 offset, __u32 entry_size, __u32 nr)
{
	return snapshot_rows(fd, offset, entry_size, &nr);
}

/*
 * Unchanged members must be equal, and the tails zero. Repeat if other programs
 * created or removed cgroups meanwhile.
 */
TEST(containers_may_be_mapped)
{
	const __u32 known = sizeof(struct contmon_cgroup), wide = known + 64;
	int fd = open_again();
	unsigned char *memory = map_device(fd, MAPPED);
	const struct contmon_cgroup *c;
	__u32 mapped, nr, i;

	/* Leave other bytes in the mapping */
	REQUIRE_RC(snapshot_at(fd, 0, MAPPED / sizeof(struct contmon_task)), 0);
	do {
		nr = snapshot_cgroups();
		mapped = (MAPPED - 64) / wide;
		REQUIRE_RC(snapshot_rows(fd, 64, wide, &mapped), 0);
	} while (mapped != nr);
	for (i = 0; i < nr; i++) {
		CONTEXT("row %u", i);
		c = (const void *)(memory + 64 + (size_t)i * wide);
		CHECK_EQ(c->cgroup_id, room[i].cgroup_id);
		CHECK_EQ(c->parent_id, room[i].parent_id);
		CHECK_EQ(c->valid, room[i].valid);
		CHECK_EQ(c->memory_max_bytes, room[i].memory_max_bytes);
		CHECK(c->cpu_usage_ns >= room[i].cpu_usage_ns);
		CHECK_EQ(count_not((unsigned char *)c + known, wide - known, 0),
			 0);
	}
}

#define CGROUP_SIZE_V2 offsetof(struct contmon_cgroup, memory_limit_bytes)

/* A caller of version 2 has shorter rows, which must not overlap. */
TEST(containers_may_be_mapped_by_a_caller_of_version_2)
{
	int fd = open_again();
	unsigned char *memory = map_device(fd, MAPPED);
	const struct contmon_cgroup *c;
	__u32 mapped, nr, i;

	CHECK_EQ(CGROUP_SIZE_V2, 480);
	do {
		nr = snapshot_cgroups();
		mapped = MAPPED / CGROUP_SIZE_V2;
		REQUIRE_RC(snapshot_rows(fd, 0, CGROUP_SIZE_V2, &mapped), 0);
	} while (mapped != nr);
	for (i = 0; i < nr; i++) {
		CONTEXT("row %u", i);
		c = (const void *)(memory + (size_t)i * CGROUP_SIZE_V2);
		CHECK_EQ(c->cgroup_id, room[i].cgroup_id);
		CHECK_EQ(c->valid, room[i].valid & ~(CONTMON_CGROUP_LIMIT |
						     CONTMON_CGROUP_STAT));
	}
	CHECK_EQ(count_not(memory + (size_t)nr * CGROUP_SIZE_V2,
			   MAPPED - nr * CGROUP_SIZE_V2, 0), 0);
}

TEST(containers_mapped_stay_in_their_bounds)
{
	const __u32 known = sizeof(struct contmon_cgroup);
	__u32 fit = MAPPED / known;
	int fd = open_again();

	CHECK_RC(snapshot_rows_at(fd, 0, known, fit), -EINVAL);
	map_device(fd, MAPPED);
	CHECK_RC(snapshot_rows_at(fd, 0, known, fit), 0);
	CHECK_RC(snapshot_rows_at(fd, 0, known, fit + 1), -EINVAL);
	CHECK_RC(snapshot_rows_at(fd, 4, known, fit - 1), -EINVAL);
	CHECK_RC(snapshot_rows_at(fd, MAPPED, known, fit), -EINVAL);
	CHECK_RC(snapshot_rows_at(fd, 0ULL - 8, known, fit), -EINVAL);
	/* Version 1 had no mapped rows */
	CHECK_RC(snapshot_rows_at(fd, 0, CGROUP_SIZE_V2 - 8, fit), -EINVAL);
	CHECK_RC(snapshot_rows_at(fd, 0, known, 1), -EMSGSIZE);
}
