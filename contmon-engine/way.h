/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows a path without ever waiting for a filesystem that a user controls. A
 * user's link may lead to one that never answers: a network filesystem whose
 * server is gone, an automount, or one that the user's own program serves
 * (FUSE). Access to it would block, and with it the work for all engines.
 *
 * Up to the first directory of a user, the path is under root's control: links
 * and mounts are followed wherever they lead. Below that directory, the path
 * may only go down and may not leave the directory's filesystem: a link is
 * followed if it leads, by an absolute or a relative path, to a place in the
 * directory.
 */
#ifndef CONTMON_ENGINE_WAY_H
#define CONTMON_ENGINE_WAY_H

#include <sys/types.h>

/**
 * way_open() - open a path as with O_PATH
 * @path: absolute
 * @ret_owner: the first user on the path who could redirect it, also after an
 *	error; 0: only trusted users could; SOCKET_PATH_NO_USER: the user is
 *	unknown
 *
 * Returns -EPERM if a user's link or ".." leads out of the user's directory,
 * and -EXDEV if a mount does, or if a user serves the filesystem.
 */
int way_open(const char *path, uid_t *ret_owner);

#endif /* CONTMON_ENGINE_WAY_H */
