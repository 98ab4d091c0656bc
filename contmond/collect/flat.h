/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a cgroup whose lines are "key value". */
#ifndef CONTMOND_COLLECT_FLAT_H
#define CONTMOND_COLLECT_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroup_stats.h"

/**
 * struct wanted - a key that is wanted
 * @offset: of the number in struct cgroup_stats
 * @group: what is valid with it
 */
struct wanted {
	const char *key;
	size_t length;
	size_t offset;
	unsigned int group;
};

#define WANTED(key, member, group)					\
	{ key, sizeof(key) - 1, offsetof(struct cgroup_stats, member), group }

/**
 * flat_parse() - fill in the numbers of a file
 * @wanted: best in the order of the file
 */
void flat_parse(const char *text, const struct wanted *wanted, size_t nr,
		struct cgroup_stats *stats);

/** flat_number() - the number at the beginning of @text; false without one */
bool flat_number(const char *text, uint64_t *ret);

#endif /* CONTMOND_COLLECT_FLAT_H */
