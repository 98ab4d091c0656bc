// SPDX-License-Identifier: GPL-2.0-only
/* Many streams, storms of events, and readers that do not read. */

#include <linux/userfaultfd.h>

static __u64 switches_of(pid_t pid)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_FAULTS, 0, &task), 0);
	return task.voluntary_switches;
}

static void fork_and_wait(unsigned int nr)
{
	while (nr--) {
		pid_t pid = fork();

		REQUIRE(pid >= 0);
		if (pid == 0)
			_exit(0);
		REQUIRE(waitpid(pid, NULL, 0) == pid);
	}
}

/* A child that polls for any event of @types, only of @pid unless that is 0 */
static pid_t child_that_polls(__u32 types, pid_t pid)
{
	struct contmon_watch arg = watch_arg(types);
	struct pollfd wanted = { .fd = open_stream(), .events = POLLIN };
	pid_t waits;

	arg.flags = pid ? CONTMON_WATCH_PID : 0;
	arg.pid = pid;
	REQUIRE_RC(call_on(wanted.fd, CONTMON_WATCH, &arg), 0);
	waits = fork();
	REQUIRE(waits >= 0);
	if (waits == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		poll(&wanted, 1, -1);
		_exit(0);
	}
	close(wanted.fd);
	WAIT_UNTIL(task_of(waits).state == 'S');
	wait_off_cpu(waits);
	return waits;
}

TEST(streams_wake_only_readers_that_want_the_event)
{
	pid_t other = child_start(NULL);
	pid_t waits[] = {
		child_that_polls(BIT(CONTMON_EVENT_OOM), 0),
		child_that_polls(BIT(CONTMON_EVENT_OOM), other),
		child_that_polls(BIT(CONTMON_EVENT_FORK) |
				 BIT(CONTMON_EVENT_EXIT), other),
	};
	__u64 before[ARRAY_SIZE(waits)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(waits); i++)
		before[i] = switches_of(waits[i]);
	fork_and_wait(100);
	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		CONTEXT("reader %zu", i);
		CHECK_EQ(switches_of(waits[i]), before[i]);
		CHECK_EQ(waitpid(waits[i], NULL, WNOHANG), 0);
	}
	child_end(other);
	REQUIRE(waitpid(waits[2], NULL, 0) == waits[2]);
	child_end(waits[0]);
	child_end(waits[1]);
}

/* A reader is woken once and not again until it looks. */
TEST(streams_wake_a_reader_again_once_it_has_looked)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int fd = watch(BIT(CONTMON_EVENT_FORK)), i;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	REQUIRE(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
	for (i = 0; i < 3; i++) {
		CONTEXT("turn %d", i);
		CHECK_EQ(epoll_wait(epoll, &event, 1, 0), 0);
		fork_and_wait(2);
		CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
		CHECK(drain(fd) >= 2);
	}
	close(epoll);
	close(fd);
}

static gid_t device_group(void)
{
	struct stat st;

	REQUIRE(stat(CONTMON_DEVICE, &st) == 0);
	return st.st_gid;
}

