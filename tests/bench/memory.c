// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel memory of an open file of the driver, measured by a memory cgroup and
 * by the free memory of the host.
 *
 * Usage: memory CGROUP
 * CGROUP is the path of an empty cgroup to move into.
 */

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_FILES 20000
#define MAPPED_TASKS 30000
/* A user may map up to CONTMON_MAX_USER_MAPPING. */
#define MAPPED_FILES 16

/* Measured before and after */
enum { CHARGED, SLAB, VMALLOC, GONE, NR_MEASURES };

static const char *const measures[NR_MEASURES] = {
	"charged", "slab", "vmalloc", "host",
};

/**
 * struct subject - what is opened
 * @name: as printed
 * @path: file to open
 * @files: how many times
 * @mapped_bytes: length of the mapping of each, or 0
 */
struct subject {
	const char *name;
	const char *path;
	int files;
	size_t mapped_bytes;
};

static const struct subject subjects[] = {
	{ "null", "/dev/null", MAX_FILES, 0 },
	{ "open", CONTMON_DEVICE, MAX_FILES, 0 },
	{ "mapped", CONTMON_DEVICE, MAPPED_FILES,
	  MAPPED_TASKS * sizeof(struct contmon_task) },
};

/* The number after @key in a file below @dir */
static uint64_t look(int dir, const char *file, const char *key)
{
	char text[8192];
	const char *at;
	ssize_t length;
	int fd;

	fd = (int)bench_must(openat(dir, file, O_RDONLY | O_CLOEXEC), file);
	length = bench_must(read(fd, text, sizeof(text) - 1), file);
	close(fd);
	text[length] = '\0';
	at = strstr(text, key);
	if (!at)
		bench_die(key);
	return strtoull(at + strlen(key), NULL, 10);
}

static void measure(int cgroup, uint64_t *ret)
{
	ret[CHARGED] = look(cgroup, "memory.current", "");
	ret[SLAB] = look(cgroup, "memory.stat", "\nslab ");
	ret[VMALLOC] = look(AT_FDCWD, "/proc/meminfo", "VmallocUsed:") * 1024;
	ret[GONE] = -look(AT_FDCWD, "/proc/meminfo", "MemFree:") * 1024;
}

static int open_one(const struct subject *subject)
{
	int fd = open(subject->path, O_RDWR | O_CLOEXEC);

	bench_must(fd, subject->path);
	if (subject->mapped_bytes &&
	    mmap(NULL, subject->mapped_bytes, PROT_READ, MAP_SHARED, fd, 0) ==
	    MAP_FAILED)
		bench_die("mmap");
	return fd;
}

static void run(const struct subject *subject, int cgroup)
{
	uint64_t before[NR_MEASURES], after[NR_MEASURES];
	static int fds[MAX_FILES];
	char name[64];
	int i;

	measure(cgroup, before);
	for (i = 0; i < subject->files; i++)
		fds[i] = open_one(subject);
	measure(cgroup, after);
	for (i = 0; i < subject->files; i++)
		close(fds[i]);
	for (i = 0; i < NR_MEASURES; i++) {
		snprintf(name, sizeof(name), "%s-%s", subject->name,
			 measures[i]);
		bench_print(name, subject->files, after[i] - before[i],
			    "bytes");
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = { 2 * MAX_FILES, 2 * MAX_FILES };
	int cgroup, procs;
	size_t i;

	if (argc != 2)
		return 2;
	bench_must(setrlimit(RLIMIT_NOFILE, &files), "RLIMIT_NOFILE");
	cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bench_must(cgroup, argv[1]);
	procs = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	bench_must(procs, "cgroup.procs");
	bench_must(write(procs, "0", 1), "cgroup.procs");
	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		run(&subjects[i], cgroup);
	return 0;
}
