/* SPDX-License-Identifier: GPL-2.0-only */
/* A certificate and its key, as PEM. */
#ifndef CONTMOND_SERVE_CERTIFICATE_H
#define CONTMOND_SERVE_CERTIFICATE_H

#include <stdbool.h>

/**
 * certificate_read() - read a file of PEM
 * @is_key: not all users may read it
 * @ret: malloced
 * @ret_why: what is wrong with it, or NULL if the errno is enough
 */
int certificate_read(const char *path, bool is_key, char **ret,
		     const char **ret_why);

/**
 * certificate_check() - can a server use them together?
 * @ret_why: after -EINVAL, why not; a constant
 */
int certificate_check(const char *certificate, const char *key,
		      const char **ret_why);

#endif /* CONTMOND_SERVE_CERTIFICATE_H */
