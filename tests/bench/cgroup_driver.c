// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_CGROUPS, for the groups of fields that other subjects read too.
 * Usage: cgroup_driver SUBJECT...
 */

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_CGROUPS 32768
#define PART 4096

/* The source of a cgroup's CPU time: its own counter, or else its tasks */
#ifdef CONTMON_CGROUP_CPU
#define FIELDS_CPU CONTMON_CGROUP_CPU
#else
#define FIELDS_CPU CONTMON_CGROUP_TASKS
#endif

/**
 * struct subject - one kind of call
 * @name: as printed
 * @fields: CONTMON_CGROUP_* groups
 * @copy: copy the records to our memory instead of mapping them
 * @parts: read PART rows per call
 */
struct subject {
	const char *name;
	__u64 fields;
	bool copy;
	bool parts;
};

static const struct subject subjects[] = {
	{ "driver", CONTMON_CGROUP_MEMCG | FIELDS_CPU, false, false },
	{ "driver-memory", CONTMON_CGROUP_MEMCG, false, false },
	{ "driver-copy", CONTMON_CGROUP_MEMCG, true, false },
	{ "driver-parts", CONTMON_CGROUP_MEMCG | FIELDS_CPU, false, true },
	{ "driver-tasks", CONTMON_CGROUP_TASKS, false, false },
	{ "driver-all", CONTMON_CGROUP_ALL, false, false },
};

static int device;
static struct contmon_cgroup *own;

static long snapshot(void *_subject)
{
	const struct subject *subject = _subject;
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = (subject->copy ? 0 : CONTMON_TO_MAPPING) |
			 (subject->parts ? CONTMON_IN_PARTS : 0),
		.fields = subject->fields,
		.entries = subject->copy ? (uintptr_t)own : 0,
		.entry_size = sizeof(*own),
	};
	long nr = 0;

	do {
		arg.nr_entries = subject->parts ? PART : MAX_CGROUPS;
		bench_must(ioctl(device, CONTMON_SNAPSHOT_CGROUPS, &arg),
			   "SNAPSHOT_CGROUPS");
		nr += arg.nr_entries;
	} while (arg.cursor);
	return nr;
}

static void run_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		if (!strcmp(name, subjects[i].name))
			bench_run(name, snapshot, (void *)&subjects[i]);
}

int main(int argc, char **argv)
{
	size_t bytes = MAX_CGROUPS * sizeof(struct contmon_cgroup);
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
