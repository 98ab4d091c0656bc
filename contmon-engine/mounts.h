/* SPDX-License-Identifier: GPL-2.0-only */
/* Filesystems that a user's own program serves (FUSE). */
#ifndef CONTMON_ENGINE_MOUNTS_H
#define CONTMON_ENGINE_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * mounts_is_users() - is a mount one whose server need not be trusted?
 * @id: of statx()
 *
 * It may never answer, also not what kind of filesystem it is, and says of any
 * file that it is root's. Also true if the mount is not known.
 */
bool mounts_is_users(uint64_t id);

#endif /* CONTMON_ENGINE_MOUNTS_H */
