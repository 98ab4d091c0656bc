/* SPDX-License-Identifier: GPL-2.0-only */
/* Filesystems that a program of a user serves (FUSE) */
#ifndef CONTMON_ENGINE_MOUNTS_H
#define CONTMON_ENGINE_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * mounts_is_users() - does a program of an untrusted user serve this mount?
 * @id: stx_mnt_id of statx(), of a descriptor that is still open: it keeps the
 *	kernel from giving the id to another mount, even after an unmount
 *
 * Such a program may never answer, not even statfs(), and may present any file
 * as owned by root. Also true if the mount is unknown.
 */
bool mounts_is_users(uint64_t id);

#endif /* CONTMON_ENGINE_MOUNTS_H */
