/* SPDX-License-Identifier: GPL-2.0-only */
/* Who could make the cgroup of a container, and call it like any other. */
#ifndef OWNER_MAKER_H
#define OWNER_MAKER_H

#include <stddef.h>
#include <stdint.h>

/**
 * maker_of_cgroup() - whose a cgroup is that no engine has reported
 * @root: where the hierarchy of cgroup v2 is mounted
 * @path: from there on
 * @length: of the part of @path that is the container's own cgroup
 *
 * In a user's slice the user, below another container USER_OF_ELSEWHERE, else
 * the owner of the folder that it is in, or of the nearest one above that is
 * left. 0: root, or the user that asks.
 */
int64_t maker_of_cgroup(const char *root, const char *path, size_t length);

#endif /* OWNER_MAKER_H */
