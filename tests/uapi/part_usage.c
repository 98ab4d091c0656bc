// SPDX-License-Identifier: GPL-2.0-only
/* GET_TASK: the usage of a process, against /proc after it has stopped. */

/*
 * 3 MiB of anonymous and 2 MiB of shared memory, 64 KiB of them locked, and for
 * a moment 2 MiB more.
 */
static void work_touch_memory(void)
{
	void *gone = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	char *anon = mmap(NULL, 3 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	char *shared = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (anon == MAP_FAILED || shared == MAP_FAILED || mlock(anon, 65536) ||
	    gone == MAP_FAILED || munmap(gone, 2 << 20))
		_exit(FAILED);
}

/*
 * Lag of at most 64 pages for each CPU, or for the only thread on old kernels
 */
static long long rss_lag(void)
{
	return (sysconf(_SC_NPROCESSORS_CONF) + 1) * 64 * (long)page_size();
}

/*
 * /proc shows the exact sum since Linux 6.17 and on some older stable kernels,
 * and the fast sum on others: it must equal one of ours, to the byte.
 */
static void check_rss(pid_t pid, const char *key, __u64 exact, __u64 fast)
{
	__u64 proc = proc_number(pid, "status", key);

	CONTEXT("%s", key);
	if (proc != fast)
		CHECK_EQ(exact, proc);
	CHECK(llabs((long long)(exact - fast)) <= rss_lag());
}

/* smaps counts page table entries, so it is exact on every kernel. */
static void check_exact(pid_t pid, const char *key, __u64 exact)
{
	CONTEXT("%s of smaps_rollup", key);
	CHECK_EQ(exact, proc_number(pid, "smaps_rollup", key));
}

TEST(task_shows_its_rss_as_proc_does)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_task task = task_of(pid), fast;

	REQUIRE_RC(get_task(pid, CONTMON_TASK_ALL, 0, &fast), 0);
	check_rss(pid, "RssAnon:", task.rss_anon_bytes, fast.rss_anon_bytes);
	check_rss(pid, "RssFile:", task.rss_file_bytes, fast.rss_file_bytes);
	check_rss(pid, "RssShmem:", task.rss_shmem_bytes, fast.rss_shmem_bytes);
	check_rss(pid, "VmSwap:", task.swap_bytes, fast.swap_bytes);
	check_exact(pid, "Anonymous:", task.rss_anon_bytes);
	check_exact(pid, "Rss:", task.rss_anon_bytes + task.rss_file_bytes +
				 task.rss_shmem_bytes);
	*context = 0;
	CHECK(task.rss_anon_bytes >= 3 << 20);
	CHECK(task.rss_shmem_bytes >= 2 << 20);
	child_end(pid);
}

static void *touch_and_stay(void *barrier)
{
	void *memory = mmap(NULL, 21 * page_size(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		_exit(FAILED);
	pthread_barrier_wait(barrier);
	pause();
	return NULL;
}

static void work_threads_that_touch(void)
{
	static pthread_barrier_t barrier;
	pthread_t thread;
	int i;

	pthread_barrier_init(&barrier, NULL, 4);
	for (i = 0; i < 3; i++) {
		if (pthread_create(&thread, NULL, touch_and_stay, &barrier))
			_exit(FAILED);
	}
	pthread_barrier_wait(&barrier);
}

/* Counts that a thread or CPU has not yet added are included. */
TEST(task_adds_up_the_rss_of_its_threads)
{
	pid_t pid = child_stopped(work_threads_that_touch);
	struct contmon_task task = task_of(pid);

	check_exact(pid, "Anonymous:", task.rss_anon_bytes);
	check_exact(pid, "Rss:", task.rss_anon_bytes + task.rss_file_bytes +
				 task.rss_shmem_bytes);
	*context = 0;
	CHECK_EQ(task.nr_threads, 4);
	child_end(pid);
}

TEST(task_shows_its_address_space_as_proc_does)
{
	pid_t pid = child_stopped(work_touch_memory);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.vsz_bytes, proc_number(pid, "status", "VmSize:"));
	CHECK_EQ(task.pgtables_bytes, proc_number(pid, "status", "VmPTE:"));
	CHECK_EQ(task.locked_bytes, proc_number(pid, "status", "VmLck:"));
	CHECK_EQ(task.locked_bytes, 65536);
	CHECK_EQ(task.rss_peak_bytes, proc_number(pid, "status", "VmHWM:"));
	CHECK(task.rss_peak_bytes > task.rss_anon_bytes + task.rss_file_bytes +
					    task.rss_shmem_bytes + (1 << 20));
	child_end(pid);
}

/* A second would be too long; 50 ms are 5 to 12 ticks. */
static void work_burn(void)
{
	burn(50);
}

static void work_write_a_file(void)
{
	char bytes[4096] = "";
	int fd = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);
	int i;

	for (i = 0; i < 5; i++)
		if (write(fd, "subject", 7) != 7)
			_exit(FAILED);
	close(fd);
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < 3; i++)
		if (read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
			_exit(FAILED);
	close(fd);
}

