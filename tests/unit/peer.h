/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients of a user of one's choice; needs "wrap: getsockopt". */
#ifndef TESTS_UNIT_PEER_H
#define TESTS_UNIT_PEER_H

#include <sys/socket.h>

/* The user of the next client */
static uid_t next_uid;

int __real_getsockopt(int fd, int level, int option, void *value,
		      socklen_t *size);
int __wrap_getsockopt(int fd, int level, int option, void *value,
		      socklen_t *size);

int __wrap_getsockopt(int fd, int level, int option, void *value,
		      socklen_t *size)
{
	int r = __real_getsockopt(fd, level, option, value, size);

	if (option == SO_PEERCRED)
		((struct ucred *)value)->uid = next_uid;
	return r;
}

#endif /* TESTS_UNIT_PEER_H */
