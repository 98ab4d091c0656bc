// SPDX-License-Identifier: GPL-2.0-only
/* Common rules for calls that write records: their address and size. */

/* An argument that points to records begins like this. */
struct array_head {
	__u32 size;
	__u32 flags;
	__u64 fields;
	__u64 entries;
	__u32 entry_size;
	__u32 nr_entries; /* GET_TASK: the pid */
};

union array_arg {
	struct array_head head;
	struct contmon_snapshot_tasks snapshot_tasks;
	struct contmon_get_task get_task;
	struct contmon_snapshot_cgroups snapshot_cgroups;
};

struct array {
	const char *name;
	unsigned long number;
	void (*fill)(void *arg);
	__u32 first; /* bytes of a record of the first version */
	__u32 known; /* bytes in this version */
	bool one;    /* one record, not an array */
	bool all;    /* the array must have room for every record */
};

static const struct array arrays[] = {
	{"SNAPSHOT_TASKS", CONTMON_SNAPSHOT_TASKS, fill_snapshot_tasks, 288,
	 sizeof(struct contmon_task), false, false},
	{"GET_TASK", CONTMON_GET_TASK, fill_get_task, 288,
	 sizeof(struct contmon_task), true, false},
	{"SNAPSHOT_CGROUPS", CONTMON_SNAPSHOT_CGROUPS,
	 fill_snapshot_cgroups, 304, sizeof(struct contmon_cgroup), false,
	 true},
};

#define for_each_array(a) \
	for ((a) = arrays; (a) < arrays + ARRAY_SIZE(arrays); (a)++)

static union array_arg array_arg(const struct array *a, const void *entries,
				 __u32 entry_size, __u32 nr)
{
	union array_arg arg;

	memset(&arg, 0, sizeof(arg));
	a->fill(&arg);
	arg.head.entries = address_of(entries);
	arg.head.entry_size = entry_size;
	if (!a->one)
		arg.head.nr_entries = nr;
	return arg;
}

/* How many records to ask for: some, or all if the call needs that. */
static __u32 array_nr(const struct array *a)
{
	union array_arg arg;

	if (!a->all)
		return a->one ? 1 : 3;
	arg = array_arg(a, room, a->known, ROOM);
	REQUIRE_RC(call(a->number, &arg), 0);
	return arg.head.nr_entries;
}

TEST(entry_size_that_is_invalid_is_refused)
{
	__u32 max = get_info().max_entry_size;
	const struct array *a;
	union array_arg arg;
	size_t i;

	for_each_array(a) {
		const __u32 sizes[] = {
			0, 1, 8, a->first - 8, a->first - 1, a->first + 1,
			a->first + 4, max + 1, max + 8, UINT_MAX - 7, UINT_MAX,
		};

		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			CONTEXT("%s entry_size %u", a->name, sizes[i]);
			arg = array_arg(a, room, sizes[i], 1);
			CHECK_RC(call(a->number, &arg), -EINVAL);
		}
	}
}

TEST(number_of_entries_that_is_invalid_is_refused)
{
	__u32 max = get_info().max_entries;
	const __u32 numbers[] = {0, max + 1, 1U << 31, UINT_MAX};
	const struct array *a;
	union array_arg arg;
	size_t i;

	for_each_array(a)
		for (i = 0; i < ARRAY_SIZE(numbers) && !a->one; i++) {
			CONTEXT("%s nr_entries %u", a->name, numbers[i]);
			arg = array_arg(a, room, a->known, numbers[i]);
			CHECK_RC(call(a->number, &arg), -EINVAL);
			CHECK_EQ(arg.head.nr_entries, numbers[i]);
		}
}

TEST(largest_number_of_entries_is_accepted)
{
	__u32 max = get_info().max_entries;
	const struct array *a;
	union array_arg arg;
	void *entries;

	for_each_array(a) {
		CONTEXT("%s", a->name);
		if (a->one)
			continue;
		entries = map_pages((size_t)max * a->known,
				    PROT_READ | PROT_WRITE);
		arg = array_arg(a, entries, a->known, max);
		CHECK_RC(call(a->number, &arg), 0);
		CHECK(arg.head.nr_entries >= 1 && arg.head.nr_entries < max);
		munmap(entries, (size_t)max * a->known);
	}
}