/* Fields of /proc/PID/stat, numbered as in proc(5) */
enum { MINFLT = 10, MAJFLT = 12, UTIME = 14, STIME = 15, NR_STAT = 53 };

static void read_task_stat(pid_t pid, unsigned long long fields[NR_STAT])
{
	char path[64], text[1024], *at;
	FILE *file;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	REQUIRE(file && fgets(text, sizeof(text), file));
	fclose(file);
	/*
	 * The name may contain anything; the state, the third field, follows
	 * it.
	 */
	at = strrchr(text, ')') + 4;
	for (i = 4; i < NR_STAT; i++)
		fields[i] = strtoull(at, &at, 10);
}

/* The usage of threads that are gone still counts for the process. */
static void *thread_work(void *unused)
{
	work_burn();
	work_write_a_file();
	return unused;
}

static void work_thread_that_ends(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_work, NULL) ||
	    pthread_join(thread, NULL))
		_exit(FAILED);
	/* A thread can be joined before its usage is counted */
	WAIT_UNTIL(proc_number(getpid(), "status", "Threads:") == 1);
}

TEST(task_counts_its_dead_threads)
{
	const __u64 tick = NS_PER_S / (__u64)sysconf(_SC_CLK_TCK);
	pid_t pid = child_stopped(work_thread_that_ends);
	struct contmon_task task = task_of(pid);
	unsigned long long stat[NR_STAT];

	read_task_stat(pid, stat);
	CHECK_EQ(task.nr_threads, 1);
	CHECK(task.runtime_ns >= 50 * 1000 * 1000);
	/*
	 * The process is stopped, so /proc only cuts off fractions of a tick.
	 */
	CHECK_EQ(task.utime_ns / tick, stat[UTIME]);
	CHECK_EQ(task.stime_ns / tick, stat[STIME]);
	CHECK_EQ(task.minor_faults, stat[MINFLT]);
	CHECK_EQ(task.major_faults, stat[MAJFLT]);
	CHECK_EQ(task.write_chars, proc_number(pid, "io", "wchar:"));
	CHECK(task.write_chars >= 35);
	CHECK_EQ(task.read_chars, proc_number(pid, "io", "rchar:"));
	child_end(pid);
}

TEST(task_shows_its_cpu_time)
{
	pid_t pid = child_stopped(work_burn);
	struct contmon_task task = task_of(pid);
	__u64 split = task.utime_ns + task.stime_ns;

	CHECK(task.runtime_ns >= 50 * 1000 * 1000);
	CHECK(task.runtime_ns < TEST_SECONDS * NS_PER_S);
	/*
	 * The split divides runtime with integer arithmetic, so 1 ns may be
	 * lost.
	 */
	CHECK(split <= task.runtime_ns);
	CHECK(task.runtime_ns - split <= 1);
	child_end(pid);
}

TEST(task_shows_its_io_as_proc_does)
{
	pid_t pid = child_stopped(work_write_a_file);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.read_chars, proc_number(pid, "io", "rchar:"));
	CHECK_EQ(task.write_chars, proc_number(pid, "io", "wchar:"));
	CHECK_EQ(task.read_syscalls, proc_number(pid, "io", "syscr:"));
	CHECK_EQ(task.write_syscalls, proc_number(pid, "io", "syscw:"));
	CHECK_EQ(task.read_bytes, proc_number(pid, "io", "read_bytes:"));
	CHECK_EQ(task.write_bytes, proc_number(pid, "io", "write_bytes:"));
	/* 5 writes of 7 bytes, and the byte of "ready" */
	CHECK_EQ(task.write_chars, 36);
	CHECK_EQ(task.write_syscalls, 6);
	CHECK_EQ(task.read_chars, 3 * 4096);
	CHECK_EQ(task.read_syscalls, 3);
	child_end(pid);
}

