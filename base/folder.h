/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

/**
 * folder_probe() - can a file be created in the folder of @path?
 * @path: an absolute path
 * @ret_why: the reason, or NULL if the errno is enough
 */
int folder_probe(const char *path, const char **ret_why);

/** folder_probe_target() - the same, but follows @path if it is a link */
int folder_probe_target(const char *path, const char **ret_why);

/**
 * folder_follow() - resolve a symbolic link, also to a file that does not exist
 * @ret: malloced; @path itself if it is not a link
 *
 * Returns -ELOOP or -ENOMEM.
 */
int folder_follow(const char *path, char **ret);

#endif /* BASE_FOLDER_H */
