// SPDX-License-Identifier: GPL-2.0-only
/* READ_CMDLINE: the arguments of a process. */

static char arguments[CONTMON_MAX_CMDLINE];

static int read_cmdline(pid_t pid, __u32 length,
			struct contmon_read_cmdline *ret)
{
	*ret = (struct contmon_read_cmdline){
		.size = sizeof(*ret),
		.pid = pid,
		.length = length,
		.buffer = address_of(arguments),
	};
	memset(arguments, STAIN, sizeof(arguments));
	return call(CONTMON_READ_CMDLINE, ret);
}

static size_t proc_cmdline(pid_t pid, char *buffer, size_t bytes)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	got = read(fd, buffer, bytes);
	REQUIRE(got >= 0);
	close(fd);
	return (size_t)got;
}

TEST(cmdline_equals_that_of_proc)
{
	struct contmon_read_cmdline arg;
	char expected[4096];
	size_t length = proc_cmdline(getpid(), expected, sizeof(expected));

	REQUIRE_RC(read_cmdline(getpid(), sizeof(arguments), &arg), 0);
	CHECK_EQ(arg.length, length);
	CHECK_EQ(arg.total_bytes, length);
	CHECK(memcmp(arguments, expected, length) == 0);
	CHECK_EQ((unsigned char)arguments[length], STAIN);
}

TEST(cmdline_is_cut_where_the_room_ends)
{
	struct contmon_read_cmdline arg;

	REQUIRE_RC(read_cmdline(getpid(), 3, &arg), 0);
	CHECK_EQ(arg.length, 3);
	CHECK(arg.total_bytes > 3);
	CHECK_EQ((unsigned char)arguments[3], STAIN);
}

TEST(cmdline_of_what_has_none_is_empty)
{
	struct contmon_read_cmdline arg;
	pid_t zombie = child_zombie();

	CHECK_RC(read_cmdline(zombie, 100, &arg), 0);
	CHECK_EQ(arg.length, 0);
	CHECK_RC(read_cmdline(2, 100, &arg), 0); /* kthreadd */
	CHECK_EQ(arg.length, 0);
	child_end(zombie);
}

TEST(cmdline_of_what_makes_no_sense_is_refused)
{
	struct contmon_read_cmdline arg;
	pid_t gone = child_start(NULL);

	child_end(gone);
	CHECK_RC(read_cmdline(gone, 100, &arg), -ESRCH);
	CHECK_RC(read_cmdline(0, 100, &arg), -EINVAL);
	CHECK_RC(read_cmdline(getpid(), 0, &arg), -EINVAL);
	CHECK_RC(read_cmdline(getpid(), CONTMON_MAX_CMDLINE + 1, &arg),
		 -EINVAL);
	arg.length = 100;
	arg.pid = getpid();
	arg.buffer = 0;
	CHECK_RC(call(CONTMON_READ_CMDLINE, &arg), -EFAULT);
}

static void cmdline_as_nobody(void)
{
	struct contmon_read_cmdline arg;

	REQUIRE(setresgid(65534, 65534, 65534) == 0);
	REQUIRE(setresuid(65534, 65534, 65534) == 0);
	CHECK_RC(read_cmdline(1, 100, &arg), -EPERM);
	CHECK_RC(read_cmdline(getpid(), 100, &arg), 0);
}

TEST(cmdline_needs_the_right_that_io_needs)
{
	in_child(cmdline_as_nobody);
}
