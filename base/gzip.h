/* SPDX-License-Identifier: GPL-2.0-only */
/* Compression of what is sent over the network */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stddef.h>

/** gzip_pack() - compress; @ret is malloced. Returns -ENOMEM */
int gzip_pack(const char *bytes, size_t length, char **ret,
	      size_t *ret_length);

#endif /* BASE_GZIP_H */
