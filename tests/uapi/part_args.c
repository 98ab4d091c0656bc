// SPDX-License-Identifier: GPL-2.0-only
/* The argument of every ioctl: its size, its memory, its unknown bits. */

/* Every argument begins like this. */
struct head {
	__u32 size;
	__u32 flags;
};

#define ROOM 4096 /* cgroups that fit into @room; a host has hundreds */

static struct contmon_cgroup room[ROOM];

struct command {
	const char *name;
	unsigned long number;
	__u32 size;  /* size of the structure's first version; never changes */
	__u32 known; /* size in this version */
	void (*fill)(void *arg);
	bool answers; /* the structure has members that the driver writes */
	__u32 flags;  /* known bits */
	size_t fields_offset;
	__u64 fields; /* known bits */
};

/*
 * Each function sets the members that the driver reads, and makes a valid,
 * harmless call. The argument may be unaligned, so it is filled by copying.
 */
static void fill_get_info(void *arg)
{
	struct head info = {.size = sizeof(struct contmon_get_info)};

	memcpy(arg, &info, sizeof(info));
}

static void fill_snapshot_tasks(void *arg)
{
	struct contmon_snapshot_tasks snapshot = {
		.size = sizeof(snapshot),
		.fields = CONTMON_TASK_ALL,
		.entries = address_of(room),
		.entry_size = sizeof(struct contmon_task),
		.nr_entries = 64,
	};

	memcpy(arg, &snapshot,
	       offsetof(struct contmon_snapshot_tasks, taken_boottime_ns));
}

static void fill_get_task(void *arg)
{
	struct contmon_get_task get = {
		.size = sizeof(get),
		.fields = CONTMON_TASK_ALL,
		.entry = address_of(room),
		.entry_size = sizeof(struct contmon_task),
		.pid = getpid(),
	};

	memcpy(arg, &get, offsetof(struct contmon_get_task, taken_boottime_ns));
}

static void fill_snapshot_cgroups(void *arg)
{
	struct contmon_snapshot_cgroups snapshot = {
		.size = sizeof(snapshot),
		.fields = CONTMON_CGROUP_ALL,
		.entries = address_of(room),
		.entry_size = sizeof(room[0]),
		.nr_entries = ROOM,
	};

	memcpy(arg, &snapshot,
	       offsetof(struct contmon_snapshot_cgroups, taken_boottime_ns));
}

static void fill_get_system(void *arg)
{
	struct contmon_get_system get = {
		.size = sizeof(get),
		.fields = CONTMON_SYSTEM_ALL,
	};

	memcpy(arg, &get,
	       offsetof(struct contmon_get_system, taken_boottime_ns));
}

static void fill_alloc(void *arg)
{
	struct contmon_alloc alloc = {
		.size = sizeof(alloc),
		.length_bytes = 1,
	};

	memcpy(arg, &alloc, offsetof(struct contmon_alloc, address));
}

/* A page of its own, because the call really frees it. */
static void fill_free(void *arg)
{
	struct contmon_free release = {
		.size = sizeof(release),
		.address = address_of(map_pages(page_size(), PROT_READ)),
		.length_bytes = page_size(),
	};

	memcpy(arg, &release, sizeof(release));
}

static void fill_resident(void *arg)
{
	struct contmon_resident resident = {
		.size = sizeof(resident),
		.address = address_of(map_pages(page_size(), PROT_READ)),
		.length_bytes = page_size(),
	};

	memcpy(arg, &resident,
	       offsetof(struct contmon_resident, resident_bytes));
}

static void fill_read_cmdline(void *arg)
{
	static char bytes[64];
	struct contmon_read_cmdline cmdline = {
		.size = sizeof(cmdline),
		.pid = getpid(),
		.length = sizeof(bytes),
		.buffer = address_of(bytes),
	};

	memcpy(arg, &cmdline,
	       offsetof(struct contmon_read_cmdline, total_bytes));
}

/* Ends a watch, since all tests share the device. */
static void fill_watch(void *arg)
{
	struct contmon_watch watch = {.size = sizeof(watch)};

	memcpy(arg, &watch, offsetof(struct contmon_watch, next_sequence));
}

