// SPDX-License-Identifier: GPL-2.0-only
/* ALLOC and FREE: zero pages on demand in the caller's address space. */

static int alloc(__u64 length, char **ret, __u64 *ret_length)
{
	struct contmon_alloc arg = {
		.size = sizeof(arg),
		.length_bytes = length,
	};
	int rc = call(CONTMON_ALLOC, &arg);

	if (rc)
		return rc;
	if (ret_length)
		*ret_length = arg.length_bytes;
	*ret = (char *)(uintptr_t)arg.address;
	/* A 32-bit caller must get an address that it can use. */
	CHECK_EQ(address_of(*ret), arg.address);
	return 0;
}

static char *alloc_or_end(__u64 length)
{
	char *memory;

	REQUIRE_RC(alloc(length, &memory, NULL), 0);
	return memory;
}

static int release_at(__u64 address, __u64 length)
{
	struct contmon_free arg = {
		.size = sizeof(arg),
		.address = address,
		.length_bytes = length,
	};

	return call(CONTMON_FREE, &arg);
}

static int release(const void *memory, __u64 length)
{
	return release_at(address_of(memory), length);
}

static bool is_mapped(const void *page)
{
	unsigned char resident;

	return mincore((void *)(uintptr_t)page, page_size(), &resident) == 0;
}

TEST(alloc_of_an_invalid_length_is_refused)
{
	const __u64 page = page_size();
	char *memory;

	CHECK_RC(alloc(0, &memory, NULL), -EINVAL);
	CHECK_RC(alloc(~0ULL, &memory, NULL), -EOVERFLOW);
	CHECK_RC(alloc(0 - page + 1, &memory, NULL), -EOVERFLOW);
	/*
	 * The largest length that can be rounded up: too much, but no overflow.
	 */
	CHECK_RC(alloc(0 - page, &memory, NULL), -ENOMEM);
	CHECK_RC(alloc(1ULL << 63, &memory, NULL), -ENOMEM);
	CHECK_RC(alloc(1ULL << 62, &memory, NULL), -ENOMEM);
	/* 4 GiB: too much for 32 bits, and not the same as 0 */
	if (sizeof(void *) == 4)
		CHECK_RC(alloc(1ULL << 32, &memory, NULL), -ENOMEM);
}

static void alloc_with_limit(void)
{
	const __u64 vsz = mapped_pages() * page_size();
	struct rlimit limit;
	char *memory;

	limit.rlim_cur = limit.rlim_max = (rlim_t)(vsz + (16 << 20));
	REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
	CHECK_RC(alloc(64 << 20, &memory, NULL), -ENOMEM);
	CHECK_RC(alloc(8 << 20, &memory, NULL), 0);
	CHECK_RC(alloc(16 << 20, &memory, NULL), -ENOMEM);
	CHECK_EQ(mapped_pages() * page_size(), vsz + (8 << 20));
}

TEST(alloc_obeys_the_limit_of_the_address_space)
{
	in_child(alloc_with_limit);
}

TEST(alloc_rounds_up_to_pages)
{
	const __u64 page = page_size();
	const __u64 lengths[] = {1, page - 1, page, page + 1, 10 * page + 7};
	unsigned long before;
	__u64 got, want;
	char *memory;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		CONTEXT("length %llu", lengths[i]);
		want = (lengths[i] + page - 1) / page * page;
		before = mapped_pages();
		REQUIRE_RC(alloc(lengths[i], &memory, &got), 0);
		CHECK_EQ(got, want);
		CHECK_EQ(address_of(memory) % page, 0);
		CHECK_EQ((mapped_pages() - before) * page, want);
		CHECK_RC(release(memory, got), 0);
		CHECK_EQ(mapped_pages(), before);
	}
}

TEST(alloc_reads_zero_and_keeps_what_is_written)
{
	const size_t bytes = 1 << 20;
	unsigned char *memory = (unsigned char *)alloc_or_end(bytes);
	size_t i;

	CHECK_EQ(count_not(memory, bytes, 0), 0);
	for (i = 0; i < bytes; i += page_size())
		memory[i] = (unsigned char)(i / page_size() % 255 + 1);
	for (i = 0; i < bytes; i += page_size())
		CHECK_EQ(memory[i], i / page_size() % 255 + 1);
	CHECK_EQ(count_not(memory, bytes, 0), bytes / page_size());
}

TEST(alloc_is_private_readable_and_writable_memory)
{
	char *memory = alloc_or_end(1 << 20), line[256], begin[32];
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;

	/* Neighbours with the same rights are merged: search for the page. */
	while (maps && !found && fgets(line, sizeof(line), maps)) {
		unsigned long long from, to;

		REQUIRE(sscanf(line, "%llx-%llx %31s", &from, &to, begin) == 3);
		found = address_of(memory) >= from && address_of(memory) < to;
	}
	REQUIRE(found);
	CHECK(strcmp(begin, "rw-p") == 0);
	CHECK(strstr(line, " 00:00 0"));
	fclose(maps);
}

