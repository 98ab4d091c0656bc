// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_TASKS: every process once, no matter how small the array is. */

#define NR_CHILDREN 20

/* Threads have ids, too: more of them than one RCU section visits */
#define NR_THREADS 300

struct snapshot {
	struct contmon_task tasks[4096];
	__u32 nr;
	__u32 calls;
	__u64 first_ns;
	__u64 last_ns;
};

static struct snapshot taken; /* too large for the stack */

static struct contmon_snapshot_tasks snapshot_arg(__u32 nr)
{
	return (struct contmon_snapshot_tasks){
		.size = sizeof(struct contmon_snapshot_tasks),
		.fields = CONTMON_TASK_CRED,
		.entry_size = sizeof(struct contmon_task),
		.nr_entries = nr,
	};
}

/* Calls until the end, with room for @nr records in each call. */
static void take_snapshot(struct snapshot *snapshot, __u32 nr)
{
	struct contmon_snapshot_tasks arg = snapshot_arg(nr);

	snapshot->nr = snapshot->calls = 0;
	do {
		REQUIRE(snapshot->nr + nr <= ARRAY_SIZE(snapshot->tasks));
		arg.entries = address_of(&snapshot->tasks[snapshot->nr]);
		arg.nr_entries = nr;
		REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
		REQUIRE(arg.nr_entries <= nr);
		/* It stops when the array is full or at the end. */
		CHECK(arg.nr_entries == nr || arg.cursor == 0);
		if (snapshot->calls++ == 0)
			snapshot->first_ns = arg.taken_boottime_ns;
		snapshot->last_ns = arg.taken_boottime_ns;
		snapshot->nr += arg.nr_entries;
	} while (arg.cursor);
}

static void check_ascending(const struct snapshot *snapshot)
{
	__u32 i;

	for (i = 1; i < snapshot->nr; i++)
		if (!CHECK(snapshot->tasks[i - 1].pid < snapshot->tasks[i].pid))
			printf("# pid %d is before %d\n",
			       snapshot->tasks[i - 1].pid,
			       snapshot->tasks[i].pid);
}

/* How often @pid is there. */
static unsigned int count_pid(const struct snapshot *snapshot, pid_t pid)
{
	unsigned int n = 0;
	__u32 i;

	for (i = 0; i < snapshot->nr; i++)
		n += snapshot->tasks[i].pid == pid;
	return n;
}

static void work_many_threads(void)
{
	pthread_attr_t small;
	pthread_t thread;
	int tell[2], i;
	pid_t tid;

	if (pipe(tell) || pthread_attr_init(&small) ||
	    pthread_attr_setstacksize(&small, 65536))
		_exit(FAILED);
	for (i = 0; i < NR_THREADS; i++)
		if (pthread_create(&thread, &small, thread_tell_and_wait,
				   &tell[1]) ||
		    read(tell[0], &tid, sizeof(tid)) != sizeof(tid))
			_exit(FAILED);
}

TEST(snapshot_has_each_process_once_for_any_size_of_array)
{
	static const __u32 sizes[] = {1, 2, 3, 7, 64, 4096};
	pid_t children[NR_CHILDREN];
	size_t i, c;

	for (c = 0; c < NR_CHILDREN; c++)
		children[c] = child_start(c == NR_CHILDREN / 2 ?
					  work_many_threads : NULL);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		CONTEXT("%u entries", sizes[i]);
		take_snapshot(&taken, sizes[i]);
		check_ascending(&taken);
		for (c = 0; c < NR_CHILDREN; c++)
			CHECK_EQ(count_pid(&taken, children[c]), 1);
		CHECK_EQ(count_pid(&taken, getpid()), 1);
		CHECK_EQ(count_pid(&taken, 1), 1);
		CHECK(taken.calls <= taken.nr / sizes[i] + 1);
	}
	for (c = 0; c < NR_CHILDREN; c++)
		child_end(children[c]);
}

