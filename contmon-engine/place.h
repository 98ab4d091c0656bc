/* SPDX-License-Identifier: GPL-2.0-only */
/* Where sockets of engines are, and whose they are. */
#ifndef CONTMON_ENGINE_PLACE_H
#define CONTMON_ENGINE_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Not known, so not trusted */
#define PLACE_NO_USER ((uid_t)-1)

/**
 * place_open() - open a socket, to connect to it as /proc/self/fd/N
 * @ret: its state; may be NULL
 *
 * Returns -ENOTSOCK for anything else, and -EPERM for the socket of somebody
 * else in a folder that a user other than root owns, and where such a user
 * leads elsewhere: see way_open().
 */
int place_open(const char *path, struct stat *ret);

/**
 * place_is_trusted() - does a user have all rights that contmon-engine has?
 *
 * The engine of any other is not believed about what is not its user's.
 */
bool place_is_trusted(uid_t user);

/** place_is_roots() - can nobody who is not trusted lead the way to a path? */
bool place_is_roots(const char *path);

/**
 * place_owner() - who decides what is at a path
 *
 * The first user on the way who is not trusted, else whose it is; root's while
 * there is nothing.
 */
uid_t place_owner(const char *path);

/** place_fn - @path: of a socket, or of a folder that cannot be searched */
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
