// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small files of every cgroup: memory.current, .peak, .max, .swap.current
 * and cpu.stat. Subjects: files-opened opens, reads and closes each; files-kept
 * reads descriptors that stay open; memory-opened and memory-kept are the same
 * without cpu.stat. The cgroups are found beforehand, which is not measured,
 * although the driver finds them each time.
 *
 * Usage: cgroup_files SUBJECT...
 */

#include <fcntl.h>
#include <ftw.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define ROOT "/sys/fs/cgroup"
#define MAX_CGROUPS 16384
#define NR_FILES 5

static const char *const names[NR_FILES] = {
	"memory.current", "memory.peak", "memory.max", "memory.swap.current",
	"cpu.stat",
};

/**
 * struct row - one cgroup
 * @paths: of its files, from the root of the hierarchy
 * @fds: the same files, open
 * @memory: contents of the memory files, all ones for "max"
 * @cpu_us: usage, user and system time of cpu.stat
 */
struct row {
	char *paths[NR_FILES];
	int fds[NR_FILES];
	uint64_t memory[NR_FILES - 1];
	uint64_t cpu_us[3];
};

static struct row rows[MAX_CGROUPS];
static size_t nr_rows;
static int root;

struct subject {
	const char *name;
	int nr_files;
	bool kept;
};

static const struct subject subjects[] = {
	{ "files-opened", NR_FILES, false },
	{ "files-kept", NR_FILES, true },
	{ "memory-opened", NR_FILES - 1, false },
	{ "memory-kept", NR_FILES - 1, true },
};

static uint64_t number(const char **text)
{
	const char *at = *text;
	uint64_t value = 0;

	if (*at == 'm')
		return UINT64_MAX;
	while (*at >= '0' && *at <= '9')
		value = value * 10 + (uint64_t)(*at++ - '0');
	*text = at;
	return value;
}

/* The first three lines: usage_usec, user_usec, system_usec */
static void parse_cpu(struct row *row, const char *text)
{
	int i;

	for (i = 0; i < 3; i++) {
		text = strchr(text, ' ') + 1;
		row->cpu_us[i] = number(&text);
	}
}

static void read_file(struct row *row, int file, bool kept)
{
	const char *at;
	char text[4096];
	ssize_t length;
	int fd;

	if (kept) {
		length = pread(row->fds[file], text, sizeof(text) - 1, 0);
	} else {
		fd = openat(root, row->paths[file], O_RDONLY | O_CLOEXEC);
		bench_must(fd, row->paths[file]);
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	bench_must(length, row->paths[file]);
	text[length] = '\0';
	at = text;
	if (file < NR_FILES - 1)
		row->memory[file] = number(&at);
	else
		parse_cpu(row, text);
}

static long read_all(void *_subject)
{
	const struct subject *subject = _subject;
	size_t i;
	int file;

	for (i = 0; i < nr_rows; i++)
		for (file = 0; file < subject->nr_files; file++)
			read_file(&rows[i], file, subject->kept);
	return (long)nr_rows;
}

/* The root has no memory files, so it has no row */
static int add_cgroup(const char *path, const struct stat *status, int kind,
		      struct FTW *place)
{
	struct row *row = &rows[nr_rows];
	int i;

	(void)status;
	if (kind != FTW_D || !place->level || nr_rows == MAX_CGROUPS)
		return 0;
	path += sizeof(ROOT);
	for (i = 0; i < NR_FILES; i++) {
		bench_must(asprintf(&row->paths[i], "%s/%s", path, names[i]),
			   "asprintf");
		row->fds[i] = openat(root, row->paths[i], O_RDONLY | O_CLOEXEC);
		if (row->fds[i] < 0)	/* without a memory controller */
			return 0;
	}
	nr_rows++;
	return 0;
}

int main(int argc, char **argv)
{
	const rlim_t nr = MAX_CGROUPS * NR_FILES;
	struct rlimit files = { nr, nr };
	size_t i;
	int at;

	bench_must(setrlimit(RLIMIT_NOFILE, &files), "RLIMIT_NOFILE");
	root = open(ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bench_must(root, ROOT);
	bench_must(nftw(ROOT, add_cgroup, 64, FTW_PHYS | FTW_MOUNT), "nftw");
	for (at = 1; at < argc; at++)
		for (i = 0; i < ARRAY_SIZE(subjects); i++)
			if (!strcmp(argv[at], subjects[i].name))
				bench_run(argv[at], read_all,
					  (void *)&subjects[i]);
	return 0;
}
