/* SPDX-License-Identifier: GPL-2.0-only */
/* Compression of answers. */
#ifndef CONTMOND_SERVE_GZIP_H
#define CONTMOND_SERVE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

/** gzip_accepted() - does this value of Accept-Encoding allow gzip? */
bool gzip_accepted(const char *accept_encoding);

/** gzip_pack() - compress; @ret is malloced. Returns -ENOMEM */
int gzip_pack(const char *bytes, size_t length, char **ret,
	      size_t *ret_length);

#endif /* CONTMOND_SERVE_GZIP_H */
