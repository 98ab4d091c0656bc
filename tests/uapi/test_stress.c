// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers of every kind while processes and threads start and end: whatever
 * stays alive must be reported each time, once and in order.
 *
 * Usage: test_stress [SECONDS [reopen]]
 *
 * It takes longer if a reader has not finished its first round by then.
 *
 * With "reopen" each reader opens the device for each round and tolerates its
 * absence, so that the module can be loaded and unloaded meanwhile. Then there
 * is no storm, and each reader pauses with the device closed, so that modprobe
 * gets its turn.
 */
#define _FILE_OFFSET_BITS 64

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "device.h"

#define NR_STABLE 10
#define MAPPED (1U << 20)
#define NR_CONTAINERS 4096
#define NR_STORMS 4	/* the first one creates cgroups */

static unsigned int seconds = 3;
static bool reopen;
static pid_t stable[NR_STABLE];
static __u64 own_cgroup; /* 0 if the device may be absent */
static atomic_bool stopping;
static atomic_uint complaints, misses;

/* Shared with the storms, which are separate processes. */
static struct {
	atomic_uint forks;
	_Atomic pid_t newest; /* the last child */
} *storm;

/* Only the first complaints are printed. */
__attribute__((format(printf, 1, 2))) static void complain(const char *format,
							   ...)
{
	char text[200];
	va_list args;

	if (atomic_fetch_add(&complaints, 1) >= 20)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# %s\n", text);
}

struct reader {
	const char *name;
	void (*round)(struct reader *self);
	int shared; /* index of the reader whose file it uses, or its own */
	int fd;
	struct contmon_task *mapping;
	void *buffer;
	atomic_uint rounds;
	unsigned int seed;
	pthread_t thread;
};

/* State of a snapshot across its calls. */
struct tally {
	const char *name;
	pid_t last;
	unsigned int seen[NR_STABLE];
};

static void tally_rows(struct tally *tally, const struct contmon_task *tasks,
		       __u32 nr)
{
	__u32 i, s;

	for (i = 0; i < nr; i++) {
		if (tasks[i].pid <= tally->last)
			complain("%s: pid %d after %d", tally->name,
				 tasks[i].pid, tally->last);
		tally->last = tasks[i].pid;
		for (s = 0; s < NR_STABLE; s++)
			tally->seen[s] += tasks[i].pid == stable[s];
	}
}

static void tally_end(const struct tally *tally)
{
	int s;

	for (s = 0; s < NR_STABLE; s++)
		if (tally->seen[s] != 1)
			complain("%s: pid %d is there %u times", tally->name,
				 stable[s], tally->seen[s]);
}

/* A snapshot in several calls, each with a different number of records. */
static void snapshot(struct reader *self, struct contmon_task *tasks, __u32 max,
		     __u32 flags)
{
	struct tally tally = {.name = self->name};
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fields = CONTMON_TASK_ALL,
		.entries = flags & CONTMON_TO_MAPPING ? 0 : address_of(tasks),
		.entry_size = sizeof(*tasks),
	};
	int rc;

	do {
		arg.nr_entries = 1 + (__u32)rand_r(&self->seed) % max;
		rc = call_on(self->fd, CONTMON_SNAPSHOT_TASKS, &arg);
		if (rc) {
			complain("%s: %s", self->name, rc_name(rc));
			return;
		}
		tally_rows(&tally, tasks, arg.nr_entries);
	} while (arg.cursor);
	tally_end(&tally);
}

static void round_copy(struct reader *self)
{
	snapshot(self, self->buffer, 300, CONTMON_EXACT_RSS);
}

/* With a file of its own, since other calls would change the records. */
static void round_mapping(struct reader *self)
{
	if (!self->mapping) {
		self->mapping = mmap(NULL, MAPPED, PROT_READ, MAP_SHARED,
				     self->fd, 0);
		if (self->mapping == MAP_FAILED) {
			complain("%s: mmap: %s", self->name, strerror(errno));
			self->mapping = NULL;
			return;
		}
	}
	snapshot(self, self->mapping, 300, CONTMON_TO_MAPPING);
}

/* Writes to another offset of the mapping that round_mapping() reads. */
static void round_same_mapping(struct reader *self)
{
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = CONTMON_TO_MAPPING,
		.entries = MAPPED / 2,
		.entry_size = sizeof(struct contmon_task),
		.nr_entries = 1000,
	};
	int rc = call_on(self->fd, CONTMON_SNAPSHOT_TASKS, &arg);

	/* EINVAL until the other reader has made the mapping. */
	if (rc && rc != -EINVAL)
		complain("%s: %s", self->name, rc_name(rc));
}

