// SPDX-License-Identifier: GPL-2.0-only
/* Events of a number that reaches a limit, and the identity of processes. */

static int watch_limit(struct contmon_watch arg)
{
	int fd = open_stream();

	arg.size = sizeof(arg);
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	return fd;
}

/* Waits for the only event of the stream. */
static const struct contmon_event *wait_for_one(int fd)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };

	REQUIRE(poll(&wanted, 1, -1) == 1);
	REQUIRE(drain(fd) == 1);
	return &events[0];
}

static int go_on[2];
static void (*on_request)(void);

static void *thread_on_request(void *unused)
{
	char byte;

	if (read(go_on[0], &byte, 1) != 1)
		_exit(FAILED);
	on_request();
	for (;;)
		pause();
	return unused;
}

/*
 * A process whose first thread has done @first, if any, and exited; another
 * does @work on request.
 */
static pid_t child_without_leader(void (*first)(void), void (*work)(void))
{
	pthread_t thread;
	pid_t pid;

	REQUIRE(pipe(go_on) == 0);
	on_request = work;
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (first)
			first();
		if (pthread_create(&thread, NULL, thread_on_request, NULL))
			_exit(FAILED);
		exit_thread(0);
	}
	WAIT_UNTIL(task_of(pid).state == 'Z');
	return pid;
}

TEST(limits_hold_for_a_process_whose_first_thread_has_ended)
{
	pid_t pid = child_without_leader(NULL, touch_16_mib);
	const struct contmon_event *event;
	int fd = watch_limit((struct contmon_watch){
		.flags = CONTMON_WATCH_PID,
		.events = BIT(CONTMON_EVENT_THRESHOLD),
		.pid = pid,
		.rss_bytes = 12 << 20,
		.interval_ms = 10,
	});

	REQUIRE(write(go_on[1], "", 1) == 1);
	event = wait_for_one(fd);
	CHECK_EQ(event->type, CONTMON_EVENT_THRESHOLD);
	CHECK_EQ(event->pid, pid);
	CHECK(event->rss_bytes >= 12 << 20);
	child_end(pid);
	close(fd);
}

/* A process over the limit counts only while it is in the watched cgroup. */
TEST(limits_of_a_process_hold_only_in_the_watched_cgroup)
{
	pid_t pid = child_start(touch_16_mib);
	struct contmon_watch arg = {
		.flags = CONTMON_WATCH_PID | CONTMON_WATCH_CGROUP,
		.events = BIT(CONTMON_EVENT_THRESHOLD),
		.pid = pid,
		.rss_bytes = 12 << 20,
		.interval_ms = 10,
	};
	struct pollfd wanted = { .events = POLLIN };
	const struct contmon_event *event;

	make_cgroup();
	arg.cgroup_id = inode(made);
	wanted.fd = watch_limit(arg);
	CHECK_EQ(poll(&wanted, 1, 200), 0);
	move_to_cgroup(pid);
	event = wait_for_one(wanted.fd);
	CHECK_EQ(event->type, CONTMON_EVENT_THRESHOLD);
	CHECK_EQ(event->pid, pid);
	CHECK_EQ(event->cgroup_id, inode(made));
	CHECK(event->rss_bytes >= 12 << 20);
	child_end(pid);
	remove_cgroup();
	close(wanted.fd);
}

static void work_join_and_touch_16_mib(void)
{
	move_to_cgroup(getpid());
	touch_16_mib();
}

TEST(limits_hold_for_the_memory_of_a_cgroup)
{
	const struct contmon_event *event;
	pid_t first, second;
	int fd;

	make_memory_cgroup();
	fd = watch_limit((struct contmon_watch){
		.flags = CONTMON_WATCH_CGROUP,
		.events = BIT(CONTMON_EVENT_CGROUP_MEMORY),
		.cgroup_id = inode(made),
		.memory_bytes = 24 << 20,
		.interval_ms = 10,
	});
	/* Each alone is below the limit, both together are over it. */
	first = child_start(work_join_and_touch_16_mib);
	CHECK_EQ(drain(fd), 0);
	second = child_start(work_join_and_touch_16_mib);
	event = wait_for_one(fd);
	CHECK_EQ(event->type, CONTMON_EVENT_CGROUP_MEMORY);
	CHECK_EQ(event->cgroup_id, inode(made));
	CHECK_EQ(event->pid, 0);
	CHECK(event->memory_bytes >= 24 << 20);
	CHECK(event->memory_bytes < 64 << 20);
	child_end(second);
	child_end(first);
	remove_cgroup();
	close(fd);
}

/* More tasks than processors that always want to run */
static void work_join_and_crowd_on(void)
{
	long nr = 2 * sysconf(_SC_NPROCESSORS_ONLN);

	move_to_cgroup(getpid());
	while (--nr > 0)
		if (fork() == 0)
			for (;;)
				;
}

