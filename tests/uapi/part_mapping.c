// SPDX-License-Identifier: GPL-2.0-only
/* CONTMON_TO_MAPPING: records without copying, in a mapping of the device. */

#define MAPPED (1U << 20)

/* A separate open file, because each has only one mapping. */
static int open_again(void)
{
	int fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

static int map_rc(int fd, size_t bytes, int protection, int flags, off_t offset)
{
	void *memory = mmap(NULL, bytes, protection, flags, fd, offset);

	if (memory == MAP_FAILED)
		return -errno;
	munmap(memory, bytes);
	return 0;
}

static void *map_device(int fd, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	REQUIRE(memory != MAP_FAILED);
	return memory;
}

static int snapshot_mapped(int fd, __u64 offset, __u32 entry_size, __u32 *nr)
{
	struct contmon_snapshot_tasks arg = snapshot_arg(*nr);
	int rc;

	arg.flags = CONTMON_TO_MAPPING | CONTMON_EXACT_RSS;
	arg.fields = CONTMON_TASK_ALL;
	arg.entries = offset;
	arg.entry_size = entry_size;
	rc = call_on(fd, CONTMON_SNAPSHOT_TASKS, &arg);
	*nr = arg.nr_entries;
	return rc;
}

static int snapshot_at(int fd, __u64 offset, __u32 nr)
{
	return snapshot_mapped(fd, offset, sizeof(struct contmon_task), &nr);
}

TEST(mapping_that_does_not_exist_is_refused)
{
	int fd = open_again();

	CHECK_RC(snapshot_at(fd, 0, 1), -EINVAL);
	CHECK_RC(snapshot_at(fd, address_of(room), 1), -EINVAL);
	map_device(device, MAPPED);
	/* The mapping belongs to another file. */
	CHECK_RC(snapshot_at(fd, 0, 1), -EINVAL);
	CHECK_RC(snapshot_at(device, 0, 1), 0);
}

TEST(mapping_bounds_the_records)
{
	const __u32 record = sizeof(struct contmon_task);
	const __u32 fit = MAPPED / record;
	const __u64 offsets[] = {
		1, 4, MAPPED - record + 8, MAPPED, MAPPED + 8, 1ULL << 32,
		1ULL << 63, 0ULL - 8, 0ULL - record,
	};
	int fd = open_again();
	size_t i;

	map_device(fd, MAPPED);
	CHECK_RC(snapshot_at(fd, 0, fit), 0);
	CHECK_RC(snapshot_at(fd, 0, fit + 1), -EINVAL);
	CHECK_RC(snapshot_at(fd, 8, 1), 0);
	CHECK_RC(snapshot_at(fd, MAPPED - record, 1), 0);
	CHECK_RC(snapshot_at(fd, MAPPED - record, 2), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		CONTEXT("offset %#llx", offsets[i]);
		CHECK_RC(snapshot_at(fd, offsets[i], 1), -EINVAL);
	}
}

/* The records must fit completely, tails included. */
TEST(mapping_bounds_wide_records)
{
	__u32 wide = get_info().max_entry_size, nr = MAPPED / wide;
	int fd = open_again();

	map_device(fd, MAPPED);
	CHECK_RC(snapshot_mapped(fd, 0, wide, &nr), 0);
	nr = MAPPED / wide + 1;
	CHECK_RC(snapshot_mapped(fd, 0, wide, &nr), -EINVAL);
	nr = 1;
	CHECK_RC(snapshot_mapped(fd, MAPPED - wide + 8, wide, &nr), -EINVAL);
}

TEST(mapping_is_made_with_one_length)
{
	int fd = open_again();

	CHECK_RC(map_rc(fd, MAPPED, PROT_READ, MAP_SHARED, 0), 0);
	CHECK_RC(map_rc(fd, MAPPED, PROT_READ, MAP_SHARED, 0), 0);
	CHECK_RC(map_rc(fd, MAPPED / 2, PROT_READ, MAP_SHARED, 0), -EINVAL);
	CHECK_RC(map_rc(fd, 2 * MAPPED, PROT_READ, MAP_SHARED, 0), -EINVAL);
	/* The memory belongs to the file, so it outlives the mapping. */
	CHECK_RC(snapshot_at(fd, 0, 1), 0);
}

TEST(mapping_of_an_invalid_length_is_refused)
{
	__u64 max = get_info().max_mapping_bytes;
	int fd = open_again();

	CHECK_RC(map_rc(fd, 0, PROT_READ, MAP_SHARED, 0), -EINVAL);
	CHECK_RC(map_rc(fd, MAPPED, PROT_READ, MAP_SHARED, (off_t)page_size()),
		 -EINVAL);
	if (max < SIZE_MAX / 2)
		CHECK_RC(map_rc(fd, (size_t)max + page_size(), PROT_READ,
				MAP_SHARED, 0), -EINVAL);
	/* Half of the address space exceeds every limit. */
	CHECK(map_rc(fd, SIZE_MAX / 2 & ~(size_t)0xfff, PROT_READ, MAP_SHARED,
		     0) < 0);
	/* None of these calls has made a mapping. */
	CHECK_RC(snapshot_at(fd, 0, 1), -EINVAL);
}

TEST(mapping_cannot_be_written)
{
	int fd = open_again();
	char *memory;

	CHECK(map_rc(fd, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, 0) < 0);
	CHECK(map_rc(fd, MAPPED, PROT_WRITE, MAP_SHARED, 0) < 0);
	CHECK_RC(snapshot_at(fd, 0, 1), -EINVAL);
	memory = map_device(fd, MAPPED);
	CHECK(mprotect(memory, MAPPED, PROT_WRITE) && errno == EACCES);
	/* read(2) cannot write to it either. */
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	CHECK(read(fd, memory, 8) == -1 && errno == EFAULT);
}

/* A process that can open the device only for reading may use all calls. */
TEST(mapping_needs_no_right_to_write)
{
	int fd = open(CONTMON_DEVICE, O_RDONLY | O_CLOEXEC);
	struct contmon_task *memory = map_device(fd, MAPPED);

	CHECK_RC(snapshot_at(fd, 0, 1), 0);
	CHECK_EQ(memory[0].pid, 1);
	CHECK(mprotect(memory, MAPPED, PROT_WRITE) && errno == EACCES);
}

TEST(mapping_cannot_be_private)
{
	int fd = open_again();

	CHECK_RC(map_rc(fd, MAPPED, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0),
		 -EINVAL);
	CHECK_RC(map_rc(fd, MAPPED, PROT_READ, MAP_PRIVATE, 0), -EINVAL);
}

TEST(mapping_cannot_grow)
{
	int fd = open_again();
	void *memory = map_device(fd, MAPPED);

	CHECK(mremap(memory, MAPPED, 2 * MAPPED, MREMAP_MAYMOVE) == MAP_FAILED);
	CHECK_EQ(*(volatile char *)memory, 0);
}

TEST(mapping_begins_with_zeros)
{
	unsigned char *memory = map_device(open_again(), MAPPED);

	CHECK_EQ(count_not(memory, MAPPED, 0), 0);
}

TEST(mapping_is_shared_by_every_mmap)
{
	int fd = open_again();
	struct contmon_task *one = map_device(fd, MAPPED);
	struct contmon_task *two = map_device(fd, MAPPED);

	CHECK(one != two);
	CHECK_RC(snapshot_at(fd, 0, 3), 0);
	CHECK(memcmp(one, two, MAPPED) == 0);
	CHECK_EQ(one[0].pid, 1);
	munmap(one, MAPPED);
	close(fd);
	/* The memory lives as long as any mapping of it. */
	CHECK_EQ(two[0].pid, 1);
}

static struct contmon_task *inherited;

static void as_child(void)
{
	unsigned char here;

	CHECK(mincore(inherited, page_size(), &here) < 0 && errno == ENOMEM);
}

TEST(mapping_is_not_inherited)
{
	inherited = map_device(open_again(), MAPPED);
	in_child(as_child);
}

/* Open files with the largest mapping, until the user's limit is reached */
static unsigned int map_all(int *fds, unsigned int max, size_t bytes)
{
	unsigned int nr;
	int rc;

	for (nr = 0; nr < max; nr++) {
		fds[nr] = open_again();
		rc = map_rc(fds[nr], bytes, PROT_READ, MAP_SHARED, 0);
		if (rc) {
			CHECK_RC(rc, -ENOMEM);
			close(fds[nr]);
			break;
		}
	}
	return nr;
}

/* Unmapped memory is in no RSS, but is kept while the file is open. */
TEST(mappings_of_one_user_have_a_limit)
{
	size_t bytes = (size_t)get_info().max_mapping_bytes;
	unsigned int fit = (unsigned int)(CONTMON_MAX_USER_MAPPING / bytes), i;
	int fds[16];

	REQUIRE(fit + 1 < ARRAY_SIZE(fds));
	CHECK(map_all(fds, ARRAY_SIZE(fds), bytes) <= fit);
	/* Closed files do not count. */
	for (i = 0; i < 2 * fit; i++) {
		close(fds[0]);
		fds[0] = open_again();
		REQUIRE_RC(map_rc(fds[0], bytes, PROT_READ, MAP_SHARED, 0), 0);
	}
}

/* Bytes that are not written keep the old, longer records. */
TEST(mapping_has_nothing_after_the_last_record)
{
	int fd = open_again();
	unsigned char *memory = map_device(fd, MAPPED);
	unsigned char *before = malloc(MAPPED);
	const size_t record = sizeof(struct contmon_task);
	__u32 wide = get_info().max_entry_size, nr = 3;
	size_t start = 64, end = start + 3UL * wide, i;

	REQUIRE(before);
	REQUIRE_RC(snapshot_at(fd, 0, MAPPED / (__u32)record), 0);
	memcpy(before, memory, MAPPED);
	REQUIRE_RC(snapshot_mapped(fd, start, wide, &nr), 0);
	REQUIRE(nr == 3);
	CHECK(memcmp(memory, before, start) == 0);
	CHECK(memcmp(memory + end, before + end, MAPPED - end) == 0);
	for (i = 0; i < nr; i++)
		CHECK_EQ(count_not(memory + start + i * wide + record,
				   wide - record, 0), 0);
	free(before);
}

/* Over old records, also at an offset: no old byte may be left. */
static void check_mapped_groups(int fd, struct contmon_task *memory,
				__u64 fields)
{
	struct contmon_snapshot_tasks arg = snapshot_arg(256);
	__u64 shift;
	__u32 i;

	arg.flags = CONTMON_TO_MAPPING;
	for (shift = 0; shift <= sizeof(*memory); shift += 72) {
		REQUIRE_RC(snapshot_at(fd, shift, 256), 0);
		arg.fields = fields;
		arg.cursor = 0;
		arg.nr_entries = 256;
		REQUIRE_RC(call_on(fd, CONTMON_SNAPSHOT_TASKS, &arg), 0);
		for (i = 0; i < arg.nr_entries; i++) {
			CONTEXT("fields %#llx record %u", fields, i);
			CHECK_EQ(memory[i].valid & ~fields & ~CONTMON_TASK_BASE,
				 0);
			check_zeros(&memory[i], task_members,
				    ARRAY_SIZE(task_members), memory[i].valid);
		}
	}
}

TEST(mapping_has_only_the_groups_asked_for)
{
	int fd = open_again();
	struct contmon_task *memory = map_device(fd, MAPPED);
	pid_t headless = child_headless(), zombie = child_zombie();
	__u64 bit;

	check_mapped_groups(fd, memory, 0);
	check_mapped_groups(fd, memory, CONTMON_TASK_ALL);
	for (bit = 1; bit < CONTMON_TASK_ALL; bit <<= 1)
		check_mapped_groups(fd, memory, bit);
	child_end(headless);
	child_end(zombie);
}

TEST(mapped_records_equal_copied_ones)
{
	pid_t pid = child_stopped(work_touch_memory);
	int fd = open_again();
	struct contmon_task *mapped = map_device(fd, MAPPED), before, after;
	__u32 nr, i;

	/* As in snapshot_rows_equal_get_task */
	do {
		REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, CONTMON_EXACT_RSS,
				    &before), 0);
		nr = MAPPED / sizeof(*mapped);
		REQUIRE_RC(snapshot_mapped(fd, 0, sizeof(*mapped), &nr), 0);
		REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, CONTMON_EXACT_RSS,
				    &after), 0);
	} while (first_difference(&before, &after) != sizeof(after));
	for (i = 0; i < nr && mapped[i].pid != pid; i++)
		;
	REQUIRE(i < nr);
	CHECK_EQ(first_difference(&mapped[i], &after), sizeof(after));
	child_end(pid);
}