#define SIZE(first, structure) first, sizeof(struct structure)
#define FIELDS(structure, known) offsetof(struct structure, fields), known

static const struct command commands[] = {
	{"GET_INFO", CONTMON_GET_INFO, SIZE(144, contmon_get_info),
	 fill_get_info, true, 0, 0, 0},
	{"SNAPSHOT_TASKS", CONTMON_SNAPSHOT_TASKS,
	 SIZE(56, contmon_snapshot_tasks), fill_snapshot_tasks, true,
	 CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN | CONTMON_TO_MAPPING |
		 CONTMON_THREADS | CONTMON_FILTER_PIDS | CONTMON_FILTER_UID |
		 CONTMON_FILTER_CGROUP | CONTMON_FILTER_RSS |
		 CONTMON_FILTER_CHANGED,
	 FIELDS(contmon_snapshot_tasks, CONTMON_TASK_ALL)},
	{"GET_TASK", CONTMON_GET_TASK, SIZE(48, contmon_get_task),
	 fill_get_task, true,
	 CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN | CONTMON_THREADS,
	 FIELDS(contmon_get_task, CONTMON_TASK_ALL)},
	{"SNAPSHOT_CGROUPS", CONTMON_SNAPSHOT_CGROUPS,
	 SIZE(40, contmon_snapshot_cgroups), fill_snapshot_cgroups, true,
	 CONTMON_EXACT_RSS | CONTMON_TO_MAPPING | CONTMON_IN_PARTS,
	 FIELDS(contmon_snapshot_cgroups, CONTMON_CGROUP_ALL)},
	{"GET_SYSTEM", CONTMON_GET_SYSTEM, SIZE(192, contmon_get_system),
	 fill_get_system, true, CONTMON_EXACT_RSS,
	 FIELDS(contmon_get_system, CONTMON_SYSTEM_ALL)},
	{"ALLOC", CONTMON_ALLOC, SIZE(24, contmon_alloc), fill_alloc, true, 0,
	 0, 0},
	{"FREE", CONTMON_FREE, SIZE(24, contmon_free), fill_free, false, 0, 0,
	 0},
	{"RESIDENT", CONTMON_RESIDENT, SIZE(32, contmon_resident),
	 fill_resident, true, 0, 0, 0},
	{"READ_CMDLINE", CONTMON_READ_CMDLINE, SIZE(32, contmon_read_cmdline),
	 fill_read_cmdline, true, 0, 0, 0},
	{"WATCH", CONTMON_WATCH, SIZE(48, contmon_watch), fill_watch, true,
	 CONTMON_WATCH_PID | CONTMON_WATCH_CGROUP, 0, 0},
};

#define for_each_command(c) \
	for ((c) = commands; (c) < commands + ARRAY_SIZE(commands); (c)++)

/* An argument of the largest size, zero except for a valid call. */
static void *argument(const struct command *c)
{
	void *arg = map_pages(2 * page_size(), PROT_READ | PROT_WRITE);

	c->fill(arg);
	return arg;
}

/* The call must fail and leave all @bytes of its argument unchanged. */
static void refuse(const struct command *c, void *arg, size_t bytes, int rc)
{
	void *before = malloc(bytes);

	REQUIRE(before);
	memcpy(before, arg, bytes);
	CHECK_RC(call(c->number, arg), rc);
	CHECK(memcmp(before, arg, bytes) == 0);
	free(before);
}

static void refuse_size(const struct command *c, __u32 size, int rc)
{
	struct head *arg = argument(c);

	CONTEXT("%s with size %u", c->name, size);
	arg->size = size;
	refuse(c, arg, 2 * page_size(), rc);
	munmap(arg, 2 * page_size());
}

TEST(size_of_nothing_or_too_small_is_refused)
{
	const struct command *c;

	for_each_command(c) {
		refuse_size(c, 0, -EINVAL);
		refuse_size(c, 1, -EINVAL);
		refuse_size(c, sizeof(struct head), -EINVAL);
		refuse_size(c, c->size - 8, -EINVAL);
		refuse_size(c, c->size - 1, -EINVAL);
	}
}

