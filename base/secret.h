/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets come from files, so that they are in no configuration and no log. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

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

#endif /* BASE_SECRET_H */