static bool has_container(const struct contmon_cgroup *rows, __u32 nr,
			  __u64 id)
{
	__u32 i;

	for (i = 0; i < nr; i++)
		if (rows[i].cgroup_id == id)
			return true;
	return false;
}

/* Each must be there once, after its parent; returns the sum of their tasks. */
static __u64 check_containers(const struct reader *self,
			      const struct contmon_cgroup *rows, __u32 nr)
{
	__u64 tasks = 0;
	__u32 i;

	for (i = 0; i < nr; i++) {
		tasks += rows[i].nr_tasks;
		if (has_container(rows, i, rows[i].cgroup_id))
			complain("%s: cgroup %llu twice", self->name,
				 rows[i].cgroup_id);
		if (i && !has_container(rows, i, rows[i].parent_id))
			complain("%s: cgroup %llu before its parent",
				 self->name, rows[i].cgroup_id);
	}
	return tasks;
}

static void round_containers(struct reader *self)
{
	struct contmon_cgroup *rows = self->buffer;
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.fields = CONTMON_CGROUP_ALL,
		.entries = address_of(rows),
		.entry_size = sizeof(*rows),
		.nr_entries = NR_CONTAINERS,
	};
	int rc = call_on(self->fd, CONTMON_SNAPSHOT_CGROUPS, &arg);
	__u64 tasks;

	if (rc) {
		complain("%s: %s", self->name, rc_name(rc));
		return;
	}
	tasks = check_containers(self, rows, arg.nr_entries);
	if (tasks < NR_STABLE)
		complain("%s: only %llu tasks", self->name, tasks);
}

/* In several calls, each with a different number of rows */
static void round_parts(struct reader *self)
{
	struct contmon_cgroup *rows = self->buffer;
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = CONTMON_IN_PARTS,
		.fields = CONTMON_CGROUP_ALL,
		.entry_size = sizeof(*rows),
	};
	__u32 nr = 0;
	int rc;

	do {
		arg.entries = address_of(&rows[nr]);
		arg.nr_entries = 1 + (__u32)rand_r(&self->seed) % 20;
		rc = call_on(self->fd, CONTMON_SNAPSHOT_CGROUPS, &arg);
		if (rc) {
			complain("%s: %s", self->name, rc_name(rc));
			return;
		}
		nr += arg.nr_entries;
	} while (arg.cursor && nr < NR_CONTAINERS - 20);
	check_containers(self, rows, nr);
	if (own_cgroup && !has_container(rows, nr, own_cgroup))
		complain("%s: our cgroup is not there", self->name);
}

static void round_one(struct reader *self)
{
	struct contmon_task task;
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.fields = CONTMON_TASK_ALL,
		.entry = address_of(&task),
		.entry_size = sizeof(task),
	};
	bool lives = self->rounds % 2;
	int rc;

	arg.pid = lives ? stable[self->rounds % NR_STABLE] : storm->newest;
	if (arg.pid < 1)
		return;
	rc = call_on(self->fd, CONTMON_GET_TASK, &arg);
	if (rc && (lives || rc != -ESRCH))
		complain("%s: pid %d: %s", self->name, arg.pid, rc_name(rc));
	if (!rc && (task.pid != arg.pid || task.tgid != arg.pid))
		complain("%s: asked for %d, got %d", self->name, arg.pid,
			 task.pid);
}

static void round_system(struct reader *self)
{
	struct contmon_get_system get = {
		.size = sizeof(get),
		.fields = CONTMON_SYSTEM_ALL,
	};
	int rc = call_on(self->fd, CONTMON_GET_SYSTEM, &get);

	if (rc)
		complain("%s: %s", self->name, rc_name(rc));
	else if (get.nr_tasks < NR_STABLE || get.nr_threads < get.nr_tasks)
		complain("%s: %u processes, %u threads", self->name,
			 get.nr_tasks, get.nr_threads);
}

static struct reader readers[] = {
	{.name = "copy", .round = round_copy, .shared = 0},
	{.name = "mapping", .round = round_mapping, .shared = 1},
	{.name = "same mapping", .round = round_same_mapping, .shared = 1},
	{.name = "containers", .round = round_containers, .shared = 3},
	{.name = "one", .round = round_one, .shared = 4},
	{.name = "system", .round = round_system, .shared = 5},
	{.name = "parts", .round = round_parts, .shared = 6},
};

#define for_each_reader(r) \
	for ((r) = readers; (r) < readers + ARRAY_SIZE(readers); (r)++)

/* The module may be about to go, or absent. */
static bool reader_open(struct reader *self)
{
	self->fd = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	if (self->fd >= 0)
		return true;
	if (errno != ENOENT && errno != ENXIO && errno != ENODEV)
		complain("%s: open: %s", self->name, strerror(errno));
	misses++;
	usleep(1000);
	return false;
}