TEST(snapshot_has_zombies_and_no_threads)
{
	pthread_t thread;
	int tell[2];
	pid_t tid, zombie = child_zombie();

	REQUIRE(pipe(tell) == 0);
	REQUIRE(!pthread_create(&thread, NULL, thread_tell_and_wait, &tell[1]));
	REQUIRE(read(tell[0], &tid, sizeof(tid)) == sizeof(tid));
	take_snapshot(&taken, 4096);
	CHECK_EQ(count_pid(&taken, tid), 0);
	CHECK_EQ(count_pid(&taken, zombie), 1);
	waitpid(zombie, NULL, 0);
	take_snapshot(&taken, 4096);
	CHECK_EQ(count_pid(&taken, zombie), 0);
}

/* The process at the cursor dies between two calls. */
TEST(snapshot_continues_when_the_process_at_its_cursor_has_died)
{
	struct contmon_snapshot_tasks arg = snapshot_arg(1);
	pid_t dies = child_start(NULL), stays = child_start(NULL);
	struct contmon_task task;
	unsigned int seen = 0;

	arg.entries = address_of(&task);
	do {
		arg.nr_entries = 1;
		REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
		if (arg.nr_entries && task.pid == dies)
			child_end(dies);
		seen += arg.nr_entries && task.pid == stays;
	} while (arg.cursor);
	CHECK_EQ(seen, 1);
	child_end(stays);
}

TEST(snapshot_has_the_time_it_was_taken)
{
	__u64 before = now_ns(CLOCK_BOOTTIME);

	take_snapshot(&taken, 8);
	CHECK(taken.first_ns >= before);
	CHECK(taken.last_ns > taken.first_ns);
	CHECK(taken.last_ns <= now_ns(CLOCK_BOOTTIME));
}

/* No process id can be so large: the kernel's limit is 2^22. */
TEST(snapshot_cursor_that_no_call_returned_is_refused)
{
	static const __u64 cursors[] = {
		~0ULL, 1ULL << 63, 1ULL << 32, (1ULL << 32) + 1, 1ULL << 31,
		0xdeadbeefdeadbeefULL,
	};
	struct contmon_snapshot_tasks arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cursors); i++) {
		CONTEXT("cursor %#llx", cursors[i]);
		arg = snapshot_arg(4);
		arg.entries = address_of(taken.tasks);
		arg.cursor = cursors[i];
		CHECK_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), -EINVAL);
		CHECK_EQ(arg.cursor, cursors[i]);
		CHECK_EQ(arg.nr_entries, 4);
	}
}

/* Offset of the first difference of two records, or their size. */
static size_t first_difference(const struct contmon_task *a,
			       const struct contmon_task *b)
{
	size_t i = 0;

	while (i < sizeof(*a) && ((const char *)a)[i] == ((const char *)b)[i])
		i++;
	return i;
}

/*
 * A child that has reported its stop may still have to leave its CPU, and is
 * charged for that. Only bytes that are equal before and after are compared.
 */
TEST(snapshot_rows_equal_get_task)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_snapshot_tasks arg;
	struct contmon_task before, after;
	__u32 i;

	do {
		before = task_of(pid);
		arg = snapshot_arg(4096);
		arg.fields = CONTMON_TASK_ALL;
		arg.flags = CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN;
		arg.swap_total_bytes = swap_total();
		arg.entries = address_of(taken.tasks);
		REQUIRE_RC(call(CONTMON_SNAPSHOT_TASKS, &arg), 0);
		after = task_of(pid);
	} while (first_difference(&before, &after) != sizeof(after));
	taken.nr = arg.nr_entries;
	REQUIRE(count_pid(&taken, pid) == 1);
	for (i = 0; taken.tasks[i].pid != pid; i++)
		;
	CHECK_EQ(first_difference(&taken.tasks[i], &after), sizeof(after));
	child_end(pid);
}
