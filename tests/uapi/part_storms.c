// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups and processes that come and go in large numbers at once. */

#include <stdatomic.h>

#define NR_STORM 200

/* Cgroups that come before all that exist during the whole test */
static void work_make_and_remove_cgroups(unsigned int at_once)
{
	char path[128];
	unsigned int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "%s/first/%u", made, i % at_once);
		if (i / at_once % 2)
			rmdir(path);
		else
			mkdir(path, 0755);
	}
}

static pid_t start_storm_of_cgroups(unsigned int at_once)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work_make_and_remove_cgroups(at_once);
	}
	return pid;
}

/* With no more room than was needed a moment ago; returns how many rows */
static __u32 snapshot_without_spare_room(void)
{
	struct contmon_snapshot_cgroups arg = containers_arg(1);
	__u32 need = 1;
	int rc;

	do {
		arg = containers_arg(need);
		rc = call(CONTMON_SNAPSHOT_CGROUPS, &arg);
		REQUIRE(rc == 0 || (rc == -EMSGSIZE && arg.nr_entries > need));
		need = arg.nr_entries;
	} while (rc && need <= ROOM);
	REQUIRE_RC(rc, 0);
	return arg.nr_entries;
}

static __u32 count_below(__u32 nr, __u64 parent_id)
{
	__u32 i, found = 0;

	for (i = 0; i < nr; i++)
		found += room[i].parent_id == parent_id;
	return found;
}

static void empty_cgroup(const char *name)
{
	char path[160];
	unsigned int i;

	for (i = 0; i < NR_STORM; i++) {
		snprintf(path, sizeof(path), "%s/%s/%u", made, name, i);
		rmdir(path);
	}
	snprintf(path, sizeof(path), "%s/%s", made, name);
	WAIT_UNTIL(rmdir(path) == 0);
}

TEST(storm_of_new_cgroups_displaces_no_other)
{
	char path[128];
	__u64 last_id;
	pid_t storm;
	int i;

	make_cgroup();
	snprintf(path, sizeof(path), "%s/first", made);
	REQUIRE(mkdir(path, 0755) == 0);
	snprintf(path, sizeof(path), "%s/last", made);
	REQUIRE(mkdir(path, 0755) == 0);
	last_id = inode(path);
	for (i = 0; i < NR_STORM; i++) {
		snprintf(path, sizeof(path), "%s/last/%d", made, i);
		REQUIRE(mkdir(path, 0755) == 0);
	}
	storm = start_storm_of_cgroups(16);
	for (i = 0; i < 200; i++) {
		CONTEXT("snapshot %d", i);
		CHECK_EQ(count_below(snapshot_without_spare_room(), last_id),
			 NR_STORM);
	}
	child_end(storm);
	empty_cgroup("first");
	empty_cgroup("last");
	remove_cgroup();
}

static pid_t start_snapshots(void)
{
	struct contmon_snapshot_cgroups arg;
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		arg = containers_arg(ROOM);
		call(CONTMON_SNAPSHOT_CGROUPS, &arg);
	}
}

/* The call looks at all of them, in steps between which it can be killed */
#define NR_PENDING 500

/* So many that one is often interrupted between counting and listing */
#define NR_CALLERS 4

#define NR_KILLS 400

/*
 * So many cgroups are made at once that the call begins again with more rows.
 * A caller that is killed then must not harm the kernel, whose log shows it.
 */
TEST(storm_of_new_cgroups_lets_callers_be_killed)
{
	pid_t zombies[NR_PENDING], callers[NR_CALLERS];
	char path[128];
	pid_t storm;
	int i;

	make_cgroup();
	snprintf(path, sizeof(path), "%s/first", made);
	REQUIRE(mkdir(path, 0755) == 0);
	for (i = 0; i < NR_PENDING; i++)
		zombies[i] = child_zombie();
	storm = start_storm_of_cgroups(NR_STORM);
	for (i = 0; i < NR_CALLERS; i++)
		callers[i] = start_snapshots();
	for (i = 0; i < NR_KILLS; i++) {
		usleep((useconds_t)i % 32 * 500);
		child_end(callers[i % NR_CALLERS]);
		callers[i % NR_CALLERS] = start_snapshots();
	}
	for (i = 0; i < NR_CALLERS; i++)
		child_end(callers[i]);
	child_end(storm);
	for (i = 0; i < NR_PENDING; i++)
		REQUIRE(waitpid(zombies[i], NULL, 0) == zombies[i]);
	CHECK(snapshot_cgroups() > 0);
	empty_cgroup("first");
	remove_cgroup();
}

/* A zombie in a cgroup in which no process has ended before */
static pid_t end_in_new_cgroup(const char *path)
{
	pid_t pid = child_start(NULL);
	siginfo_t info;

	REQUIRE(mkdir(path, 0755) == 0);
	move_to(path, pid);
	REQUIRE(kill(pid, SIGKILL) == 0);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	return pid;
}

TEST(storm_of_ends_is_counted_in_the_cgroup_of_each)
{
	const struct contmon_cgroup *row;
	pid_t pids[NR_STORM];
	char path[128];
	__u32 nr;
	int i;

	make_cgroup();
	for (i = 0; i < NR_STORM; i++) {
		made_child(path, sizeof(path), i);
		pids[i] = end_in_new_cgroup(path);
	}
	for (i = 0; i < NR_STORM; i++)
		REQUIRE(waitpid(pids[i], NULL, 0) == pids[i]);
	nr = snapshot_cgroups();
	for (i = 0; i < NR_STORM; i++) {
		CONTEXT("cgroup %d", i);
		made_child(path, sizeof(path), i);
		row = find_container(nr, inode(path));
		REQUIRE(row);
		CHECK_EQ(row->exited_tasks, 1);
		WAIT_UNTIL(rmdir(path) == 0);
	}
	remove_cgroup();
}

