/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What replaces the library's look for directories of cgroup v1. A test that
 * includes this defines those of these functions that it wraps.
 */
#ifndef TESTS_UNIT_WRAP_CGROUP1_H
#define TESTS_UNIT_WRAP_CGROUP1_H

#include <contmon.h>

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret);
void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1);
int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length);

#endif /* TESTS_UNIT_WRAP_CGROUP1_H */