/* Both are sums over all threads; /proc has only the leader's. */
TEST(task_shows_its_context_switches)
{
	pid_t pid = child_stopped(NULL);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.voluntary_switches,
		 proc_number(pid, "status", "voluntary_ctxt_switches:"));
	CHECK_EQ(task.involuntary_switches,
		 proc_number(pid, "status", "nonvoluntary_ctxt_switches:"));
	CHECK(task.voluntary_switches > 0);
	child_end(pid);
}

/* 64 MiB, so that the amount of swap is a visible share */
static void work_oom_adj(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (write(fd, "321", 3) != 3)
		_exit(FAILED);
	close(fd);
	if (mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) ==
	    MAP_FAILED)
		_exit(FAILED);
}

/* In a stopped task the kernel's fast counters do not change. */
TEST(task_shows_its_oom_score_as_proc_does)
{
	pid_t pid = child_stopped(work_oom_adj);
	struct contmon_task task = task_of(pid);

	CHECK_EQ(task.oom_score_adj, 321);
	CHECK_EQ(task.oom_score, proc_number(pid, "oom_score", ""));
	CHECK(task.oom_score > 0);
	child_end(pid);
	/* init is never chosen. */
	CHECK_EQ(task_of(1).oom_score, proc_number(1, "oom_score", ""));
}

static __u32 oom_score_of(pid_t pid, __u64 fields, __u32 flags)
{
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = flags | CONTMON_SWAP_KNOWN,
		.fields = fields,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = pid,
		.swap_total_bytes = swap_total(),
	};

	REQUIRE_RC(call(CONTMON_GET_TASK, &arg), 0);
	return task.oom_score;
}

/* Touches four more pages and stops, again and again */
static void grow_and_stop(void)
{
	const size_t bytes = 16 << 20, step = 4 * page_size();
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t at;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (memory == MAP_FAILED)
		_exit(FAILED);
	/*
	 * The real-time kernel has no huge pages and does not know this advice.
	 */
	if (madvise(memory, bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		_exit(FAILED);
	for (at = 0; at + step <= bytes; at += step) {
		if (madvise(memory + at, step, MADV_POPULATE_WRITE))
			_exit(FAILED);
		raise(SIGSTOP);
	}
	_exit(FAILED);
}

/*
 * The OOM killer uses fast or exact counters, depending on the kernel, no
 * matter which RSS is asked for. A counter lags by less than one point of the
 * score, so the difference only shows where the score changes: the child grows
 * past two such steps.
 */
TEST(task_oom_score_equals_proc_with_any_fields)
{
	const __u64 all = CONTMON_TASK_ALL, alone = CONTMON_TASK_OOM_SCORE;
	pid_t pid = fork();
	unsigned int i;
	int status;
	__u64 proc;

	REQUIRE(pid >= 0);
	if (pid == 0)
		grow_and_stop();
	for (i = 0; i < 300; i++) {
		REQUIRE(waitpid(pid, &status, WUNTRACED) == pid);
		REQUIRE(WIFSTOPPED(status));
		CONTEXT("after step %u", i);
		proc = proc_number(pid, "oom_score", "");
		CHECK_EQ(oom_score_of(pid, all, 0), proc);
		CHECK_EQ(oom_score_of(pid, all, CONTMON_EXACT_RSS), proc);
		CHECK_EQ(oom_score_of(pid, alone, 0), proc);
		CHECK_EQ(oom_score_of(pid, alone, CONTMON_EXACT_RSS), proc);
		REQUIRE(kill(pid, SIGCONT) == 0);
	}
	*context = 0;
	child_end(pid);
}

/* The caller passes the amount of swap; a wrong amount must do no harm. */
TEST(task_oom_score_survives_any_amount_of_swap)
{
	static const __u64 amounts[] = {
		0,	    1,		4095,  1ULL << 32,
		1ULL << 62, 1ULL << 63, ~0ULL, ~0xfffULL,
	};
	pid_t pid = child_stopped(work_oom_adj);
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = CONTMON_SWAP_KNOWN,
		.fields = CONTMON_TASK_OOM_SCORE,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
		.pid = pid,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(amounts); i++) {
		CONTEXT("swap of %#llx bytes", amounts[i]);
		arg.swap_total_bytes = amounts[i];
		CHECK_RC(call(CONTMON_GET_TASK, &arg), 0);
		CHECK(task.valid & CONTMON_TASK_OOM_SCORE);
		CHECK(task.oom_score <= 2000);
	}
	child_end(pid);
}
