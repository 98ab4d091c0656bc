/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose cgroup it is, as far as its path tells. */
#ifndef BASE_USER_SLICE_H
#define BASE_USER_SLICE_H

#include <stdint.h>

/* Nobody on the host: more than a uid_t can be, so that no engine is its own */
#define USER_OF_ELSEWHERE (INT64_C(1) << 32)

/**
 * user_of_cgroup() - the user in whose slice of systemd a cgroup is
 * @path: in the hierarchy of cgroup v2
 *
 * Returns 0 if it is in no user's. The outermost slice counts: below it the
 * user chooses the names. Below the cgroup of a service or of a container, its
 * names say nothing of users of the host: all those are USER_OF_ELSEWHERE.
 */
int64_t user_of_cgroup(const char *path);

#endif /* BASE_USER_SLICE_H */
