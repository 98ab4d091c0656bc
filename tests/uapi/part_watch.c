// SPDX-License-Identifier: GPL-2.0-only
/* WATCH, read() and poll(): the stream of events. */

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static struct contmon_event events[256];

static int open_stream(void)
{
	int fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	REQUIRE(fd >= 0);
	return fd;
}

static struct contmon_watch watch_arg(__u32 types)
{
	return (struct contmon_watch){
		.size = sizeof(struct contmon_watch),
		.events = types,
	};
}

static int watch(__u32 types)
{
	struct contmon_watch arg = watch_arg(types);
	int fd = open_stream();

	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	return fd;
}

/* Those of an earlier test may have been too deep for these events */
static bool populated_comes(void)
{
	return get_info().features & CONTMON_FEATURE_POPULATED;
}

/* Reads all events; returns their number */
static unsigned int drain(int fd)
{
	size_t done = 0;
	ssize_t got;

	while (done < sizeof(events)) {
		got = read(fd, (char *)events + done, sizeof(events) - done);
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return (unsigned int)(done / sizeof(events[0]));
}

/* The first event of @type and @pid among @nr, or NULL */
static const struct contmon_event *find_event(unsigned int nr, __u32 type,
					      pid_t pid)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (events[i].type == type && (!pid || events[i].pid == pid))
			return &events[i];
	return NULL;
}

#define BIT(type) (1U << (type))

TEST(watch_reports_fork_exec_and_exit_with_its_usage)
{
	int fd = watch(BIT(CONTMON_EVENT_FORK) | BIT(CONTMON_EVENT_EXEC) |
		       BIT(CONTMON_EVENT_EXIT));
	const struct contmon_event *born, *ran, *ended;
	unsigned int nr;
	pid_t pid = fork();

	if (pid == 0) {
		burn(30);
		close(STDOUT_FILENO);
		execl("/proc/self/exe", "x", "no-test-has-this-name", NULL);
		_exit(9);
	}
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	nr = drain(fd);
	born = find_event(nr, CONTMON_EVENT_FORK, pid);
	ran = find_event(nr, CONTMON_EVENT_EXEC, pid);
	ended = find_event(nr, CONTMON_EVENT_EXIT, pid);
	REQUIRE(born && ran && ended);
	CHECK(born->sequence < ran->sequence);
	CHECK(ran->sequence < ended->sequence);
	CHECK(born->boottime_ns <= ended->boottime_ns);
	CHECK_EQ(born->ppid, getpid());
	CHECK_EQ(born->start_boottime_ns, ended->start_boottime_ns);
	CHECK(ended->runtime_ns >= 30000000);
	CHECK_EQ(ended->utime_ns + ended->stime_ns, ended->runtime_ns);
	CHECK(ended->rss_peak_bytes > 0);
	CHECK_EQ(ended->dropped, 0);
	CHECK_EQ(ended->uid, 0);
	close(fd);
}

/* A record may begin in one segment and go on in the next. */
TEST(readv_waits_only_for_its_first_event)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT));
	const size_t part = sizeof(events[0]) / 2;
	struct iovec segments[] = {
		{ &events[0], part },
		{ (char *)&events[0] + part, sizeof(events[0]) - part },
		{ &events[1], sizeof(events[1]) },
	};
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	REQUIRE(fcntl(fd, F_SETFL, 0) == 0);
	REQUIRE(readv(fd, segments, 3) == sizeof(events[0]));
	CHECK_EQ(events[0].type, CONTMON_EVENT_EXIT);
	CHECK_EQ(events[0].pid, pid);
	close(fd);
}

TEST(watch_reports_the_exit_code)
{
	int fd = watch(BIT(CONTMON_EVENT_EXIT));
	const struct contmon_event *ended;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	ended = find_event(drain(fd), CONTMON_EVENT_EXIT, pid);
	REQUIRE(ended);
	CHECK_EQ(ended->exit_code, 7 << 8);

	pid = child_start(NULL);
	child_end(pid);
	ended = find_event(drain(fd), CONTMON_EVENT_EXIT, pid);
	REQUIRE(ended);
	CHECK_EQ(ended->exit_code, SIGKILL);
	close(fd);
}

TEST(watch_of_one_process_reports_no_others)
{
	pid_t pid = child_start(NULL), other = child_start(NULL);
	struct contmon_watch arg = watch_arg(CONTMON_EVENT_ALL &
					     ~CONTMON_EVENT_LIMITS);
	int fd = open_stream();
	unsigned int nr;

	arg.flags = CONTMON_WATCH_PID;
	arg.pid = pid;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	child_end(other);
	child_end(pid);
	nr = drain(fd);
	CHECK_EQ(nr, 1);
	CHECK_EQ(events[0].type, CONTMON_EVENT_EXIT);
	CHECK_EQ(events[0].pid, pid);
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -ESRCH);
	close(fd);
}

/* A stream with only the exit of @pid */
static int watch_exit_of(pid_t pid)
{
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_EXIT));
	int fd = open_stream();

	arg.flags = CONTMON_WATCH_PID;
	arg.pid = pid;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	return fd;
}