#define NR_FORKED 5000
#define NR_NEWBORN 2000

static void work_fork_in_the_cgroup(void)
{
	pid_t pid;

	move_to_cgroup(getpid());
	for (;;) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static pid_t start_storm_of_forks(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work_fork_in_the_cgroup();
	}
	return pid;
}

/* The children of @parent, each of which must be in cgroup @id */
static unsigned int check_children(pid_t parent, __u64 id)
{
	struct contmon_snapshot_tasks arg = snapshot_arg(4096);
	unsigned int found = 0;
	__u32 i;

	arg.fields = CONTMON_TASK_CGROUP;
	arg.entries = address_of(taken.tasks);
	REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
	REQUIRE(arg.cursor == 0);
	for (i = 0; i < arg.nr_entries; i++) {
		if (taken.tasks[i].ppid != parent)
			continue;
		CHECK_EQ(taken.tasks[i].cgroup_id, id);
		found++;
	}
	return found;
}

/* The last number in the file is the id that was given last */
static pid_t next_id(int loadavg)
{
	char text[128], *at;
	ssize_t got = pread(loadavg, text, sizeof(text) - 1, 0);

	REQUIRE(got > 0);
	text[got] = 0;
	at = strrchr(text, ' ');
	REQUIRE(at);
	return atoi(at) + 1;
}

/* Asks for the id that is given next, again and again. 1 if it was a child */
static unsigned int check_newborn(int loadavg, pid_t parent, __u64 id)
{
	pid_t pid = next_id(loadavg);
	struct contmon_task task;
	unsigned int tries;

	for (tries = 0; tries < 1000; tries++)
		if (!get_task(pid, CONTMON_TASK_CGROUP, 0, &task))
			break;
	if (task.ppid != parent)
		return 0;
	CHECK_EQ(task.cgroup_id, id);
	return 1;
}

/* As below, for a call that asks for one process */
TEST(storm_of_forks_is_asked_for_one_by_one)
{
	int loadavg = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	unsigned int found = 0;
	pid_t storm;

	REQUIRE(loadavg >= 0);
	make_cgroup();
	storm = start_storm_of_forks();
	while (found < NR_NEWBORN)
		found += check_newborn(loadavg, storm, inode(made));
	child_end(storm);
	remove_cgroup();
}

/* A fork gives a task its id a moment before it puts it into its cgroup */
TEST(storm_of_forks_is_never_seen_outside_its_cgroup)
{
	unsigned int found = 0;
	pid_t storm;

	make_cgroup();
	storm = start_storm_of_forks();
	while (found < NR_FORKED)
		found += check_children(storm, inode(made));
	child_end(storm);
	remove_cgroup();
}

/* So many cgroups, and calls that return them, need more than 256 MiB */
#define NR_WIDE 1000
#define NR_STUCK 600

struct stuck_calls {
	void *rows;
	atomic_uint refused;
	atomic_uint failed;
};

static void *snapshot_into_stuck_memory(void *_calls)
{
	struct contmon_snapshot_cgroups arg = containers_arg(ROOM);
	struct stuck_calls *calls = _calls;
	int rc;

	arg.fields = CONTMON_CGROUP_BASE;
	arg.entries = address_of(calls->rows);
	rc = call(CONTMON_SNAPSHOT_CGROUPS, &arg);
	if (rc == -ENOMEM)
		atomic_fetch_add(&calls->refused, 1);
	else if (rc)
		atomic_fetch_add(&calls->failed, 1);
	return NULL;
}

static void wait_until_stuck_or_refused(struct stuck_calls *calls, int fd)
{
	unsigned int stuck = 0;
	struct uffd_msg fault;

	while (stuck + atomic_load(&calls->refused) +
		       atomic_load(&calls->failed) < NR_STUCK) {
		if (read(fd, &fault, sizeof(fault)) == sizeof(fault))
			stuck++;
		else
			usleep(1000);
	}
}

/* Whoever controls the memory that rows go to can keep each call forever */
TEST(storm_of_stuck_calls_takes_bounded_memory)
{
	struct stuck_calls calls = { .rows = NULL };
	pthread_t threads[NR_STUCK];
	pthread_attr_t small;
	char path[128];
	int i, fd;

	require_root();
	calls.rows = memory_that_waits(sizeof(room), &fd);
	make_cgroup();
	for (i = 0; i < NR_WIDE; i++) {
		made_child(path, sizeof(path), i);
		REQUIRE(mkdir(path, 0755) == 0);
	}
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 128 << 10);
	for (i = 0; i < NR_STUCK; i++)
		REQUIRE(pthread_create(&threads[i], &small,
				       snapshot_into_stuck_memory,
				       &calls) == 0);
	wait_until_stuck_or_refused(&calls, fd);
	CHECK(atomic_load(&calls.refused) > 0);
	close(fd);
	for (i = 0; i < NR_STUCK; i++)
		REQUIRE(pthread_join(threads[i], NULL) == 0);
	CHECK_EQ(atomic_load(&calls.failed), 0);
	CHECK(snapshot_cgroups() > NR_WIDE);
	for (i = 0; i < NR_WIDE; i++) {
		made_child(path, sizeof(path), i);
		REQUIRE(rmdir(path) == 0);
	}
	remove_cgroup();
}
