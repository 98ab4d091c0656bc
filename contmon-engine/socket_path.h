/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets of engines: where they are, and which user controls them */
#ifndef CONTMON_ENGINE_SOCKET_PATH_H
#define CONTMON_ENGINE_SOCKET_PATH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Unknown, and therefore not trusted */
#define SOCKET_PATH_NO_USER ((uid_t)-1)

/**
 * socket_path_open() - open a socket, to connect to it as /proc/self/fd/N
 * @ret: file status of the socket; may be NULL
 *
 * Returns -ENOTSOCK for anything else, and -EPERM for the socket of somebody
 * else in a directory that a user other than root owns, and where such a user
 * leads elsewhere: see way_open().
 */
int socket_path_open(const char *path, struct stat *ret);

/**
 * socket_path_is_trusted() - does a user have all rights that contmon-engine
 * has?
 *
 * Engines of other users are believed only about what belongs to their user.
 */
bool socket_path_is_trusted(uid_t user);

/** socket_path_is_roots() - do only trusted users decide where it leads? */
bool socket_path_is_roots(const char *path);

/**
 * socket_path_owner() - the user who decides what is found at a path
 *
 * This is the first untrusted user who owns a directory on the way, or else the
 * owner of the file; root while the path does not exist.
 */
uid_t socket_path_owner(const char *path);

/** socket_path_fn - @path: a socket, or a directory that may not be searched */
typedef void socket_path_fn(const char *path, bool is_denied, void *userdata);

/**
 * socket_path_search() - find the sockets that a pattern of glob(7) matches
 *
 * Also those that socket_path_open() refuses, as far as they can be seen.
 *
 * @is_wanted: a pattern without wildcards is reported also if there is nothing
 */
void socket_path_search(const char *pattern, bool is_wanted, socket_path_fn *fn,
			void *userdata);

#endif /* CONTMON_ENGINE_SOCKET_PATH_H */
