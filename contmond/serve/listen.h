/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses to listen on, and sockets that do. */
#ifndef CONTMOND_SERVE_LISTEN_H
#define CONTMOND_SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

/**
 * struct listen_address - "address:port", understood
 * @host: the address as a Host header has it, IPv6 in brackets
 * @loopback: other hosts cannot reach it
 */
struct listen_address {
	struct sockaddr_storage address;
	socklen_t length;
	bool loopback;
	char host[64];
};

/**
 * listen_parse() - understand "127.0.0.1:9477", "[::1]:9477", "localhost:9477"
 *
 * The only name is localhost, as starting must not depend on a name server.
 * Returns -EINVAL with the reason.
 */
int listen_parse(const char *text, struct listen_address *ret,
		 const char **ret_why);

/**
 * listen_probe() - could a socket listen there? Returns 0 or a negative errno
 *
 * It is bound for a moment, and takes no address from one that listens then.
 */
int listen_probe(const struct sockaddr_storage *address, socklen_t length);

/** listen_open() - a socket that listens there, or a negative errno */
int listen_open(const struct sockaddr_storage *address, socklen_t length);

#endif /* CONTMOND_SERVE_LISTEN_H */
