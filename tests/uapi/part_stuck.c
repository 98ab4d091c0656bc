// SPDX-License-Identifier: GPL-2.0-only
/* Calls beside one that waits for memory of userfaultfd. See part_streams.c */

#include <linux/io_uring.h>

static void wait_for_fault(int fd)
{
	struct pollfd fault = { .fd = fd, .events = POLLIN };

	REQUIRE(poll(&fault, 1, -1) == 1 && fault.revents == POLLIN);
}

/* Submits a read() of one event to an io_uring, without waiting for it */
__attribute__((noreturn)) static void submit_read(int stream,
						  struct contmon_event *event)
{
	struct io_uring_params params = { .flags = 0 };
	struct io_uring_sqe *sqe;
	unsigned int *tail;
	char *ring;
	int fd;

	fd = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (fd < 0)
		_exit(SKIPPED);
	ring = mmap(NULL, params.sq_off.array + sizeof(*tail),
		    PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqe == MAP_FAILED)
		_exit(FAILED);
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_READ,
		.fd = stream,
		.addr = address_of(event),
		.len = sizeof(*event),
	};
	tail = (unsigned int *)(void *)(ring + params.sq_off.tail);
	__atomic_store_n(tail, 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0) != 1)
		_exit(FAILED);
	_exit(PASSED);
}

static bool waits_or_has_ended(pid_t pid)
{
	__u32 state = task_of(pid).state;

	return state == 'D' || state == 'Z';
}

/* A stream with a single event, the end of a process, whose read() blocks */
static int stream_of_one_event(void)
{
	struct contmon_watch arg = watch_arg(BIT(CONTMON_EVENT_EXIT));
	pid_t pid = child_start(NULL);
	int fd = open_stream();

	arg.flags = CONTMON_WATCH_PID;
	arg.pid = pid;
	REQUIRE_RC(call_on(fd, CONTMON_WATCH, &arg), 0);
	REQUIRE(fcntl(fd, F_SETFL, 0) == 0);
	child_end(pid);
	return fd;
}

/*
 * The kernel submits a read() that must not wait when poll() reports an event.
 * If another reader takes that one, the caller, which may have other requests
 * in the same ring, must not wait for the next.
 */
TEST(stuck_reader_that_takes_an_event_keeps_no_io_uring)
{
	struct stuck stuck = { .stream = stream_of_one_event() };
	struct contmon_event event;
	pthread_t reader;
	int status, fd;
	pid_t pid;

	require_root();
	stuck.page = memory_that_waits(page_size(), &fd);
	REQUIRE(pthread_create(&reader, NULL, read_into_page, &stuck) == 0);
	wait_for_fault(fd);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		close(fd);	/* or else the reader would stay stuck */
		submit_read(stuck.stream, &event);
	}
	WAIT_UNTIL(waits_or_has_ended(pid));
	close(fd);
	REQUIRE(pthread_join(reader, NULL) == 0);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip("no io_uring");
	CHECK_EQ(status, 0);
}

static int shared_memory;

static void work_map_shared_memory(void)
{
	if (mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
		 shared_memory, 0) == MAP_FAILED)
		_exit(FAILED);
}

static void *read_cmdline_into_page(void *_arg)
{
	call(CONTMON_READ_CMDLINE, _arg);
	return NULL;
}

/* A file cannot be sealed against writing while anyone has it mapped. */
TEST(stuck_reader_of_arguments_keeps_no_memory_of_the_process)
{
	struct contmon_read_cmdline arg = {
		.size = sizeof(arg),
		.length = 100,
	};
	pthread_t reader;
	int fd;

	require_root();
	shared_memory = memfd_create("contmon", MFD_CLOEXEC |
						MFD_ALLOW_SEALING);
	REQUIRE(shared_memory >= 0);
	REQUIRE(ftruncate(shared_memory, (off_t)page_size()) == 0);
	arg.pid = child_start(work_map_shared_memory);
	CHECK(fcntl(shared_memory, F_ADD_SEALS, F_SEAL_WRITE) == -1);
	arg.buffer = address_of(memory_that_waits(page_size(), &fd));
	REQUIRE(!pthread_create(&reader, NULL, read_cmdline_into_page, &arg));
	wait_for_fault(fd);
	child_end(arg.pid);
	/* Someone else may be reading the arguments, too, but not for long. */
	WAIT_UNTIL(fcntl(shared_memory, F_ADD_SEALS, F_SEAL_WRITE) == 0);
	close(fd);
	REQUIRE(pthread_join(reader, NULL) == 0);
}