TEST(size_beyond_a_page_is_refused)
{
	const struct command *c;

	for_each_command(c) {
		refuse_size(c, (__u32)page_size() + 1, -E2BIG);
		refuse_size(c, 2 * (__u32)page_size(), -E2BIG);
		refuse_size(c, INT_MAX, -E2BIG);
		refuse_size(c, UINT_MAX, -E2BIG);
	}
}

static void accept_size(const struct command *c, __u32 size)
{
	struct head *arg = argument(c);
	const char *bytes = (char *)arg;
	__u32 i;

	CONTEXT("%s with size %u", c->name, size);
	arg->size = size;
	CHECK_RC(call(c->number, arg), 0);
	CHECK_EQ(arg->size, size);
	CHECK_EQ(arg->flags, 0);
	for (i = c->known; i < 2 * page_size(); i++)
		if (!CHECK_EQ(bytes[i], 0))
			break;
	munmap(arg, 2 * page_size());
}

TEST(size_of_first_version_or_longer_with_zeros_is_served)
{
	const struct command *c;

	for_each_command(c) {
		accept_size(c, c->size);
		accept_size(c, c->size + 1);
		accept_size(c, c->size + 8);
		accept_size(c, (__u32)page_size() - 1);
		accept_size(c, (__u32)page_size());
	}
}

static void refuse_junk(const struct command *c, __u32 size, __u32 position)
{
	struct head *arg = argument(c);

	CONTEXT("%s with size %u, junk at %u", c->name, size, position);
	arg->size = size;
	((char *)arg)[position] = 1;
	refuse(c, arg, 2 * page_size(), -E2BIG);
	munmap(arg, 2 * page_size());
}

TEST(unknown_bytes_that_are_not_zero_are_refused)
{
	const struct command *c;
	__u32 page = (__u32)page_size();

	for_each_command(c) {
		refuse_junk(c, c->known + 1, c->known);
		refuse_junk(c, c->known + 8, c->known);
		refuse_junk(c, c->known + 8, c->known + 7);
		refuse_junk(c, page, c->known);
		refuse_junk(c, page, page / 2 + 1);
		refuse_junk(c, page, page - 1);
	}
}

TEST(memory_that_is_not_mapped_faults)
{
	void *none = map_pages(page_size(), PROT_NONE);
	const struct command *c;

	for_each_command(c) {
		CONTEXT("%s", c->name);
		CHECK_RC(call(c->number, NULL), -EFAULT);
		CHECK_RC(call(c->number, (void *)1), -EFAULT);
		CHECK_RC(call(c->number, none), -EFAULT);
		CHECK_RC(call(c->number, kernel_address()), -EFAULT);
		CHECK_RC(call(c->number, (void *)(UINTPTR_MAX - 3)), -EFAULT);
	}
}

TEST(argument_may_end_where_memory_ends)
{
	const struct command *c;
	struct head *arg;

	for_each_command(c) {
		CONTEXT("%s", c->name);
		arg = fenced(c->size);
		c->fill(arg);
		arg->size = c->size;
		CHECK_RC(call(c->number, arg), 0);
	}
}

TEST(argument_may_not_extend_past_the_end_of_memory)
{
	const struct command *c;
	struct head *arg;

	for_each_command(c) {
		CONTEXT("%s", c->name);
		arg = fenced(c->size);
		c->fill(arg);
		arg->size = c->size + 8;
		refuse(c, arg, c->size, -EFAULT);

		arg = fenced(sizeof(*arg));
		arg->size = c->size;
		refuse(c, arg, sizeof(*arg), -EFAULT);

		arg = fenced(sizeof(arg->size));
		arg->size = c->size;
		refuse(c, arg, sizeof(arg->size), -EFAULT);

		CHECK_RC(call(c->number, fenced(2)), -EFAULT);
	}
}

TEST(argument_need_not_be_aligned)
{
	const struct command *c;
	struct head *arg;

	for_each_command(c) {
		CONTEXT("%s", c->name);
		arg = fenced(c->size + 3);
		c->fill(arg);
		arg->size = c->size;
		CHECK_RC(call(c->number, arg), 0);
	}
}

/* VmSize in pages */
static unsigned long mapped_pages(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	unsigned long pages;

	REQUIRE(statm && fscanf(statm, "%lu", &pages) == 1);
	fclose(statm);
	return pages;
}

