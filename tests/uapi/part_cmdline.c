// SPDX-License-Identifier: GPL-2.0-only
/* READ_CMDLINE: the arguments of a process, as in /proc/PID/cmdline. */

#include "fuse.h"

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

/* The driver must show the same bytes of a process as /proc. */
static void check_cmdline(pid_t pid)
{
	static char expected[CONTMON_MAX_CMDLINE];
	size_t length = proc_cmdline(pid, expected, sizeof(expected));
	struct contmon_read_cmdline arg;

	REQUIRE_RC(read_cmdline(pid, sizeof(arguments), &arg), 0);
	CHECK_EQ(arg.length, length);
	CHECK_EQ(arg.total_bytes, length);
	CHECK(memcmp(arguments, expected, length) == 0);
	CHECK_EQ((unsigned char)arguments[length], STAIN);
}

TEST(cmdline_equals_that_of_proc)
{
	struct contmon_read_cmdline arg;

	check_cmdline(getpid());
	REQUIRE_RC(read_cmdline(getpid(), sizeof(arguments), &arg), 0);
	CHECK_EQ(arg.total_bytes, arg.length);
}

TEST(cmdline_is_cut_where_the_room_ends)
{
	struct contmon_read_cmdline arg;

	REQUIRE_RC(read_cmdline(getpid(), 3, &arg), 0);
	CHECK_EQ(arg.length, 3);
	CHECK(arg.total_bytes > 3);
	CHECK_EQ((unsigned char)arguments[3], STAIN);
}

TEST(cmdline_of_kernel_threads_and_zombies_is_empty)
{
	struct contmon_read_cmdline arg;
	pid_t zombie = child_zombie();

	CHECK_RC(read_cmdline(zombie, 100, &arg), 0);
	CHECK_EQ(arg.length, 0);
	CHECK_EQ(arg.total_bytes, 0);
	CHECK_RC(read_cmdline(2, 100, &arg), 0); /* kthreadd */
	CHECK_EQ(arg.length, 0);
	child_end(zombie);
}

TEST(cmdline_of_an_invalid_pid_or_length_is_refused)
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
	REQUIRE(setresgid(65534, 65534, 65534) == 0);
	REQUIRE(setresuid(65534, 65534, 65534) == 0);
	check_cmdline(1);
	check_cmdline(getpid());
}

/* Every user may read /proc/1/cmdline, unlike /proc/1/io. */
TEST(cmdline_needs_no_right)
{
	require_root();
	in_child(cmdline_as_nobody);
}

/* Memory that a child declares as its arguments, then as its environment */
static struct {
	char *start;
	size_t arg_bytes;
	size_t env_bytes;
} declared;

/* Start addresses first: a start must not come after its end. */
static void work_declare(void)
{
	unsigned long start = (unsigned long)declared.start;
	unsigned long middle = start + declared.arg_bytes;

	if (prctl(PR_SET_MM, PR_SET_MM_ARG_START, start, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ARG_END, middle, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ENV_START, middle, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ENV_END, middle + declared.env_bytes,
		  0, 0))
		_exit(FAILED);
}

static void check_declared(char *start, size_t arg_bytes, size_t env_bytes)
{
	pid_t pid;

	declared.start = start;
	declared.arg_bytes = arg_bytes;
	declared.env_bytes = env_bytes;
	pid = child_start(work_declare);
	check_cmdline(pid);
	child_end(pid);
}

/* A title written over the arguments has no NUL at their end. */
TEST(cmdline_is_a_title_where_proc_shows_one)
{
	char *memory = map_pages(2 * page_size(), PROT_READ | PROT_WRITE);

	require_root();
	strcpy(memory, "a");
	strcpy(memory + 2, "b");
	CONTEXT("arguments");
	check_declared(memory, 4, 4);
	memcpy(memory, "title", 6);
	CONTEXT("a title that runs into the environment");
	check_declared(memory, 4, 4);
	CONTEXT("a title cut where the environment ends");
	check_declared(memory, 3, 1);
	CONTEXT("a title with no NUL before a page has been read");
	memset(memory, 'x', 2 * page_size());
	check_declared(memory, page_size() / 2, page_size());
	CONTEXT("arguments of no length");
	check_declared(memory, 0, 4);
}

TEST(cmdline_ends_before_memory_that_cannot_be_read)
{
	char *memory = map_pages(2 * page_size(), PROT_READ | PROT_WRITE);

	require_root();
	memset(memory, 'x', page_size());
	REQUIRE(munmap(memory + page_size(), page_size()) == 0);
	check_declared(memory, page_size() + 64, 0);
}

/* Bytes of a file are not arguments, wherever a process declares them. */
TEST(cmdline_shows_no_file)
{
	char *memory;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	require_root();
	REQUIRE(fd >= 0);
	memory = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(memory != MAP_FAILED);
	check_declared(memory, 64, 0);
	close(fd);
}

/* The server could block the caller forever, even against signals. */
TEST(cmdline_touches_no_file)
{
	bool *wanted = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[] = "/tmp/contmon-test-XXXXXX", file[64];
	char *memory;
	pid_t server;
	int fd;

	require_root();
	REQUIRE(wanted != MAP_FAILED && mkdtemp(path));
	server = fuse_mount(path, wanted);
	snprintf(file, sizeof(file), "%s/file", path);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	memory = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(memory != MAP_FAILED);
	check_declared(memory, 64, 0);
	CHECK(!*wanted);
	munmap(memory, page_size());
	close(fd);
	umount2(path, MNT_DETACH);
	child_end(server);
	rmdir(path);
}
