// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random calls: arguments made of correct, nearly correct and wrong values, by
 * several threads at once. Each call must succeed or end with an errno that the
 * contract names for it, and all that it reports as written must be written.
 *
 * Usage: test_fuzz [SECONDS [SEED]]
 *
 * With the same seed each thread makes the same calls, as many as SECONDS
 * allow; their order is not determined. The device may go and come back
 * meanwhile: each thread reopens it after some calls.
 */
#define _FILE_OFFSET_BITS 64

#include <poll.h>
#include <sys/resource.h>

/* For a long run, pass SECONDS */
#define TEST_SECONDS 3600

#include "fuzzer.h"

#define NR_THREADS 4
#define NR_CALLS 64		/* at most, with one open file */
#define FILL 0xff
#define MOST_ALLOCATED (64ULL << 20)

static unsigned int seconds = 5;
static __u64 seed;
static atomic_bool stopping;
static atomic_uint opens, wells, refusals;

#define GENERAL EFAULT, EINVAL, E2BIG, EOPNOTSUPP, ENOMEM, EINTR

/* Calls must return 0 or one of these */
static void judge(struct fuzzer *f, const char *name, int rc, const int *more)
{
	static const int general[] = {GENERAL, 0};
	const int *known;

	f->calls++;
	atomic_fetch_add(rc < 0 ? &refusals : &wells, 1);
	if (rc >= 0)
		return;
	for (known = general; *known; known++)
		if (*known == -rc)
			return;
	for (known = more; known && *known; known++)
		if (*known == -rc)
			return;
	complain(f, "%s: %s", name, rc_name(rc));
}

static bool in_area(const struct fuzzer *f, __u64 address, __u64 bytes)
{
	__u64 first = address_of(f->area);

	return address >= first && address - first <= AREA &&
	       bytes <= AREA - (address - first);
}

/* No byte of a record may keep its old value, and none after it may change */
static void check_written(struct fuzzer *f, __u64 entries, __u32 nr,
			  __u32 entry_size, __u32 known, __u64 all)
{
	const unsigned char *at = (const void *)(uintptr_t)entries;
	__u64 valid;
	__u32 i, byte;

	if (!in_area(f, entries, (__u64)nr * entry_size))
		return;
	for (i = 0; i < nr; i++, at += entry_size) {
		memcpy(&valid, at, sizeof(valid));
		if (!(valid & 1) || valid & ~all)
			complain(f, "record %u: valid is %#llx", i, valid);
		for (byte = known; byte < entry_size; byte++)
			if (at[byte]) {
				complain(f, "record %u: byte %u", i, byte);
				return;
			}
	}
}

static void fuzz_tasks(struct fuzzer *f)
{
	const __u64 flags = CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN |
			    CONTMON_TO_MAPPING | CONTMON_THREADS |
			    CONTMON_FILTER_PIDS | CONTMON_FILTER_UID |
			    CONTMON_FILTER_CGROUP | CONTMON_FILTER_RSS |
			    CONTMON_FILTER_CHANGED;
	static const int more[] = {ENOENT, 0};
	struct contmon_snapshot_tasks arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, flags),
		.fields = any_bits(f, CONTMON_TASK_ALL),
		.entry_size = any_entry_size(f, sizeof(struct contmon_task)),
		.nr_entries = any_count(f, 500),
		.cursor = one_in(f, 2) ? 0 : any_number(f),
		.swap_total_bytes = any_number(f),
		.pids = any_address(f),
		.nr_pids = any_count(f, 100),
		.uid = one_in(f, 2) ? 0 : (__u32)any_number(f),
		.cgroup_id = one_in(f, 2) ? 1 : any_number(f),
		.min_rss_bytes = any_number(f),
		.changed_since = any_number(f),
	};
	int rc;

	arg.entries = arg.flags & CONTMON_TO_MAPPING ? any_number(f) & ~7ULL :
						       any_address(f);
	rc = call_on(f->fd, CONTMON_SNAPSHOT_TASKS, &arg);
	judge(f, "SNAPSHOT_TASKS", rc, more);
	if (!rc)
		check_written(f, arg.entries, arg.nr_entries, arg.entry_size,
			      sizeof(struct contmon_task), CONTMON_TASK_ALL);
}

