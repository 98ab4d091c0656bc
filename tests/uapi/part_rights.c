// SPDX-License-Identifier: GPL-2.0-only
/* What ptrace guards, and who may read it. */

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#define NOBODY 65534

static void become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(FAILED);
	/* A process that changes its ids loses these. */
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void work_nobody_undumpable(void)
{
	become_nobody();
	prctl(PR_SET_DUMPABLE, 0);
}

static pid_t zombie_of(void (*work)(void))
{
	pid_t pid = child_start(work);
	siginfo_t info;

	kill(pid, SIGKILL);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	return pid;
}

static bool proc_ns_readable(pid_t pid)
{
	char path[64], link[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return readlink(path, link, sizeof(link)) > 0;
}

/*
 * The driver shows the guarded groups of @pid if /proc shows them to us, too.
 */
static void check_guarded(pid_t pid)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, 0, &task), 0);
	CHECK_EQ(!!(task.valid & CONTMON_TASK_IO), proc_io_readable(pid));
	CHECK_EQ(!!(task.valid & CONTMON_TASK_NS), proc_ns_readable(pid));
	CHECK(task.valid & CONTMON_TASK_CPU);
	check_zeros(&task, task_members, ARRAY_SIZE(task_members), task.valid);
}

static __u64 guarded_groups(pid_t pid)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, 0, &task), 0);
	return task.valid & (CONTMON_TASK_IO | CONTMON_TASK_NS);
}

static pid_t own, undumpable, others, own_zombie, undumpable_zombie;

static void as_nobody(void)
{
	become_nobody();
	check_guarded(own);
	CHECK_EQ(guarded_groups(own), CONTMON_TASK_IO | CONTMON_TASK_NS);
	check_guarded(undumpable);
	CHECK_EQ(guarded_groups(undumpable), 0);
	check_guarded(others);
	CHECK_EQ(guarded_groups(others), 0);
	/* The files of a zombie belong to root, so /proc is no comparison. */
	CHECK_EQ(guarded_groups(own_zombie), CONTMON_TASK_IO);
	CHECK_EQ(guarded_groups(undumpable_zombie), 0);
}

TEST(guarded_groups_need_the_same_right_as_in_proc)
{
	require_root();
	own = child_stopped(become_nobody);
	undumpable = child_stopped(work_nobody_undumpable);
	others = child_stopped(NULL);
	own_zombie = zombie_of(become_nobody);
	undumpable_zombie = zombie_of(work_nobody_undumpable);
	check_guarded(undumpable);
	check_guarded(undumpable_zombie);
	in_child(as_nobody);
}

/* Threads that make it slow to add up the IO of a process */
#define NR_IDLERS 100
#define NR_TURNS 60

enum { PREPARING, READABLE, TURNING };

/* Shared with the process that is read */
static struct {
	atomic_int state;
	unsigned int delay;
} *turn;

static void *thread_idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* The last thread, whose IO is added last */
static void *thread_turn(void *unused)
{
	int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	volatile unsigned int i;
	char byte;

	turn->state = READABLE;
	while (turn->state != TURNING)
		;
	for (i = 0; i < turn->delay; i++)
		;
	prctl(PR_SET_DUMPABLE, 0);
	if (read(zeros, &byte, 1) != 1)
		_exit(FAILED);
	return thread_idle(unused);
}

static void work_idle_and_turn(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < NR_IDLERS; i++)
		if (pthread_create(&thread, NULL, thread_idle, NULL))
			_exit(FAILED);
	if (pthread_create(&thread, NULL, thread_turn, NULL))
		_exit(FAILED);
}

/* What it reads once nobody may see it must not be seen. */
static void check_turn(void)
{
	struct contmon_task task;
	__u64 before;
	pid_t pid;

	turn->state = PREPARING;
	turn->delay = (unsigned int)rand() % 10000;
	pid = child_start(work_idle_and_turn);
	WAIT_UNTIL(turn->state == READABLE);
	REQUIRE_RC(get_task(pid, CONTMON_TASK_IO, 0, &task), 0);
	REQUIRE(task.valid & CONTMON_TASK_IO);
	before = task.read_chars;
	turn->state = TURNING;
	do {
		REQUIRE_RC(get_task(pid, CONTMON_TASK_IO, 0, &task), 0);
		if (task.valid & CONTMON_TASK_IO)
			CHECK_EQ(task.read_chars, before);
	} while (task.valid & CONTMON_TASK_IO);
	child_end(pid);
}

static void turns_as_nobody(void)
{
	int i;

	become_nobody();
	for (i = 0; i < NR_TURNS; i++) {
		CONTEXT("turn %d", i);
		check_turn();
	}
}

/* The right may be lost between its check and the reading of the IO. */
TEST(guarded_io_is_not_of_after_the_right_was_lost)
{
	require_root();
	turn = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(turn != MAP_FAILED);
	in_child(turns_as_nobody);
}

/* 1 if all of pid 1 is shown, 0 if the guarded groups are not */
static bool shows_init(int fd)
{
	struct contmon_task task = { 0 };
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.fields = CONTMON_TASK_IO | CONTMON_TASK_NS,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = 1,
	};

	REQUIRE_RC(call_on(fd, CONTMON_GET_TASK, &arg), 0);
	CHECK_EQ(!!(task.valid & CONTMON_TASK_IO),
		 !!(task.valid & CONTMON_TASK_NS));
	return task.valid & CONTMON_TASK_IO;
}

static void send_fd(int to, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	struct iovec data = { .iov_base = &control, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	REQUIRE(sendmsg(to, &message, 0) == 1);
}

static int receive_fd(int from)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	REQUIRE(recvmsg(from, &message, 0) == 1);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

static int sockets[2];

/* Opened by root and used by a user; then the other way round */
static void as_peer(void)
{
	struct stat status;
	int fd;

	REQUIRE(stat(CONTMON_DEVICE, &status) == 0);
	REQUIRE(setgroups(1, &status.st_gid) == 0);
	become_nobody();
	CHECK(!shows_init(receive_fd(sockets[1])));
	fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK(!shows_init(fd));
	send_fd(sockets[1], fd);
}

TEST(rights_are_those_of_the_caller_not_of_the_opener)
{
	require_root();
	REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) == 0);
	CHECK(shows_init(device));
	send_fd(sockets[0], device);
	in_child(as_peer);
	CHECK(shows_init(receive_fd(sockets[0])));
}

static struct contmon_cgroup seen_by_root;

static void sums_as_nobody(void)
{
	const struct contmon_cgroup *c;

	become_nobody();
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
