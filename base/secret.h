/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets come from files, so that they are in no configuration and no log. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX_LENGTH 512

/**
 * secret_read() - read a secret from a file that only some users can read
 * @ret: 1 to SECRET_MAX_LENGTH printable ASCII characters without blanks;
 *	malloced
 * @ret_why: what is wrong with it, or NULL if the errno is enough
 *
 * White space at its end is ignored.
 */
int secret_read(const char *path, char **ret, const char **ret_why);

/**
 * secret_read_text() - read a text, which may be a secret, from a file
 * @is_secret: not all users may be able to read it
 * @max_length: in bytes
 * @ret: the whole file; malloced
 * @ret_why: as above
 */
int secret_read_text(const char *path, bool is_secret, size_t max_length,
		     char **ret, const char **ret_why);

/** secret_free() - a secret leaves no trace in freed memory; accepts NULL */
void secret_free(char *secret);

#endif /* BASE_SECRET_H */