static void fuzz_containers(struct fuzzer *f)
{
	static const int more[] = {EMSGSIZE, 0};
	static __u64 cursor;
	struct contmon_snapshot_cgroups arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, CONTMON_EXACT_RSS |
						    CONTMON_TO_MAPPING |
						    CONTMON_IN_PARTS),
		.fields = any_bits(f, CONTMON_CGROUP_ALL),
		.entry_size = any_entry_size(f,
					     sizeof(struct contmon_cgroup)),
		.nr_entries = any_count(f, 1000),
		.cursor = any_number(f) % 2 ? cursor : any_number(f),
	};
	int rc;

	arg.entries = arg.flags & CONTMON_TO_MAPPING ? any_number(f) & ~7ULL :
						       any_address(f);
	rc = call_on(f->fd, CONTMON_SNAPSHOT_CGROUPS, &arg);
	judge(f, "SNAPSHOT_CGROUPS", rc, more);
	if (!rc)
		cursor = arg.cursor;
	if (!rc)
		check_written(f, arg.entries, arg.nr_entries, arg.entry_size,
			      sizeof(struct contmon_cgroup),
			      CONTMON_CGROUP_ALL);
}

static void fuzz_task(struct fuzzer *f)
{
	static const int more[] = {ESRCH, 0};
	struct contmon_get_task arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, CONTMON_EXACT_RSS |
						    CONTMON_SWAP_KNOWN |
						    CONTMON_THREADS),
		.fields = any_bits(f, CONTMON_TASK_ALL),
		.entry = any_address(f),
		.entry_size = any_entry_size(f, sizeof(struct contmon_task)),
		.pid = any_pid(f),
		.swap_total_bytes = any_number(f),
	};
	int rc = call_on(f->fd, CONTMON_GET_TASK, &arg);

	judge(f, "GET_TASK", rc, more);
	if (!rc)
		check_written(f, arg.entry, 1, arg.entry_size,
			      sizeof(struct contmon_task), CONTMON_TASK_ALL);
}

static void fuzz_info(struct fuzzer *f)
{
	struct contmon_get_info arg = { .size = any_size(f, sizeof(arg)) };

	judge(f, "GET_INFO", call_on(f->fd, CONTMON_GET_INFO, &arg), NULL);
}

static void fuzz_system(struct fuzzer *f)
{
	struct contmon_get_system arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, CONTMON_EXACT_RSS),
		.fields = any_bits(f, CONTMON_SYSTEM_ALL),
	};

	judge(f, "GET_SYSTEM", call_on(f->fd, CONTMON_GET_SYSTEM, &arg), NULL);
}

/* FREE works like munmap(), so only memory from ALLOC is freed */
static void fuzz_alloc(struct fuzzer *f)
{
	static const int more[] = {EOVERFLOW, 0};
	struct contmon_alloc arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, 0),
		.length_bytes = one_in(f, 2) ? below(f, MOST_ALLOCATED) :
					       any_number(f),
	};
	struct contmon_free range = { .size = sizeof(range) };
	int rc = call_on(f->fd, CONTMON_ALLOC, &arg);

	judge(f, "ALLOC", rc, more);
	if (rc)
		return;
	if (arg.length_bytes >= 4096)
		*(char *)(uintptr_t)arg.address = 1;
	range.address = arg.address;
	range.length_bytes = arg.length_bytes;
	rc = call_on(f->fd, CONTMON_FREE, &range);
	if (rc)
		complain(f, "FREE: %s", rc_name(rc));
}

static void fuzz_free(struct fuzzer *f)
{
	static const int more[] = {EOVERFLOW, 0};
	struct contmon_free arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, 0),
		/* Unaligned, so it must fail */
		.address = any_number(f) | 1,
		.length_bytes = any_number(f),
	};
	int rc = call_on(f->fd, CONTMON_FREE, &arg);

	judge(f, "FREE", rc, more);
	if (!rc)
		complain(f, "FREE of what is no page");
}

