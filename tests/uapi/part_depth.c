// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups so deep that events of populated and emptied ones pause. */

/* Each in the one before; the last becomes the current directory */
static void make_levels(const char *first, int nr)
{
	REQUIRE(chdir(first) == 0);
	while (nr--)
		REQUIRE(mkdir("deep", 0755) == 0 && chdir("deep") == 0);
}

static void remove_levels(int nr)
{
	while (nr--) {
		REQUIRE(chdir("..") == 0);
		WAIT_UNTIL(rmdir("deep") == 0);
	}
	REQUIRE(chdir("/") == 0);
}

static unsigned int count_events_of(int fd, __u32 type, __u64 id)
{
	unsigned int nr = drain(fd), found = 0, i;

	for (i = 0; i < nr; i++)
		found += events[i].type == type && events[i].cgroup_id == id;
	return found;
}

/* Returns how many events there were of the cgroup that the test has made */
static unsigned int populate_and_empty(int fd, const char *path, pid_t pid)
{
	move_to(path, pid);
	move_to(CGROUPS, pid);
	return count_events_of(fd, CONTMON_EVENT_CGROUP_EMPTIED, inode(made));
}

/* That cgroup is on level 1. */
#define NR_ALLOWED (CONTMON_MAX_POPULATED_LEVEL - 1)

TEST(depth_of_a_cgroup_pauses_events_of_emptied_ones)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));
	pid_t pid = child_start(NULL);

	WAIT_UNTIL(populated_comes());
	make_cgroup();
	make_levels(made, NR_ALLOWED);
	CHECK(populated_comes());
	CHECK_EQ(populate_and_empty(fd, ".", pid), 1);
	REQUIRE(mkdir("deep", 0755) == 0);
	WAIT_UNTIL(!populated_comes());
	CHECK_EQ(populate_and_empty(fd, "deep", pid), 0);
	CHECK_EQ(populate_and_empty(fd, made, pid), 0);
	REQUIRE(rmdir("deep") == 0);
	WAIT_UNTIL(populated_comes());
	CHECK_EQ(populate_and_empty(fd, ".", pid), 1);
	remove_levels(NR_ALLOWED);
	child_end(pid);
	remove_cgroup();
	close(fd);
}

TEST(depth_of_a_cgroup_is_known_to_a_stream_that_begins_later)
{
	pid_t pid = child_start(NULL);
	int fd;

	make_cgroup();
	make_levels(made, NR_ALLOWED + 1);
	fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));
	WAIT_UNTIL(!populated_comes());
	CHECK_EQ(populate_and_empty(fd, ".", pid), 0);
	remove_levels(NR_ALLOWED + 1);
	WAIT_UNTIL(populated_comes());
	CHECK_EQ(populate_and_empty(fd, made, pid), 1);
	child_end(pid);
	remove_cgroup();
	close(fd);
}

/* From when the driver looks again until it does */
#define PAUSE_NS (10 * NS_PER_S)

/* A stream that began before makes the driver look soon after */
TEST(depth_of_a_cgroup_pauses_events_for_long_enough_to_be_seen)
{
	__u64 paused, soon = now_ns(CLOCK_MONOTONIC) + PAUSE_NS * 8 / 10;
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));

	WAIT_UNTIL(populated_comes());
	make_cgroup();
	make_levels(made, NR_ALLOWED);
	sleep_until(soon);
	paused = now_ns(CLOCK_MONOTONIC);
	REQUIRE(mkdir("deep", 0755) == 0);
	WAIT_UNTIL(!populated_comes());
	REQUIRE(rmdir("deep") == 0);
	WAIT_UNTIL(populated_comes());
	CHECK(now_ns(CLOCK_MONOTONIC) - paused > PAUSE_NS * 9 / 10);
	remove_levels(NR_ALLOWED);
	remove_cgroup();
	close(fd);
}

/* It goes a little before the driver looks for the second time. */
TEST(depth_of_a_cgroup_pauses_events_for_long_after_it_is_gone)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));
	__u64 gone;

	WAIT_UNTIL(populated_comes());
	make_cgroup();
	make_levels(made, NR_ALLOWED + 1);
	WAIT_UNTIL(!populated_comes());
	sleep_until(now_ns(CLOCK_MONOTONIC) + PAUSE_NS * 18 / 10);
	CHECK(!populated_comes());
	remove_levels(NR_ALLOWED + 1);
	gone = now_ns(CLOCK_MONOTONIC);
	WAIT_UNTIL(populated_comes());
	CHECK(now_ns(CLOCK_MONOTONIC) - gone > PAUSE_NS * 9 / 10);
	remove_cgroup();
	close(fd);
}

static void make_this_the_root_of_a_namespace(void)
{
	move_to(".", getpid());
	REQUIRE(unshare(CLONE_NEWCGROUP) == 0);
}

/* The namespace keeps the cgroup that was removed. */
TEST(depth_of_a_removed_cgroup_pauses_no_events)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));
	pid_t pid;

	require_root();
	make_cgroup();
	make_levels(made, NR_ALLOWED + 1);
	pid = child_start(make_this_the_root_of_a_namespace);
	WAIT_UNTIL(!populated_comes());
	move_to(CGROUPS, pid);
	remove_levels(NR_ALLOWED + 1);
	WAIT_UNTIL(populated_comes());
	CHECK_EQ(populate_and_empty(fd, made, pid), 1);
	child_end(pid);
	remove_cgroup();
	close(fd);
}

/* So deep that the kernel would need many times as long to tell of each */
#define NR_VERY_DEEP 600

static void populate_and_empty_again_and_again(pid_t pid)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	REQUIRE(sched_setaffinity(0, sizeof(first), &first) == 0);
	for (;;) {
		move_to(".", pid);
		move_to(made, pid);
	}
}

/* How late another task on the same CPU is while cgroups become empty */
static __u64 measure_while_emptying(pid_t moved)
{
	struct lateness late = { .calling = true };
	pthread_t measures;
	pid_t mover = fork();

	REQUIRE(mover >= 0);
	if (mover == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		populate_and_empty_again_and_again(moved);
	}
	REQUIRE(!pthread_create(&measures, NULL, thread_measure, &late));
	REQUIRE(!pthread_join(measures, NULL));
	child_end(mover);
	move_to(CGROUPS, moved);
	qsort(late.ns, NR_LATE, sizeof(late.ns[0]), compare_ns);
	return late.ns[NR_LATE / 2];
}

/* A step for each level would take ten times as long, their cube a thousand. */
TEST(depth_of_cgroups_delays_no_other_task)
{
	__u64 allowed, deeper;
	pid_t pid;
	int fd;

	require_root();
	fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));
	WAIT_UNTIL(populated_comes());
	pid = child_start(NULL);
	make_cgroup();
	make_levels(made, NR_ALLOWED);
	allowed = measure_while_emptying(pid);
	remove_levels(NR_ALLOWED);
	make_levels(made, NR_VERY_DEEP);
	WAIT_UNTIL(!populated_comes());
	deeper = measure_while_emptying(pid);
	CONTEXT("%llu ns, deeper %llu ns", (unsigned long long)allowed,
		(unsigned long long)deeper);
	CHECK(deeper < 50 * allowed + 200000);
	child_end(pid);
	remove_levels(NR_VERY_DEEP);
	remove_cgroup();
	close(fd);
}