/* More than all memory: modes 0 and 1 do not count untouched pages. */
TEST(alloc_may_be_larger_than_all_memory)
{
	struct sysinfo info;
	__u64 bytes, mode;
	char *memory;

	REQUIRE(file_number("/proc/sys/vm/overcommit_memory", "", &mode));
	if (mode == 2)
		skip("vm.overcommit_memory is 2: it is counted");
	if (sizeof(void *) == 4)
		skip("no 32-bit process can have more than all memory");
	REQUIRE(sysinfo(&info) == 0);
	bytes = 4 * (__u64)(info.totalram + info.totalswap) * info.mem_unit;
	CHECK_RC(alloc(bytes, &memory, NULL), 0);
	memory[bytes - 1] = 1;
	CHECK_RC(release(memory, bytes), 0);
}

TEST(alloc_does_not_overlap)
{
	char *one = alloc_or_end(1 << 16), *two = alloc_or_end(1 << 16);

	CHECK(one + (1 << 16) <= two || two + (1 << 16) <= one);
	memset(one, 1, 1 << 16);
	CHECK_EQ(count_not((unsigned char *)two, 1 << 16, 0), 0);
}

TEST(alloc_is_copied_on_write_to_a_child)
{
	char *memory = alloc_or_end(page_size());
	int status;
	pid_t pid;

	*memory = 1;
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		if (*memory != 1)
			_exit(FAILED);
		*memory = 2;
		_exit(PASSED);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(*memory, 1);
}

TEST(free_of_an_invalid_range_is_refused)
{
	const __u64 page = page_size();
	char *memory = alloc_or_end(page);
	const __u64 address = address_of(memory);

	CHECK_RC(release(memory, 0), -EINVAL);
	CHECK_RC(release(memory + 1, page), -EINVAL);
	CHECK_RC(release(memory + page / 2, page), -EINVAL);
	CHECK_RC(release(memory, ~0ULL), -EOVERFLOW);
	CHECK_RC(release(memory, 0 - page + 1), -EOVERFLOW);
	CHECK_RC(release(memory, 0 - page), -EINVAL);
	CHECK_RC(release(memory, 1ULL << 63), -EINVAL);
	CHECK_RC(release_at(1ULL << 63, page), -EINVAL);
	CHECK_RC(release_at(0 - page, page), -EINVAL);
	/* The end wraps to 0, or with 32 bits to a page of ours. */
	CHECK_RC(release_at(0 - page, 2 * page), -EINVAL);
	CHECK_RC(release_at(address | 1ULL << 62, page), -EINVAL);
	if (sizeof(void *) == 4)
		CHECK_RC(release_at(address | 1ULL << 32, page), -EINVAL);
	*memory = 1;
	CHECK(is_mapped(memory));
}

TEST(free_may_be_partial_and_repeated)
{
	const size_t page = page_size();
	char *memory = alloc_or_end(4 * page);

	memset(memory, 7, 4 * page);
	CHECK_RC(release(memory + page, page + 1), 0);
	CHECK(is_mapped(memory));
	CHECK(!is_mapped(memory + page));
	CHECK(!is_mapped(memory + 2 * page));
	CHECK(is_mapped(memory + 3 * page));
	CHECK_EQ(memory[page - 1], 7);
	CHECK_EQ(memory[3 * page], 7);
	CHECK_RC(release(memory + page, page), 0);
	CHECK_RC(release(memory, 4 * page), 0);
	CHECK_RC(release(memory, 4 * page), 0);
	CHECK(!is_mapped(memory));
	CHECK(!is_mapped(memory + 3 * page));
}

/* Like munmap(2), FREE works on memory that ALLOC did not return. */
TEST(free_takes_any_mapping)
{
	char *memory = map_pages(page_size(), PROT_READ);

	CHECK_RC(release(memory, page_size()), 0);
	CHECK(!is_mapped(memory));
}

/* Only root may lock more than the limit. */
static void alloc_locked_with_limit(void)
{
	struct rlimit limit = { .rlim_cur = 1 << 20, .rlim_max = 1 << 20 };
	char *memory;

	REQUIRE(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	become_nobody();
	REQUIRE(mlockall(MCL_FUTURE) == 0);
	CHECK_RC(alloc(64 << 20, &memory, NULL), -EAGAIN);
	CHECK_RC(alloc(page_size(), &memory, NULL), 0);
	CHECK_RC(release(memory, page_size()), 0);
}

TEST(alloc_obeys_the_limit_of_locked_memory)
{
	require_root();
	in_child(alloc_locked_with_limit);
}

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

TEST(free_of_sealed_memory_is_refused)
{
	const size_t page = page_size();
	char *memory = alloc_or_end(3 * page);

	if (syscall(SYS_mseal, memory + page, page, 0))
		skip("no memory can be sealed: %s", strerror(errno));
	CHECK_RC(release(memory, 3 * page), -EPERM);
	CHECK(is_mapped(memory + page));
	CHECK_RC(release(memory + 2 * page, page), 0);
}