/* A child that ends @pid while we sleep in a call that waits */
static pid_t child_that_ends(pid_t pid)
{
	pid_t killer = fork();

	REQUIRE(killer >= 0);
	if (killer == 0) {
		WAIT_UNTIL(task_of(getppid()).state == 'S');
		_exit(kill(pid, SIGKILL) ? FAILED : PASSED);
	}
	return killer;
}

TEST(watch_makes_poll_and_epoll_wait)
{
	pid_t pid = child_start(NULL), killer;
	int fd = watch_exit_of(pid);
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	REQUIRE(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
	CHECK(read(fd, events, sizeof(events)) == -1 && errno == EAGAIN);
	killer = child_that_ends(pid);
	CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
	CHECK_EQ(poll(&poll_fd, 1, -1), 1);
	CHECK_EQ(poll_fd.revents, POLLIN);
	waitpid(killer, NULL, 0);
	waitpid(pid, NULL, 0);
	CHECK(find_event(drain(fd), CONTMON_EVENT_EXIT, pid));
	close(epoll);
	close(fd);
}

/* A child that waits for the stream @fd as one of many, and does not read it */
static pid_t child_that_shares(int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	pid_t waits = fork();

	REQUIRE(waits >= 0);
	if (waits == 0) {
		int epoll = epoll_create1(EPOLL_CLOEXEC);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
		_exit(epoll_wait(epoll, &event, 1, -1) != 1);
	}
	WAIT_UNTIL(task_of(waits).state == 'S');
	wait_off_cpu(waits);
	return waits;
}

/* A reader that was woken may end before it reads, so others must wake, too. */
TEST(watch_wakes_all_that_wait_even_with_epollexclusive)
{
	pid_t other = child_start(NULL), waits[3];
	int fd = watch_exit_of(other), status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(waits); i++)
		waits[i] = child_that_shares(fd);
	child_end(other);
	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		CONTEXT("reader %zu", i);
		REQUIRE(waitpid(waits[i], &status, 0) == waits[i]);
		CHECK_EQ(status, 0);
	}
	close(fd);
}

TEST(watch_makes_read_wait)
{
	pid_t pid = child_start(NULL), killer;
	int fd = watch_exit_of(pid);

	REQUIRE(fcntl(fd, F_SETFL, 0) == 0);
	killer = child_that_ends(pid);
	CHECK_EQ(read(fd, events, sizeof(events[0])), sizeof(events[0]));
	CHECK_EQ(events[0].pid, pid);
	waitpid(killer, NULL, 0);
	waitpid(pid, NULL, 0);
	close(fd);
}

/* Two events for each child: fork and exit. The kernel reaps the children. */
static void many_births(void)
{
	unsigned int i;

	signal(SIGCHLD, SIG_IGN);
	for (i = 0; i < CONTMON_EVENT_RING / 4 + 50; i++)
		if (vfork() == 0)
			_exit(0);
}

TEST(watch_counts_what_a_slow_reader_loses)
{
	int fd = watch(BIT(CONTMON_EVENT_FORK) | BIT(CONTMON_EVENT_EXIT));
	unsigned int i, nr;
	__u64 first, lost;
	pid_t pid;

	drain(fd);
	/* On two CPUs at once, because it is the longest test. */
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		many_births();
		_exit(0);
	}
	in_child(many_births);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	nr = drain(fd);
	REQUIRE(nr > 2);
	first = events[0].sequence;
	lost = events[0].dropped;
	CHECK(lost >= 2 * 100);
	/* Every gap must be counted */
	for (i = 1; i < nr; i++) {
		CHECK_EQ(events[i].dropped, 0);
		CHECK(events[i].sequence > events[i - 1].sequence);
	}
	CHECK(first >= lost);
	close(fd);
}

TEST(watch_gives_each_reader_its_own_place)
{
	int a = watch(BIT(CONTMON_EVENT_EXIT));
	int b = watch(BIT(CONTMON_EVENT_EXIT));
	pid_t pid = child_start(NULL);

	child_end(pid);
	CHECK(find_event(drain(a), CONTMON_EVENT_EXIT, pid));
	CHECK(find_event(drain(b), CONTMON_EVENT_EXIT, pid));
	CHECK_EQ(drain(a), 0);
	close(a);
	child_end(child_start(NULL));
	CHECK(drain(b) >= 1);
	close(b);
}