TEST(entries_that_are_not_mapped_fault)
{
	const __u64 addresses[] = {
		0,
		8,
		address_of(map_pages(page_size(), PROT_NONE)),
		address_of(map_pages(page_size(), PROT_READ)),
		address_of(kernel_address()),
		/*
		 * A 32-bit caller must not lose the upper half of the address.
		 */
		address_of(room) | 1ULL << 32 << 15,
		address_of(room) | 1ULL << 63,
		0ULL - 8,
		0ULL - 304,
	};
	const struct array *a;
	union array_arg arg;
	size_t i;

	for_each_array(a)
		for (i = 0; i < ARRAY_SIZE(addresses); i++) {
			CONTEXT("%s entries %#llx", a->name, addresses[i]);
			arg = array_arg(a, NULL, a->known, array_nr(a));
			arg.head.entries = addresses[i];
			CHECK_RC(call(a->number, &arg), -EFAULT);
		}
}

/*
 * Records that end where memory ends. Other cgroups may be created or removed
 * meanwhile, so the call is repeated if the array is then too small or too
 * large.
 */
static int call_at_end(const struct array *a, __u32 entry_size, size_t missing)
{
	union array_arg arg;
	int rc, tries;
	__u32 nr;

	for (tries = 0; tries < 10; tries++) {
		nr = array_nr(a);
		arg = array_arg(a, fenced((size_t)nr * entry_size - missing),
				entry_size, nr);
		rc = call(a->number, &arg);
		if (rc != -EMSGSIZE &&
		    (rc || a->one || arg.head.nr_entries == nr))
			return rc;
	}
	return rc;
}

TEST(entries_may_end_where_memory_ends)
{
	const struct array *a;

	for_each_array(a) {
		CONTEXT("%s", a->name);
		CHECK_RC(call_at_end(a, a->known, 0), 0);
		CHECK_RC(call_at_end(a, a->known + 8, 0), 0);
		CHECK_RC(call_at_end(a, get_info().max_entry_size, 0), 0);
	}
}

TEST(entries_may_not_extend_past_the_end_of_memory)
{
	const struct array *a;

	for_each_array(a) {
		CONTEXT("%s", a->name);
		CHECK_RC(call_at_end(a, a->known, 1), -EFAULT);
		CHECK_RC(call_at_end(a, a->known, 8), -EFAULT);
		/* The zeros after the driver's record are written, too. */
		CHECK_RC(call_at_end(a, a->known + 8, 1), -EFAULT);
		CHECK_RC(call_at_end(a, a->known + 64, 8), -EFAULT);
	}
}

TEST(entries_need_not_be_aligned)
{
	const struct array *a;
	union array_arg arg;

	for_each_array(a) {
		CONTEXT("%s", a->name);
		arg = array_arg(a, (char *)room + 3, a->known, ROOM - 1);
		CHECK_RC(call(a->number, &arg), 0);
	}
}

/* Value of all bytes that a call must not write */
#define STAIN 0xff

static size_t count_not(const unsigned char *bytes, size_t n, int value)
{
	size_t other = 0;

	while (n--)
		other += *bytes++ != value;
	return other;
}

/* The record of the first version, then zeros, then the next record. */
static void check_tails(const struct array *a, __u32 entry_size, __u32 nr)
{
	const unsigned char *entry = (unsigned char *)room;
	__u32 i;

	for (i = 0; i < nr; i++, entry += entry_size) {
		CONTEXT("%s entry_size %u record %u", a->name, entry_size, i);
		CHECK_EQ(count_not(entry + a->known, entry_size - a->known, 0),
			 0);
		/*
		 * The first member is the mask of valid groups, which has few
		 * bits.
		 */
		CHECK(entry[0] & CONTMON_TASK_BASE && entry[7] != STAIN);
	}
}

