// SPDX-License-Identifier: GPL-2.0-only
/* The event of a process that the OOM killer chooses. */

#define OOM_LIMIT "16M"

/* What a victim tells its parent before it dies */
static struct account {
	__u64 before_bytes; /* RSS without the memory that it fills */
	__u64 filled_bytes;
} *account;

static void make_account(void)
{
	account = mmap(NULL, sizeof(*account), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(account != MAP_FAILED);
}

static __u64 exact_rss(void)
{
	struct contmon_task task;

	REQUIRE_RC(get_task(getpid(), CONTMON_TASK_MEM, CONTMON_EXACT_RSS,
			    &task), 0);
	return task.rss_anon_bytes + task.rss_file_bytes + task.rss_shmem_bytes;
}

/* Page by page, until the next one is too much. */
static void work_fill(void)
{
	size_t bytes = 64 << 20, page = page_size();
	volatile char *memory = map_pages(bytes, PROT_READ | PROT_WRITE);
	volatile struct account *told = account;
	size_t done;

	REQUIRE(madvise((void *)memory, bytes, MADV_NOHUGEPAGE) == 0 ||
		errno == EINVAL);
	told->before_bytes = exact_rss();
	for (done = 0; done < bytes; done += page) {
		memory[done] = 1;
		told->filled_bytes = done + page;
	}
	_exit(PASSED); /* nobody killed it */
}

static void make_oom_cgroup(void)
{
	make_memory_cgroup();
	make_account();
	set_limit("memory.max", OOM_LIMIT);
	set_limit("memory.swap.max", "0");
}

static void check_victim(int fd, pid_t pid)
{
	struct contmon_task self = task_of(getpid());
	const __u64 lag = (__u64)rss_lag();
	const struct contmon_event *event;
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	REQUIRE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	event = find_event(drain(fd), CONTMON_EVENT_OOM, pid);
	REQUIRE(event);
	CHECK_EQ(event->cgroup_id, inode(made));
	CHECK_EQ(event->ppid, getpid());
	CHECK_EQ(event->parent_start_boottime_ns, self.start_boottime_ns);
	CHECK(event->rss_bytes + lag >= account->filled_bytes);
	CHECK(event->rss_bytes <=
	      account->before_bytes + account->filled_bytes + lag);
}

TEST(oom_has_the_memory_of_its_victim)
{
	int fd;
	pid_t pid;

	make_oom_cgroup();
	fd = watch(BIT(CONTMON_EVENT_OOM));
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		work_join();
		work_fill();
	}
	check_victim(fd, pid);
	remove_cgroup();
	close(fd);
}

/*
 * The memory is that of the thread which was chosen: the first has none. It is
 * in the cgroup, though, where the OOM killer looks for the first threads only.
 */
TEST(oom_has_the_memory_of_a_victim_whose_first_thread_has_ended)
{
	int fd;
	pid_t pid;

	make_oom_cgroup();
	fd = watch(BIT(CONTMON_EVENT_OOM));
	pid = child_without_leader(work_join, work_fill);
	REQUIRE(write(go_on[1], "", 1) == 1);
	check_victim(fd, pid);
	remove_cgroup();
	close(fd);
}
