// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_CONTAINERS, for the groups of fields that somebody else reads too.
 * Usage: cgroup_driver SUBJECT...
 */

#include <fcntl.h>
#include <sys/ioctl.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_CGROUPS 16384

/* Where CPU time of a cgroup comes from: its own counter, or else its tasks */
#ifdef CONTMON_CONTAINER_CPU
#define FIELDS_CPU CONTMON_CONTAINER_CPU
#else
#define FIELDS_CPU CONTMON_CONTAINER_TASKS
#endif

struct subject {
	const char *name;
	__u64 fields;
};

static const struct subject subjects[] = {
	{ "driver", CONTMON_CONTAINER_MEMCG | FIELDS_CPU },
	{ "driver-memory", CONTMON_CONTAINER_MEMCG },
	{ "driver-tasks", CONTMON_CONTAINER_TASKS },
	{ "driver-all", CONTMON_CONTAINER_ALL },
};

static int device;
static struct contmon_container *rows;

static long snapshot(void *_subject)
{
	const struct subject *subject = _subject;
	struct contmon_snapshot_containers arg = {
		.size = sizeof(arg),
		.fields = subject->fields,
		.entries = (uintptr_t)rows,
		.entry_size = sizeof(*rows),
		.nr_entries = MAX_CGROUPS,
	};

	bench_must(ioctl(device, CONTMON_SNAPSHOT_CONTAINERS, &arg),
		   "SNAPSHOT_CONTAINERS");
	return arg.nr_entries;
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
	int i;

	device = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);
	bench_must(device, CONTMON_DEVICE);
	rows = calloc(MAX_CGROUPS, sizeof(*rows));
	if (!rows)
		bench_die("calloc");
	for (i = 1; i < argc; i++)
		run_named(argv[i]);
	return 0;
}
