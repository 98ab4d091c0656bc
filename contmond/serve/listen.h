/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses to listen on, and listening sockets. */
#ifndef CONTMOND_SERVE_LISTEN_H
#define CONTMOND_SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/**
 * struct listen_address - "address:port", parsed
 * @host: the address as in a Host header, IPv6 in brackets
 * @loopback: other hosts cannot reach it
 */
struct listen_address {
	struct sockaddr_storage address;
	socklen_t length;
	bool loopback;
	char host[64];
};

/**
 * listen_parse() - parse "127.0.0.1:9477", "[::1]:9477", "localhost:9477"
 *
 * The only name is localhost, so that starting does not depend on a name
 * server. Returns -EINVAL with the reason.
 */
int listen_parse(const char *text, struct listen_address *ret,
		 const char **ret_why);

/**
 * listen_probe() - could a socket listen there? Returns 0 or a negative errno
 *
 * Binds a socket for a moment, which takes no address from a listening socket.
 */
int listen_probe(const struct sockaddr_storage *address, socklen_t length);

/** SOCKET_PATH_MAX - size of the path of a socket of the file system */
#define SOCKET_PATH_MAX 108

/**
 * listen_probe_socket() - may a socket of the file system replace what is at
 * @path? Returns 0 or a negative errno, for some with a reason
 *
 * Only another socket may be replaced.
 */
int listen_probe_socket(const char *path, const char **ret_why);

/**
 * listen_open_socket() - a socket of the file system that listens, or a
 * negative errno
 * @group: (gid_t)-1 for that of the process
 *
 * Replaces a socket that an earlier process left behind; -EADDRINUSE when a
 * program listens there.
 */
int listen_open_socket(const char *path, mode_t mode, gid_t group);

/** listen_open() - a socket that listens there, or a negative errno */
int listen_open(const struct sockaddr_storage *address, socklen_t length);

#endif /* CONTMOND_SERVE_LISTEN_H */