/* The call visits every page, so the longest ranges are invalid ones */
static void fuzz_resident(struct fuzzer *f)
{
	static const int more[] = {EOVERFLOW, 0};
	struct contmon_resident arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, 0),
		.address = any_address(f) & ~(one_in(f, 2) ? 0ULL : 4095ULL),
		.length_bytes = any_number(f),
	};

	if (arg.length_bytes > MOST_ALLOCATED)
		arg.length_bytes |= 1ULL << 62;
	judge(f, "RESIDENT", call_on(f->fd, CONTMON_RESIDENT, &arg), more);
}

static void fuzz_cmdline(struct fuzzer *f)
{
	static const int more[] = {ESRCH, EPERM, 0};
	struct contmon_read_cmdline arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, 0),
		.pid = any_pid(f),
		.length = any_count(f, 4096),
		.buffer = any_address(f),
	};

	judge(f, "READ_CMDLINE", call_on(f->fd, CONTMON_READ_CMDLINE, &arg),
	      more);
}

static void fuzz_watch(struct fuzzer *f)
{
	static const int more[] = {ESRCH, ENOENT, EMFILE, 0};
	struct contmon_watch arg = {
		.size = any_size(f, sizeof(arg)),
		.flags = (__u32)any_bits(f, CONTMON_WATCH_PID |
						    CONTMON_WATCH_CGROUP),
		.events = (__u32)any_bits(f, CONTMON_EVENT_ALL),
		.pid = any_pid(f),
		.cgroup_id = one_in(f, 2) ? 1 : any_number(f),
		.rss_bytes = any_number(f),
		.interval_ms = one_in(f, 4) ? (__u32)any_number(f) :
					      10 + (__u32)below(f, 4000),
		.pressure = one_in(f, 4) ? (__u32)any_number(f) :
					   (__u32)below(f, 6),
		.start_boottime_ns = one_in(f, 4) ? any_number(f) : 0,
		.memory_bytes = any_number(f),
		.stalled_ns = one_in(f, 2) ? any_number(f) : 1,
	};

	judge(f, "WATCH", call_on(f->fd, CONTMON_WATCH, &arg), more);
}

static void fuzz_read(struct fuzzer *f)
{
	static const int more[] = {EAGAIN, 0};
	void *to = (void *)(uintptr_t)any_address(f);
	ssize_t got = read(f->fd, to, any_count(f, 8192) & 0xfffff);

	judge(f, "read", got < 0 ? -errno : 0, more);
}

static void fuzz_poll(struct fuzzer *f)
{
	struct pollfd wanted = { .fd = f->fd, .events = POLLIN };
	int rc = poll(&wanted, 1, (int)below(f, 2));

	judge(f, "poll", rc < 0 ? -errno : 0, NULL);
}

static void fuzz_mmap(struct fuzzer *f)
{
	static const int more[] = {EACCES, EPERM, EOVERFLOW, 0};
	size_t bytes = one_in(f, 2) ? AREA : (size_t)any_number(f) & ~4095ULL;
	int protection = (int)below(f, 8);
	off_t offset = one_in(f, 4) ? (off_t)(any_number(f) & ~4095ULL) : 0;
	void *memory = mmap(NULL, bytes, protection,
			    one_in(f, 4) ? MAP_PRIVATE : MAP_SHARED, f->fd,
			    offset);
	bool failed = memory == MAP_FAILED;

	judge(f, "mmap", failed ? -errno : 0, more);
	if (!failed && protection & PROT_WRITE)
		complain(f, "a mapping that can be written");
	if (!failed)
		munmap(memory, bytes);
}

