/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets of engines: where they are, and which user controls them */
#ifndef CONTMON_ENGINE_PLACE_H
#define CONTMON_ENGINE_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Unknown, and therefore not trusted */
#define PLACE_NO_USER ((uid_t)-1)

/**
 * place_open() - open a socket, to connect to it as /proc/self/fd/N
 * @ret: file status of the socket; may be NULL
 *
 * Returns -ENOTSOCK for anything else, and -EPERM for the socket of somebody
 * else in a folder that a user other than root owns, and where such a user
 * leads elsewhere: see way_open().
 */
int place_open(const char *path, struct stat *ret);

/**
 * place_is_trusted() - does a user have all rights that contmon-engine has?
 *
 * Engines of other users are believed only about what belongs to their user.
 */
bool place_is_trusted(uid_t user);

/** place_is_roots() - can only trusted users decide where a path leads? */
bool place_is_roots(const char *path);

/**
 * place_owner() - the user who decides what is found at a path
 *
 * This is the first untrusted user who owns a directory on the way, or else the
 * owner of the file; root while the path does not exist.
 */
uid_t place_owner(const char *path);

/** place_fn - @path: a socket, or a folder that may not be searched */
typedef void place_fn(const char *path, bool is_denied, void *userdata);

/**
 * place_search() - find the sockets that a pattern of glob(7) matches
 *
 * Also those that place_open() refuses, as far as they can be seen.
 *
 * @is_wanted: a pattern without wildcards is reported also if there is nothing
 */
void place_search(const char *pattern, bool is_wanted, place_fn *fn,
		  void *userdata);

#endif /* CONTMON_ENGINE_PLACE_H */