/* Become another user who may open the device */
static void become_member(void)
{
	gid_t gid = device_group();

	REQUIRE(setgroups(0, NULL) == 0);
	REQUIRE(setresgid(gid, gid, gid) == 0);
	REQUIRE(setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

static int try_watch(int fd, __u32 types)
{
	struct contmon_watch arg = watch_arg(types);

	return call_on(fd, CONTMON_WATCH, &arg);
}

static void work_watch_as_member(void)
{
	int fds[CONTMON_MAX_USER_STREAMS + 1], i;

	become_member();
	for (i = 0; i < CONTMON_MAX_USER_STREAMS; i++) {
		CONTEXT("stream %d", i);
		fds[i] = open_stream();
		REQUIRE_RC(try_watch(fds[i], BIT(CONTMON_EVENT_OOM)), 0);
	}
	fds[i] = open_stream();
	CHECK_RC(try_watch(fds[i], BIT(CONTMON_EVENT_OOM)), -EMFILE);
	CHECK(read(fds[i], events, sizeof(events)) == -1 && errno == EINVAL);
	/* A file that has a stream may change it. */
	CHECK_RC(try_watch(fds[0], BIT(CONTMON_EVENT_EXIT)), 0);
	CHECK_RC(try_watch(fds[0], 0), 0);
	CHECK_RC(try_watch(fds[i], BIT(CONTMON_EVENT_OOM)), 0);
	CHECK_RC(try_watch(fds[0], BIT(CONTMON_EVENT_OOM)), -EMFILE);
	close(fds[i]);
	CHECK_RC(try_watch(fds[0], BIT(CONTMON_EVENT_OOM)), 0);
	close(watch(0));
}

TEST(streams_of_one_user_have_a_limit)
{
	require_root();
	in_child(work_watch_as_member);
	/* All of them have been closed. */
	in_child(work_watch_as_member);
}

/* Of a stream of all types, as the contract says */
#define STREAM_BYTES (2 << 20)
#define NR_CHARGED 16

static void work_pay_for_streams(void)
{
	__u64 before;
	int i;

	move_to_cgroup(getpid());
	before = made_number("memory.current", "");
	for (i = 0; i < NR_CHARGED; i++)
		watch(CONTMON_EVENT_ALL & ~CONTMON_EVENT_LIMITS);
	CHECK(made_number("memory.current", "") > before);
	CHECK(made_number("memory.current", "") - before <=
	      NR_CHARGED * STREAM_BYTES);
}

TEST(streams_take_no_more_memory_than_the_contract_says)
{
	require_root();
	make_memory_cgroup();
	in_child(work_pay_for_streams);
	remove_cgroup();
}

static int mapped[2], asked_to_map[2];

/* In a user namespace of its own, as a different user than outside */
static void work_watch_in_user_namespace(void)
{
	int fd, i;
	char byte;

	become_member();
	for (i = 0; i < CONTMON_MAX_USER_STREAMS; i++)
		REQUIRE_RC(try_watch(open_stream(), BIT(CONTMON_EVENT_OOM)), 0);
	REQUIRE(unshare(CLONE_NEWUSER) == 0);
	REQUIRE(write(asked_to_map[1], "", 1) == 1);
	REQUIRE(read(mapped[0], &byte, 1) == 1);
	REQUIRE(setresuid(3, 3, 3) == 0);
	fd = open_stream();
	CHECK_RC(try_watch(fd, BIT(CONTMON_EVENT_OOM)), -EMFILE);
}

TEST(streams_of_all_users_of_a_user_namespace_count_together)
{
	char path[64], byte;
	int status;
	pid_t pid;

	require_root();
	REQUIRE(pipe(mapped) == 0 && pipe(asked_to_map) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work_watch_in_user_namespace();
		exit(failures ? FAILED : PASSED);
	}
	close(asked_to_map[1]);
	REQUIRE(read(asked_to_map[0], &byte, 1) == 1);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	write_file(path, "0 70000 10");
	REQUIRE(write(mapped[1], "", 1) == 1);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
}

/* Forks and exits overwrite only forks and exits. */
TEST(streams_keep_rare_events_in_a_storm)
{
	int fd = watch(BIT(CONTMON_EVENT_FORK) | BIT(CONTMON_EVENT_EXIT) |
		       BIT(CONTMON_EVENT_CGROUP_CREATED));
	unsigned int nr, i, found = 0;
	__u64 expected = 0, id;

	make_cgroup();
	id = inode(made);
	in_child(many_births);
	in_child(many_births);
	while ((nr = drain(fd))) {
		for (i = 0; i < nr; i++) {
			found += events[i].type ==
					 CONTMON_EVENT_CGROUP_CREATED &&
				 events[i].cgroup_id == id;
			/*
			 * The first event after a gap has the number of missing
			 * events.
			 */
			CHECK_EQ(events[i].sequence,
				 expected + events[i].dropped);
			expected = events[i].sequence + 1;
		}
	}
	CHECK_EQ(found, 1);
	remove_cgroup();
	close(fd);
}

#define MAX_NAMESPACES 3

static void run_in_new_pid_namespace(void)
{
	pid_t pid;

	/* Earlier namespaces are freed a moment after their last process. */
	WAIT_UNTIL(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		_exit(0);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	CHECK(true);
}

static void work_many_pid_namespaces(void)
{
	int i;

	REQUIRE(unshare(CLONE_NEWUSER) == 0);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
	write_file("/proc/sys/user/max_pid_namespaces", "3");
	for (i = 0; i < 5 * MAX_NAMESPACES; i++)
		in_child(run_in_new_pid_namespace);
}

/* An unread event must not keep anything of its process. */
TEST(streams_keep_no_pid_namespace)
{
	int fd;

	require_root();
	fd = watch(BIT(CONTMON_EVENT_FORK) | BIT(CONTMON_EVENT_EXIT));
	in_child(work_many_pid_namespaces);
	CHECK(drain(fd) > 0);
	close(fd);
}

static int forked[2];

static void fork_and_tell(int signal_nr)
{
	(void)signal_nr;
	fork_and_wait(1);
	REQUIRE(write(forked[1], "", 1) == 1);
}

static void work_fork_when_asked(void)
{
	signal(SIGUSR1, fork_and_tell);
}

static void ask_outside_to_fork(void)
{
	char byte;

	REQUIRE(kill(outside, SIGUSR1) == 0);
	REQUIRE(read(forked[0], &byte, 1) == 1);
}

static void make_and_remove(const char *base, const char *name)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	REQUIRE(mkdir(path, 0755) == 0);
	REQUIRE(rmdir(path) == 0);
}

/* Whether a child of @parent was seen, and its cgroup */
static bool seen_child_of(unsigned int nr, pid_t parent, __u64 *ret_cgroup_id)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (events[i].type != CONTMON_EVENT_FORK ||
		    events[i].ppid != parent)
			continue;
		*ret_cgroup_id = events[i].cgroup_id;
		return true;
	}
	return false;
}

