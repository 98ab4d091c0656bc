// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_TASKS, for the groups of fields that other subjects read, too.
 * Usage: task_driver SUBJECT..., or "groups" for each group of fields alone.
 */

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_TASKS 131072

/* The fields of stat, status, io, oom_score, oom_score_adj and cgroup */
#define FIELDS_SIX (CONTMON_TASK_OOM_SCORE * 2 - 1 - CONTMON_TASK_NS)
#define FIELDS_STAT (CONTMON_TASK_BASE | CONTMON_TASK_SCHED | \
		     CONTMON_TASK_MEM | CONTMON_TASK_CPU | CONTMON_TASK_FAULTS)
/* The fields of taskstats for a thread group */
#define FIELDS_TASKSTATS (CONTMON_TASK_BASE | CONTMON_TASK_CPU | \
			  CONTMON_TASK_FAULTS)

/**
 * struct subject - one kind of call
 * @name: as printed
 * @fields: CONTMON_TASK_* groups
 * @flags: CONTMON_EXACT_RSS, or a filter: then the cost is for each process
 *	visited. CONTMON_FILTER_CHANGED is for tasks that ran since the previous
 *	call, CONTMON_FILTER_UID for a user without processes
 * @copy: copy the records to our memory instead of mapping them
 */
struct subject {
	const char *name;
	__u64 fields;
	__u32 flags;
	bool copy;
};

static const struct subject subjects[] = {
	{ "driver", FIELDS_SIX, 0, false },
	{ "driver-all", CONTMON_TASK_ALL, 0, false },
	{ "driver-exact", FIELDS_SIX, CONTMON_EXACT_RSS, false },
	{ "driver-copy", FIELDS_SIX, 0, true },
	{ "driver-stat", FIELDS_STAT, 0, false },
	{ "driver-taskstats", FIELDS_TASKSTATS, 0, false },
	{ "driver-changed", FIELDS_SIX, CONTMON_FILTER_CHANGED, false },
	{ "driver-walk", FIELDS_SIX, CONTMON_FILTER_UID, false },
};

static const struct subject groups[] = {
	{ "base", CONTMON_TASK_BASE, 0, false },
	{ "base+cred", CONTMON_TASK_CRED, 0, false },
	{ "base+sched", CONTMON_TASK_SCHED, 0, false },
	{ "base+cgroup", CONTMON_TASK_CGROUP, 0, false },
	{ "base+ns", CONTMON_TASK_NS, 0, false },
	{ "base+mem", CONTMON_TASK_MEM, 0, false },
	{ "base+cpu", CONTMON_TASK_CPU, 0, false },
	{ "base+faults", CONTMON_TASK_FAULTS, 0, false },
	{ "base+io", CONTMON_TASK_IO, 0, false },
	{ "base+oom_adj", CONTMON_TASK_OOM_ADJ, 0, false },
	{ "base+oom_score", CONTMON_TASK_OOM_SCORE, 0, false },
	{ "base+runq", CONTMON_TASK_RUNQ, 0, false },
	{ "base+delay", CONTMON_TASK_DELAY, 0, false },
	{ "same as /proc", FIELDS_SIX, 0, false },
	{ "all", CONTMON_TASK_ALL, 0, false },
};

static int device;
static struct contmon_task *own;

static __u64 swap_total_bytes(void)
{
	struct sysinfo info;

	bench_must(sysinfo(&info), "sysinfo");
	return (__u64)info.totalswap * info.mem_unit;
}

static long snapshot(void *_subject)
{
	static __u64 stamp;
	const struct subject *subject = _subject;
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = subject->flags | CONTMON_SWAP_KNOWN |
			 (subject->copy ? 0 : CONTMON_TO_MAPPING),
		.fields = subject->fields,
		.entry_size = sizeof(struct contmon_task),
		.swap_total_bytes = swap_total_bytes(),
		.changed_since = stamp,
		.uid = 4000000000U,
	};
	__u64 seen = 0, next = 0;
	size_t nr = 0;

	do {
		size_t offset = nr * sizeof(struct contmon_task);

		arg.nr_entries = (__u32)(MAX_TASKS - nr);
		arg.entries = subject->copy ? (uintptr_t)own + offset : offset;
		bench_ioctl(device, CONTMON_SNAPSHOT_TASKS, &arg,
			    "SNAPSHOT_TASKS");
		nr += arg.nr_entries;
		seen += arg.nr_seen;
		if (!next || arg.stamp < next)
			next = arg.stamp;
	} while (arg.cursor);
	stamp = next;
	return (long)seen;
}

static void run_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		if (!strcmp(name, subjects[i].name))
			bench_run(name, snapshot, (void *)&subjects[i]);
	for (i = 0; !strcmp(name, "groups") && i < ARRAY_SIZE(groups); i++)
		bench_run(groups[i].name, snapshot, (void *)&groups[i]);
}

int main(int argc, char **argv)
{
	size_t bytes = MAX_TASKS * sizeof(struct contmon_task);
	int i;

	device = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	bench_must(device, CONTMON_DEVICE);
	if (mmap(NULL, bytes, PROT_READ, MAP_SHARED, device, 0) == MAP_FAILED)
		bench_die("mmap");
	own = malloc(bytes);
	if (!own)
		bench_die("malloc");
	for (i = 1; i < argc; i++)
		run_named(argv[i]);
	return 0;
}
