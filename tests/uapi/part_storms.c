// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups and processes that come and go in large numbers at once. */

#define NR_STORM 200

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
