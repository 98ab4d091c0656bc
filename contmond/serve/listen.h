/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses to listen on, and listening sockets */
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
 * Binds a socket for a moment, which does not disturb a listening socket.
 */
int listen_probe(const struct sockaddr_storage *address, socklen_t length);

/** SOCKET_PATH_MAX - size of the path of a unix socket */
#define SOCKET_PATH_MAX 108

/**
 * listen_probe_socket() - may a unix socket replace what is at @path?
 *
 * Only another socket may be replaced. Returns 0 or a negative errno, for some
 * with a reason.
 */
int listen_probe_socket(const char *path, const char **ret_why);

/**
 * listen_open_socket() - returns a listening unix socket, or a negative errno
 * @group: (gid_t)-1 for the process's own
 *
 * Replaces a socket that an earlier process left behind. Returns -EADDRINUSE if
 * a program listens there.
 */
int listen_open_socket(const char *path, mode_t mode, gid_t group);

/** listen_open() - returns a listening socket, or a negative errno */
int listen_open(const struct sockaddr_storage *address, socklen_t length);

#endif /* CONTMOND_SERVE_LISTEN_H */
