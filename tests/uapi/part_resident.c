// SPDX-License-Identifier: GPL-2.0-only
/* RESIDENT: how much of a range has page frames of its own. */

static int resident_at(__u64 address, __u64 length, __u64 *ret)
{
	struct contmon_resident arg = {
		.size = sizeof(arg),
		.address = address,
		.length_bytes = length,
		.resident_bytes = ~0ULL,
	};
	int rc = call(CONTMON_RESIDENT, &arg);

	*ret = arg.resident_bytes;
	return rc;
}

static __u64 resident(const void *memory, __u64 length)
{
	__u64 bytes;

	REQUIRE_RC(resident_at(address_of(memory), length, &bytes), 0);
	return bytes;
}

/* Without huge pages, so that touched pages can be counted. */
static char *alloc_small_pages(size_t bytes)
{
	char *memory = alloc_or_end(bytes);

	REQUIRE(!madvise(memory, bytes, MADV_NOHUGEPAGE) || errno == EINVAL);
	return memory;
}

static int read_all(const volatile char *memory, size_t bytes)
{
	int sum = 0;
	size_t i;

	for (i = 0; i < bytes; i += page_size())
		sum += memory[i];
	return sum;
}

TEST(resident_of_an_invalid_range_is_refused)
{
	const __u64 page = page_size();
	const __u64 address = address_of(alloc_or_end(page));
	__u64 bytes;

	CHECK_RC(resident_at(address, 0, &bytes), -EINVAL);
	CHECK_EQ(bytes, ~0ULL);
	CHECK_RC(resident_at(address + 1, page, &bytes), -EINVAL);
	CHECK_RC(resident_at(address, ~0ULL, &bytes), -EOVERFLOW);
	CHECK_RC(resident_at(address, 0 - page + 1, &bytes), -EOVERFLOW);
	CHECK_RC(resident_at(address, 0 - page, &bytes), -EINVAL);
	CHECK_RC(resident_at(1ULL << 63, page, &bytes), -EINVAL);
	CHECK_RC(resident_at(0 - page, page, &bytes), -EINVAL);
	CHECK_RC(resident_at(0 - page, 2 * page, &bytes), -EINVAL);
	CHECK_RC(resident_at(address | 1ULL << 62, page, &bytes), -EINVAL);
}

TEST(resident_counts_written_pages)
{
	const size_t page = page_size(), bytes = 64 * page;
	char *memory = alloc_small_pages(bytes);

	CHECK_EQ(resident(memory, bytes), 0);
	CHECK_EQ(read_all(memory, bytes), 0);
	CHECK_EQ(resident(memory, bytes), 0);
	memory[0] = 1;
	CHECK_EQ(resident(memory, bytes), page);
	memory[10 * page] = 1;
	memory[10 * page + 1] = 1;
	memory[bytes - 1] = 1;
	CHECK_EQ(resident(memory, bytes), 3 * page);
	CHECK_EQ(resident(memory, page), page);
	CHECK_EQ(resident(memory + page, 9 * page), 0);
	CHECK_EQ(resident(memory + 10 * page, 1), page);
	CHECK_EQ(resident(memory, 10 * page + 1), 2 * page);
	memset(memory, 1, bytes);
	CHECK_EQ(resident(memory, bytes), bytes);
	REQUIRE(madvise(memory, bytes / 2, MADV_DONTNEED) == 0);
	CHECK_EQ(resident(memory, bytes), bytes / 2);
}

/* "Anonymous" in /proc/self/smaps, for the mapping that begins at @memory */
static __u64 smaps_anonymous(const void *memory)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long long from, number;
	bool here = false, found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx-%*x %*s %*x", &from) == 1 &&
		    strchr(line, '-'))
			here = from == address_of(memory);
		found = here && sscanf(line, "Anonymous: %llu", &number) == 1;
	}
	REQUIRE(found);
	fclose(file);
	return number * 1024;
}

/*
 * With huge pages if the kernel uses them: one touch may populate 2 MiB.
 * Different rights keep the range from being merged with its neighbours.
 */
TEST(resident_equals_smaps)
{
	const size_t bytes = 8 << 20;
	char *memory = alloc_or_end(bytes);
	const int rights = PROT_READ | PROT_WRITE | PROT_EXEC;

	REQUIRE(mprotect(memory, bytes, rights) == 0);
	CHECK_EQ(smaps_anonymous(memory), 0);
	CHECK_EQ(resident(memory, bytes), 0);
	CHECK_EQ(read_all(memory, bytes), 0);
	CHECK_EQ(resident(memory, bytes), smaps_anonymous(memory));
	memory[0] = memory[bytes / 2] = memory[bytes - 1] = 1;
	CHECK(resident(memory, bytes) >= 3 * page_size());
	CHECK_EQ(resident(memory, bytes), smaps_anonymous(memory));
	memset(memory, 1, bytes);
	CHECK_EQ(resident(memory, bytes), bytes);
	CHECK_EQ(resident(memory, bytes), smaps_anonymous(memory));
}