static void check_cgroup_events(unsigned int nr)
{
	static const __u32 order[] = {
		CONTMON_EVENT_CGROUP_CREATED, CONTMON_EVENT_CGROUP_REMOVED,
	};
	unsigned int i, next = 0;

	for (i = 0; i < nr; i++) {
		if (events[i].type < CONTMON_EVENT_CGROUP_CREATED)
			continue;
		REQUIRE(next < ARRAY_SIZE(order));
		CHECK_EQ(events[i].type, order[next++]);
		CHECK(strcmp((char *)events[i].path, "/below") == 0);
		CHECK(!events[i].truncated);
	}
	CHECK_EQ(next, ARRAY_SIZE(order));
}

static int watch_from_inside(__u64 cgroup_id)
{
	struct contmon_watch arg = watch_arg(
		BIT(CONTMON_EVENT_FORK) | BIT(CONTMON_EVENT_CGROUP_CREATED) |
		BIT(CONTMON_EVENT_CGROUP_REMOVED));
	int fd = open_stream();

	arg.flags = cgroup_id ? CONTMON_WATCH_CGROUP : 0;
	arg.cgroup_id = cgroup_id;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	return fd;
}

static void watch_in_cgroup_namespace(void)
{
	int all, inside;
	unsigned int nr;
	__u64 id;

	CONTEXT("depth %d", depth);
	enter_cgroup_namespace();
	all = watch_from_inside(0);
	inside = watch_from_inside(inode(own_path));
	ask_outside_to_fork();
	make_and_remove(own_path, "below");
	make_and_remove(other_path, "elsewhere");
	fork_and_wait(1);
	/*
	 * The processes of its pid namespace are visible, but their cgroup is
	 * not.
	 */
	nr = drain(all);
	check_cgroup_events(nr);
	CHECK(seen_child_of(nr, outside, &id) && id == 0);
	CHECK(seen_child_of(nr, getpid(), &id) && id == inode(own_path));
	nr = drain(inside);
	check_cgroup_events(nr);
	CHECK(!seen_child_of(nr, outside, &id));
	CHECK(seen_child_of(nr, getpid(), &id) && id == inode(own_path));
	CHECK_RC(call_on(inside, CONTMON_WATCH, &(struct contmon_watch){
			 .size = sizeof(struct contmon_watch),
			 .flags = CONTMON_WATCH_CGROUP,
			 .events = BIT(CONTMON_EVENT_FORK),
			 .cgroup_id = inode(other_path) }), -ENOENT);
	close(all);
	close(inside);
	nest_on(watch_in_cgroup_namespace);
}

