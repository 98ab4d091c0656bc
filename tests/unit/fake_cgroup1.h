/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hierarchy of cgroup v1 with the controllers memory and cpuacct, as files in
 * a temporary directory. A test that includes this includes "fake_paths.h"
 * before, and has the line
 * " * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free".
 */
#ifndef FAKE_CGROUP1_H
#define FAKE_CGROUP1_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/remove_tree.h"
#include "tests/unit/wrap_cgroup1.h"

#define FAKE_CGROUP1_PATH "/docker/1"

/**
 * struct fake_cgroup1 - fake_cgroup1_setup() sets it
 * @root: where it is mounted
 * @is_mounted: it is
 * @nr_searches: how often a directory was searched for
 * @id: of the container whose process fake_paths.pid1 is in FAKE_CGROUP1_PATH
 */
static struct fake_cgroup1 {
	char root[32];
	bool is_mounted;
	unsigned int nr_searches;
	const char *id;
} fake_cgroup1;

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	if (!fake_cgroup1.is_mounted)
		return -ENOENT;
	*ret = (struct contmon_cgroup1 *)&fake_cgroup1;
	return 0;
}

int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length)
{
	const char *root = fake_cgroup1.root;

	(void)cgroup1;
	fake_cgroup1.nr_searches++;
	if (pid != fake_paths.pid1 || strcmp(id, fake_cgroup1.id) != 0 ||
	    (strcmp(controller, "memory") != 0 &&
	     strcmp(controller, "cpuacct") != 0))
		return -ENOENT;
	assert_true(asprintf(ret_directory, "%s" FAKE_CGROUP1_PATH, root) > 0);
	*ret_root_length = strlen(root);
	return 0;
}

void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1)
{
	(void)cgroup1;
}

static inline void fake_cgroup1_write(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s" FAKE_CGROUP1_PATH "/%s",
		 fake_cgroup1.root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static inline void fake_cgroup1_setup(const char *id)
{
	char path[256];

	fake_cgroup1 = (struct fake_cgroup1){
		.root = "/tmp/contmon-test-XXXXXX",
		.is_mounted = true,
		.id = id,
	};
	assert_non_null(mkdtemp(fake_cgroup1.root));
	snprintf(path, sizeof(path), "%s/docker", fake_cgroup1.root);
	assert_int_equal(mkdir(path, 0700), 0);
	strcat(path, "/1");
	assert_int_equal(mkdir(path, 0700), 0);
	fake_cgroup1_write("memory.usage_in_bytes", "4096000\n");
	fake_cgroup1_write("memory.max_usage_in_bytes", "5000000\n");
	fake_cgroup1_write("memory.limit_in_bytes", "8192000\n");
	fake_cgroup1_write("cpuacct.usage", "1500000000\n");
}

static inline int fake_cgroup1_teardown(void **state)
{
	(void)state;
	return remove_tree(fake_cgroup1.root);
}

#endif /* FAKE_CGROUP1_H */
