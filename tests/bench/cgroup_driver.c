// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_CGROUPS, for the groups of fields that other subjects read too.
 * Usage: cgroup_driver SUBJECT..., or "count" to read all rows in small parts,
 * fail if any comes twice, and print how many there are.
 */

#include <fcntl.h>
#include <sys/mman.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_CGROUPS 32768
#define PART 4096
#define SMALL_PART 997

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
	{ "driver-all-parts", CONTMON_CGROUP_ALL, false, true },
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
		bench_ioctl(device, CONTMON_SNAPSHOT_CGROUPS, &arg,
			    "SNAPSHOT_CGROUPS");
		nr += arg.nr_entries;
	} while (arg.cursor);
	return nr;
}

static int compare_ids(const void *a, const void *b)
{
	__u64 x = ((const struct contmon_cgroup *)a)->cgroup_id;
	__u64 y = ((const struct contmon_cgroup *)b)->cgroup_id;

	return x < y ? -1 : x > y;
}

/* Parts end at other cgroups than those of the subjects */
static void count(void)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = CONTMON_IN_PARTS,
		.fields = CONTMON_CGROUP_BASE,
		.entry_size = sizeof(*own),
	};
	size_t nr = 0, i;

	do {
		arg.entries = (uintptr_t)(own + nr);
		arg.nr_entries = nr + SMALL_PART < MAX_CGROUPS ?
					 SMALL_PART :
					 (__u32)(MAX_CGROUPS - nr);
		bench_ioctl(device, CONTMON_SNAPSHOT_CGROUPS, &arg,
			    "SNAPSHOT_CGROUPS");
		nr += arg.nr_entries;
	} while (arg.cursor);
	qsort(own, nr, sizeof(*own), compare_ids);
	for (i = 1; i < nr; i++) {
		if (own[i].cgroup_id == own[i - 1].cgroup_id) {
			fprintf(stderr, "cgroup %llu comes twice\n",
				(unsigned long long)own[i].cgroup_id);
			exit(1);
		}
	}
	printf("%zu\n", nr);
}

static void run_named(const char *name)
{
	size_t i;

	if (!strcmp(name, "count"))
		count();

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