/* In the argument, members that are only read are between those written. */
static void fill_questions(const struct command *c, void *arg)
{
	size_t begin = 0, end = 0;

	if (c->number == CONTMON_SNAPSHOT_TASKS) {
		begin = offsetof(struct contmon_snapshot_tasks, pids);
		end = offsetof(struct contmon_snapshot_tasks, stamp);
	} else if (c->number == CONTMON_WATCH) {
		begin = offsetof(struct contmon_watch, start_boottime_ns);
		end = sizeof(struct contmon_watch);
	}
	memset((char *)arg + begin, 0, end - begin);
}

/*
 * A byte counts as not written if it keeps its old value in each of three
 * calls. For a byte of a changing counter, the chance of that is 1 in 2^24.
 */
static const unsigned char stains[] = {0xff, 0xa5, 0x5a};

static void check_written(unsigned char copies[ARRAY_SIZE(stains)][4096],
			  size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		if (!CHECK(copies[0][i] != stains[0] ||
			   copies[1][i] != stains[1] ||
			   copies[2][i] != stains[2]))
			printf("# byte %zu was not written\n", i);
}

TEST(every_byte_of_an_answer_is_written)
{
	unsigned char args[ARRAY_SIZE(stains)][4096];
	const struct command *c;
	size_t i;

	for_each_command(c) {
		CONTEXT("%s", c->name);
		for (i = 0; i < ARRAY_SIZE(stains); i++) {
			memset(args[i], stains[i], sizeof(args[i]));
			c->fill(args[i]);
			fill_questions(c, args[i]);
			CHECK_RC(call(c->number, args[i]), 0);
		}
		check_written(args, c->known);
	}
}

TEST(answer_to_a_read_only_argument_faults)
{
	const struct command *c;
	unsigned long before;
	void *arg;

	for_each_command(c) {
		if (!c->answers)
			continue;
		CONTEXT("%s", c->name);
		arg = argument(c);
		REQUIRE(mprotect(arg, page_size(), PROT_READ) == 0);
		before = mapped_pages();
		refuse(c, arg, c->size, -EFAULT);
		/* ALLOC, too, unmaps what it cannot return. */
		CHECK_EQ(mapped_pages(), before);
	}
}

TEST(unknown_flags_are_refused)
{
	const struct command *c;
	struct head *arg;
	__u32 bit;

	for_each_command(c)
		for (bit = 1; bit; bit <<= 1) {
			if (c->flags & bit)
				continue;
			CONTEXT("%s with flags %#x", c->name, bit);
			arg = argument(c);
			arg->flags = bit;
			refuse(c, arg, c->size, -EOPNOTSUPP);
		}
}

TEST(unknown_fields_are_refused)
{
	const struct command *c;
	__u64 *fields, bit;
	char *arg;

	for_each_command(c)
		for (bit = 1; c->fields && bit; bit <<= 1) {
			if (c->fields & bit)
				continue;
			CONTEXT("%s with fields %#llx", c->name, bit);
			arg = argument(c);
			fields = (__u64 *)(arg + c->fields_offset);
			*fields = bit | c->fields;
			refuse(c, arg, c->size, -EOPNOTSUPP);
			*fields = bit;
			refuse(c, arg, c->size, -EOPNOTSUPP);
		}
}

TEST(unknown_ioctls_are_refused)
{
	struct contmon_get_info info = {.size = sizeof(info)};
	unsigned int nr;

	for (nr = ARRAY_SIZE(commands); nr < 256; nr++) {
		CONTEXT("number %u", nr);
		CHECK_RC(call(_IO(CONTMON_TYPE, nr), &info), -ENOTTY);
		CHECK_RC(call(_IO(CONTMON_TYPE, nr), NULL), -ENOTTY);
	}
	for (nr = 0; nr < ARRAY_SIZE(commands); nr++) {
		CONTEXT("number %u of another kind", nr);
		CHECK_RC(call(_IO(CONTMON_TYPE + 1, nr), &info), -ENOTTY);
		CHECK_RC(call(_IOR(CONTMON_TYPE, nr, info), &info), -ENOTTY);
		CHECK_RC(call(_IOWR(CONTMON_TYPE, nr, info), &info), -ENOTTY);
	}
}
