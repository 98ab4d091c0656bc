/* SPDX-License-Identifier: GPL-2.0-only */
/* Nonblocking stream sockets in the file system */
#ifndef BASE_UNIX_SOCKET_H
#define BASE_UNIX_SOCKET_H

#include "buffer.h"

/** unix_connect() - returns a socket, or a negative errno */
int unix_connect(const char *path);

/**
 * unix_listen() - returns a socket with mode 0660, or a negative errno
 *
 * Replaces a socket that an earlier process left behind.
 */
int unix_listen(const char *path);

/**
 * unix_send() - send what can be sent now, and remove it from @unsent
 *
 * Returns a negative errno if the connection is lost, -ENOMEM if @unsent has
 * failed.
 */
int unix_send(int fd, struct buffer *unsent);

#endif /* BASE_UNIX_SOCKET_H */