TEST(mapping_does_not_affect_copying)
{
	int fd = open_again();
	struct contmon_task *mapped = map_device(fd, MAPPED), copied[2];
	struct contmon_snapshot_tasks arg = snapshot_arg(2);

	REQUIRE_RC(snapshot_at(fd, 0, 1), 0);
	arg.entries = address_of(copied);
	REQUIRE_RC(call_on(fd, CONTMON_SNAPSHOT_TASKS, &arg), 0);
	CHECK_EQ(copied[0].pid, 1);
	CHECK_EQ(mapped[0].pid, 1);
	CHECK_EQ(mapped[1].pid, 0);
	/* An address in the mapping is not a valid target of a copy. */
	arg.entries = address_of(mapped);
	CHECK_RC(call_on(fd, CONTMON_SNAPSHOT_TASKS, &arg), -EFAULT);
}

/*
 * The largest mapping succeeds or finds no memory; a larger one always fails.
 */
TEST(mapping_may_be_as_large_as_info_says)
{
	__u64 max = get_info().max_mapping_bytes;
	int fd = open_again(), rc;

	if (max > SIZE_MAX / 4)
		skip("the largest mapping does not fit a 32-bit process");
	rc = map_rc(fd, (size_t)max, PROT_READ, MAP_SHARED, 0);
	CHECK(rc == 0 || rc == -ENOMEM || rc == -EAGAIN);
	if (rc)
		printf("# the largest mapping: %s\n", rc_name(rc));
}

