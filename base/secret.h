/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets are read from files, so that no configuration and no log has them. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX_LENGTH 512

/**
 * secret_read() - read a secret from a file that not all users can read
 * @ret: 1 to SECRET_MAX_LENGTH printable ASCII characters without blanks;
 *	malloced
 * @ret_why: the reason, or NULL if the errno is enough
 *
 * Trailing white space is ignored.
 */
int secret_read(const char *path, char **ret, const char **ret_why);

/**
 * secret_read_text() - read a text from a file, which may be a secret
 * @is_secret: refuse a file that all users can read
 * @max_length: in bytes
 * @ret: the whole file; malloced
 * @ret_why: as above
 */
int secret_read_text(const char *path, bool is_secret, size_t max_length,
		     char **ret, const char **ret_why);

/** secret_free() - clears the secret before it is freed; accepts NULL */
void secret_free(char *secret);

#endif /* BASE_SECRET_H */
