// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a task waited: for a CPU, and with delay accounting for other
 * causes.
 */

#define DELAYACCT "/proc/sys/kernel/task_delayacct"

/* The old setting, which restore_delayacct() restores */
static char delayacct_was[4];

static void set_delayacct(const char *value)
{
	int fd = open(DELAYACCT, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		skip("this kernel keeps no delay accounts");
	REQUIRE(pread(fd, delayacct_was, sizeof(delayacct_was) - 1, 0) > 0);
	if (write(fd, value, 1) != 1)
		skip("only root may turn delay accounting on");
	close(fd);
}

static void restore_delayacct(void)
{
	int fd = open(DELAYACCT, O_WRONLY | O_CLOEXEC);

	REQUIRE(write(fd, delayacct_was, 1) == 1);
	close(fd);
}

/* Reads a file without the page cache, so that it has to wait for the disk */
static void work_read_from_disk(void)
{
	static char buffer[1 << 16] __attribute__((aligned(4096)));
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC | O_DIRECT);

	/*
	 * If the file system of the program has no O_DIRECT there is nothing to
	 * wait for, and both sides show that.
	 */
	while (fd >= 0 && read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
}

/* Field 42 of stat, in ticks */
static __u64 blkio_ticks(pid_t pid)
{
	char path[64], text[1024], *at;
	ssize_t got;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	REQUIRE(got > 0);
	text[got] = '\0';
	at = strrchr(text, ')') + 1;
	for (i = 2; i < 42; i++)
		at = strchr(at, ' ') + 1;
	return strtoull(at, NULL, 10);
}

TEST(waits_for_the_disk_equal_proc)
{
	const __u64 tick = NS_PER_S / (__u64)sysconf(_SC_CLK_TCK);
	struct contmon_task task;
	pid_t pid;

	set_delayacct("1");
	pid = child_stopped(work_read_from_disk);
	restore_delayacct();
	REQUIRE_RC(get_task(pid, CONTMON_TASK_DELAY, 0, &task), 0);
	CHECK(task.valid & CONTMON_TASK_DELAY);
	CHECK_EQ(task.blkio_delay_ns / tick, blkio_ticks(pid));
	child_end(pid);
}

TEST(waits_of_threads_forked_without_accounts_are_unknown)
{
	struct contmon_task task;
	pid_t pid;

	set_delayacct("0");
	pid = child_stopped(NULL);
	restore_delayacct();
	REQUIRE_RC(get_task(pid, CONTMON_TASK_DELAY, 0, &task), 0);
	CHECK(!(task.valid & CONTMON_TASK_DELAY));
	CHECK_EQ(task.blkio_delay_ns, 0);
	child_end(pid);
}

/* schedstat: run time, time on the run queue, time slices */
TEST(waits_for_a_cpu_equal_proc)
{
	pid_t pid = child_stopped(NULL);
	unsigned long long ran, waited, slices;
	struct contmon_task task;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	file = fopen(path, "re");
	REQUIRE_RC(get_task(pid, CONTMON_TASK_RUNQ, 0, &task), 0);
	if (!file) {
		CHECK(!(task.valid & CONTMON_TASK_RUNQ));
		child_end(pid);
		return;
	}
	REQUIRE(fscanf(file, "%llu %llu %llu", &ran, &waited, &slices) == 3);
	fclose(file);
	CHECK(task.valid & CONTMON_TASK_RUNQ);
	CHECK_EQ(task.run_delay_ns, waited);
	CHECK_EQ(task.timeslices, slices);
	CHECK(slices > 0);
	child_end(pid);
}
