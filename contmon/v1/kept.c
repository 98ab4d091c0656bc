// SPDX-License-Identifier: GPL-2.0-only
#include "kept.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/sorted.h"

static void files_init(struct cli_v1_files *files, uint64_t id)
{
	*files = (struct cli_v1_files){ .id = id };
	cgroupfs_init(&files->files);
	settings_init(&files->settings);
}

static void files_done(struct cli_v1_files *files)
{
	directories_done(&files->directories);
	cgroupfs_close(&files->files);
	settings_done(&files->settings);
}

void cli_v1_start_again(struct cli_v1_files *files)
{
	cgroupfs_close(&files->files);
	directories_forget(&files->directories);
	settings_done(&files->settings);
	settings_init(&files->settings);
}

static int compare(const void *key, const void *element)
{
	uint64_t id = *(const uint64_t *)key;
	const struct cli_v1_files *files = element;

	return (id > files->id) - (id < files->id);
}

static bool has_room(const struct cli_v1 *v1)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	       v1->nr < limit.rlim_cur / 4 / CGROUPFS_NR_FILES;
}

static struct cli_v1_files *add(struct cli_v1 *v1, uint64_t id, size_t at)
{
	size_t allocated = v1->allocated * 2 ?: 16;
	struct cli_v1_files *all;

	if (v1->nr == v1->allocated) {
		all = reallocarray(v1->all, allocated, sizeof(*all));
		if (!all)
			return NULL;
		v1->all = all;
		v1->allocated = allocated;
	}
	memmove(&v1->all[at + 1], &v1->all[at],
		(v1->nr++ - at) * sizeof(*v1->all));
	files_init(&v1->all[at], id);
	return &v1->all[at];
}

/* Closes those of the container before. */
static struct cli_v1_files *use_other(struct cli_v1 *v1, uint64_t id)
{
	if (v1->other.is_used)
		files_done(&v1->other);
	files_init(&v1->other, id);
	return &v1->other;
}

int cli_v1_begin(struct cli_v1 *v1)
{
	size_t i;

	for (i = 0; i < v1->nr; i++)
		v1->all[i].is_used = false;
	return v1->mounts ? 0 : contmon_cgroup1_new(&v1->mounts);
}

struct cli_v1_files *cli_v1_files(struct cli_v1 *v1, uint64_t id)
{
	struct cli_v1_files *files;
	bool found;
	size_t at = sorted_place(&id, v1->all, v1->nr, sizeof(*v1->all),
				 compare, &found);

	if (found)
		files = &v1->all[at];
	else if (has_room(v1))
		files = add(v1, id, at);
	else
		files = use_other(v1, id);
	if (files)
		files->is_used = true;
	return files;
}

void cli_v1_end(struct cli_v1 *v1)
{
	size_t i, kept = 0;

	for (i = 0; i < v1->nr; i++) {
		if (v1->all[i].is_used)
			v1->all[kept++] = v1->all[i];
		else
			files_done(&v1->all[i]);
	}
	v1->nr = kept;
	if (v1->other.is_used)
		files_done(&v1->other);
	v1->other.is_used = false;
}

void cli_v1_done(struct cli_v1 *v1)
{
	size_t i;

	for (i = 0; i < v1->nr; i++)
		files_done(&v1->all[i]);
	free(v1->all);
	cgroupfs_buffer_done(&v1->buffer);
	contmon_cgroup1_free(v1->mounts);
	*v1 = (struct cli_v1){ 0 };
}