#define NR_CALLERS 4
#define NR_CALLS 100

/* Of all calls: ns since they began to read, and in all */
struct callers {
	int fd;
	bool cgroups;
	_Atomic __u64 reading;
	_Atomic __u64 calling;
};

static __u64 take_tasks(int fd)
{
	struct contmon_snapshot_tasks arg =
		snapshot_arg(MAPPED / sizeof(struct contmon_task));

	arg.flags = CONTMON_TO_MAPPING | CONTMON_THREADS;
	arg.fields = CONTMON_TASK_ALL;
	arg.entries = 0;
	REQUIRE_RC(call_on(fd, CONTMON_SNAPSHOT_TASKS, &arg), 0);
	return arg.taken_boottime_ns;
}

static __u64 take_cgroups(int fd)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = CONTMON_TO_MAPPING,
		.fields = CONTMON_CGROUP_TASKS,
		.entry_size = sizeof(struct contmon_cgroup),
		.nr_entries = MAPPED / sizeof(struct contmon_cgroup),
	};

	REQUIRE_RC(call_on(fd, CONTMON_SNAPSHOT_CGROUPS, &arg), 0);
	return arg.taken_boottime_ns;
}

static void *call_again_and_again(void *_callers)
{
	struct callers *callers = _callers;
	__u64 began, at, ended;
	int i;

	for (i = 0; i < NR_CALLS; i++) {
		began = now_ns(CLOCK_BOOTTIME);
		at = callers->cgroups ? take_cgroups(callers->fd) :
					take_tasks(callers->fd);
		ended = now_ns(CLOCK_BOOTTIME);
		callers->reading += ended - at;
		callers->calling += ended - began;
	}
	return NULL;
}

static void check_callers(bool cgroups)
{
	struct callers callers = { .fd = open_again(), .cgroups = cgroups };
	pthread_t threads[NR_CALLERS];
	int i;

	map_device(callers.fd, MAPPED);
	for (i = 0; i < NR_CALLERS; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, call_again_and_again,
					&callers));
	for (i = 0; i < NR_CALLERS; i++)
		REQUIRE(!pthread_join(threads[i], NULL));
	CONTEXT("%s: %llu of %llu ns", cgroups ? "cgroups" : "tasks",
		(unsigned long long)callers.reading,
		(unsigned long long)callers.calling);
	CHECK(callers.reading < callers.calling / 10 * 9);
	close(callers.fd);
}

/* They run one after another, so they wait for much of the time. */
TEST(mapping_has_the_time_when_the_driver_began_to_write_it)
{
	int i;

	for (i = 0; i < 500; i++)
		child_zombie();
	check_callers(false);
	check_callers(true);
}