TEST(limits_hold_for_the_pressure_of_a_cgroup)
{
	const struct contmon_event *event;
	char path[128];
	pid_t pid;
	int fd;

	make_cgroup();
	read_pressure("cpu");
	fd = watch_limit((struct contmon_watch){
		.flags = CONTMON_WATCH_CGROUP,
		.events = BIT(CONTMON_EVENT_CGROUP_PRESSURE),
		.cgroup_id = inode(made),
		.pressure = CONTMON_PRESSURE_CPU_SOME,
		.stalled_ns = 100000000,
		.interval_ms = 2000,
	});
	pid = child_start(work_join_and_crowd_on);
	event = wait_for_one(fd);
	CHECK_EQ(event->type, CONTMON_EVENT_CGROUP_PRESSURE);
	CHECK_EQ(event->cgroup_id, inode(made));
	CHECK(event->stalled_ns >= 100000000);
	made_file(path, sizeof(path), "cgroup.kill");
	write_file(path, "1");
	waitpid(pid, NULL, 0);
	remove_cgroup();
	close(fd);
}

static const struct limit_case {
	const char *name;
	struct contmon_watch arg;
} refused_limits[] = {
	{"memory of no cgroup",
	 {.events = BIT(CONTMON_EVENT_CGROUP_MEMORY), .memory_bytes = 1,
	  .interval_ms = 10}},
	{"memory without a limit",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .interval_ms = 10,
	  .events = BIT(CONTMON_EVENT_CGROUP_MEMORY)}},
	{"memory without an interval",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .memory_bytes = 1,
	  .events = BIT(CONTMON_EVENT_CGROUP_MEMORY)}},
	{"pressure more often than the kernel looks",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .stalled_ns = 1,
	  .events = BIT(CONTMON_EVENT_CGROUP_PRESSURE), .interval_ms = 1999}},
	{"pressure without a limit",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .interval_ms = 2000,
	  .events = BIT(CONTMON_EVENT_CGROUP_PRESSURE)}},
	{"a limit that cannot be reached",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .interval_ms = 2000,
	  .events = BIT(CONTMON_EVENT_CGROUP_PRESSURE),
	  .stalled_ns = 2000000001}},
	{"pressure of something else",
	 {.flags = CONTMON_WATCH_CGROUP, .cgroup_id = 1, .interval_ms = 2000,
	  .events = BIT(CONTMON_EVENT_CGROUP_PRESSURE), .stalled_ns = 1,
	  .pressure = CONTMON_PRESSURE_MEMORY_FULL + 1}},
	{"pressure for another event",
	 {.events = BIT(CONTMON_EVENT_EXIT), .pressure = 1}},
	{"a start of no process",
	 {.events = BIT(CONTMON_EVENT_EXIT), .start_boottime_ns = 1}},
};

TEST(limits_that_are_invalid_are_refused)
{
	struct contmon_watch arg;
	int fd = open_stream();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused_limits); i++) {
		CONTEXT("%s", refused_limits[i].name);
		arg = refused_limits[i].arg;
		arg.size = sizeof(arg);
		CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -EINVAL);
	}
	close(fd);
}

/* By the id and the start of a process and of its parent */
TEST(watch_identifies_processes_by_start_time)
{
	struct contmon_task self = task_of(getpid()), child;
	const struct contmon_event *born;
	int fd = watch(BIT(CONTMON_EVENT_FORK));
	pid_t pid = child_start(NULL);
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_EXIT));

	child = task_of(pid);
	born = find_event(drain(fd), CONTMON_EVENT_FORK, pid);
	REQUIRE(born);
	CHECK_EQ(born->start_boottime_ns, child.start_boottime_ns);
	CHECK_EQ(born->ppid, getpid());
	CHECK_EQ(born->parent_start_boottime_ns, self.start_boottime_ns);
	arg.flags = CONTMON_WATCH_PID;
	arg.pid = pid;
	arg.start_boottime_ns = child.start_boottime_ns + 1;
	CHECK_RC(call_on(fd, CONTMON_WATCH, &arg), -ESRCH);
	arg.start_boottime_ns = child.start_boottime_ns;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	child_end(pid);
	CHECK(find_event(drain(fd), CONTMON_EVENT_EXIT, pid));
	close(fd);
}

/* A caller of version 2 has a shorter argument and no such limits. */
TEST(watch_serves_callers_of_version_2)
{
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_EXIT));
	int fd = open_stream();
	pid_t pid = child_start(NULL);

	arg.size = offsetof(struct contmon_watch, start_boottime_ns);
	memset((char *)&arg + arg.size, 0xff, sizeof(arg) - arg.size);
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	child_end(pid);
	CHECK(find_event(drain(fd), CONTMON_EVENT_EXIT, pid));
	close(fd);
}