/* Unreadable pages have frames, but by the contract they do not count. */
TEST(resident_does_not_count_unreadable_pages)
{
	const size_t bytes = 64 * page_size();
	char *memory = alloc_small_pages(bytes);

	memset(memory, 1, bytes);
	REQUIRE(mprotect(memory, bytes, PROT_NONE) == 0);
	CHECK_EQ(smaps_anonymous(memory), bytes);
	CHECK_EQ(resident(memory, bytes), 0);
	REQUIRE(mprotect(memory, bytes, PROT_READ) == 0);
	CHECK_EQ(resident(memory, bytes), bytes);
}

TEST(resident_counts_inherited_pages)
{
	const size_t page = page_size();
	char *memory = alloc_small_pages(8 * page);
	int status;
	pid_t pid;

	memset(memory, 1, 4 * page);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		bool ok = resident(memory, 8 * page) == 4 * page;

		memory[0] = memory[7 * page] = 2;
		ok = ok && resident(memory, 8 * page) == 5 * page;
		_exit(ok ? PASSED : FAILED);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(resident(memory, 8 * page), 4 * page);
}

TEST(resident_of_an_unmapped_range_is_zero)
{
	const size_t page = page_size();
	char *memory = alloc_small_pages(4 * page);

	memset(memory, 1, 4 * page);
	REQUIRE_RC(release(memory + page, 2 * page), 0);
	CHECK_EQ(resident(memory, 4 * page), 2 * page);
	CHECK_EQ(resident(memory + page, 2 * page), 0);
	REQUIRE_RC(release(memory, 4 * page), 0);
	CHECK_EQ(resident(memory, 4 * page), 0);
	CHECK_EQ(resident(NULL, page), 0);
}

/* Pages of a file belong to the process only after it has written to them. */
TEST(resident_does_not_count_the_page_cache)
{
	const size_t page = page_size(), bytes = 4 * page;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			    fd, 0);
	void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	REQUIRE(memory != MAP_FAILED && shared != MAP_FAILED);
	CHECK(read_all(memory, bytes) != 0);
	CHECK_EQ(resident(memory, bytes), 0);
	memory[page] = 1;
	CHECK_EQ(resident(memory, bytes), page);
	CHECK_EQ(resident(shared, bytes), 0);
}

TEST(resident_does_not_count_swapped_pages)
{
	const size_t bytes = 64 * page_size();
	char *memory = alloc_small_pages(bytes);

	if (!swap_total())
		skip("this machine has no swap");
	memset(memory, 1, bytes);
	if (madvise(memory, bytes, MADV_PAGEOUT))
		skip("MADV_PAGEOUT: %s", strerror(errno));
	/* The kernel need not swap out every page, but swaps out some. */
	CHECK(resident(memory, bytes) < bytes);
	CHECK_EQ(count_not((unsigned char *)memory, bytes, 1), 0);
	CHECK_EQ(resident(memory, bytes), bytes);
}

/* A lazy range is mostly empty; looking at 1 GiB must not take seconds. */
TEST(resident_of_an_empty_range_is_quick)
{
	const __u64 bytes = 1 << 30;
	char *memory = alloc_or_end(bytes);
	__u64 started, took, least = ~0ULL;
	int tries;

	/* The best of several tries: the host may be busy. */
	for (tries = 0; tries < 5; tries++) {
		started = now_ns(CLOCK_MONOTONIC);
		CHECK_EQ(resident(memory, bytes), 0);
		took = now_ns(CLOCK_MONOTONIC) - started;
		least = took < least ? took : least;
	}
	/* 2^18 pages at some 20 ns; an emulated machine is 50 times slower. */
	CHECK(least < 2 * NS_PER_S);
}

/* A caller with the largest range, which takes minutes */
TEST(resident_can_be_killed)
{
	__u64 whole = sizeof(void *) == 4 ? 0xffff0000ULL : 1ULL << 46, bytes;
	pid_t pid = fork();
	int status;

	REQUIRE(pid >= 0);
	if (pid == 0) {
		resident_at(0, whole, &bytes);
		for (;;)
			pause();
	}
	WAIT_UNTIL(task_of(pid).stime_ns > 50 * 1000000ULL);
	REQUIRE(kill(pid, SIGKILL) == 0);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
