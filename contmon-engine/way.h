/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows a path without waiting for what a user has made of it. A link may
 * lead to a filesystem that never answers: one of the network whose server is
 * gone, one that is mounted when somebody looks, one that a user's own program
 * serves. To look at that would be to wait, with all engines.
 *
 * The way is as root has made it until it comes to a folder of a user. In that,
 * it only goes down, and does not leave the folder's filesystem: of links, it
 * follows those that say where in the folder to go on, by their whole path or
 * from where they are. Root's own links and mounts are followed, wherever they
 * lead, up to such a folder.
 */
#ifndef CONTMON_ENGINE_WAY_H
#define CONTMON_ENGINE_WAY_H

#include <sys/types.h>

/**
 * way_open() - what is at a path, as with O_PATH
 * @path: absolute
 * @ret_owner: the first user on the way who could lead it elsewhere, also after
 *	an error; 0: nobody but who is trusted; PLACE_NO_USER: who it is, is not
 *	known
 *
 * Returns -EPERM where a user's link, or "..", leads it out of a folder of his,
 * and -EXDEV where a mount does, or where a user serves the filesystem.
 */
int way_open(const char *path, uid_t *ret_owner);

#endif /* CONTMON_ENGINE_WAY_H */