TEST(streams_see_what_their_cgroup_namespace_has)
{
	REQUIRE(pipe(forked) == 0);
	nest_in_cgroups(watch_in_cgroup_namespace, work_fork_when_asked);
}

static void watch_in_time_namespace(void)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT));
	__u64 before = now_ns(CLOCK_BOOTTIME);
	const struct contmon_event *ended;
	struct contmon_task task;
	pid_t pid = child_zombie();

	REQUIRE_RC(get_task(pid, 0, 0, &task), 0);
	ended = find_event(drain(fd), CONTMON_EVENT_EXIT, pid);
	REQUIRE(ended);
	CHECK_EQ(ended->start_boottime_ns, task.start_boottime_ns);
	CHECK(ended->boottime_ns >= before);
	CHECK(ended->boottime_ns <= now_ns(CLOCK_BOOTTIME));
	close(fd);
}

TEST(streams_have_the_clock_of_their_time_namespace)
{
	require_root();
	if (unshare(CLONE_NEWTIME))
		skip("no time namespaces: %s", strerror(errno));
	write_file("/proc/self/timens_offsets", "boottime 1000000 5\n");
	in_child(watch_in_time_namespace);
}

/* Memory whose first access waits until the descriptor returned is closed */
static void *memory_that_waits(size_t bytes, int *ret_fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.range.len = bytes,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	void *memory;

	/* poll() of one that blocks is an error at once. */
	*ret_fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (*ret_fd < 0)
		skip("no userfaultfd: %s", strerror(errno));
	REQUIRE(ioctl(*ret_fd, UFFDIO_API, &api) == 0);
	memory = map_pages(bytes, PROT_READ | PROT_WRITE);
	area.range.start = (uintptr_t)memory;
	REQUIRE(ioctl(*ret_fd, UFFDIO_REGISTER, &area) == 0);
	return memory;
}

struct stuck {
	int stream;
	void *page;
};

static void *read_into_page(void *_stuck)
{
	struct stuck *stuck = _stuck;

	if (read(stuck->stream, stuck->page, sizeof(struct contmon_event)) < 0)
		return stuck;
	return NULL;
}

/* Otherwise, whoever controls the memory would keep the others forever */
TEST(reader_behind_a_stuck_reader_can_be_killed)
{
	struct stuck stuck = { .stream = watch(BIT(CONTMON_EVENT_FORK)) };
	struct contmon_event event;
	pthread_t reader;
	struct pollfd fault;
	int status, fd;
	pid_t pid;

	require_root();
	stuck.page = memory_that_waits(page_size(), &fd);
	fork_and_wait(1);
	REQUIRE(pthread_create(&reader, NULL, read_into_page, &stuck) == 0);
	fault = (struct pollfd){ .fd = fd, .events = POLLIN };
	REQUIRE(poll(&fault, 1, -1) == 1 && fault.revents == POLLIN);
	pid = fork();
	if (pid == 0)
		_exit(read(stuck.stream, &event, sizeof(event)) < 0);
	WAIT_UNTIL(task_of(pid).state == 'D');
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status));
	close(fd);
	REQUIRE(pthread_join(reader, NULL) == 0);
}
