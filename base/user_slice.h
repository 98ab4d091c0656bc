/* SPDX-License-Identifier: GPL-2.0-only */
/* The user to whom a cgroup belongs, as far as its path tells */
#ifndef BASE_USER_SLICE_H
#define BASE_USER_SLICE_H

#include <stdint.h>

/*
 * Not a user of the host: too large for a uid_t, so it equals no engine's user
 */
#define USER_OF_ELSEWHERE (INT64_C(1) << 32)

/**
 * user_of_cgroup() - the user in whose systemd slice a cgroup is
 * @path: in the hierarchy of cgroup v2
 *
 * Returns 0 if it is in no user's slice. Only the outermost slice counts,
 * because below it the user chooses the names. A user slice inside a service or
 * a container says nothing about users of the host: the result is
 * USER_OF_ELSEWHERE.
 */
int64_t user_of_cgroup(const char *path);

#endif /* BASE_USER_SLICE_H */
