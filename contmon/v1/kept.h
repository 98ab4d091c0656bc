/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is kept of containers in cgroup v1 from one refresh to the next: where
 * their files are, the open files, and settings, which rarely change.
 */
#ifndef CONTMON_V1_KEPT_H
#define CONTMON_V1_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "contmond/collect/cgroupfs.h"
#include "contmond/collect/directories.h"
#include "contmond/collect/settings.h"

/**
 * struct cli_v1_files - those of one container
 * @id: of its row
 * @is_used: by a row of this refresh
 */
struct cli_v1_files {
	uint64_t id;
	bool is_used;
	struct directories directories;
	struct cgroupfs files;
	struct settings settings;
};

/**
 * struct cli_v1 - zero-initialise; free with cli_v1_done()
 * @mounts: NULL until they have been read
 * @all: in ascending order of id
 * @other: of a container for which there are too few descriptors
 */
struct cli_v1 {
	struct contmon_cgroup1 *mounts;
	struct cgroupfs_buffer buffer;
	struct cli_v1_files *all;
	size_t nr;
	size_t allocated;
	struct cli_v1_files other;
};

/** cli_v1_begin() - a refresh begins. Errors: those of contmon_cgroup1_new() */
int cli_v1_begin(struct cli_v1 *v1);

/**
 * cli_v1_files() - those of the row with this id, valid until the next call
 *
 * Open files take at most a quarter of the descriptors; containers beyond that
 * are read anew each time. Returns NULL if there is no memory.
 */
struct cli_v1_files *cli_v1_files(struct cli_v1 *v1, uint64_t id);

/** cli_v1_start_again() - drop all: the container has others by now */
void cli_v1_start_again(struct cli_v1_files *files);

/** cli_v1_end() - drop what no row of the refresh used */
void cli_v1_end(struct cli_v1 *v1);

void cli_v1_done(struct cli_v1 *v1);

#endif /* CONTMON_V1_KEPT_H */
