/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_DIRECTORY_H
#define BASE_DIRECTORY_H

/**
 * directory_probe() - can a file be created in the directory of @path?
 * @path: an absolute path
 * @ret_why: the reason, or NULL if the errno is enough
 */
int directory_probe(const char *path, const char **ret_why);

/** directory_probe_target() - the same, but follows @path if it is a link */
int directory_probe_target(const char *path, const char **ret_why);

/**
 * directory_follow() - resolve a symbolic link, also to a file that does not
 * exist
 * @ret: malloced; @path itself if it is not a link
 *
 * Returns -ELOOP or -ENOMEM.
 */
int directory_follow(const char *path, char **ret);

#endif /* BASE_DIRECTORY_H */