/* Up to 100 ms, so that all have the device closed about half the time. */
static void reader_close(struct reader *self)
{
	if (self->mapping)
		munmap(self->mapping, MAPPED);
	self->mapping = NULL;
	close(self->fd);
	usleep((unsigned int)rand_r(&self->seed) % 100000);
}

static void *reader_main(void *arg)
{
	struct reader *self = arg;

	while (!stopping) {
		if (reopen && !reader_open(self))
			continue;
		self->round(self);
		self->rounds++;
		if (reopen)
			reader_close(self);
	}
	return NULL;
}

static void *thread_nothing(void *arg)
{
	return arg;
}

/* Children and threads that live only for a moment. */
__attribute__((noreturn)) static void storm_main(void)
{
	pthread_t thread;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid < 0)
			continue;
		storm->newest = pid;
		storm->forks++;
		if (!pthread_create(&thread, NULL, thread_nothing, NULL))
			pthread_join(thread, NULL);
		waitpid(pid, NULL, 0);
	}
}

static const char *const grove[] = {
	"/sys/fs/cgroup/contmon-storm", "/sys/fs/cgroup/contmon-storm/a",
	"/sys/fs/cgroup/contmon-storm/a/b", "/sys/fs/cgroup/contmon-storm/c",
};

static void grove_remove(void)
{
	size_t i;

	for (i = ARRAY_SIZE(grove); i-- > 0;)
		rmdir(grove[i]);
}

/* Cgroups that live only for a moment. Only root can create them. */
__attribute__((noreturn)) static void storm_of_cgroups(void)
{
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < ARRAY_SIZE(grove); i++)
			mkdir(grove[i], 0755);
		grove_remove();
	}
}

/* Before the readers' threads, which would make each fork slow. */
static void storms_start(pid_t storms[NR_STORMS])
{
	int i;

	storm = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(storm != MAP_FAILED);
	for (i = 0; i < NR_STORMS && !reopen; i++) {
		storms[i] = fork();
		REQUIRE(storms[i] >= 0);
		if (storms[i] == 0 && i == 0)
			storm_of_cgroups();
		if (storms[i] == 0)
			storm_main();
	}
}

static void readers_start(void)
{
	struct reader *r;

	for_each_reader(r) {
		r->seed = (unsigned int)(r - readers) + 1;
		r->buffer = map_pages(NR_CONTAINERS *
					      sizeof(struct contmon_cgroup),
				      PROT_READ | PROT_WRITE);
		if (!reopen && r->shared == r - readers)
			REQUIRE(reader_open(r));
	}
	for_each_reader(r) {
		if (!reopen)
			r->fd = readers[r->shared].fd;
		REQUIRE(!pthread_create(&r->thread, NULL, reader_main, r));
	}
}

static void readers_end(void)
{
	struct reader *r;

	for_each_reader(r) {
		pthread_join(r->thread, NULL);
		printf("# %s: %u rounds\n", r->name, r->rounds);
		CONTEXT("%s", r->name);
		CHECK(r->rounds > 0);
	}
}

/*
 * On a slow machine one round may take longer than the whole time, and so may
 * what makes it a storm: more processes are born than there are stable ones.
 */
static void readers_wait(void)
{
	struct reader *r;

	sleep(seconds);
	for_each_reader(r)
		WAIT_UNTIL(r->rounds > 0);
	WAIT_UNTIL(reopen || storm->forks > NR_STABLE);
}

TEST(stable_processes_are_reported_once_in_a_fork_storm)
{
	struct contmon_task self;
	pid_t storms[NR_STORMS];
	int i;

	for (i = 0; i < NR_STABLE; i++)
		stable[i] = child_start(NULL);
	if (!reopen) {
		REQUIRE(device_open() == 0);
		REQUIRE_RC(get_task(getpid(), CONTMON_TASK_CGROUP, 0, &self),
			   0);
		own_cgroup = self.cgroup_id;
	}
	storms_start(storms);
	readers_start();
	readers_wait();
	stopping = true;
	readers_end();
	for (i = 0; i < NR_STORMS && !reopen; i++)
		child_end(storms[i]);
	grove_remove();
	printf("# %u forks, %u times no device\n", storm->forks, misses);
	CHECK_EQ(complaints, 0);
	for (i = 0; i < NR_STABLE; i++)
		child_end(stable[i]);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		seconds = (unsigned int)atoi(argv[1]);
	reopen = argc > 2;
	if (seconds < 1 || seconds > TEST_SECONDS / 2) {
		fprintf(stderr, "usage: test_stress [SECONDS [reopen]]\n");
		return 2;
	}
	return harness_main(NULL);
}
