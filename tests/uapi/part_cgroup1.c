// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups of version 1 beside those of version 2, with equal ids. */

#include <sys/mount.h>

static char v1[] = "/tmp/contmon-v1-XXXXXX";

#define V1_NAME "name=contmon-test"

static void mount_v1(void)
{
	require_root();
	REQUIRE(mkdtemp(v1));
	if (mount("cgroup", v1, "cgroup", 0, "none," V1_NAME))
		skip("no cgroup v1 on this kernel: %s", strerror(errno));
}

static bool v1_is_gone(void)
{
	char text[4096];
	FILE *file = fopen("/proc/self/cgroup", "re");
	size_t n;

	REQUIRE(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	return !strstr(text, V1_NAME ":");
}

/*
 * A hierarchy ends with its last mount if all its cgroups are freed by then,
 * which happens some time after they are removed. Otherwise it stays, with
 * every process in it, until a later mount ends.
 */
static void unmount_v1(void)
{
	unsigned int i, tries;

	umount(v1);
	for (tries = 1; tries < 1024; tries *= 2) {
		for (i = 0; i < 50 * tries && !v1_is_gone(); i++)
			usleep(10000);
		if (v1_is_gone())
			break;
		REQUIRE(!mount("cgroup", v1, "cgroup", 0, "none," V1_NAME));
		umount(v1);
	}
	rmdir(v1);
}

static void v1_child(char *path, size_t bytes, unsigned int i)
{
	snprintf(path, bytes, "%s/%u", v1, i);
}

/*
 * Makes a v1 directory with the id @id. Every directory and each of its files
 * takes an id, so many are made until one has it.
 */
static bool make_v1(__u64 id, char *path, size_t bytes, unsigned int *nr)
{
	for (*nr = 0; *nr < 20000; ++*nr) {
		v1_child(path, bytes, *nr);
		REQUIRE(mkdir(path, 0755) == 0);
		if (inode(path) >= id) {
			++*nr;
			return inode(path) == id;
		}
	}
	return false;
}

static void remove_v1(unsigned int nr)
{
	char path[64];

	while (nr--) {
		v1_child(path, sizeof(path), nr);
		rmdir(path);
	}
}

/* A v2 cgroup whose id is still free in v1, and its path */
static unsigned int make_both(char *path, size_t bytes)
{
	unsigned int nr;
	int tries;

	for (tries = 0; tries < 50; tries++) {
		make_cgroup();
		if (make_v1(inode(made), path, bytes, &nr))
			return nr;
		remove_v1(nr);
		remove_cgroup();
	}
	skip("no directory of v1 has the id of one of v2");
}

static __u64 made_exited(void)
{
	const struct contmon_cgroup *c = made_container();

	REQUIRE(c->valid & CONTMON_CGROUP_EXITED);
	return c->exited_tasks;
}

TEST(cgroup_of_v1_has_no_account_and_no_events)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED) |
		       BIT(CONTMON_EVENT_CGROUP_POPULATED) |
		       BIT(CONTMON_EVENT_CGROUP_EMPTIED) |
		       BIT(CONTMON_EVENT_CGROUP_REMOVED));
	unsigned int nr, i, nr_events;
	__u64 id, before = 0;
	char path[64];
	pid_t pid;
	int tries;

	mount_v1();
	nr = make_both(path, sizeof(path));
	id = inode(made);
	child_end(child_start(work_join));
	for (tries = 0; tries < 200 && !before; tries++) {
		usleep(50000);
		before = made_exited();
	}
	CHECK_EQ(before, 1);
	drain(fd);
	/* All events of a cgroup, but in v1 */
	pid = child_start(NULL);
	move_to(path, pid);
	child_end(pid);
	while (rmdir(path))
		usleep(10000);
	CHECK_EQ(made_exited(), before);
	nr_events = drain(fd);
	for (i = 0; i < nr_events; i++)
		CHECK(events[i].cgroup_id != id);
	remove_v1(nr);
	unmount_v1();
	remove_cgroup();
	close(fd);
}

/* The driver cannot list them, so it counts them */
TEST(cgroup_of_v1_that_is_too_deep_pauses_events)
{
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_EMPTIED));

	WAIT_UNTIL(populated_comes());
	mount_v1();
	make_levels(v1, CONTMON_MAX_POPULATED_LEVEL + 1);
	WAIT_UNTIL(!populated_comes());
	remove_levels(CONTMON_MAX_POPULATED_LEVEL + 1);
	WAIT_UNTIL(populated_comes());
	CHECK_EQ(drain(fd), 0);
	unmount_v1();
	close(fd);
}