/* Random bytes, for a random command except FREE: see above */
static void fuzz_bytes(struct fuzzer *f)
{
	static const int more[] = {ENOTTY, ESRCH, ENOENT, EPERM, EMSGSIZE,
				   EOVERFLOW, 0};
	unsigned long number = one_in(f, 2) ? (unsigned long)any_number(f) :
		_IO(CONTMON_TYPE, 1 + below(f, 16));
	__u64 words[64];
	size_t i;

	if ((__u32)number == CONTMON_FREE || (__u32)number == CONTMON_ALLOC)
		return;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = one_in(f, 2) ? 0 : next(f);
	if (one_in(f, 2))
		words[0] = 8 * below(f, 64) | words[0] << 32;
	judge(f, "random bytes", call_on(f->fd, number, words), more);
}

static void (*const fuzzes[])(struct fuzzer *f) = {
	fuzz_tasks, fuzz_tasks, fuzz_containers, fuzz_containers, fuzz_task,
	fuzz_info, fuzz_system, fuzz_alloc, fuzz_free, fuzz_resident,
	fuzz_cmdline, fuzz_watch, fuzz_read, fuzz_read, fuzz_poll, fuzz_mmap,
	fuzz_bytes,
};

/* At times all threads pause, so that the module can be unloaded */
static bool pausing(void)
{
	return (now_ns(CLOCK_MONOTONIC) >> 28) % 4 == 0;
}

/* The device may be about to go or come */
static bool fuzzer_open(struct fuzzer *f)
{
	f->fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0) {
		if (errno != ENOENT && errno != ENODEV && errno != ENXIO)
			complain(f, "open: %s", strerror(errno));
		return false;
	}
	atomic_fetch_add(&opens, 1);
	if (one_in(f, 2))
		f->mapping = mmap(NULL, AREA, PROT_READ, MAP_SHARED, f->fd, 0);
	return true;
}

static void fuzzer_close(struct fuzzer *f)
{
	close(f->fd);
	if (f->mapping != MAP_FAILED)
		munmap(f->mapping, AREA);
	f->mapping = MAP_FAILED;
}

static void *fuzzer_main(void *_fuzzer)
{
	struct fuzzer *f = _fuzzer;
	unsigned int calls;

	while (!stopping) {
		if (pausing() || !fuzzer_open(f)) {
			usleep(1000);
			continue;
		}
		for (calls = 1 + (unsigned int)below(f, NR_CALLS);
		     calls && !stopping && !pausing(); calls--) {
			memset(f->area, FILL, 4096);
			PICK(f, fuzzes)(f);
		}
		fuzzer_close(f);
	}
	return NULL;
}

TEST(random_calls_end_as_in_the_contract)
{
	/* Allocated memory is charged to a process, so its size is limited */
	const struct rlimit space = { 1ULL << 32, 1ULL << 32 };
	struct fuzzer fuzzers[NR_THREADS];
	unsigned int i;

	printf("# seed %llu, %u s\n", seed, seconds);
	if (sizeof(void *) == 8)
		REQUIRE(!setrlimit(RLIMIT_AS, &space));
	for (i = 0; i < NR_THREADS; i++) {
		fuzzers[i] = (struct fuzzer){
			.index = i,
			.random = (seed + i + 1) * 0x9e3779b97f4a7c15ULL | 1,
			.area = fenced(AREA),
			.mapping = MAP_FAILED,
		};
		REQUIRE(!pthread_create(&fuzzers[i].thread, NULL, fuzzer_main,
					&fuzzers[i]));
	}
	sleep(seconds);
	/* On a busy machine there may have been no device in all that time. */
	WAIT_UNTIL(wells > 0 && refusals > 0);
	stopping = true;
	for (i = 0; i < NR_THREADS; i++)
		pthread_join(fuzzers[i].thread, NULL);
	printf("# %u opens, %u calls went well, %u were refused\n", opens,
	       wells, refusals);
	CHECK_EQ(complaints, 0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		seconds = (unsigned int)atoi(argv[1]);
	if (seconds < 1 || seconds > TEST_SECONDS / 2) {
		fprintf(stderr, "usage: test_fuzz [SECONDS [SEED]]\n");
		return 2;
	}
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : now_ns(CLOCK_REALTIME);
	return harness_main(NULL);
}