TEST(watch_reports_cgroups_by_path)
{
	char base[PATH_MAX], path[PATH_MAX + 32];
	int fd = watch(BIT(CONTMON_EVENT_CGROUP_CREATED) |
		       BIT(CONTMON_EVENT_CGROUP_POPULATED) |
		       BIT(CONTMON_EVENT_CGROUP_EMPTIED) |
		       BIT(CONTMON_EVENT_CGROUP_REMOVED));
	static const __u32 order[] = {
		CONTMON_EVENT_CGROUP_CREATED, CONTMON_EVENT_CGROUP_POPULATED,
		CONTMON_EVENT_CGROUP_EMPTIED, CONTMON_EVENT_CGROUP_REMOVED,
	};
	unsigned int nr, i, next = 0;
	struct stat st;
	char procs[PATH_MAX + 64];
	__u64 populated = 1;
	pid_t pid;
	int procs_fd;

	if (!cgroup_directory(base, sizeof(base))) {
		skip("no cgroup v2 is mounted");
		return;
	}
	WAIT_UNTIL(populated_comes());
	snprintf(path, sizeof(path), "%s/contmon-test-%d", base, getpid());
	REQUIRE(mkdir(path, 0755) == 0);
	REQUIRE(stat(path, &st) == 0);
	pid = child_start(NULL);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	procs_fd = open(procs, O_WRONLY | O_CLOEXEC);
	REQUIRE(procs_fd >= 0);
	REQUIRE(dprintf(procs_fd, "%d", pid) > 0);
	close(procs_fd);
	child_end(pid);
	/* Otherwise new kernels remove it before its dead task has left it */
	snprintf(procs, sizeof(procs), "%s/cgroup.events", path);
	WAIT_UNTIL(file_number(procs, "populated", &populated) && !populated);
	REQUIRE(rmdir(path) == 0);
	nr = drain(fd);
	for (i = 0; i < nr; i++) {
		if (events[i].cgroup_id != st.st_ino)
			continue;
		REQUIRE(next < ARRAY_SIZE(order));
		CHECK_EQ(events[i].type, order[next++]);
		CHECK(strstr((char *)events[i].path, "contmon-test-"));
	}
	CHECK_EQ(next, ARRAY_SIZE(order));
	close(fd);
}

TEST(watch_reports_memory_over_the_threshold)
{
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_THRESHOLD));
	int fd = open_stream();
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	pid_t pid = fork();
	int status;

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		raise(SIGSTOP);
		touch_16_mib();
		for (;;)
			pause();
	}
	REQUIRE(waitpid(pid, &status, WUNTRACED) == pid);
	arg.flags = CONTMON_WATCH_PID;
	arg.pid = pid;
	arg.rss_bytes = 12 << 20;
	arg.interval_ms = 10;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	REQUIRE(kill(pid, SIGCONT) == 0);
	CHECK_EQ(poll(&poll_fd, 1, -1), 1);
	CHECK_EQ(drain(fd), 1);
	CHECK_EQ(events[0].type, CONTMON_EVENT_THRESHOLD);
	CHECK_EQ(events[0].pid, pid);
	CHECK(events[0].rss_bytes >= 12 << 20);
	/* Only once while it stays over the limit */
	CHECK_EQ(poll(&poll_fd, 1, 200), 0);
	child_end(pid);
	close(fd);
}

TEST(watch_with_invalid_members_is_refused)
{
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_THRESHOLD));
	int fd = open_stream();

	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EINVAL);
	arg.flags = CONTMON_WATCH_PID;
	arg.pid = getpid();
	arg.rss_bytes = 1;
	arg.interval_ms = 9;
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EINVAL);
	arg.interval_ms = 60001;
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EINVAL);
	arg.interval_ms = 10;
	arg.pid = 0;
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EINVAL);
	arg = watch_arg(CONTMON_EVENT_ALL + 1);
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EOPNOTSUPP);
	arg = watch_arg(1);
	arg.flags = CONTMON_WATCH_CGROUP;
	arg.cgroup_id = 0x7fffffff;
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -ENOENT);
	/* Nothing is watched, so read() and poll() fail */
	CHECK(read(fd, events, sizeof(events)) == -1 && errno == EINVAL);
	arg = watch_arg(1);
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	CHECK(read(fd, events, sizeof(events[0]) - 1) == -1 && errno == EINVAL);
	CHECK(read(fd, NULL, 0) == -1 && errno == EINVAL);
	arg = watch_arg(0);
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	CHECK(read(fd, events, sizeof(events)) == -1 && errno == EINVAL);
	close(fd);
}

static int polled;

static void work_poll(void)
{
	struct pollfd wanted = { .fd = polled, .events = POLLIN };

	_exit(poll(&wanted, 1, -1) == 1 ? PASSED : FAILED);
}

/* A blocked reader stays blocked and gets its event */
TEST(watch_that_blocks_keeps_the_module_loaded)
{
	pid_t waits, other;
	int status;

	polled = watch(BIT(CONTMON_EVENT_EXIT));
	waits = fork();
	REQUIRE(waits >= 0);
	if (waits == 0)
		work_poll();
	WAIT_UNTIL(task_of(waits).state == 'S');
	CHECK_EQ(syscall(SYS_delete_module, "contmon", O_NONBLOCK), -1);
	CHECK_EQ(errno, EWOULDBLOCK);
	CHECK_EQ(waitpid(waits, NULL, WNOHANG), 0);
	other = fork();
	if (other == 0)
		_exit(0);
	REQUIRE(waitpid(other, NULL, 0) == other);
	REQUIRE(waitpid(waits, &status, 0) == waits);
	CHECK_EQ(status, 0);
	close(polled);
}