static void check_wide_records(const struct array *a, __u32 entry_size)
{
	union array_arg arg;
	size_t used;
	__u32 nr;

	memset(room, STAIN, sizeof(room));
	arg = array_arg(a, room, entry_size,
			a->all ? (__u32)(sizeof(room) / entry_size) : 3);
	CONTEXT("%s entry_size %u", a->name, entry_size);
	REQUIRE_RC(call(a->number, &arg), 0);
	nr = a->one ? 1 : arg.head.nr_entries;
	CHECK(nr >= 1);
	check_tails(a, entry_size, nr);
	used = (size_t)nr * entry_size;
	CONTEXT("%s entry_size %u", a->name, entry_size);
	CHECK_EQ(count_not((unsigned char *)room + used, sizeof(room) - used,
			   STAIN), 0);
}

TEST(wide_records_end_with_zeros_and_nothing_follows_the_last)
{
	__u32 max = get_info().max_entry_size;
	const struct array *a;

	for_each_array(a) {
		check_wide_records(a, a->known);
		if (max >= a->known + 8)
			check_wide_records(a, a->known + 8);
		check_wide_records(a, max);
	}
}

/* The first record is always the same one: init, ourselves, or the root. */
TEST(every_byte_of_a_record_is_written)
{
	unsigned char copies[ARRAY_SIZE(stains)][4096];
	const struct array *a;
	union array_arg arg;
	size_t i;

	for_each_array(a) {
		CONTEXT("%s", a->name);
		for (i = 0; i < ARRAY_SIZE(stains); i++) {
			memset(room, stains[i], sizeof(room));
			arg = array_arg(a, room, a->known, ROOM - 1);
			REQUIRE_RC(call(a->number, &arg), 0);
			memcpy(copies[i], room, a->known);
		}
		check_written(copies, a->known);
	}
}

static void read_record(pid_t pid, void *to, __u32 size)
{
	const struct array *a = &arrays[1];
	union array_arg arg = array_arg(a, to, size, 1);

	REQUIRE(a->one && a->number == CONTMON_GET_TASK);
	arg.get_task.pid = pid;
	REQUIRE_RC(call(a->number, &arg), 0);
}

/*
 * A caller with a shorter record gets the first part of each, and nothing else.
 * Only bytes that are equal before and after are compared, because a stopped
 * child may still have to leave its CPU.
 */
TEST(shorter_records_are_the_first_part_of_the_whole)
{
	unsigned char whole[4096], after[4096];
	const struct array *a = &arrays[1];
	pid_t pid = child_stopped(NULL);
	__u32 size;

	for (size = a->first; size <= a->known; size += 8) {
		CONTEXT("entry_size %u", size);
		do {
			read_record(pid, whole, a->known);
			memset(room, STAIN, sizeof(room));
			read_record(pid, room, size);
			read_record(pid, after, a->known);
		} while (memcmp(whole, after, a->known) != 0);
		CHECK(memcmp(room, whole, size) == 0);
		CHECK_EQ(count_not((unsigned char *)room + size,
				   sizeof(room) - size, STAIN), 0);
	}
	child_end(pid);
}

TEST(shorter_records_follow_each_other)
{
	const struct array *a;
	union array_arg arg;
	__u32 i;

	for_each_array(a) {
		if (a->one)
			continue;
		memset(room, STAIN, sizeof(room));
		arg = array_arg(a, room, a->first, ROOM);
		REQUIRE_RC(call(a->number, &arg), 0);
		for (i = 0; i < arg.head.nr_entries; i++) {
			const unsigned char *entry = (unsigned char *)room +
						     (size_t)i * a->first;

			CONTEXT("%s record %u", a->name, i);
			/* The first member is the mask of valid groups. */
			CHECK(entry[0] & CONTMON_TASK_BASE &&
			      entry[7] != STAIN);
		}
	}
}
